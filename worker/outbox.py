"""The transactional outbox: what a task says and asks for is stored together with its effect."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from db import Database
from handlers import commands
from handlers.types import Reply, Request, Task
from storage.tasks import NOTICE, StoredTask, Tasks, chat_lane, work_lane
from worker.growing import Growing, grows, notice_lane
from worker.retry import Outage


class Outbox:
    """Stores replies, long work and notices to others, and wakes the lanes in which they wait."""

    def __init__(
        self,
        db: Database,
        tasks: Tasks,
        live: Growing,
        outage: Outage,
        wake: Callable[[str], None],
    ) -> None:
        self._db = db
        self._tasks = tasks
        self._live = live
        self._outage = outage
        self._wake = wake

    def store(self, task: StoredTask, request: Request, reply: Reply) -> None:
        """Store the reply to a task and what it asks for; `wake_stored` has that begun."""
        with self._db.transaction():
            self._tasks.answer(task.id, reply.to_json())
            self._add_tasks(task, request, reply.tasks)
            for notice in reply.also:
                self.add_notice(task.source_id, notice.request(), notice.reply)

    def wake_stored(self, request: Request, reply: Reply) -> None:
        """Wake the lanes of what `store` has stored; after its transaction."""
        for asked in reply.tasks:
            lane = _lane_of(asked, request)
            self._wake(lane)
            if grows(asked.kind):
                self._wake(notice_lane(lane))
        for notice in reply.also:
            self._wake(chat_lane(notice.chat_id))

    def go_on(self, task: StoredTask, request: Request, asked: Iterable[Task]) -> None:
        """End a task and, in the same transaction, begin what it asks for."""

        def go_on() -> None:
            with self._db.transaction():
                self._tasks.finish(task.id)
                self._add_tasks(task, request, asked)

        self._outage.retry_write(go_on)
        for work in asked:
            self._wake(_lane_of(work, request))

    def add_notice(self, source_id: int, request: Request, reply: Reply) -> None:
        """Store words for a chat, to be said there in their turn."""
        lane, body = chat_lane(request.chat_id), request.as_task()
        self._tasks.add(source_id, NOTICE, lane, body, reply=reply.to_json())

    def _add_tasks(self, cause: StoredTask, request: Request, asked: Iterable[Task]) -> None:
        """Store long work; what grows and has to wait in its lane says so."""
        for work in asked:
            lane = _lane_of(work, request)
            others = [task for task in self._tasks.in_lane(lane, 2) if task.id != cause.id]
            is_queued = grows(work.kind) and bool(others)
            body = replace(request, queued=is_queued).as_task(work.args)
            number = self._tasks.add(cause.source_id, work.kind, lane, body, after_s=work.after_s)
            if is_queued:
                self._live.store_notice(cause.source_id, number, lane, body)


def _lane_of(asked: Task, request: Request) -> str:
    kind = commands.TASKS[asked.kind].lane or asked.kind
    return work_lane(kind, request.chat_id, request.user_id, request.thread_id)
