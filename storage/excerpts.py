"""The best part of a long note: where most of a question's words stand close together."""

import unicodedata
from collections import Counter

from storage.folding import fold
from storage.stemming import WORD, question_stems, question_words, stem

CUT = "…"
LEAD_SHARE = 8  # an eighth of the room stands before the first word


def excerpt(text: str, question: str, room: int) -> str:
    """A text, or what matters of it to a question, in `room` letters with a … at each cut.

    Without any word of the question it is the beginning.
    """
    if len(text) <= room:
        return text
    text = unicodedata.normalize("NFC", text)
    room = max(1, room - 2 * len(CUT))
    first = _densest(_places(text, question), room)
    start = min(max(0, first - room // LEAD_SHARE), max(0, len(text) - room))
    end = start + room
    head, tail = CUT if start else "", CUT if end < len(text) else ""
    return f"{head}{text[start:end].strip()}{tail}"


def _places(text: str, question: str) -> list[tuple[int, str]]:
    """Where words of a text are, or contain, words of a question: (place, the question's word)."""
    stems, words = set(question_stems(question)), question_words(question)
    places = []
    for found in WORD.finditer(text):
        word = fold(found[0])
        if (root := stem(word)) in stems:
            places.append((found.start(), root))
        elif held := next((part for part in words if part in word), None):
            places.append((found.start(), held))
    return places


def _densest(places: list[tuple[int, str]], room: int) -> int:
    """The place from which on `room` letters hold the most different words; 0 without any."""
    best, most, behind = 0, 0, 0
    held: Counter[str] = Counter()
    for first, word in places:
        while behind < len(places) and places[behind][0] < first + room - room // LEAD_SHARE:
            held[places[behind][1]] += 1
            behind += 1
        different = len(+held)
        if different > most:
            best, most = first, different
        held[word] -= 1
    return best
