"""Everything that runs: the poller, the lanes, and their common end."""

import logging
import threading
import time
from typing import Any

from db import Database, StorageError
from handlers import access
from handlers.context import App
from handlers.routing import Router
from storage.jobs import Jobs
from storage.updates import Updates
from telegram.api import RefusedError, Telegram, TelegramError, Throttle
from telegram.delivery import Delivery
from telegram.menu import Menu
from telegram.polling import Poller
from telegram.streaming import Speaker
from worker.backlog import Backlog
from worker.jobs import JobWork
from worker.lanes import Lanes
from worker.retry import Trouble
from worker.updates import UpdateWork

STOP_S = 10.0  # running answers get this long
RETRY_S = 2.0
LOOK_EVERY_S = 1.0
FORGET_EVERY_S = 3600.0
USAGE_KEPT_S = 62 * 24 * 3600  # longer than any month

log = logging.getLogger(__name__)


class TokenRefusedError(Exception):
    """Telegram does not know the token."""


class Service:
    """One bot at work on one database."""

    def __init__(self, app: App, db: Database, telegram: Telegram, me: Any) -> None:
        self._app = app
        self._menu = Menu(telegram)
        app.hooks.owner_came = self._menu.show_to_owner
        self._stopping = threading.Event()
        self._updates, self._jobs = Updates(db, me.id), Jobs(db, me.id)
        throttle, delivery = Throttle(), Delivery(telegram)
        trouble = Trouble(throttle, self._stopping)
        trouble.when_over(self._recovered)
        router = Router(telegram.bot, me.id, me.username)
        speaker = Speaker(delivery, throttle)
        job_work = JobWork(app, db, self._jobs, delivery, speaker, trouble)
        self._job_lanes = Lanes[str]("job", job_work.step, app.settings.question_threads)
        self._update_work = UpdateWork(
            app,
            db,
            self._updates,
            self._jobs,
            router,
            delivery,
            trouble,
            self._job_lanes.wake,
            lambda chat_id: self._chat_lanes.wake(chat_id),
        )
        self._chat_lanes = Lanes[int]("chat", self._update_work.step, app.settings.chat_threads)
        self._poller = Poller(
            telegram,
            self._updates,
            self._chat_lanes.wake,
            self._update_work.refuse,
            self._recovered,
        )

    def run(self, stopping: threading.Event) -> None:
        """Work until `stopping` is set, then let what runs end; the rest stays stored."""
        self._update_work.try_suspects()
        self._forget_old()
        for lane in self._jobs.waiting_lanes():
            self._job_lanes.wake(lane)
        for chat_id in self._updates.waiting_chats():
            self._chat_lanes.wake(chat_id)
        self._poller.start()
        self._menu.start()
        owner = access.owner(self._app)
        if owner is not None:
            self._menu.show_to_owner(owner)
        self._look_after(stopping)
        self._stop()

    def is_idle(self) -> bool:
        """Nothing is stored that is still to be done."""
        return not self._updates.waiting_chats() and not self._jobs.waiting_lanes()

    def _look_after(self, stopping: threading.Event) -> None:
        """Until told to stop, keep an eye on what waits and drop what is long done."""
        backlog, forget_at = Backlog(), time.monotonic() + FORGET_EVERY_S
        while not stopping.wait(LOOK_EVERY_S):
            try:
                backlog.see(self._updates.backlog(), self._jobs.backlog())
                if time.monotonic() >= forget_at:
                    self._forget_old()
                    forget_at = time.monotonic() + FORGET_EVERY_S
            except StorageError as error:  # whoever has to write says so itself
                log.debug("База недоступна: %s", error)

    def _forget_old(self) -> None:
        now = self._app.clock.now()
        try:
            self._updates.forget_old()
            self._app.turns.forget_old(now)
            self._app.notes.purge(now)
            self._app.usage.forget(now - USAGE_KEPT_S)
        except StorageError as error:
            log.error("База не записывает (%s), старое останется ещё на час", error)

    def _stop(self) -> None:
        """Begin nothing more; what runs gets its time, and what it leaves stays stored."""
        log.info("Останавливаюсь")
        deadline = time.monotonic() + STOP_S
        self._stopping.set()
        self._menu.stop()
        self._poller.stop()
        self._chat_lanes.close()
        self._job_lanes.close()
        chats = self._chat_lanes.drain(STOP_S)
        lanes = self._job_lanes.drain(max(0.0, deadline - time.monotonic()))
        if not chats and not lanes:
            return
        log.warning("Не все ответы закончены: они продолжатся при следующем запуске")
        try:
            self._updates.take_back(chats)
            self._jobs.take_back(lanes)
        except StorageError as error:
            log.error("База не записывает (%s)", error)

    def _recovered(self) -> None:
        self._chat_lanes.unpark()
        self._job_lanes.unpark()


def introduce(telegram: Telegram) -> Any:
    """The bot's own account; waits for Telegram as long as it takes.

    Raises:
        TokenRefusedError: there is no such bot.
    """
    while True:
        try:
            return telegram.get_me()
        except RefusedError as error:
            raise TokenRefusedError from error
        except TelegramError as error:
            log.warning("Telegram не отвечает (%s), пробую дальше", error)
            time.sleep(RETRY_S)
