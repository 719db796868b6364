"""Commands and numbers that people type, and numbers that buttons carry."""

import re

from config import MOST_ID

MOST_NOTE = 10**9
# The name, whose bot it is for, what clings to it though nothing may, and one separator. A path
# such as /etc/hosts is no command.
COMMAND = re.compile(r"/(?![a-z0-9_]+/)([a-z0-9_][^\s@]*)(?:@(\w+))?(\S*)\s?", re.IGNORECASE)


def number(text: str, least: int = 1, most: int = MOST_ID) -> int:
    """The number in ASCII digits.

    Raises:
        ValueError: it is none, or out of the bounds.
    """
    if not re.fullmatch(r"\d{1,16}", text, re.ASCII) or not least <= int(text) <= most:
        raise ValueError(text)
    return int(text)


def whole(given: str, default: int, most: int) -> int | None:
    """A number from 1 to `most`, `default` when nothing was given, None when it is neither."""
    given = given.strip()
    try:
        return number(given, most=most) if given else default
    except ValueError:
        return None


def page_number(text: str) -> int:
    """A page, counted from 0; the first where a button of an old message names none."""
    return number(text or "0", least=0)


def note_number(given: str) -> int | None:
    """The number of a note, with or without its #."""
    return whole(given.strip().removeprefix("#") or "-", 0, MOST_NOTE)
