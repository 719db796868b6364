"""An update handled and answered, in steps that a killed process leaves either undone or done."""

import json
import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from telebot import types

import texts
from db import Database
from handlers import access
from handlers.app import App, Route
from handlers.exchange import Reply, Request
from handlers.routing import Router
from storage.jobs import Jobs
from storage.updates import Updates, Waiting
from transport.delivery import Delivery
from transport.patience import ATTEMPTS, Trouble, lane_of
from transport.telegram import TelegramError, Throttle, ThrottledError, UnreachableError

STORAGE_RETRY_S = 5.0
TURNS = 10  # updates of one chat before another chat gets the thread

log = logging.getLogger(__name__)


class UpdateWork:
    """Steps of the lanes of chats: one update each."""

    def __init__(
        self,
        app: App,
        db: Database,
        updates: Updates,
        jobs: Jobs,
        router: Router,
        delivery: Delivery,
        throttle: Throttle,
        wake_job: Callable[[str], None],
        wake_chat: Callable[[int], None],
    ) -> None:
        self._app = app
        self._db = db
        self._updates = updates
        self._jobs = jobs
        self._router = router
        self._delivery = delivery
        self._throttle = throttle
        self._trouble = Trouble(throttle)
        self._wake_job = wake_job
        self._wake_chat = wake_chat
        self._alone = threading.Lock()

    def step(self, chat_id: int) -> float | None:
        """Handle the chat's oldest unfinished updates, a few at a time, and send their replies."""
        throttled = self._throttle.remaining(chat_id)
        update = self._updates.begin(chat_id, unhandled_only=throttled > 0)
        for turn in range(1, TURNS + 1):
            if update is None:
                return throttled or None
            with self._last_try_alone(update.attempts):
                pause = self._do(update)
            if pause is not None:
                return pause
            update = self._updates.finish(update, begin_next=turn < TURNS)
        return 0

    def _last_try_alone(self, attempts: int) -> AbstractContextManager[object]:
        """Whoever shared two deaths with the culprit must not share the third."""
        return self._alone if attempts == ATTEMPTS else nullcontext()

    def _do(self, update: Waiting) -> float | None:
        """Handle and answer an update; None when it is done, else when to try again."""
        if update.attempts > ATTEMPTS:
            self._tell_set_aside(update)
            return None
        route = self._route(update)
        if route is None or self._was_denied_since(update, route.request):
            return None
        reply = Reply.from_json(update.reply) if update.reply else self._handle(update, route)
        if reply is None:
            self._updates.pause(update.update_id)
            return STORAGE_RETRY_S
        if wait := self._throttle.remaining(update.chat_id):
            self._updates.pause(update.update_id)
            return 0 if update.reply is None else wait
        try:
            self._delivery.deliver(
                reply,
                route.request,
                update.sent_parts,
                lambda parts: self._updates.sent(update.update_id, parts),
            )
        except (ThrottledError, UnreachableError) as error:
            self._updates.pause(update.update_id)
            return self._trouble.pause(error, update.chat_id)
        self._trouble.over()
        return None

    def _route(self, update: Waiting) -> Route | None:
        try:
            if update.is_notice:
                return Route(_no_handler, Request.from_json(update.body))
            return self._router.route(types.Update.de_json(json.loads(update.body)))
        except Exception:
            log.exception("Обновление %s не читается и отложено", update.update_id)
            return None

    def _handle(self, update: Waiting, route: Route) -> Reply | None:
        """Run the handler and store its reply; None when the database fails and it must wait."""
        try:
            route = access.guard(self._app, route)
            with self._db.transaction() if route.writes else nullcontext():
                reply = route.handler(self._app, route.request)
                self._store(update, route.request, reply)
        except sqlite3.Error:
            log.exception("База не записывает, обновление %s подождёт", update.update_id)
            self._tell_storage_failed(update, route.request)
            return None
        except Exception:
            log.exception("Сбой обработчика на обновлении %s", update.update_id)
            reply = Reply(texts.HANDLER_FAILED)
            self._updates.answer(update.update_id, reply.to_json())
        for job in reply.jobs:
            self._wake_job(lane_of(route.request, job.kind))
        for notice in reply.also:
            self._wake_chat(notice.chat_id)
        if reply.after is not None:
            reply.after()
        return reply

    def _store(self, update: Waiting, request: Request, reply: Reply) -> None:
        with self._db.transaction():
            self._updates.answer(update.update_id, reply.to_json())
            for job in reply.jobs:
                self._jobs.add(
                    update.update_id,
                    lane_of(request, job.kind),
                    job.kind,
                    request.to_json(),
                    json.dumps(job.args, ensure_ascii=False),
                    job.after_s,
                )
            for notice in reply.also:
                self._updates.add_notice(
                    notice.chat_id, notice.request().to_json(), notice.reply.to_json()
                )

    def _was_denied_since(self, update: Waiting, request: Request) -> bool:
        """An answer stored before its reader lost access is not given; a notice tells them so."""
        stored = update.reply is not None and not update.is_notice
        return stored and access.is_blocked(self._app, request.user_id)

    def _tell_storage_failed(self, update: Waiting, request: Request) -> None:
        if update.attempts > 1:
            return
        try:
            self._delivery.deliver(Reply(texts.STORAGE_FAILED), request, 0, lambda parts: None)
        except TelegramError as error:
            log.warning("О неполадке с базой не удалось сказать: %s", error)

    def _tell_set_aside(self, update: Waiting) -> None:
        log.error("Обновление %s трижды прервало работу и отложено", update.update_id)
        route = self._route(update)
        if route is not None and access.is_let_in(self._app, route.request.user_id):
            try:
                self._delivery.deliver(Reply(texts.SET_ASIDE), route.request, 0, lambda n: None)
            except TelegramError as error:
                log.warning("Об отложенном обновлении не удалось сказать: %s", error)


def _no_handler(app: App, request: Request) -> Reply:
    """What a notice says is stored with it."""
    return Reply()
