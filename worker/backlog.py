"""What waits, made visible in the log when it grows. Counts nothing itself."""

import logging

from texts import log as texts

FIRST = 100

log = logging.getLogger(__name__)


class Backlog:
    """Logs each doubling of what is stored and not done, and its end."""

    def __init__(self) -> None:
        self._next = FIRST

    def see(self, messages: int, work: int) -> None:
        """Take note of how much waits now."""
        waiting = messages + work
        if waiting >= self._next:
            log.warning(texts.BACKLOG_GROWS, messages, work)
            while self._next <= waiting:
                self._next *= 2
        elif waiting < FIRST // 2 and self._next > FIRST:
            log.info(texts.BACKLOG_DONE, waiting)
            self._next = FIRST
