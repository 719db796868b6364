"""A job done: long work outside any transaction, its result kept until it has been sent."""

import json
import logging
import threading
from contextlib import nullcontext
from pathlib import Path

import texts
from db import Database
from handlers import access, commands
from handlers.app import App
from handlers.exchange import Answer, Reply, Request
from storage.jobs import Jobs, StoredJob
from transport.delivery import Delivery, markup_of, messages_of
from transport.live import LiveAnswer
from transport.patience import ATTEMPTS, Trouble
from transport.speaking import Speaker
from transport.telegram import BlockedError, RefusedError, ThrottledError, UnreachableError

log = logging.getLogger(__name__)


class JobWork:
    """Steps of the lanes of jobs: one job each."""

    def __init__(
        self, app: App, db: Database, jobs: Jobs, delivery: Delivery, speaker: Speaker
    ) -> None:
        self._app = app
        self._db = db
        self._jobs = jobs
        self._delivery = delivery
        self._speaker = speaker
        self._throttle = speaker.throttle
        self._trouble = Trouble(speaker.throttle)
        self._alone = threading.Lock()

    def step(self, lane: str) -> float | None:
        """Do the lane's oldest job and send its result."""
        due_in = self._jobs.due_in(lane)
        if due_in is None or due_in > 0:
            return due_in
        job = self._jobs.begin(lane)
        if job is None:
            return None
        request = Request.from_json(job.request)
        if not self._is_allowed(job, request):
            self._jobs.finish(job.id)
            return 0
        live = LiveAnswer(
            self._delivery,
            request,
            json.loads(job.shown),
            lambda message_ids: self._jobs.showing(job.id, message_ids),
        )
        if job.attempts > ATTEMPTS:
            log.error("Работа %s трижды прервала бота и отложена", job.id)
            reply = Reply(texts.SET_ASIDE)
        elif job.reply:
            reply = Reply.from_json(job.reply)
        else:
            # Whoever shared two deaths with the culprit must not share the third.
            with self._alone if job.attempts == ATTEMPTS else nullcontext():
                reply = self._do(job, request, live)
        return self._deliver(job, request, reply, live)

    def _do(self, job: StoredJob, request: Request, live: LiveAnswer) -> Reply:
        kind = commands.JOBS[job.kind]
        try:
            with self._delivery.acting(request.chat_id, kind.action):
                result = kind.handler(self._app, request, json.loads(job.args))
            if not isinstance(result, Reply):
                return self._speak(job, request, result, live)
        except Exception:
            log.exception("Сбой работы %s", job.kind)
            result = Reply(texts.HANDLER_FAILED)
        if result.document is None:  # a file is made anew rather than looked for after a restart
            self._jobs.answer(job.id, result.to_json())
        return result

    def _speak(self, job: StoredJob, request: Request, answer: Answer, live: LiveAnswer) -> Reply:
        self._speaker.speak(answer, request, live)
        with self._db.transaction():
            reply = answer.conclude()
            self._jobs.answer(job.id, reply.to_json())
        return reply

    def _is_allowed(self, job: StoredJob, request: Request) -> bool:
        """Asked before the work and before its result is given: access may have been lost."""
        owner_only = commands.JOBS[job.kind].owner_only
        if access.is_let_in(self._app, request.user_id, owner_only=owner_only):
            return True
        log.info("Работа %s отменена: у %s больше нет доступа", job.id, request.user_id)
        return False

    def _deliver(self, job: StoredJob, request: Request, reply: Reply, live: LiveAnswer) -> float:
        try:
            if not self._is_allowed(job, request):
                self._jobs.finish(job.id)
                return 0
            if wait := self._throttle.remaining(request.chat_id):
                raise ThrottledError(wait)
            if commands.JOBS[job.kind].grows:
                self._show(request, reply, live)
            else:
                self._delivery.deliver(
                    reply, request, job.sent_parts, lambda parts: self._jobs.sent(job.id, parts)
                )
        except (ThrottledError, UnreachableError) as error:
            self._jobs.pause(job.id)
            return self._trouble.pause(error, request.chat_id)
        finally:
            if reply.document is not None:
                Path(reply.document.path).unlink(missing_ok=True)
        self._trouble.over()
        self._jobs.finish(job.id)
        return 0

    def _show(self, request: Request, reply: Reply, live: LiveAnswer) -> None:
        """The end of an answer that could be seen growing."""
        try:
            live.final(messages_of(reply), markup_of(reply.buttons, request.user_id))
        except BlockedError as error:
            log.info("Чат %s закрыт для бота: %s", request.chat_id, error.description)
        except RefusedError as error:
            log.warning("Telegram отказал: %s", error)
