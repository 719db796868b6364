"""A job done: long work outside any transaction, its result kept until it has been sent."""

import json
import logging
import threading
from contextlib import nullcontext
from pathlib import Path

import texts
from handlers import commands
from handlers.app import App
from handlers.exchange import Reply, Request
from storage.jobs import Jobs, StoredJob
from transport.delivery import Delivery
from transport.patience import ATTEMPTS, Trouble
from transport.telegram import Throttle, ThrottledError, UnreachableError

log = logging.getLogger(__name__)


class JobWork:
    """Steps of the lanes of jobs: one job each."""

    def __init__(self, app: App, jobs: Jobs, delivery: Delivery, throttle: Throttle) -> None:
        self._app = app
        self._jobs = jobs
        self._delivery = delivery
        self._throttle = throttle
        self._trouble = Trouble(throttle)
        self._alone = threading.Lock()

    def step(self, lane: str) -> float | None:
        """Do the lane's oldest job and send its result."""
        job = self._jobs.begin(lane)
        if job is None:
            return None
        request = Request.from_json(job.request)
        if job.attempts > ATTEMPTS:
            log.error("Работа %s трижды прервала бота и отложена", job.id)
            reply = Reply(texts.SET_ASIDE)
        elif job.reply:
            reply = Reply.from_json(job.reply)
        else:
            # Whoever shared two deaths with the culprit must not share the third.
            with self._alone if job.attempts == ATTEMPTS else nullcontext():
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
        if not reply.documents:  # a file is made anew rather than looked for after a restart
            self._jobs.answer(job.id, reply.to_json())
        return reply

    def _deliver(self, job: StoredJob, request: Request, reply: Reply) -> float:
        try:
            if wait := self._throttle.remaining(request.chat_id):
                raise ThrottledError(wait)
            self._delivery.deliver(
                reply, request, job.sent_parts, lambda parts: self._jobs.sent(job.id, parts)
            )
        except (ThrottledError, UnreachableError) as error:
            self._jobs.pause(job.id)
            return self._trouble.pause(error, request.chat_id)
        finally:
            for document in reply.documents:
                Path(document.path).unlink(missing_ok=True)
        self._trouble.over()
        self._jobs.finish(job.id)
        return 0
