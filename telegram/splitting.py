"""Cutting a long text into messages."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from entities import within
from utf16 import MESSAGE_UNITS, head, units

Entities = list[dict[str, Any]]

ENTITIES_MOST = 100  # Telegram passes over the others
BREAKS = ("\n\n", "\n", " ")
# What loses most by being left out comes first.
IMPORTANCE = (
    ("text_link",),
    ("pre", "blockquote", "expandable_blockquote"),
    ("code",),
    ("bold", "strikethrough"),
    ("italic", "underline"),
)
# A message that shows nothing is refused: spaces and signs without a shape.
_VISIBLE = re.compile(
    "[^\\s\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    "\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufffc]"
)


def is_blank(text: str) -> bool:
    """Whether nothing of a text could be seen."""
    return _VISIBLE.search(text) is None


def cut_length(text: str, limit: int) -> int:
    """How many characters go into the first message: up to a paragraph, a line, or a word.

    A break in the first half is passed over: better a word cut in two than a message of a line.
    """
    whole = head(text, limit)
    if len(whole) == len(text):
        return len(text)
    for mark in BREAKS:
        # The mark may begin right behind the limit: then the whole head is used.
        at = text.rfind(mark, len(whole) // 2, len(whole) + len(mark))
        if at > 0:
            return min(at, len(whole))
    return len(whole)


def split(
    text: str, entities: Iterable[dict[str, Any]] = (), limit: int = MESSAGE_UNITS
) -> Iterator[tuple[str, Entities]]:
    """Messages of at most `limit` units and 100 entities, none of them blank."""
    marks = sorted(entities, key=lambda entity: entity["offset"])
    offset = 0  # of the rest, in units
    while text and not is_blank(text):
        length = cut_length(text, limit)
        piece, text = text[:length], text[length:]
        size = units(piece)
        if not is_blank(piece):
            yield piece, most_important(within(marks, offset, size))
        offset += size
        blank = len(text) - len(text.lstrip("\n ")) if text[:1] in ("\n", " ") else 0
        text, offset = text[blank:], offset + blank
        marks = [mark for mark in marks if mark["offset"] + mark["length"] > offset]


def most_important(entities: Iterable[dict[str, Any]], most: int = ENTITIES_MOST) -> Entities:
    """The entities that a message keeps if it has too many: styles go first."""
    kept = list(entities)
    if len(kept) <= most:
        return kept
    kept.sort(key=lambda entity: _RANK.get(entity["type"], 0))
    return sorted(kept[:most], key=lambda entity: entity["offset"])


_RANK = {kind: rank for rank, kinds in enumerate(IMPORTANCE) for kind in kinds}
