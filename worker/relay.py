"""Sends what the outbox holds: replies, and words about the queue."""

import logging
from collections.abc import Callable

from db import STORAGE_RETRY_S, StorageError
from handlers.context import App
from handlers.types import Reply, Request
from storage.tasks import StoredTask, Tasks, is_chat_lane
from telegram.api import BlockedError, RefusedError
from telegram.delivery import Delivery, markup_of, messages_of
from telegram.streaming import StreamedAnswer
from texts import log as texts
from worker.growing import Growing, Moved
from worker.retry import LaterError, Outage

log = logging.getLogger(__name__)


class Relay:
    """Says it as soon as the chat takes it, and notes how much of it has arrived.

    `save` is called before anything is said: what it depends on must outlast this machine. It
    raises StorageError when that cannot be had just now.
    """

    def __init__(
        self,
        app: App,
        tasks: Tasks,
        live: Growing,
        delivery: Delivery,
        outage: Outage,
        save: Callable[[], None],
    ) -> None:
        self._app = app
        self._tasks = tasks
        self._live = live
        self._delivery = delivery
        self._outage = outage
        self._throttle = outage.throttle
        self._save = save

    def deliver(
        self, task: StoredTask, reply: Reply, request: Request, live: StreamedAnswer | None
    ) -> None:
        """Say what is not said of a reply; what grew is in the messages of `live`.

        Raises:
            LaterError, ThrottledError, UnreachableError: the rest has to wait.
            MovedError: the chat has another id.
        """
        if wait := self._throttle.remaining(request.chat_id):
            # An update handled just now gives way to what else the chat has written.
            raise LaterError(0 if is_chat_lane(task.lane) and task.reply is None else wait)
        self.settle()
        if live is None:
            self._delivery.deliver(
                reply,
                request,
                task.sent_parts,
                lambda parts: self._sent(task, parts),
                lambda message_id: self._asked(reply, request, message_id),
            )
        else:
            _show_final(live, reply, request)
        self._outage.over(request.chat_id)

    def announce(self, notice: StoredTask, request: Request, moved: Moved) -> None:
        """Say that a task waits in a queue.

        Raises:
            LaterError, ThrottledError, UnreachableError: it has to wait.
        """
        if wait := self._throttle.remaining(request.chat_id):
            raise LaterError(wait)
        self.settle()
        try:
            self._live.announce(notice, request, moved)
        except BlockedError as error:
            log.info(texts.CHAT_CLOSED, request.chat_id, error.description)
        except RefusedError as error:
            log.warning(texts.PART_REFUSED, error)

    def settle(self) -> None:
        """Make what is going to be said outlast this machine.

        Raises:
            LaterError: it cannot be had just now.
        """
        try:
            self._save()
        except StorageError as error:
            log.error(texts.NOT_SAVED, error)
            raise LaterError(STORAGE_RETRY_S) from error

    def _sent(self, task: StoredTask, parts: int) -> None:
        self._outage.retry_write(lambda: self._tasks.sent(task.id, parts))

    def _asked(self, reply: Reply, request: Request, message_id: int) -> None:
        """Keep what the answer to this message will mean."""
        asked = reply.prompt
        assert asked is not None  # or no message would have asked it
        self._outage.retry_write(
            lambda: self._app.prompts.add(
                request.user_id, (request.chat_id, message_id), asked.kind, asked.about
            )
        )


def _show_final(live: StreamedAnswer, reply: Reply, request: Request) -> None:
    try:
        live.finish(messages_of(reply), markup_of(reply.buttons, request.user_id))
    except BlockedError as error:
        log.info(texts.CHAT_CLOSED, request.chat_id, error.description)
    except RefusedError as error:
        log.warning(texts.PART_REFUSED, error)
