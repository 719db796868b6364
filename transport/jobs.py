"""A job done: long work outside any transaction, its result kept until it has been sent."""

import json
import logging
from dataclasses import replace
from pathlib import Path

import texts
from db import StorageError
from handlers import commands
from handlers.app import App
from handlers.exchange import Reply, Request
from storage.jobs import Jobs, StoredJob
from transport.delivery import Delivery
from transport.patience import ATTEMPTS, STORAGE_RETRY_S, LastTry, LaterError, Trouble
from transport.telegram import Throttle, ThrottledError, UnreachableError

log = logging.getLogger(__name__)


class JobWork:
    """Steps of the lanes of jobs: one job each."""

    def __init__(
        self, app: App, jobs: Jobs, delivery: Delivery, throttle: Throttle, trouble: Trouble
    ) -> None:
        self._app = app
        self._jobs = jobs
        self._delivery = delivery
        self._throttle = throttle
        self._trouble = trouble
        self._last_try = LastTry(jobs.must_wait)

    def step(self, lane: str) -> float | None:
        """Do the lane's oldest job and send its result."""
        try:
            job = self._jobs.begin(lane)
        except StorageError as error:
            log.error("База не записывает (%s), работа %s подождёт", error, lane)
            return STORAGE_RETRY_S
        if job is None:
            return None
        try:
            return self._run(job)
        except LaterError as later:
            self._pause(job)
            return later.seconds

    def _run(self, job: StoredJob) -> float:
        request = Request.from_json(job.request)
        if job.attempts > ATTEMPTS:
            log.error("Работа %s трижды прервала бота и отложена", job.id)
            job, reply = replace(job, sent_parts=0), Reply(texts.SET_ASIDE)
        elif job.reply:
            reply = Reply.from_json(job.reply)
        else:
            with self._last_try.turn(job.attempts):
                reply = self._do(job, request)
        return self._deliver(job, request, reply)

    def _do(self, job: StoredJob, request: Request) -> Reply:
        kind = commands.JOBS[job.kind]
        try:
            with self._delivery.acting(request.chat_id, kind.action):
                reply = kind.handler(self._app, request, json.loads(job.args))
        except Exception:
            log.exception("Сбой работы %s", job.kind)
            reply = Reply(texts.HANDLER_FAILED)
        if reply.document is None:  # a file is made anew rather than looked for after a restart
            self._keep(job, reply)
        return reply

    def _deliver(self, job: StoredJob, request: Request, reply: Reply) -> float:
        try:
            if wait := self._throttle.remaining(request.chat_id):
                raise ThrottledError(wait)
            self._delivery.deliver(
                reply, request, job.sent_parts, lambda parts: self._sent(job, parts)
            )
        except (ThrottledError, UnreachableError) as error:
            self._pause(job)
            return self._trouble.pause(error, request.chat_id)
        finally:
            if reply.document is not None:
                Path(reply.document.path).unlink(missing_ok=True)
        self._trouble.over(request.chat_id)
        self._trouble.insist(lambda: self._jobs.finish(job.id))
        return 0

    def _keep(self, job: StoredJob, reply: Reply) -> None:
        try:
            self._jobs.answer(job.id, reply.to_json())
        except StorageError as error:  # it is said all the same, and perhaps asked once more
            log.error("База не записывает (%s), ответ не сохранён", error)

    def _sent(self, job: StoredJob, parts: int) -> None:
        self._trouble.insist(lambda: self._jobs.sent(job.id, parts))

    def _pause(self, job: StoredJob) -> None:
        self._trouble.insist(lambda: self._jobs.pause(job.id))
