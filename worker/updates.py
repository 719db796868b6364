"""An update handled and answered, in steps that a killed process leaves either undone or done."""

import json
import logging
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from functools import partial

from telebot import types

from db import Database, StorageError
from handlers import access
from handlers.context import App, Route
from handlers.routing import Router
from handlers.types import Reply, Request
from storage.jobs import Jobs
from storage.updates import Stored, Updates, Waiting
from telegram.api import ThrottledError, UnreachableError
from telegram.delivery import Delivery
from texts import failures as texts
from worker.retry import (
    ATTEMPTS,
    STORAGE_RETRY_S,
    Apologies,
    Trouble,
    is_deadly,
    lane_of,
)

ASIDE = Reply(texts.SET_ASIDE)
TURNS = 10  # updates of one chat before another chat gets the thread

log = logging.getLogger(__name__)


class LaterError(Exception):
    """Nothing is wrong with this piece of work, it has to wait for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds} s")
        self.seconds = seconds


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
        trouble: Trouble,
        wake_job: Callable[[str], None],
        wake_chat: Callable[[int], None],
    ) -> None:
        self._app = app
        self._db = db
        self._updates = updates
        self._jobs = jobs
        self._router = router
        self._delivery = delivery
        self._trouble = trouble
        self._throttle = trouble.throttle
        self._wake_job = wake_job
        self._wake_chat = wake_chat
        self._apologies = Apologies(delivery, trouble.throttle)

    def try_suspects(self) -> None:
        """What shared two deaths is tried for the third time alone: before anything else runs.

        Whoever only stood by must not share the third death too. Replies are sent by the lanes.
        """
        try:
            suspects = self._updates.suspects()
            if culprits := [update for update in suspects if update.attempts >= ATTEMPTS]:
                for update in culprits:
                    self._convict(update)
                return
            for update in suspects:
                self._try_alone(update)
        except StorageError as error:
            log.error("База не записывает (%s)", error)

    def step(self, chat_id: int) -> float | None:
        """Handle the chat's oldest unfinished updates, a few at a time, and send their replies."""
        throttled = self._throttle.remaining(chat_id)
        try:
            update = self._updates.begin(chat_id, unhandled_only=throttled > 0)
        except StorageError as error:
            log.error("База не записывает (%s), чат %s подождёт", error, chat_id)
            self._apologize(self._updates.oldest(chat_id))
            return STORAGE_RETRY_S
        for turn in range(1, TURNS + 1):
            if update is None:
                return throttled or None
            pause = self._do(update)
            if pause is not None:
                return pause
            go_on = turn < TURNS and not self._trouble.stopping.is_set()
            update = self._finish(update, begin_next=go_on)
        return 0

    def refuse(self, updates: Iterable[Stored]) -> None:
        """Tell the authors of updates that could not even be stored to try later."""
        for update in updates:
            route = self._route(update)
            if route is not None:
                self._apologies.say(texts.STORAGE_REFUSED, route.request)

    def _do(self, update: Waiting) -> float | None:
        """Handle and answer an update; None when it is done, else when to try again."""
        try:
            self._handle_and_answer(update)
        except LaterError as later:
            pause = later.seconds
        except ThrottledError as error:
            self._trouble.pause(error, update.chat_id)
            pause = 0.0  # what else the chat has written is done meanwhile, and said later
        except UnreachableError as error:
            pause = self._trouble.pause(error, update.chat_id)
        else:
            return None
        self._trouble.insist(lambda: self._updates.pause(update.update_id))
        return pause

    def _finish(self, update: Waiting, *, begin_next: bool) -> Waiting | None:
        return self._trouble.insist(lambda: self._updates.finish(update, begin_next=begin_next))

    def _try_alone(self, update: Waiting) -> None:
        self._updates.count_start(update.update_id)
        route = self._route(update)
        if route is None:
            self._updates.finish(update)
            return
        self._run(update, route)
        self._updates.pause(update.update_id)

    def _handle_and_answer(self, update: Waiting) -> None:
        """Do what is not done of an update.

        Raises:
            LaterError, ThrottledError, UnreachableError: the rest has to wait.
        """
        route = None if _is_hopeless(update) else self._route(update)
        if route is None or self._was_denied_since(update, route.request):
            return
        sent_parts = 0
        if is_deadly(update.attempts, update.reply):
            if not access.is_let_in(self._app, route.request.user_id):
                return
            reply = self._set_aside(update)
        elif update.reply:
            reply, sent_parts = Reply.from_json(update.reply), update.sent_parts
        else:
            reply = self._handle(update, route)
        if wait := self._throttle.remaining(update.chat_id):
            raise LaterError(wait if update.reply else 0)
        self._delivery.deliver(reply, route.request, sent_parts, partial(self._sent, update))
        self._trouble.over(update.chat_id)

    def _route(self, update: Stored) -> Route | None:
        try:
            if isinstance(update, Waiting) and update.is_notice:
                return Route(_no_handler, Request.from_json(update.body))
            return self._router.route(types.Update.de_json(json.loads(update.body)))
        except Exception:
            log.exception("Обновление %s не читается и отложено", update.update_id)
            return None

    def _handle(self, update: Waiting, route: Route) -> Reply:
        try:
            reply = self._run(update, route)
        except StorageError as error:
            log.error("База не записывает (%s), обновление %s подождёт", error, update.update_id)
            self._apologies.say(texts.STORAGE_FAILED, route.request)
            raise LaterError(STORAGE_RETRY_S) from error
        for job in reply.tasks:
            self._wake_job(lane_of(route.request, job.kind))
        for notice in reply.also:
            self._wake_chat(notice.chat_id)
        if reply.after is not None:
            reply.after()
        return reply

    def _run(self, update: Waiting, route: Route) -> Reply:
        """Run the handler; its effect and its reply are stored together or not at all."""
        try:
            route = access.guard(self._app, route)
            with self._db.transaction() if route.writes else nullcontext():
                reply = route.handler(self._app, route.request)
                self._store(update, route.request, reply)
        except StorageError:
            raise
        except Exception:
            log.exception("Сбой обработчика на обновлении %s", update.update_id)
            reply = Reply(texts.HANDLER_FAILED)
            self._updates.answer(update.update_id, reply.to_json())
        return reply

    def _store(self, update: Waiting, request: Request, reply: Reply) -> None:
        with self._db.transaction():
            self._updates.answer(update.update_id, reply.to_json())
            for job in reply.tasks:
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

    def _set_aside(self, update: Waiting) -> Reply:
        self._trouble.insist(partial(self._convict, update))
        return ASIDE

    def _convict(self, update: Waiting) -> None:
        log.error("Обновление %s трижды прервало работу и отложено", update.update_id)
        with self._db.transaction():
            self._updates.answer(update.update_id, ASIDE.to_json())
            self._updates.acquit()
            self._jobs.acquit()

    def _sent(self, update: Waiting, parts: int) -> None:
        self._trouble.insist(lambda: self._updates.sent(update.update_id, parts))

    def _apologize(self, update: Waiting | None) -> None:
        route = self._route(update) if update is not None and update.reply is None else None
        if route is not None:
            self._apologies.say(texts.STORAGE_FAILED, route.request)


def _is_hopeless(update: Waiting) -> bool:
    """Even saying that it is set aside, or reading to whom to say it, ends the process."""
    if not is_deadly(update.attempts, update.reply):
        return False
    if update.reply is None and update.attempts == ATTEMPTS + 1:
        return False
    if update.reply is not None and update.reply != ASIDE.to_json():
        return False
    log.error("Обновление %s прерывает работу снова и снова и забыто", update.update_id)
    return True


def _no_handler(app: App, request: Request) -> Reply:
    """What a notice says is stored with it."""
    return Reply()
