"""Whose a task is: the request it stands for, its handler, and whether it may still be done."""

import json
import logging
from dataclasses import replace

from telebot import types

from handlers import access, commands
from handlers.context import App, Route
from handlers.routing import Router
from handlers.types import Reply, Request
from storage.tasks import NOTICE, UPDATE, StoredTask
from telegram.intake import author_of
from texts import log as texts_log

log = logging.getLogger(__name__)


class Routes:
    """From stored tasks to requests and handlers."""

    def __init__(self, app: App, router: Router) -> None:
        self._app = app
        self._router = router

    def of(self, task: StoredTask) -> Route | None:
        """A task's request, in the chat as it is called now; None: it is not for us."""
        route = self.of_update(task.body) if task.kind == UPDATE else _of_work(task)
        if route is None:
            return None
        chat_id = self._app.chats.current(route.request.chat_id)
        if chat_id == route.request.chat_id:
            return route
        return replace(route, request=route.request.moved(chat_id))

    def of_update(self, update: str) -> Route | None:
        """Who handles an update (JSON); None: nobody, or it cannot be read."""
        try:
            return self._router.route(types.Update.de_json(json.loads(update)))
        except Exception:
            log.exception(texts_log.UPDATE_UNREADABLE)
            return None

    def is_denied(self, task: StoredTask, request: Request) -> bool:
        """Whether its author lost access meanwhile; a notice is what tells them so."""
        if task.kind == NOTICE:
            return False
        if task.kind == UPDATE:
            return task.reply is not None and access.is_blocked(self._app, request.user_id)
        owner_only = commands.TASKS[task.kind].owner_only
        if access.has_access(self._app, request.user_id, owner_only=owner_only):
            return False
        log.info(texts_log.TASK_CANCELLED, task.id, request.user_id)
        return True


def author_of_task(task: StoredTask) -> Request | None:
    """Who a task is for, read without telebot; None for a notice and for what nobody sent."""
    try:
        if task.kind == UPDATE:
            return author_of(json.loads(task.body))
        return _request_of(task) if task.kind != NOTICE else None
    except Exception:
        log.exception(texts_log.TASK_AUTHOR_UNKNOWN, task.id)
        return None


def _of_work(task: StoredTask) -> Route | None:
    try:
        return Route(_no_handler, _request_of(task))
    except (KeyError, TypeError, ValueError):
        log.exception(texts_log.TASK_UNREADABLE, task.id, task.kind)
        return None


def _request_of(task: StoredTask) -> Request:
    return Request.from_stored(json.loads(task.body)["request"])


def _no_handler(app: App, request: Request) -> Reply:
    """What is not an update is not routed to a handler."""
    return Reply()
