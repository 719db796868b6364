"""A growing Markdown text as pages of a message each: once a page is full it never changes."""

import re

from telegram.splitting import cut_length
from utf16 import units

PAGE_UNITS = 3800  # room is left for the footer, for a fence to be closed, for wider tables
LOOK_AHEAD = 2  # the longest break: where the text is cut must not depend on what is yet to come
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$", re.MULTILINE)


class Pager:
    """Feed it pieces; `full` pages are final, `current` is still growing."""

    def __init__(self) -> None:
        self.full: list[str] = []
        self.current = ""

    def feed(self, piece: str) -> None:
        """Add text to the end."""
        self.current += piece
        while units(self.current) > PAGE_UNITS + LOOK_AHEAD:
            at = cut_length(self.current, PAGE_UNITS)
            page, rest = self.current[:at], self.current[at:].lstrip("\n")
            opening = _open_fence(page)
            if opening is not None:
                mark, language = opening
                page = f"{page.rstrip()}\n{mark}"
                rest = f"{mark}{language}\n{rest}"
            self.full.append(page)
            self.current = rest


def pages(text: str) -> list[str]:
    """All pages of a whole text."""
    pager = Pager()
    pager.feed(text)
    return [*pager.full, pager.current]


def _open_fence(page: str) -> tuple[str, str] | None:
    """The mark and the language of the code block in which a page ends."""
    opening: tuple[str, str] | None = None
    for found in FENCE.finditer(page):
        mark, info = found[1], found[2].strip()
        if opening is None:
            if "`" not in info:  # ```a``` on one line is no fence
                opening = (mark, info)
        elif mark[0] == opening[0][0] and len(mark) >= len(opening[0]) and not info:
            opening = None
    return opening
