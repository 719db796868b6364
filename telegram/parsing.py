"""What the Markdown parser reads, and what it reports.

Between two dollars the parser looks for nothing but a formula, so prices are told from formulas
before it reads them.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pyromark

from telegram.formulas import is_formula

OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_MATH
)
ROUNDS_MOST = 3

_TEX = rb"(?:[^\\]|\\[^()\[\]]){1,500}?"  # up to the next bracket with a backslash
_BRACKETED = re.compile(
    rb"(?<![\\\w])\\(?:\((?P<inline>%b)\\\)|\[(?P<display>%b)\\\])(?!\w)" % (_TEX, _TEX)
)
_CODE = {"Code", "Html", "InlineHtml"}
_LETTER = re.compile(rb"[0-9A-Za-z_]")
_PRICE = re.compile(rb"(?<!\\)\$(?=\d)")


def parsed(source: bytes) -> Iterator[tuple[Any, Any]]:
    """The parser's events, each with its place in bytes."""
    return pyromark.events_with_range(source.decode(), options=OPTIONS)


def settle_dollars(source: bytes) -> bytes:
    r"""The Markdown with \(x\) as $x$, and a backslash before dollars that are no formula's.

    Needed before the parser reads it: between two dollars it reads nothing else.
    """
    if b"\\(" in source or b"\\[" in source:
        source = _brackets_to_dollars(source)
    for _ in range(ROUNDS_MOST):  # an escaped dollar may uncover another pair
        offsets = _price_dollars(source) if b"$" in source else []
        if not offsets:
            break
        bounds = [0, *sorted(set(offsets)), len(source)]
        source = b"\\".join(source[a:b] for a, b in pairwise(bounds))
    return source


def _brackets_to_dollars(source: bytes) -> bytes:
    pieces, at = list[bytes](), 0
    for start, end in _code_ranges(source):
        pieces += (_BRACKETED.sub(_with_dollars, source[at:start]), source[start:end])
        at = end
    return b"".join([*pieces, _BRACKETED.sub(_with_dollars, source[at:])])


def _code_ranges(source: bytes) -> Iterator[tuple[int, int]]:
    """Where the parser sees code and HTML, in bytes."""
    end = 0
    for event, where in parsed(source):
        is_code = isinstance(event, dict) and (
            _CODE & event.keys() or "CodeBlock" in event.get("Start", ())
        )
        if is_code and where["start"] >= end:
            end = where["end"]
            yield where["start"], end


def _with_dollars(found: re.Match[bytes]) -> bytes:
    tex = (found["inline"] or found["display"]).strip()
    if b"\n\n" in tex or b"$" in tex or not is_formula(tex.decode()):
        return found[0]
    mark = b"$" if found["inline"] else b"$$"
    return mark + tex + mark


def _price_dollars(source: bytes) -> list[int]:
    """Offsets of the dollars that the parser takes for a formula's though they are none."""
    offsets = list[int]()
    for event, where in parsed(source):
        if not isinstance(event, dict):
            continue
        tex = event.get("InlineMath", event.get("DisplayMath"))
        start, end = where["start"], where["end"]
        around = source[max(start - 1, 0) : start] + source[end : end + 1]
        if tex is None or (is_formula(tex) and not _LETTER.search(around)):
            continue
        inner = source[start:end]
        if b"$" not in inner.strip(b"$"):
            offsets += (start + found.start() for found in re.finditer(rb"\$", inner))
        else:  # the last dollars may begin a formula
            offsets += (start + found.start() for found in _PRICE.finditer(inner))
            offsets.append(start)
    return offsets
