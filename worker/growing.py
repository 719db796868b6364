"""The messages in which an answer can be seen: waiting in a queue, growing, ended."""

import json
from collections.abc import Callable

from handlers import commands, waiting
from handlers.context import App
from handlers.types import Place, Reply, Request
from storage.tasks import StoredTask, Tasks, work_lane
from telegram.delivery import Delivery, markup_of, messages_of
from telegram.streaming import EditBudget, StreamedAnswer
from worker.retry import Outage

QUEUE_NOTICE = "queue_notice"
NOTICE_AFTER_S = 2.0  # what waits less long need not say so
RENEWED_MOST = 3  # of those that wait: each is an edit, and a chat takes few

Moved = Callable[[int], None]


class Growing:
    """Makes those messages, and remembers with the task which they are.

    So they are found again after a restart, and the one that says «in the queue» becomes the
    answer.
    """

    def __init__(self, app: App, tasks: Tasks, delivery: Delivery, outage: Outage) -> None:
        self._app = app
        self._tasks = tasks
        self._delivery = delivery
        self._outage = outage
        self._budget = EditBudget()
        app.hooks.waiting, app.hooks.answer_waiting = self._waiting, self._answer_waiting

    def of(
        self,
        task: StoredTask,
        request: Request,
        on_shown: Callable[[list[int]], None],
        moved: Moved,
    ) -> StreamedAnswer:
        """The messages of a task's answer; `on_shown` is told of them, `moved` of a new chat."""
        return StreamedAnswer(
            self._delivery,
            self._outage.throttle,
            self._budget,
            request,
            json.loads(task.shown),
            on_shown,
            moved,
            lambda: len(self._tasks.in_lane(task.lane, 2)) > 1,
        )

    def store_notice(
        self, source_id: int, task_id: int, lane: str, body: str, after_s: float = NOTICE_AFTER_S
    ) -> None:
        """Have a task of this lane and body say that it waits, if it still does then.

        In the transaction of the caller.
        """
        asked = {**json.loads(body), "args": {"task": task_id}}
        notice = json.dumps(asked, ensure_ascii=False)
        self._tasks.add(source_id, QUEUE_NOTICE, notice_lane(lane), notice, after_s=after_s)

    def renew_notices(self, lane: str) -> bool:
        """Have those in a lane that say how long the queue is say it anew, now that it is shorter.

        The next one begins: it need not. Returns whether there are any.
        """
        behind = self._tasks.in_lane(lane, 1 + RENEWED_MOST)[1:]
        told = [task for task in behind if task.waits and json.loads(task.shown)]
        for task in told:
            self.store_notice(task.source_id, task.id, lane, task.body, after_s=0.0)
        return bool(told)

    def announce(self, notice: StoredTask, request: Request, moved: Moved) -> None:
        """Say where in the queue a task is, in the message that will be its answer.

        Raises:
            ThrottledError, UnreachableError, BlockedError, RefusedError.
        """
        task = self._tasks.get(notice.args.get("task", 0))
        ahead = self._tasks.ahead_of(task) if task is not None and task.waits else 0
        if task is None or not ahead:
            return

        def on_shown(message_ids: list[int]) -> None:
            is_noted = self._outage.retry_write(lambda: self._tasks.promised(task.id, message_ids))
            if not is_noted:  # it has begun meanwhile, and the answer is in a message of its own
                for message_id in message_ids:
                    self._delivery.delete(request.chat_id, message_id)

        words = waiting.queue_notice(self._app, request, {**task.args, "ahead": ahead})
        messages = self.of(task, request, on_shown, moved)
        messages.finish(messages_of(words), markup_of(words.buttons, request.user_id))

    def _waiting(self, place: Place, user_id: int) -> list[StoredTask]:
        """Tasks of a person in a place whose answers would grow, and that nobody has begun."""
        kinds = dict.fromkeys(
            kind.lane or kind.name for kind in commands.TASKS.values() if kind.grows
        )
        chats = (place.chat_id, *self._app.chats.former(place.chat_id))
        lanes = [
            work_lane(kind, chat, user_id, place.thread_id) for kind in kinds for chat in chats
        ]
        return [task for lane in lanes for task in self._tasks.in_lane(lane) if task.waits]

    def _answer_waiting(self, task_id: int, reply: Reply) -> bool:
        return self._tasks.answer_waiting(task_id, reply.to_json())


def notice_lane(lane: str) -> str:
    """Where it is said that tasks of a lane wait."""
    return f"{QUEUE_NOTICE}:{lane.partition(':')[2]}"


def grows(kind: str) -> bool:
    """Whether tasks of a kind have answers that grow."""
    return kind in commands.TASKS and commands.TASKS[kind].grows
