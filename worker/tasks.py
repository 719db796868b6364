"""A task done, in steps that a killed process leaves either undone or done."""

import json
import logging
import math
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from db import STORAGE_RETRY_S, Database, StorageError
from handlers import access, commands, prompts
from handlers.context import App, Route
from handlers.routing import Router
from handlers.types import GrowingReply, Reply, Request
from storage.tasks import (
    UPDATE,
    Incoming,
    StoredTask,
    Tasks,
    chat_lane,
    chat_of,
    is_chat_lane,
)
from telegram.api import (
    PROBE_FIRST_S,
    MovedError,
    ThrottledError,
    UnreachableError,
)
from telegram.delivery import Delivery
from telegram.intake import chat_move
from telegram.streaming import StreamedAnswer
from texts import failures as texts
from texts import languages
from texts import log as texts_log
from worker.growing import QUEUE_NOTICE, Growing, grows, notice_lane
from worker.outbox import Outbox
from worker.progress import Progress
from worker.quarantine import CRASHES_MOST, Quarantine
from worker.relay import Relay
from worker.retry import Apologies, LaterError, Outage
from worker.routes import Routes, author_of_task

TURNS = 10  # tasks of one lane before another lane gets the thread
LONGEST_DELAY_S = 10.0
SETTLE_S = 1.5  # after a start, for the messages that came in the meantime

log = logging.getLogger(__name__)


class CutOffError(Exception):
    """The process ends here: the task stays stored, and its start counts like a crash."""


