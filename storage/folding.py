"""How search sees a text: without case, and with ё as е."""

import unicodedata


def fold(text: str) -> str:
    """The form in which texts and queries are compared.

    SQLite itself folds ASCII letters only, so the folded text is stored beside the written one.
    A NUL would end the text for the tokenizers of FTS5.
    """
    folded = unicodedata.normalize("NFC", text).casefold()
    return folded.replace("ё", "е").replace("\x00", "\ufffd")


def hits(text: str, words: list[str]) -> list[tuple[int, int]]:
    """Where folded words occur in a text of form NFC: (start, end), in order, not overlapping.

    Folding can make a text longer (ß becomes ss), so places are counted back to the text's own.
    """
    folded = fold(text)
    spans = sorted(span for word in words for span in _occurrences(folded, word))
    if len(folded) != len(text):
        origin = [at for at, char in enumerate(text) for _ in char.casefold()]
        spans = [(origin[start], origin[end - 1] + 1) for start, end in spans]
    return _merged(spans)


def _occurrences(folded: str, word: str) -> list[tuple[int, int]]:
    spans, at = [], folded.find(word)
    while at >= 0:
        spans.append((at, at + len(word)))
        at = folded.find(word, at + len(word))
    return spans


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
