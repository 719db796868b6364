"""Fetching updates from Telegram, as long as the bot runs. Storing them is left to the intake."""

import logging
import random
import threading
import time
from collections.abc import Callable

from db import STORAGE_RETRY_S, StorageError
from telegram.api import (
    LONG_OUTAGE_PROBE_S,
    LONG_OUTAGE_S,
    POLL_TIMEOUT_S,
    PROBE_EVERY_S,
    PROBE_FIRST_S,
    RefusedError,
    Telegram,
    TelegramError,
    ThrottledError,
    UnauthorizedError,
)
from telegram.intake import Intake
from texts import hosting
from texts import log as texts

GROWTH = 1.6
PROBE_POLL_S = 1  # how long the poll is held that looks whether Telegram is back
PAUSE_LEAST_S = 0.1
EMPTY_AFTER_S = 1.0  # Telegram holds a poll that finds nothing; another server may not
CONFLICT = 409

log = logging.getLogger(__name__)


class Poller:
    """The one thread that calls getUpdates.

    `recovered` is called when Telegram answers after it did not, `revoked` when it does not know
    the token any more, `ended` at the start and after each poll, with the seconds until the next.
    """

    def __init__(
        self,
        telegram: Telegram,
        intake: Intake,
        recovered: Callable[[], None],
        revoked: Callable[[], None],
        ended: Callable[[float], None] = lambda pause_s: None,
    ) -> None:
        self._telegram = telegram
        self._intake = intake
        self._recovered = recovered
        self._revoked = revoked
        self._ended = ended
        self._stopping = threading.Event()
        self._offset = 0
        self._failures = 0
        self._cut_off_since: float | None = None

    def start(self) -> None:
        """Begin polling. The thread is a daemon: the end of the process cuts its long poll."""
        threading.Thread(target=self._run, name="poller", daemon=True).start()

    def stop(self) -> None:
        """Take no more updates: what a poll under way still brings stays with Telegram."""
        self._stopping.set()

    def _run(self) -> None:
        self._ended(0.0)
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                pause = self._poll()
            except UnauthorizedError:
                self._revoked()
                return
            except TelegramError as error:
                pause = self._after(error, began)
            except StorageError as error:
                log.error(texts.UPDATES_NOT_STORED, error)
                pause = min(STORAGE_RETRY_S, self._backoff())
            except Exception:
                log.exception(texts.POLL_FAILED)
                pause = self._backoff()
            self._ended(pause)
            self._stopping.wait(pause)

    def _poll(self) -> float:
        """One poll; returns the seconds to wait before the next one."""
        began, was_cut_off = time.monotonic(), self._cut_off_since is not None
        found = self._telegram.get_updates(
            self._offset, PROBE_POLL_S if was_cut_off else POLL_TIMEOUT_S
        )
        if was_cut_off:
            log.info(texts.CONNECTION_RESTORED)
            self._cut_off_since = None
            self._recovered()
        if self._stopping.is_set():
            return 0.0
        highest = self._intake.take(found)
        if highest is not None:
            self._offset = highest + 1
        elif found:
            return self._backoff()  # nothing that could be confirmed: it would be the same again
        self._failures = 0
        is_held = bool(found) or was_cut_off or time.monotonic() - began >= EMPTY_AFTER_S
        return 0.0 if is_held else PROBE_FIRST_S

    def _after(self, error: TelegramError, began: float) -> float:
        """The pause after a poll that began then and failed."""
        now = time.monotonic()
        if self._cut_off_since is None:
            self._cut_off_since = now
        if isinstance(error, ThrottledError):
            log.warning(texts.POLL_THROTTLED, error.retry_after)
            self._failures += 1
            return error.retry_after
        if isinstance(error, RefusedError) and error.code == CONFLICT:
            is_webhook = "webhook" in error.description
            log.error(hosting.WEBHOOK_TAKES_OVER if is_webhook else hosting.ANOTHER_POLLS)
        else:
            log.warning(texts.CONNECTION_LOST, error)
        return max(PAUSE_LEAST_S, self._backoff() - (now - began))

    def _backoff(self) -> float:
        since = self._cut_off_since
        is_long = since is not None and time.monotonic() - since > LONG_OUTAGE_S
        most = LONG_OUTAGE_PROBE_S if is_long else PROBE_EVERY_S
        longest = min(most, PROBE_FIRST_S * GROWTH ** min(self._failures, 20))
        self._failures += 1
        return longest * random.uniform(0.7, 1.0)