class Worker:
    """Steps of the lanes: a few tasks each.

    `wake` is called with lanes that got a new task, `save` before anything is said (see `Relay`).
    """

    def __init__(
        self,
        app: App,
        db: Database,
        tasks: Tasks,
        router: Router,
        delivery: Delivery,
        outage: Outage,
        wake: Callable[[str], None],
        save: Callable[[], None],
    ) -> None:
        self._app = app
        self._db = db
        self._tasks = tasks
        self._routes = Routes(app, router)
        self._delivery = delivery
        self._outage = outage
        self._throttle = outage.throttle
        self._wake = wake
        self._live = Growing(app, tasks, delivery, outage)
        self._outbox = Outbox(db, tasks, self._live, outage, wake)
        self._relay = Relay(app, tasks, self._live, delivery, outage, save)
        self._growing: dict[int, GrowingReply] = {}  # by the id of its task
        self._is_cut_off = False
        self._began = time.monotonic()
        self._quarantine = Quarantine()
        self._apologies = Apologies(delivery, outage.throttle)

    def step(self, lane: str) -> float | None:
        """Do the next tasks of a lane; returns when to go on, as `Lanes` wants to know it."""
        try:
            task = self._begin(lane)
        except StorageError as error:
            log.error(texts_log.LANE_WAITS, error, lane)
            self._apologize(lane)
            return STORAGE_RETRY_S
        for turn in range(1, TURNS + 1):
            if not isinstance(task, StoredTask):
                return task
            running = task
            try:
                if (pause := self._run(running)) is not None:
                    self._release(running)
                    return pause
                go_on = turn < TURNS and not self._outage.stopping.is_set()
                task = self._finish(running, begin_next=go_on)
            except CutOffError:
                return None
            finally:
                self._quarantine.leave(running.id)
        return 0

    def release_running(self) -> None:
        """Uncount the starts of what an orderly stop cuts off."""
        self._tasks.release(self._quarantine.cut_off())

    def cut_off(self) -> None:
        """Leave it to another process to ask again for the answers that are growing now."""
        self._is_cut_off = True
        for growing in list(self._growing.values()):
            growing.stop()

    def refuse(self, updates: Iterable[Incoming]) -> None:
        """Tell the authors of updates that cannot be stored yet: Telegram keeps them till then."""
        for update in updates:
            route = self._routes.of_update(update.body)
            if route is not None:
                self._apologize_to(route.request)

    # --- a task's beginning and end

    def _begin(self, lane: str) -> StoredTask | float | None:
        """The lane's next task, its start counted; else when to look again."""
        throttled = self._throttle.remaining(chat_of(lane)) if is_chat_lane(lane) else 0.0
        task = self._tasks.head(lane, unanswered_only=throttled > 0)
        if task is None:
            return throttled or None
        if (due_in := max(_due_in(task), self._settles_in(task))) > 0:
            return due_in if due_in <= LONGEST_DELAY_S else None  # the service looks for it
        if wait_s := self._quarantine.enter(task):
            return wait_s
        try:
            return self._tasks.start(task)
        except StorageError:
            self._quarantine.leave(task.id)
            raise

    def _settles_in(self, task: StoredTask) -> float:
        """Seconds for which a task waits that was due while no process ran."""
        kind = commands.TASKS.get(task.kind)
        gathers = kind is not None and kind.gathers
        return self._began + SETTLE_S - time.monotonic() if gathers else 0.0

    def _release(self, task: StoredTask) -> None:
        """The task waits again: its start does not count."""
        self._outage.retry_write(lambda: self._tasks.release([task.id]))

    def _finish(self, task: StoredTask, *, begin_next: bool) -> StoredTask | float | None:
        """End a task and, in the same transaction, begin the next one of its lane."""
        is_shorter = False

        def finish() -> StoredTask | float | None:
            nonlocal is_shorter
            with self._db.transaction():
                self._tasks.finish(task.id)
                is_shorter = grows(task.kind) and self._live.renew_notices(task.lane)
                return self._begin(task.lane) if begin_next else 0

        following = self._outage.retry_write(finish)
        if is_shorter:
            self._wake(notice_lane(task.lane))
        return following

    def _run(self, task: StoredTask) -> float | None:
        """Do what is not done of a task; None when it is done, else when to try again."""
        try:
            self._work(task)
        except LaterError as later:
            return later.seconds
        except ThrottledError as error:
            pause = self._outage.pause(error, chat_of(task.lane))
            # What else the chat has written is done meanwhile, and said later.
            return 0.0 if is_chat_lane(task.lane) else pause
        except UnreachableError as error:
            return self._outage.pause(error, chat_of(task.lane))
        except MovedError as error:
            old_id = chat_of(task.lane)
            is_known = self._app.chats.current(old_id) == error.chat_id
            self._move(old_id, error.chat_id)
            return PROBE_FIRST_S if is_known else 0.0
        return None

    def _move(self, old_id: int, new_id: int) -> None:
        log.info(texts_log.CHAT_MOVED, old_id, new_id)
        self._outage.retry_write(lambda: self._app.chats.move(old_id, new_id))

    # --- its work: run, store the reply with the effect, deliver

    def _work(self, task: StoredTask) -> None:
        """Do what is not done of a task.

        Raises:
            LaterError, ThrottledError, UnreachableError: the rest has to wait.
        """
        if task.attempts >= CRASHES_MOST:
            self._set_aside(task)
            return
        if move := _chat_move(task):
            self._move(*move)
            return
        route = self._routes.of(task)
        if route is None or self._routes.is_denied(task, route.request):
            return
        with self._app.speaking_to(route.request.user_id, route.request.language):
            self._answer(task, route)

    def _answer(self, task: StoredTask, route: Route) -> None:
        """Make the reply, unless it is made, and deliver it."""
        moved = partial(self._move, route.request.chat_id)
        if task.kind == QUEUE_NOTICE and task.reply is None:
            self._relay.announce(task, route.request, moved)
            return
        on_shown = partial(self._note_shown, task)
        live = self._live.of(task, route.request, on_shown, moved) if grows(task.kind) else None
        if task.reply is not None:
            reply = Reply.from_json(task.reply)
        elif task.kind == UPDATE:
            reply = self._handle(task, route)
        else:
            reply = self._perform(task, route.request, live)
        try:
            if not self._routes.is_denied(task, route.request):
                self._relay.deliver(task, reply, route.request, live)
                if task.kind != UPDATE and live is None and reply.tasks:
                    self._outbox.go_on(task, route.request, reply.tasks)
        finally:
            for document in reply.documents:
                Path(document.path).unlink(missing_ok=True)

    def _set_aside(self, task: StoredTask) -> None:
        """Give up a task that crashes have interrupted too often, and tell its author."""
        log.error(texts_log.TASK_SET_ASIDE, task.id, task.kind)
        author = author_of_task(task)
        is_told = author is not None and access.has_access(self._app, author.user_id)

        def give_up() -> None:
            with self._db.transaction():
                self._tasks.finish(task.id)
                self._tasks.reset_attempts()  # of all others: the cause of the crashes is known
                if author is not None and is_told:
                    with self._app.speaking_to(author.user_id, author.language):
                        self._outbox.add_notice(task.source_id, author, Reply(texts.SET_ASIDE))

        self._outage.retry_write(give_up)
        if author is not None and is_told:
            self._wake(chat_lane(author.chat_id))

    def _handle(self, task: StoredTask, route: Route) -> Reply:
        try:
            reply = self._handle_and_store(task, route)
        except StorageError as error:
            log.error(texts_log.UPDATE_WAITS, error, task.source_id)
            self._apologize_to(route.request)
            raise LaterError(STORAGE_RETRY_S) from error
        self._outbox.wake_stored(route.request, reply)
        if reply.after is not None:
            reply.after()
        return reply

    def _handle_and_store(self, task: StoredTask, route: Route) -> Reply:
        """Run the handler; its effect and its reply are stored together or not at all."""
        try:
            route = access.guard(self._app, prompts.answering(self._app, route))
            with self._db.transaction() if route.writes else nullcontext():
                reply = route.handler(self._app, route.request)
                self._outbox.store(task, route.request, reply)
        except StorageError:
            raise
        except Exception:
            log.exception(texts_log.HANDLER_FAILED, task.source_id)
            reply = Reply(texts.HANDLER_FAILED)
            self._tasks.answer(task.id, reply.to_json())
        return reply

    def _perform(self, task: StoredTask, request: Request, live: StreamedAnswer | None) -> Reply:
        """Do long work, outside any transaction."""
        kind = commands.TASKS[task.kind]
        try:
            with (
                self._delivery.acting(request.place, kind.action),
                self._progress(task, request) if kind.reports else nullcontext() as report,
            ):
                given = [json.loads(task.body)["args"], *([report] if report else [])]
                result = kind.handler(self._app, request, *given)
            if not isinstance(result, Reply):
                return self._stream(task, request, result, live)
        except (LaterError, CutOffError):
            raise
        except StorageError as error:
            log.error(texts_log.WORK_NOT_STORED, error, task.kind)
            if kind.retried:
                raise LaterError(STORAGE_RETRY_S) from error
            result = Reply(texts.STORAGE_REFUSED)
        except Exception:
            log.exception(texts_log.WORK_FAILED, task.kind)
            result = Reply(texts.HANDLER_FAILED)
        # A file is made anew rather than looked for after a restart, and with it what follows.
        if not (result.documents or result.tasks):
            self._keep(task, result)
        return result

    def _progress(self, task: StoredTask, request: Request) -> Progress:
        shown = json.loads(task.shown)
        on_shown = partial(self._note_shown, task)
        return Progress(self._delivery, self._throttle, request, shown, on_shown)

    def _note_shown(self, task: StoredTask, message_ids: list[int]) -> None:
        self._outage.retry_write(lambda: self._tasks.showing(task.id, message_ids))

    def _keep(self, task: StoredTask, reply: Reply) -> None:
        try:
            self._tasks.answer(task.id, reply.to_json())
        except StorageError as error:  # it is said all the same, and perhaps asked once more
            log.error(texts_log.REPLY_NOT_STORED, error)

    # --- an answer that grows

    def _stream(
        self,
        task: StoredTask,
        request: Request,
        growing: GrowingReply,
        live: StreamedAnswer | None,
    ) -> Reply:
        assert live is not None  # only what grows returns a GrowingReply
        self._relay.settle()
        self._growing[task.id] = growing
        try:
            if not self._is_cut_off:
                live.stream(growing)
        finally:
            del self._growing[task.id]
        if self._is_cut_off:
            raise CutOffError

        def conclude() -> Reply:
            with self._db.transaction():
                reply = growing.conclude()
                self._outbox.store(task, request, reply)
                return reply

        reply = self._outage.retry_write(conclude)
        self._outbox.wake_stored(request, reply)
        return reply

    # --- when the disk fails

    def _apologize_to(self, request: Request) -> None:
        with languages.speaking(languages.nearest(request.language)):  # no database is needed
            self._apologies.say(texts.STORAGE_FAILED, request)

    def _apologize(self, lane: str) -> None:
        """Say that the disk fails to whoever waits in the lane of a chat."""
        task = self._tasks.head(lane)
        if task is not None and task.kind == UPDATE and task.reply is None:
            route = self._routes.of_update(task.body)
            if route is not None:
                self._apologize_to(route.request)


def _chat_move(task: StoredTask) -> tuple[int, int] | None:
    is_likely = task.kind == UPDATE and "migrate_" in task.body
    return chat_move(json.loads(task.body)) if is_likely else None


def _due_in(task: StoredTask) -> float:
    """Seconds until a task may begin.

    What waits longer than its kind ever does was stored before the clock was set back.
    """
    if not task.due_at:
        return 0.0
    kind = commands.TASKS.get(task.kind)
    longest_s = math.inf if kind is not None and kind.timed else LONGEST_DELAY_S
    due_in = task.due_at - time.time()
    return due_in if due_in <= longest_s else 0.0
