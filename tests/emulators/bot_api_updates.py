"""The queue of updates: long polling, confirmation by offset, one poller at a time."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .bot_api_errors import RefusedError

FIRST_ID = 880_000_001
MAX_TIMEOUT_S = 50
ON_REQUEST_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
CONFLICT = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
WEBHOOK_CAME = "Conflict: terminated by setWebhook request"


@dataclass(slots=True)
class Queued:
    id: int
    update: Any
    json: str
    at: float  # monotonic


class Updates:
    """Not thread-safe by itself: every method but `poll` is called with the lock held."""

    def __init__(self, lock: threading.RLock, on_confirmed: Callable[[], None]) -> None:
        self.arrived = threading.Condition(lock)
        self._on_confirmed = on_confirmed
        self._queue: deque[Queued] = deque()
        self._next_id = FIRST_ID
        self.allowed: frozenset[str] = frozenset()
        self._serial = 0
        self._has_webhook = False
        self.closed = False
        self._confirmed = 0
        self._delivered: set[int] = set()
        self.filtered: set[int] = set()
        self.conflicts = 0

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, content: dict[str, Any]) -> int:
        """Queue an update of the kinds the bot asked for; others are dropped, as in reality."""
        update_id = self._take_id()
        kinds = content.keys()
        unwanted = kinds - self.allowed if self.allowed else kinds & ON_REQUEST_ONLY
        if unwanted:
            self.filtered.add(update_id)
        else:
            self._append(update_id, {"update_id": update_id, **content})
        return update_id

    def add_raw(self, update: Any) -> int:
        """Queue anything; what has no usable update_id is confirmed by the id returned."""
        own = update.get("update_id") if isinstance(update, dict) else None
        update_id = own if isinstance(own, int) else self._take_id()
        self._next_id = max(self._next_id, update_id + 1)
        self._append(update_id, update)
        return update_id

    def poll(self, params: dict[str, Any], alive: Callable[[], bool]) -> list[Queued] | None:
        """What getUpdates answers; None when there is nobody left to answer.

        Raises:
            RefusedError: another getUpdates came while this one waited, or there is a webhook.
        """
        with self.arrived:
            if self._has_webhook:
                raise RefusedError(409, WEBHOOK_ACTIVE)
            self._serial += 1
            serial = self._serial
            self.arrived.notify_all()
            self._configure(params)
            limit = min(max(_number(params.get("limit"), 100), 1), 100)
            deadline = time.monotonic() + min(_number(params.get("timeout"), 0), MAX_TIMEOUT_S)
            while not (self._queue or self.closed):
                left = deadline - time.monotonic()
                if left <= 0:
                    return []
                self.arrived.wait(left)
                if self._has_webhook:
                    raise RefusedError(409, WEBHOOK_CAME)
                if self._serial != serial:
                    self._check_conflict(alive)
                    return None
            return [self._queue[i] for i in range(min(limit, len(self._queue)))]

    def drop_all(self) -> None:
        self._queue.clear()

    def close(self) -> None:
        self.closed = True
        self.arrived.notify_all()

    def is_confirmed(self, update_id: int) -> bool:
        """The bot has it, or never wanted its kind."""
        done = self._delivered | self.filtered
        return self._confirmed > update_id or update_id in done

    def allow(self, kinds: object) -> None:
        """Take `allowed_updates`; what is no list leaves them as they are."""
        if isinstance(kinds, list):
            self.allowed = frozenset(kinds)

    def set_webhook(self, has_webhook: bool) -> None:
        """Whether updates are delivered instead of polled."""
        self._has_webhook = has_webhook
        self.arrived.notify_all()

    def first(self, number: int) -> list[Queued]:
        """The oldest updates, at most so many."""
        return list(islice(self._queue, number))

    def forget(self, update_id: int) -> None:
        """It was delivered, or is too old to be."""
        self._delivered.add(update_id)
        self._queue = deque(queued for queued in self._queue if queued.id != update_id)
        self._on_confirmed()

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _append(self, update_id: int, update: Any) -> None:
        self._queue.append(Queued(update_id, update, json.dumps(update), time.monotonic()))
        self.arrived.notify_all()

    def _configure(self, params: dict[str, Any]) -> None:
        self.allow(params.get("allowed_updates"))
        offset = _number(params.get("offset"), 0)
        if offset < 0:
            tail = len(self._queue) + offset
            offset = self._queue[max(tail, 0)].id if self._queue else 0
        if offset:
            self._queue = deque(queued for queued in self._queue if queued.id >= offset)
            self._confirmed = max(self._confirmed, offset)
            self._on_confirmed()

    def _check_conflict(self, alive: Callable[[], bool]) -> None:
        if alive():  # a bot that was killed cannot be in conflict with its successor
            self.conflicts += 1
            raise RefusedError(409, CONFLICT)


def _number(value: Any, default: int) -> int:
    return value if isinstance(value, int) else default
