"""Texts with formatting: Telegram's entities, counted while the text is put together."""

import re
import string
import unicodedata
from typing import Any

from entities import Entities, shifted
from storage.folding import hits
from utf16 import head, units

# What stands in the way of reading a model's Markdown as it is. Code keeps every letter, and what
# may be no mark (2**10, f(**kwargs), __init__) stays.
# The end of inline code is looked for once and nearby, or a text of ticks would hold others up.
MARKS = re.compile(
    r"""
    ^[ \t]*(?P<fence>`{3,}|~{3,})[^`\n]*(?:\n|\Z)
        (?P<block>(?s:.*?))(?:^[ \t]*(?P=fence)[`~]*[ \t]*(?:\n|\Z)|\Z)
    | (?<!`)(?P<ticks>`+)(?!`)(?P<code>.{1,200}?)(?<!`)(?P=ticks)(?!`)
    | ^[ ]{0,3}\#{1,6}[ ]
    | (?<![\w*])\*{2,3}(?=[^\s*](?:[^*\n]|\*(?!\*))*?(?<!\s)\*\*(?!\w))
    | (?<=[^\s*])\*{2,3}(?![\w*])
    """,
    re.MULTILINE | re.VERBOSE,
)
ANY_MARK = re.compile(f"[{re.escape(string.punctuation)}]")
MARKS_READ = 100_000  # characters: a list may show fifty notes while others wait for the database
HITS_MOST = 8  # in bold in one excerpt: a message may have 100 entities


class RichText:
    """A text that grows piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._entities: list[dict[str, Any]] = []
        self._units = 0

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    @property
    def entities(self) -> Entities:
        return tuple(self._entities)

    @property
    def units(self) -> int:
        """The length so far."""
        return self._units

    def add(self, piece: str, kind: str = "", **details: object) -> None:
        """Append a piece, as an entity of that kind if one is given."""
        if not piece:
            return
        start = self._units
        self._pieces.append(piece)
        self._units += units(piece)
        if kind:
            self.mark(kind, start, **details)

    def add_formatted(self, piece: str, entities: Entities) -> None:
        """Append a piece with entities of its own."""
        self._entities += shifted(entities, self._units)
        self.add(piece)

    def mark(self, kind: str, start: int, **details: object) -> None:
        """Make an entity of all that was added since the length was `start`."""
        if start < self._units:
            length = self._units - start
            self._entities.append({"type": kind, "offset": start, "length": length, **details})

    def extend(self, other: "RichText") -> None:
        """Append another text with its entities."""
        self._entities += shifted(other.entities, self._units)
        self._pieces += other._pieces
        self._units += other._units

    def replace_last(self, piece: str) -> None:
        """Put a piece of the same length in the place of the last one."""
        self._pieces[-1] = piece

    def ends_with_breaks(self) -> int:
        """How many line breaks stand at the end."""
        count = 0
        for piece in reversed(self._pieces):
            rest = piece.rstrip("\n")
            count += len(piece) - len(rest)
            if rest:
                break
        return count

    def add_excerpt(self, text: str, words: list[str], room: int) -> None:
        """Append what stands around the first of some folded words, all of them in bold."""
        text = unicodedata.normalize("NFC", text)
        spans = hits(text, words)
        start, end = _window(text, spans[0][0] if spans else 0, room)
        self.add("…" if start else "")
        at = start
        for first, last in spans[:HITS_MOST]:
            first, last = max(first, at), min(last, end)
            if first < last:
                self.add(text[at:first])
                self.add(text[first:last], "bold")
                at = last
        self.add(text[at:end])
        self.add("…" if end < len(text) else "")


def without_marks(markdown: str) -> str:
    """Markdown as a preview or a plain file shows it."""
    read, rest = markdown[:MARKS_READ], markdown[MARKS_READ:]
    return MARKS.sub(lambda mark: mark["block"] or mark["code"] or "", read) + rest


def escaped(text: str) -> str:
    """A text in which nothing is a mark of Markdown."""
    # A backslash would not do: it makes formulas of brackets.
    return ANY_MARK.sub(lambda mark: f"&#{ord(mark[0])};", text)


def preview(text: str, room: int) -> str:
    """The beginning of a text, with … where it is cut."""
    whole = head(text, room)
    return text if whole == text else head(text, room - 1).rstrip() + "…"


def _window(text: str, hit: int, room: int) -> tuple[int, int]:
    """Where to cut a text to `room` units around a place, before a word if there is one near."""
    if units(text) <= room:
        return 0, len(text)
    start = max(0, hit - room // 3)
    if start:
        blank = text.find(" ", start, hit)
        start = blank + 1 if blank >= 0 else start
    return start, start + len(head(text[start:], room - 2))
