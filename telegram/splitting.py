"""Cutting a long text into messages."""

from collections.abc import Iterable, Iterator
from typing import Any

from utf16 import head, units

MESSAGE_UNITS = 4096
CAPTION_UNITS = 1024
BREAKS = ("\n\n", "\n", " ")


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
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Messages of at most `limit` units, none of them blank, each with its own entities."""
    marks = list(entities)
    offset = 0  # of the rest, in units
    while text.strip():
        length = cut_length(text, limit)
        piece, text = text[:length], text[length:]
        size = units(piece)
        if piece.strip():
            yield piece, [*_within(marks, offset, size)]
        offset += size
        blank = len(text) - len(text.lstrip("\n ")) if text[:1] in ("\n", " ") else 0
        text, offset = text[blank:], offset + blank


def _within(entities: list[dict[str, Any]], offset: int, size: int) -> Iterator[dict[str, Any]]:
    """The parts of entities that fall into a piece, counted from its beginning."""
    for entity in entities:
        start = max(entity["offset"], offset)
        end = min(entity["offset"] + entity["length"], offset + size)
        if start < end:
            yield {**entity, "offset": start - offset, "length": end - start}
