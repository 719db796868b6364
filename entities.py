"""The formatting of a text as Telegram has it: entities, with places in UTF-16 units."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any

from utf16 import units

Entities = tuple[dict[str, Any], ...]

MOST = 100  # of one text: Telegram shows no more
END = 1 << 40  # behind the end of any text
URL_MOST, LANGUAGE_MOST = 2048, 64
# What is kept, with what belongs to it. Telegram finds addresses, tags and commands by itself, and
# a bot can neither name people by their ids nor send the emoji that are paid for.
DETAILS: dict[str, tuple[str, int] | None] = {
    "bold": None,
    "italic": None,
    "underline": None,
    "strikethrough": None,
    "spoiler": None,
    "code": None,
    "pre": ("language", LANGUAGE_MOST),
    "blockquote": None,
    "expandable_blockquote": None,
    "text_link": ("url", URL_MOST),
}
QUOTATIONS = ("blockquote", "expandable_blockquote")
MARKS = {
    "bold": ("**", "**"),
    "italic": ("_", "_"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("~~", "~~"),
    "spoiler": ("||", "||"),
}
TICKS, LINE_END = re.compile("`+"), re.compile("\n")
UNSHOWABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
BREAK = "\n"


def kept(text: str, given: Iterable[Any]) -> Entities:
    """Those of a text's entities that can be shown again, without what Telegram adds itself."""
    bounds = _bounds(text)
    found = (_kept(entity, bounds) for entity in given)
    return tuple(entity for entity in found if entity is not None)[:MOST]


def shifted(entities: Iterable[dict[str, Any]], by: int) -> Entities:
    """The same entities, `by` units further on."""
    return tuple({**entity, "offset": entity["offset"] + by} for entity in entities)


def within(entities: Iterable[dict[str, Any]], offset: int, size: int) -> Entities:
    """The parts of entities that fall into a piece of a text, counted from its beginning."""
    return tuple(_parts(entities, offset, offset + size))


def of_end(text: str, entities: Entities, end: str) -> Entities:
    """The entities of the end of a text; none if it does not end so."""
    if not end or not text.endswith(end):
        return ()
    size = units(end)
    return within(entities, units(text) - size, size)


def joined(parts: Iterable[tuple[str, Entities]], between: str) -> tuple[str, Entities]:
    """Texts with their entities as one; those that are blank are left out."""
    text, entities = "", Entities()
    for piece, marks in parts:
        if piece.strip():
            before = text + between if text else ""
            text, entities = before + piece, entities + shifted(marks, units(before))
    return text, entities[:MOST]


def spliced(
    entities: Iterable[dict[str, Any]], start: int, size: int, piece: tuple[str, Entities]
) -> Entities:
    """The entities of a text of which a part, `size` units from `start` on, becomes another one."""
    kept_ones, (text, own) = list(entities), piece
    head, tail = within(kept_ones, 0, start), within(kept_ones, start + size, END)
    return (*head, *shifted(own, start), *shifted(tail, start + units(text)))[:MOST]


def addresses(entities: Iterable[dict[str, Any]]) -> list[str]:
    """What the links lead to whose addresses do not stand in the text."""
    return [entity["url"] for entity in entities if entity["type"] == "text_link"]


def with_addresses(text: str, entities: Iterable[dict[str, Any]]) -> str:
    """A plain text in which each link's address stands behind its words."""
    bounds, pieces, at = _bounds(text), list[str](), 0
    links = [entity for entity in entities if entity["type"] == "text_link"]
    for link in sorted(links, key=lambda link: int(link["offset"] + link["length"])):
        end = bisect_left(bounds, link["offset"] + link["length"])
        pieces += (text[at:end], f" ({link['url']})")
        at = end
    return "".join([*pieces, text[at:]])


def to_markdown(text: str, entities: Iterable[dict[str, Any]]) -> str:
    """A text with Markdown's marks instead of entities; its own letters stay as they are."""
    bounds = _bounds(text)
    marks: list[tuple[int, tuple[int, ...], str]] = []  # (place, rank among those there, mark)
    for number, entity in enumerate(entities):
        start = bisect_left(bounds, entity["offset"])
        end = bisect_left(bounds, entity["offset"] + entity["length"])
        # A mark beside a blank would be none.
        start, end = end - len(text[start:end].lstrip()), start + len(text[start:end].rstrip())
        if start >= end:
            continue
        if entity["type"] in QUOTATIONS:
            lines = [start, *(start + found.end() for found in LINE_END.finditer(text[start:end]))]
            marks += [(line, (2,), "> ") for line in lines]
        else:
            opening, closing = _marks(entity, text[start:end], text[:start].endswith("\n"))
            # What began last ends first, and what ends last begins first.
            marks.append((start, (3, -end, number), opening))
            marks.append((end, (1, -start, -number), closing))
    marks.sort(key=lambda mark: mark[:2])
    places = [0, *(place for place, _, _ in marks), len(text)]
    pieces = [text[a:b] for a, b in pairwise(places)]
    return "".join(
        chain.from_iterable(zip(pieces, [*(mark for *_, mark in marks), ""], strict=True))
    )


def _marks(entity: dict[str, Any], inside: str, begins_line: bool) -> tuple[str, str]:
    kind = entity["type"]
    if kind == "text_link":
        return "[", f"]({entity['url'].replace(' ', '%20').replace(')', '%29')})"
    if kind not in ("code", "pre"):
        return MARKS[kind]
    longest = max(map(len, TICKS.findall(inside)), default=0)
    if kind == "code":
        ticks = "`" * (longest + 1)
        return ticks, ticks
    fence = "`" * max(3, longest + 1)
    return f"{'' if begins_line else BREAK}{fence}{entity.get('language', '')}\n", f"\n{fence}"


def _kept(entity: Any, bounds: Sequence[int]) -> dict[str, Any] | None:
    """An entity with what belongs to its kind and nothing else; None if it is not sound."""
    if not isinstance(entity, dict):
        return None
    kind, offset, length = (entity.get(name) for name in ("type", "offset", "length"))
    if not isinstance(kind, str) or kind not in DETAILS:
        return None
    if type(offset) is not int or type(length) is not int or not 0 <= offset < offset + length:
        return None
    if not all(_is_bound(place, bounds) for place in (offset, offset + length)):
        return None
    found = {"type": kind, "offset": offset, "length": length}
    detail = DETAILS[kind]
    if detail is None:
        return found
    name, most = detail
    value = entity.get(name)
    if isinstance(value, str) and 0 < len(value) <= most and UNSHOWABLE.search(value) is None:
        return {**found, name: value}
    return found if kind == "pre" else None  # code is code in any language


def _parts(entities: Iterable[dict[str, Any]], first: int, last: int) -> Iterator[dict[str, Any]]:
    for entity in entities:
        start = max(entity["offset"], first)
        end = min(entity["offset"] + entity["length"], last)
        if start < end:
            yield {**entity, "offset": start - first, "length": end - start}


def _bounds(text: str) -> Sequence[int]:
    """Where each character begins, in units, and the end of the last one."""
    if text.isascii() or max(text) <= "\uffff":
        return range(len(text) + 1)
    return list(accumulate((1 + (letter > "\uffff") for letter in text), initial=0))


def _is_bound(place: int, bounds: Sequence[int]) -> bool:
    at = bisect_left(bounds, place)
    return at < len(bounds) and bounds[at] == place
