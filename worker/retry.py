"""When to try again, and how often."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from db import STORAGE_RETRY_S, StorageError
from handlers.types import Reply, Request
from telegram.api import (
    LONG_OUTAGE_PROBE_S,
    LONG_OUTAGE_S,
    PROBE_EVERY_S,
    PROBE_FIRST_S,
    TelegramError,
    ThrottledError,
)
from telegram.delivery import Delivery
from telegram.throttle import Throttle
from texts import log as texts

OUTAGE_S = 1.0  # one chat that fails while others are written to is no outage
APOLOGY_EVERY_S = 60.0

log = logging.getLogger(__name__)

T = TypeVar("T")


class LaterError(Exception):
    """Nothing is wrong with this task, it has to wait for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds} s")
        self.seconds = seconds


class Outage:
    """How long to wait before the next try while something outside fails.

    `stopping` is set when nothing is to be begun any more.
    """

    def __init__(self, throttle: Throttle, stopping: threading.Event) -> None:
        self.throttle = throttle
        self.stopping = stopping
        self._lock = threading.Lock()
        self._since: dict[int, float] = {}  # when the outage of a chat began
        self._probe_at = 0.0  # when a chat tries for all of them
        self._last_sent = time.monotonic()
        self._recovered: Callable[[], None] = lambda: None

    def when_over(self, recovered: Callable[[], None]) -> None:
        """What to call when something arrives after an outage."""
        self._recovered = recovered

    def pause(self, error: TelegramError, chat_id: int) -> float:
        """Seconds until the chat's next try."""
        if isinstance(error, ThrottledError):
            self.throttle.hold(chat_id, error.retry_after)
            log.warning(texts.CHAT_THROTTLED, error.retry_after, chat_id)
            return error.retry_after
        log.warning(texts.SEND_FAILED, error)
        now = time.monotonic()
        with self._lock:
            lasted = now - self._since.setdefault(chat_id, now)
            # As long again as it has lasted already: the pauses double.
            pause = min(LONG_OUTAGE_PROBE_S, max(PROBE_FIRST_S, lasted))
            if now >= self._probe_at:  # nobody else will try soon
                pause = min(pause, PROBE_EVERY_S) if lasted < LONG_OUTAGE_S else pause
                self._probe_at = now + pause
        return pause

    def over(self, chat_id: int) -> None:
        """Something arrived in this chat: whoever else waits for the network may try again."""
        now = time.monotonic()
        with self._lock:
            self._since.pop(chat_id, None)
            outage = bool(self._since) and now - self._last_sent > OUTAGE_S
            self._last_sent = now
        if outage:
            self._recovered()

    def retry_write(self, write: Callable[[], T]) -> T:
        """Make a note of what has happened already, as soon as the disk takes it.

        Raises:
            StorageError: the bot is told to stop, and the disk still fails.
        """
        while True:
            try:
                return write()
            except StorageError as error:
                log.error(texts.WRITE_FAILED, error)
                if self.stopping.wait(STORAGE_RETRY_S):
                    raise


class Apologies:
    """Says that the disk fails, to each chat once a minute at the most."""

    def __init__(self, delivery: Delivery, throttle: Throttle) -> None:
        self._delivery = delivery
        self._throttle = throttle
        self._lock = threading.Lock()
        self._silent_until: dict[int, float] = {}

    def say(self, text: str, request: Request) -> None:
        """Say it now or never: there is nowhere to keep it."""
        now, chat_id = time.monotonic(), request.chat_id
        with self._lock:
            if self._silent_until.get(chat_id, 0.0) > now or self._throttle.remaining(chat_id):
                return
            self._silent_until = {c: t for c, t in self._silent_until.items() if t > now}
            self._silent_until[chat_id] = now + APOLOGY_EVERY_S
        try:
            self._delivery.deliver(Reply(text), request, 0, lambda parts: None)
        except ThrottledError as error:
            self._throttle.hold(chat_id, error.retry_after)
        except TelegramError as error:
            log.warning(texts.APOLOGY_UNSAID, error)
