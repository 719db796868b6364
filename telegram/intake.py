"""Taking updates in: each is stored before anybody is told that it was received."""

import json
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from db import StorageError
from handlers.content import UNSTORABLE
from handlers.inline import InlineQuery
from handlers.types import Request
from storage.tasks import Incoming, Tasks, chat_lane
from texts import log as texts

MAX_BODY = 1024 * 1024  # bytes of an update that is posted; it has a few thousand
INLINE_QUERY = "inline_query"
QUERY_MOST = 512  # characters; Telegram takes 256
MOST_ID = (1 << 53) - 1  # Telegram's ids have at most 52 bits; SQLite would not take any number

log = logging.getLogger(__name__)


class Intake:
    """Where updates come in, whoever fetched them.

    `wake` is called with each lane that has new updates, `refuse` with updates that could not be
    stored and stay with Telegram. `ask` is given inline queries, which are not stored: nobody
    waits for one when it has been answered, or for half a minute.
    """

    def __init__(
        self,
        tasks: Tasks,
        wake: Callable[[str], None],
        refuse: Callable[[list[Incoming]], None],
        ask: Callable[[InlineQuery], None] = lambda query: None,
    ) -> None:
        self._tasks = tasks
        self._wake = wake
        self._refuse = refuse
        self._ask = ask
        self._last_at: float | None = None

    def last_s(self) -> float | None:
        """Seconds since updates were last stored; None when there were none."""
        return None if self._last_at is None else time.monotonic() - self._last_at

    def take(self, updates: Iterable[Any]) -> int | None:
        """Store updates (JSON values), each once; returns the highest number among them.

        None: there was nothing that could be confirmed.

        Raises:
            StorageError: nothing is stored, and the authors know it.
        """
        readable = [update for update in updates if _is_readable(update)]
        if not readable:
            return None
        for update in readable:
            if INLINE_QUERY in update:
                self._take_query(update[INLINE_QUERY])
        self._store([_incoming(update) for update in readable if INLINE_QUERY not in update])
        self._last_at = time.monotonic()
        return int(max(update["update_id"] for update in readable))

    def _take_query(self, given: Any) -> None:
        query = query_of(given)
        if query is None:
            log.warning(texts.INLINE_UNREADABLE)
        else:
            self._ask(query)

    def _store(self, batch: list[Incoming]) -> None:
        if not batch:
            return
        try:
            self._tasks.take(batch)
        except StorageError:
            self._refuse(batch)
            raise
        for chat_id in dict.fromkeys(update.chat_id for update in batch):
            self._wake(chat_lane(chat_id))


def query_of(given: Any) -> InlineQuery | None:
    """An inline query, read without telebot; None when it makes no sense."""
    user_id = _id_of(given, "from")
    if user_id is None:
        return None
    query_id, text, offset = (given.get(name) for name in ("id", "query", "offset"))
    language = given["from"].get("language_code") or ""
    if not all(isinstance(value, str) for value in (query_id, text, offset, language)):
        return None
    return InlineQuery(query_id, user_id, UNSTORABLE.sub(" ", text[:QUERY_MOST]), offset, language)


def author_of(update: dict[str, Any]) -> Request | None:
    """Who sent an update and where, read without telebot; None when it does not say."""
    for value in update.values():
        user_id = _id_of(value, "from")
        if user_id is not None:
            message = value.get("message", value)  # a pressed button holds its message
            chat_id = _id_of(message, "chat")
            message_id = message.get("message_id")
            in_group = message is value and chat_id is not None and chat_id != user_id
            return Request(
                user_id=user_id,
                chat_id=user_id if chat_id is None else chat_id,
                message_id=message_id if in_group and _is_id(message_id) else 0,
                date=0,
                private=not in_group,
                thread_id=_topic_of(message),
            )
    return None


def chat_move(update: dict[str, Any]) -> tuple[int, int] | None:
    """The old and the new id of a group, if the update says that it became a supergroup."""
    message = update.get("message")
    chat_id = _id_of(message, "chat")
    if not isinstance(message, dict) or chat_id is None:
        return None
    before: Any = message.get("migrate_from_chat_id")
    after: Any = message.get("migrate_to_chat_id")
    if _is_id(after):
        return chat_id, after
    return (before, chat_id) if _is_id(before) else None


def _topic_of(message: dict[str, Any]) -> int | None:
    thread_id = message.get("message_thread_id")
    return thread_id if message.get("is_topic_message") is True and _is_id(thread_id) else None


def _is_readable(update: Any) -> bool:
    """What has no number cannot be stored, nor confirmed by itself."""
    if isinstance(update, dict) and _is_id(update.get("update_id")):
        return True
    log.error(texts.UPDATE_WITHOUT_ID)
    return False


def _incoming(update: dict[str, Any]) -> Incoming:
    return Incoming(update["update_id"], _chat_id_of(update), json.dumps(update))


def _chat_id_of(update: dict[str, Any]) -> int:
    """The chat of an update, 0 for what has none."""
    for value in update.values():
        if isinstance(value, dict):
            chat_id = _id_of(value.get("message", value), "chat")
            if chat_id is not None:
                return chat_id
    return 0


def _id_of(holder: Any, name: str) -> int | None:
    """The id of a chat or a person that something names."""
    named = holder.get(name) if isinstance(holder, dict) else None
    found = named.get("id") if isinstance(named, dict) else None
    return found if _is_id(found) else None


def _is_id(value: Any) -> bool:
    return type(value) is int and abs(value) <= MOST_ID
