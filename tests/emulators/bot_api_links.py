"""Which links Telegram accepts under a word or a button."""

import re

_LINK = re.compile(
    r"(?:(?:https?|ftp|ton|tonsite)://)?(?:[^\s/?#@]+@)?[^\s/?#@:.]+(?:\.[^\s/?#@:.]+)+\.?"
    r"(?::\d+)?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_APP_LINK = re.compile(r"tg:(?://)?\w\S*|mailto:\S+@\S+|tel:\+?\d+", re.IGNORECASE)
_USER_LINK = re.compile(r"tg:(?://)?user\?id=(\d+)", re.IGNORECASE)


def is_link(url: str) -> bool:
    return bool(_LINK.fullmatch(url.strip()) or _APP_LINK.fullmatch(url.strip()))


def mentioned_user(url: str) -> int | None:
    found = _USER_LINK.fullmatch(url.strip())
    return int(found[1]) if found else None
