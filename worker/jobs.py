"""A job done: long work outside any transaction, its result kept until it has been sent."""

import json
import logging
import threading
import time
from dataclasses import replace
from pathlib import Path

from db import Database, StorageError
from handlers import access, commands
from handlers.context import App
from handlers.types import Answer, Reply, Request
from storage.jobs import Jobs, StoredJob
from telegram.api import BlockedError, RefusedError, ThrottledError, UnreachableError
from telegram.delivery import Delivery, markup_of, messages_of
from telegram.live import LiveAnswer
from telegram.streaming import Speaker
from texts import failures as texts
from worker.retry import STORAGE_RETRY_S, Trouble, is_deadly

ALONE_RETRY_S = 0.2
QUIET_WITHIN_S = 10.0

log = logging.getLogger(__name__)


class JobWork:
    """Steps of the lanes of jobs: one job each."""

    def __init__(
        self,
        app: App,
        db: Database,
        jobs: Jobs,
        delivery: Delivery,
        speaker: Speaker,
        trouble: Trouble,
    ) -> None:
        self._app = app
        self._db = db
        self._jobs = jobs
        self._delivery = delivery
        self._speaker = speaker
        self._throttle = trouble.throttle
        self._trouble = trouble
        self._alone = threading.Lock()
        self._tried_anyway_at = time.monotonic() + QUIET_WITHIN_S

    def step(self, lane: str) -> float | None:
        """Do the lane's oldest job and send its result."""
        try:
            due_in = self._jobs.due_in(lane)
            if due_in is None or due_in > 0:
                return due_in
            job = self._jobs.begin(lane)
        except StorageError as error:
            log.error("База не записывает (%s), работа %s подождёт", error, lane)
            return STORAGE_RETRY_S
        return self._try_alone(lane) if job is None else self._run(job)

    def _try_alone(self, lane: str) -> float | None:
        """Whoever shared two deaths with the culprit, or a bad time, must not share the third.

        So each waits until all is quiet, or has been waiting long enough.
        """
        suspected = self._jobs.is_suspected(lane)
        if not suspected:
            return None if suspected is None else 0  # acquitted meanwhile: begin it as any other
        if time.monotonic() < self._tried_anyway_at and not self._jobs.is_quiet():
            return ALONE_RETRY_S
        if not self._alone.acquire(blocking=False):
            return ALONE_RETRY_S
        try:
            job = self._jobs.begin(lane, last_try=True)
            return self._run(job) if job else 0
        finally:
            self._alone.release()

    def _run(self, job: StoredJob) -> float:
        request = Request.from_json(job.request)
        if not self._is_allowed(job, request):
            self._trouble.insist(lambda: self._jobs.finish(job.id))
            return 0
        live = LiveAnswer(
            self._delivery, request, json.loads(job.shown), lambda ids: self._showing(job, ids)
        )
        if is_deadly(job.attempts, job.reply):
            log.error("Работа %s трижды прервала бота и отложена", job.id)
            job, reply = replace(job, sent_parts=0), Reply(texts.SET_ASIDE)
            self._trouble.insist(self._jobs.acquit)
        elif job.reply:
            reply = Reply.from_json(job.reply)
        else:
            reply = self._do(job, request, live)
        return self._deliver(job, request, reply, live)

    def _do(self, job: StoredJob, request: Request, live: LiveAnswer) -> Reply:
        kind = commands.TASKS[job.kind]
        try:
            with self._delivery.acting(request.chat_id, kind.action):
                result = kind.handler(self._app, request, json.loads(job.args))
            if not isinstance(result, Reply):
                return self._speak(job, request, result, live)
        except StorageError as error:
            log.error("База не записывает (%s), работа %s не удалась", error, job.kind)
            result = Reply(texts.STORAGE_REFUSED)
        except Exception:
            log.exception("Сбой работы %s", job.kind)
            result = Reply(texts.HANDLER_FAILED)
        if not result.documents:  # a file is made anew rather than looked for after a restart
            self._keep(job, result)
        return result

    def _speak(self, job: StoredJob, request: Request, answer: Answer, live: LiveAnswer) -> Reply:
        self._speaker.speak(answer, request, live)

        def conclude() -> Reply:
            with self._db.transaction():
                reply = answer.conclude()
                self._jobs.answer(job.id, reply.to_json())
                return reply

        return self._trouble.insist(conclude)

    def _is_allowed(self, job: StoredJob, request: Request) -> bool:
        """Asked before the work and before its result is given: access may have been lost."""
        owner_only = commands.TASKS[job.kind].owner_only
        if access.is_let_in(self._app, request.user_id, owner_only=owner_only):
            return True
        log.info("Работа %s отменена: у %s больше нет доступа", job.id, request.user_id)
        return False

    def _deliver(self, job: StoredJob, request: Request, reply: Reply, live: LiveAnswer) -> float:
        try:
            if wait := self._throttle.remaining(request.chat_id):
                raise ThrottledError(wait)
            if self._is_allowed(job, request):
                self._give(job, request, reply, live)
        except (ThrottledError, UnreachableError) as error:
            self._pause(job)
            return self._trouble.pause(error, request.chat_id)
        finally:
            for document in reply.documents:
                Path(document.path).unlink(missing_ok=True)
        self._trouble.over(request.chat_id)
        self._trouble.insist(lambda: self._jobs.finish(job.id))
        return 0

    def _give(self, job: StoredJob, request: Request, reply: Reply, live: LiveAnswer) -> None:
        if not commands.TASKS[job.kind].grows:
            self._delivery.deliver(
                reply, request, job.sent_parts, lambda parts: self._sent(job, parts)
            )
            return
        try:
            live.final(messages_of(reply), markup_of(reply.buttons, request.user_id))
        except BlockedError as error:
            log.info("Чат %s закрыт для бота: %s", request.chat_id, error.description)
        except RefusedError as error:
            log.warning("Telegram отказал: %s", error)

    def _keep(self, job: StoredJob, reply: Reply) -> None:
        try:
            self._jobs.answer(job.id, reply.to_json())
        except StorageError as error:  # it is said all the same, and perhaps asked once more
            log.error("База не записывает (%s), ответ не сохранён", error)

    def _sent(self, job: StoredJob, parts: int) -> None:
        self._trouble.insist(lambda: self._jobs.sent(job.id, parts))

    def _pause(self, job: StoredJob) -> None:
        self._trouble.insist(lambda: self._jobs.pause(job.id))

    def _showing(self, job: StoredJob, message_ids: list[int]) -> None:
        self._trouble.insist(lambda: self._jobs.showing(job.id, message_ids))
