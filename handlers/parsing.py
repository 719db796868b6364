"""Numbers that people type."""

import re


def whole(given: str, default: int, most: int) -> int | None:
    """A number from 1 to `most`, `default` when nothing was given, None when it is neither."""
    given = given.strip()
    if not given:
        return default
    if re.fullmatch(r"\d{1,9}", given, re.ASCII) and 1 <= int(given) <= most:
        return int(given)
    return None


def note_number(given: str) -> int | None:
    """The number of a note, with or without its #."""
    return whole(given.strip().removeprefix("#") or "-", 0, 10**9)
