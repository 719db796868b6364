"""Fetching updates: each is stored before the request that tells Telegram it was received."""

import json
import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Any

from db import StorageError
from storage.updates import Stored, Updates
from telegram.api import RefusedError, Telegram, TelegramError, ThrottledError
from worker.retry import STORAGE_RETRY_S

BACKOFF_FIRST_S = 0.5
BACKOFF_MOST_S = 30.0
GROWTH = 1.6
EMPTY_AFTER_S = 1.0  # Telegram holds a poll that finds nothing; another server may not
CONFLICT = 409

log = logging.getLogger(__name__)


class Poller:
    """The one thread that calls getUpdates.

    `wake` is called with each chat that has new updates, `refuse` with updates that could not be
    stored and stay with Telegram, `recovered` when Telegram answers after it did not.
    """

    def __init__(
        self,
        telegram: Telegram,
        updates: Updates,
        wake: Callable[[int], None],
        refuse: Callable[[list[Stored]], None],
        recovered: Callable[[], None],
    ) -> None:
        self._telegram = telegram
        self._updates = updates
        self._wake = wake
        self._refuse = refuse
        self._recovered = recovered
        self._stopping = threading.Event()
        self._offset = 0
        self._failures = 0
        self._is_cut_off = False

    def start(self) -> None:
        """Begin polling. The thread is a daemon: the end of the process cuts its long poll."""
        threading.Thread(target=self._run, name="poller", daemon=True).start()

    def stop(self) -> None:
        """Take no more updates: what a poll under way still brings stays with Telegram."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                pause = self._poll()
            except TelegramError as error:
                pause = self._pause(error)
            except StorageError as error:
                log.error("База не записывает (%s): обновления остаются у Telegram", error)
                pause = min(STORAGE_RETRY_S, self._backoff())
            except Exception:
                log.exception("Сбой опроса Telegram")
                pause = self._backoff()
            self._stopping.wait(pause)

    def _poll(self) -> float:
        """One long poll; returns the seconds to wait before the next one."""
        began = time.monotonic()
        found = self._telegram.get_updates(self._offset)
        if self._is_cut_off:
            log.info("Связь с Telegram восстановлена")
            self._is_cut_off = False
            self._recovered()
        if self._stopping.is_set():
            return 0.0
        readable = [update for update in found if _is_readable(update)]
        batch = [_stored(update) for update in readable]
        if batch:
            self._take_in(batch)
        elif found or time.monotonic() - began < EMPTY_AFTER_S:
            # Nothing that could be confirmed, or nobody waited: at once it would be the same again.
            return self._backoff()
        self._failures = 0
        return 0.0

    def _take_in(self, batch: list[Stored]) -> None:
        try:
            self._updates.store(batch)
        except StorageError:
            self._refuse(batch)
            raise
        self._offset = 1 + max(update.update_id for update in batch)
        for chat_id in dict.fromkeys(update.chat_id for update in batch):
            self._wake(chat_id)

    def _pause(self, error: TelegramError) -> float:
        self._is_cut_off = True
        if isinstance(error, ThrottledError):
            log.warning("Telegram просит опрашивать реже: пауза %s с", error.retry_after)
            self._failures += 1
            return error.retry_after
        if isinstance(error, RefusedError) and error.code == CONFLICT:
            log.error(
                "С этим TOKEN опрашивает Telegram ещё одна копия бота: остановите её. "
                "Пробую дальше."
            )
        else:
            log.warning("Нет связи с Telegram (%s), пробую дальше", error)
        return self._backoff()

    def _backoff(self) -> float:
        longest = min(BACKOFF_MOST_S, BACKOFF_FIRST_S * GROWTH ** min(self._failures, 20))
        self._failures += 1
        return longest * random.uniform(0.7, 1.0)


def _is_readable(update: Any) -> bool:
    """What has no number cannot be stored, nor confirmed by itself."""
    if isinstance(update, dict) and _is_id(update.get("update_id")):
        return True
    log.error("Обновление без номера пропущено")
    return False


def _is_id(value: Any) -> bool:
    """Telegram's ids have at most 52 bits; anything longer would not fit into SQLite."""
    return type(value) is int and abs(value) < 1 << 53


def _stored(update: dict[str, Any]) -> Stored:
    return Stored(update["update_id"], _chat_of(update), json.dumps(update))


def _chat_of(update: dict[str, Any]) -> int:
    """The lane of an update: its chat, or 0 for what has none."""
    for value in update.values():
        if isinstance(value, dict):
            holder = value.get("message", value)
            chat = holder.get("chat") if isinstance(holder, dict) else None
            if isinstance(chat, dict) and _is_id(chat.get("id")):
                return int(chat["id"])
    return 0
