"""The log: one handler at the root, and no secret in any line, whoever writes it."""

import logging
import sys
from collections.abc import Iterable

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
HIDDEN = "***"


class Redacting(logging.Formatter):
    """Hides secrets in the finished line: message, arguments and traceback alike."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__(FORMAT)
        self._secrets = sorted(secrets, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return line


def set_up(level: str, secrets: Iterable[str]) -> None:
    """Send every logger's lines to stderr through the one redacting handler."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacting(secrets))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # telebot brings a handler of its own, which would write past the redaction.
    telebot = logging.getLogger("TeleBot")
    telebot.handlers.clear()
    telebot.setLevel(logging.NOTSET)
