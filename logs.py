"""The log: one handler at the root, and neither secrets nor people's words in any line.

Secrets are hidden in the finished line, whoever writes it and at whatever level. What people write
may stand in the message of an exception: tracebacks show it at DEBUG only.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any
from urllib.parse import quote

from texts import log as texts

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
HIDDEN = "***"
PART_CHARS = 10  # a shorter part of a secret may be an ordinary word

# What looks like a secret, known or not: tokens of bots, keys, headers, URLs.
LOOKS = re.compile(
    r"\d{5,}(?::|%3a)[\w-]{30,}"
    r"|\bsk-[\w-]{16,}"
    r"|(?<=bearer )[\w.~+/=-]+|(?<=basic )[\w.~+/=-]{8,}"
    r"|(?<=://)[^/\s@]+(?=@)"
    r"|(?<=[?&]key=)[^&\s'\"]+|(?<=_key=)[^&\s'\"]+|(?<=token=)[^&\s'\"]+",
    re.IGNORECASE,
)

log = logging.getLogger(__name__)


class _Secrets:
    """Secrets known by their value; more of them come while the program runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forms: set[str] = set()
        self.pattern: re.Pattern[str] | None = None

    def add(self, secret: str) -> None:
        with self._lock:
            self._forms.update(_forms(secret))
            longest_first = sorted(self._forms, key=len, reverse=True)
            # Percent-encoding is written in either case.
            self.pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)


_secrets = _Secrets()


def set_up(level: str, secrets: Iterable[str]) -> None:
    """Send every logger's lines, warnings and uncaught exceptions through the one handler."""
    for secret in secrets:
        hide(secret)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacting(FORMAT))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # telebot brings a handler of its own, which would write past the redaction.
    telebot = logging.getLogger("TeleBot")
    telebot.handlers.clear()
    telebot.setLevel(logging.NOTSET)
    logging.raiseExceptions = False  # it prints the arguments of a faulty call as they are
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def write_to(stream: Any) -> None:
    """Send the lines to another stream than the standard error: one that can `write`."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(stream)


def hide(secret: str) -> None:
    """Never show this from now on, e.g. an access token that was just issued."""
    if secret:
        _secrets.add(secret)


def redacted(text: str) -> str:
    """A text with all that is secret hidden."""
    if _secrets.pattern is not None:
        text = _secrets.pattern.sub(HIDDEN, text)
    return LOOKS.sub(HIDDEN, text)


class Redacting(logging.Formatter):
    """Hides secrets in the finished line: message, arguments and traceback alike."""

    def format(self, record: logging.LogRecord) -> str:
        try:
            line = super().format(record)
        except Exception as exc:
            where = f"{record.pathname}:{record.lineno}"
            line = (
                f"{record.levelname} {record.name}: {texts.BROKEN_RECORD} ({_kind(exc)}), {where}"
            )
        return redacted(line)

    def formatException(self, ei: Any) -> str:
        if logging.getLogger().isEnabledFor(logging.DEBUG):
            return super().formatException(ei)
        return "\n".join(_without_messages(ei[1])).rstrip()


def _forms(secret: str) -> Iterator[str]:
    """A secret and its long parts, each also as it looks in a URL."""
    parts = [part for part in secret.split(":") if len(part) >= PART_CHARS and not part.isdigit()]
    for form in (secret, *parts):
        yield form
        yield quote(form, safe="")


def _without_messages(exc: BaseException | None) -> Iterator[str]:
    """A traceback that names the exceptions without their messages."""
    chain: list[BaseException] = []
    while exc is not None and exc not in chain:
        chain.append(exc)
        exc = exc.__cause__ or (None if exc.__suppress_context__ else exc.__context__)
    for link in reversed(chain):
        yield "".join(traceback.format_tb(link.__traceback__)) + _kind(link)


def _kind(exc: BaseException) -> str:
    """What happened, without the words: of the system's own errors the reason is known."""
    reason = exc.strerror if isinstance(exc, OSError) else getattr(exc, "sqlite_errorname", None)
    return f"{type(exc).__module__}.{type(exc).__qualname__}" + (f": {reason}" if reason else "")


def _uncaught(
    kind: type[BaseException], exc: BaseException | None, where: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    log.critical(texts.UNEXPECTED, exc_info=(kind, exc or kind(), where))
