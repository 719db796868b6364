"""Everything that runs: where updates come from, the lanes, and their common end."""

import logging
import math
import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, Protocol

from db import Database, StorageError
from handlers import access, commands
from handlers.context import App
from handlers.routing import Router
from storage.profile import ProfileTexts
from storage.tasks import NOTICE, UPDATE, Tasks, is_chat_lane
from telegram.api import RefusedError, Telegram, TelegramError, UnauthorizedError
from telegram.delivery import Delivery
from telegram.intake import Intake
from telegram.menu import Menu
from telegram.throttle import Throttle
from texts import log as texts
from worker.backlog import Backlog
from worker.due_reminders import DueReminders
from worker.health import Ages
from worker.inline import InlineQueries
from worker.lanes import Lanes, Place
from worker.retry import Outage
from worker.schedule import BackupSchedule
from worker.tasks import LONGEST_DELAY_S, Worker
from worker.upkeep import Upkeep

INLINE_THREADS = 4
STOP_S = 10.0  # running answers get this long
RETRY_S = 2.0
LOOK_EVERY_S = 1.0
BRIEF_LOOK_S = 0.02
BRIEF_STOP_S = 4.0
FORGET_EVERY_S = 3600.0
USAGE_KEPT_S = 62 * 24 * 3600  # longer than any month

log = logging.getLogger(__name__)


class TokenRefusedError(Exception):
    """Telegram does not know the token."""


class Source(Protocol):
    """Where updates come from, to be taken in by `Service.intake`."""

    def start(self) -> None:
        """Begin, in other threads."""

    def stop(self) -> None:
        """Take no more updates."""


