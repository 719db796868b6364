"""What keeps the database in order while the bot runs, and says when it is no longer there."""

import logging
import time
from collections.abc import Callable

from db import Database, StorageError
from handlers.types import Notice, Reply
from telegram.api import TelegramError
from telegram.delivery import Delivery
from texts import database as texts
from texts import log as texts_log

MAINTAIN_EVERY_S = 60.0

log = logging.getLogger(__name__)


class Upkeep:
    """Looks after the database's file; to be called every second or so, by one thread.

    `owner` is asked for the owner's id, None for nobody, while the database can be read.
    """

    def __init__(
        self,
        db: Database,
        delivery: Delivery,
        owner: Callable[[], int | None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._db, self._delivery, self._owner, self._now = db, delivery, owner, now
        self._owner_id = owner()
        self._is_told_lost = False
        self._maintain_at = -1.0

    def look(self) -> None:
        """Tell the owner that the file is gone or back; maintain the database once a minute."""
        is_lost = not self._db.is_intact()
        if is_lost != self._is_told_lost and self._tell(is_lost):
            self._is_told_lost = is_lost
        if not is_lost and self._now() >= self._maintain_at:
            self._maintain_at = self._now() + MAINTAIN_EVERY_S
            self._maintain()

    def _maintain(self) -> None:
        try:
            self._db.maintain()
            self._owner_id = self._owner()
        except StorageError as error:  # whoever has to write says so itself
            log.debug(texts_log.NOT_MAINTAINED, error)

    def _tell(self, is_lost: bool) -> bool:
        """Say it past the tasks, which cannot be stored; False: it is to be tried again."""
        path = self._db.path
        log.error(texts_log.DATABASE_LOST if is_lost else texts_log.DATABASE_BACK, path)
        if self._owner_id is None:
            return True
        reply = Reply(texts.lost(path) if is_lost else texts.BACK)
        notice = Notice(self._owner_id, self._owner_id, reply)
        try:
            self._delivery.deliver(reply, notice.request(), 0, lambda parts: None)
        except TelegramError as error:
            log.warning(texts_log.OWNER_NOT_TOLD, error)
            return False
        return True
