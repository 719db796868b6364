"""Inline queries answered at once, beside all other work. Nothing of them is stored."""

import logging
import threading
from collections.abc import Callable

from db import StorageError
from handlers import inline
from handlers.context import App
from handlers.inline import InlineQuery
from telegram.api import Telegram, TelegramError
from telegram.inline import send
from texts import log as texts

WAITING_MOST = 1000  # people; of more at once the last to come see nothing

log = logging.getLogger(__name__)


class InlineQueries:
    """The last query of each person, until its turn comes: whoever types on asks anew.

    `wake` is called with the lane of a person who has asked something.
    """

    def __init__(self, app: App, telegram: Telegram, wake: Callable[[str], None]) -> None:
        self._app = app
        self._telegram = telegram
        self._wake = wake
        self._lock = threading.Lock()
        self._waiting: dict[str, InlineQuery] = {}

    def take(self, query: InlineQuery) -> None:
        """Have a query answered, instead of an older one of the same person."""
        lane = str(query.user_id)
        with self._lock:
            if lane not in self._waiting and len(self._waiting) >= WAITING_MOST:
                return
            self._waiting[lane] = query
        self._wake(lane)

    def is_idle(self) -> bool:
        """None waits."""
        return not self._waiting

    def step(self, lane: str) -> None:
        """Answer a person's query, as `Lanes` has it; tried once, for the next letter asks anew."""
        with self._lock:
            query = self._waiting.pop(lane, None)
        if query is None:
            return
        try:
            with self._app.speaking_to(query.user_id, query.language):
                send(self._telegram, query.id, inline.answer(self._app, query))
        except (StorageError, TelegramError) as error:
            log.warning(texts.INLINE_UNANSWERED, error)
        except Exception:
            log.exception(texts.INLINE_FAILED)