class Service:
    """One bot at work on one database: for as long as it runs, or until nothing is due."""

    def __init__(
        self,
        app: App,
        db: Database,
        telegram: Telegram,
        me: Any,
        save: Callable[[], None] = lambda: None,
    ) -> None:
        """`save` makes the database outlast this machine, if its file alone does not."""
        self._app = app
        self._db = db
        self._menu = Menu(telegram, ProfileTexts(db, me.id))
        app.hooks.menu_due = self._show_menu
        self._stopping = threading.Event()
        self._stop_asked: threading.Event | None = None
        self._is_revoked = False
        self._tasks = Tasks(db, me.id)
        throttle, delivery = Throttle(), Delivery(telegram)
        outage = Outage(throttle, self._stopping)
        outage.when_over(self.recovered)
        router = Router(telegram.bot, me.id, me.username)
        self._worker = Worker(app, db, self._tasks, router, delivery, outage, self._wake, save)
        self._chats = Lanes("chat", self._worker.step)
        self._work = Lanes("work", self._worker.step)
        self._inline = InlineQueries(app, telegram, lambda lane: self._queries.wake(lane))
        self._queries = Lanes("inline", self._inline.step)
        self._pools = (self._chats, self._work, self._queries)
        self.intake = Intake(self._tasks, self._wake, self._worker.refuse, self._inline.take)
        self._ages = Ages()
        self._backups = BackupSchedule(app, db, self._tasks)
        self._reminders = DueReminders(app, db, self._tasks, self._wake)
        self._upkeep = Upkeep(db, delivery, lambda: access.owner(app))

    def run(self, stopping: threading.Event, source: Source) -> None:
        """Work until `stopping` is set, then let what runs end; the rest stays stored.

        Raises:
            TokenRefusedError: the token was revoked meanwhile.
        """
        self._stop_asked = stopping
        self._forget_old()
        self.wake_waiting()
        self._start_lanes()
        source.start()
        self._menu.start()
        self._show_menus()
        self._look_after(stopping)
        self._stop(source)
        if self._is_revoked:
            raise TokenRefusedError

    def run_briefly(self, is_over: Callable[[], bool]) -> bool:
        """Work until nothing is due or `is_over()`, which is asked again and again.

        What is not done then is cut off and stays stored. Returns whether all threads have ended.
        """
        self._forget_old()
        looked_at = time.time()
        self.wake_waiting()
        self._start_lanes()
        try:
            while not is_over() and not self.is_idle():
                self._stopping.wait(BRIEF_LOOK_S)
                self._reminders.look()
                looked_at = self._wake_timed(looked_at)
        finally:
            self._stopping.set()
            self._worker.cut_off()
            left = self._close_lanes(time.monotonic() + BRIEF_STOP_S)
        self._menu.show_waiting()
        return not left

    def tend(self) -> None:
        """What else a bot does when it starts and once a day, in this thread, trying once."""
        self._show_menus()
        self._menu.show_waiting()
        self._app.catalogue.refresh()

    def run_until_idle(self, timeout_s: float = 0.0) -> None:
        """Do in this thread what was taken in or woken, until nothing is due.

        What wants to wait is waited for if that is not longer than `timeout_s` from now.
        """
        deadline = time.monotonic() + timeout_s
        while not self._stopping.is_set():
            while any(pool.run_next() for pool in self._pools):
                pass
            pauses = [pause for pool in self._pools if (pause := pool.parked_s()) is not None]
            if not pauses or min(pauses) >= deadline - time.monotonic():
                return
            self._stopping.wait(min(pauses))
            for pool in self._pools:
                pool.unpark_due()

    def wake_waiting(self) -> None:
        """Wake whatever is stored and due, as after a start."""
        self._reminders.look()
        now = time.time()
        for kind in (UPDATE, NOTICE, *commands.TASKS):
            for lane in self._tasks.lanes(kind, until=now if _is_timed(kind) else math.inf):
                self._wake(lane)

    def is_idle(self) -> bool:
        """Nothing is stored that is due, and nobody waits for notes in another chat."""
        return self._inline.is_idle() and not any(self._waiting())

    def oldest_s(self) -> float | None:
        """How long the oldest task that is due has been known here; None when none is due."""
        return self._ages.oldest_s(time.monotonic())

    def oldest_due(self) -> Hashable:
        """What has been due for longest while nobody sees to it, or None.

        What a chat's lane does is soon over: a task that stays at its head stands still. Long work
        takes its time once it has begun, and others wait for it; a lane that is parked tries again.

        Raises:
            StorageError: the database cannot be read.
        """
        for lane, task_id in self._tasks.due(time.time()):
            pool = self._pool(lane)
            place = pool.place(lane)
            is_begun = place is Place.RUNNING or (place is Place.READY and pool.is_full())
            if place is Place.PARKED or (is_begun and pool is self._work):
                continue
            # While threads take other lanes, a lane that is ready has only to wait for its turn.
            return task_id, pool.steps if place is Place.READY else 0
        return None

    def recovered(self) -> None:
        """Telegram is back: whoever waits for it may try again."""
        self._chats.unpark()
        self._work.unpark()

    def revoked(self) -> None:
        """Telegram does not know the token any more: `run` ends."""
        self._is_revoked = True
        if self._stop_asked is not None:
            self._stop_asked.set()

    def _show_menus(self) -> None:
        self._menu.show_to_everybody()
        owner = access.owner(self._app)
        if owner is not None:
            self._show_menu(owner)

    def _show_menu(self, user_id: int) -> None:
        """Show somebody's own menu, of the owner's commands or in a language that they chose."""
        language = self._app.preferences.of(user_id).language
        self._menu.show_to(user_id, language, is_owner=access.is_owner(self._app, user_id))

    def _wake(self, lane: str) -> None:
        self._pool(lane).wake(lane)

    def _pool(self, lane: str) -> Lanes:
        return self._chats if is_chat_lane(lane) else self._work

    def _waiting(self) -> tuple[int, int]:
        """How many tasks are due: what was written or is to be said, and long work."""
        now = time.time() + LONGEST_DELAY_S
        messages = sum(self._tasks.count(kind) for kind in (UPDATE, NOTICE))
        return messages, sum(self._tasks.count(kind, until=now) for kind in commands.TASKS)

    def _look_after(self, stopping: threading.Event) -> None:
        """Until told to stop: wake what becomes due, watch what waits, keep order."""
        backlog, looked_at = Backlog(), time.time()
        forget_at = time.monotonic() + FORGET_EVERY_S
        while not stopping.wait(LOOK_EVERY_S):
            self._upkeep.look()
            try:
                self._reminders.look()
                self._backups.look()
                looked_at = self._wake_timed(looked_at)
                backlog.see(*self._waiting())
                self._ages.see(*self._tasks.extent(time.time()), time.monotonic())
                if time.monotonic() >= forget_at:
                    self._forget_old()
                    forget_at = time.monotonic() + FORGET_EVERY_S
            except StorageError as error:  # whoever has to write says so itself
                log.debug(texts.WAITING_UNREAD, error)

    def _wake_timed(self, after: float) -> float:
        """Wake the lanes whose moment has come since the last look; returns that of this one."""
        now = time.time()
        for kind in filter(_is_timed, commands.TASKS):
            for lane in self._tasks.lanes(kind, after, now):
                self._wake(lane)
        return now

    def _forget_old(self) -> None:
        now = self._app.clock.now()
        try:
            self._tasks.forget_old()
            self._app.turns.forget_old(now)
            self._app.gatherings.forget_old(now)
            self._app.workshop.calls.forget_old(now)
            self._app.reminders.forget_old(now)
            self._app.notes.purge(now)
            self._db.maintain()  # what was purged may still stand in the write-ahead log
            self._app.usage.forget(now - USAGE_KEPT_S)
        except StorageError as error:
            log.error(texts.OLD_NOT_FORGOTTEN, error)

    def _stop(self, source: Source) -> None:
        """Begin nothing more; what runs gets its time, and what it leaves stays stored."""
        log.info(texts.STOPPING)
        deadline = time.monotonic() + STOP_S
        self._stopping.set()
        self._menu.stop()
        source.stop()
        if not self._close_lanes(deadline):
            return
        log.warning(texts.STOPPED_UNFINISHED)
        try:
            self._worker.release_running()
        except StorageError as error:
            log.error(texts.STARTS_NOT_RELEASED, error)

    def _start_lanes(self) -> None:
        self._chats.start(self._app.settings.chat_threads)
        self._work.start(self._app.settings.question_threads)
        self._queries.start(INLINE_THREADS)

    def _close_lanes(self, deadline: float) -> list[str]:
        """Begin no more steps; returns the lanes whose step has not ended by then."""
        for pool in self._pools:
            pool.close()
        return [
            lane
            for pool in self._pools
            for lane in pool.drain(max(0.0, deadline - time.monotonic()))
        ]


def _is_timed(kind: str) -> bool:
    return kind in commands.TASKS and commands.TASKS[kind].timed


def introduce(telegram: Telegram) -> Any:
    """The bot's own account; waits for Telegram as long as it takes.

    Raises:
        TokenRefusedError: there is no such bot.
    """
    while True:
        try:
            return telegram.get_me()
        except (RefusedError, UnauthorizedError) as error:
            raise TokenRefusedError from error
        except TelegramError as error:
            log.warning(texts.TELEGRAM_SILENT, error)
            time.sleep(RETRY_S)
