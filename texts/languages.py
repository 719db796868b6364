"""The languages the bot speaks, and which of them is spoken just now."""

import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

RUSSIAN, ENGLISH = "ru", "en"
LANGUAGES = (RUSSIAN, ENGLISH)
# Languages of Telegram's clients whose speakers mostly read Russian better than English.
READ_RUSSIAN = ("ru", "be", "kk", "uz")
NO_LOCALE = ("", "c", "posix")

_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def spoken() -> str:
    """The language of whoever is spoken to, or that of the machine."""
    return _spoken.get() or of_machine()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Take words from this one of LANGUAGES, in this thread."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def nearest(code: str | None) -> str:
    """The language for somebody whose client speaks `code` (IETF: "ru", "en-GB")."""
    code = (code or RUSSIAN).lower()
    return RUSSIAN if code.startswith(READ_RUSSIAN) else ENGLISH


def of_machine() -> str:
    """The language of the locale, for the log and the terminal."""
    chosen = (os.environ.get(name) for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    code = next(filter(None, chosen), None)
    if code is None and os.name == "nt":
        code = locale.getlocale()[0]  # elsewhere it makes "en_US" of what says nothing
    code = code or ""
    return RUSSIAN if code.partition(".")[0].lower() in NO_LOCALE else nearest(code)
