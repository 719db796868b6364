"""Lists read page by page, right whatever is added or deleted between two pages."""

from collections.abc import Callable
from dataclasses import dataclass

from storage.note_rows import Note


@dataclass(frozen=True)
class Place:
    """Where a note stands in a list: the pinned before the others, then the newer first."""

    pinned: bool
    number: int


@dataclass(frozen=True)
class PageTurn:
    """Turning a page: to what stands after a place (`older`), or before it."""

    older: bool
    place: Place


@dataclass(frozen=True)
class Page:
    """The notes of a page; `newer` and `older`: there are pages before and after it."""

    notes: list[Note]
    newer: bool = False
    older: bool = False


# Notes next to a place, the nearest first: (place or None for the beginning, older, how many).
Fetch = Callable[[Place | None, bool, int], list[Note]]


def turn_page(fetch: Fetch, size: int, turn: PageTurn | None) -> Page:
    """The page after or before a place; the first one without a turn.

    A page is fetched by the note it lies next to, not by its number: nothing is shown twice or left
    out when notes come and go. Back at the beginning, or behind an end that has moved, it is the
    whole first page.
    """
    if turn is None:
        return _first(fetch, size)
    fetched = fetch(turn.place, turn.older, size + 1)
    more = len(fetched) > size
    if turn.older and fetched:
        return Page(fetched[:size], newer=True, older=more)
    if not turn.older and more:
        return Page(fetched[:size][::-1], newer=True, older=True)
    return _first(fetch, size)


def _first(fetch: Fetch, size: int) -> Page:
    fetched = fetch(None, True, size + 1)
    return Page(fetched[:size], older=len(fetched) > size)
