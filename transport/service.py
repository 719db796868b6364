"""Everything that runs: the poller, the lanes, and their common end."""

import logging
import threading
import time
from typing import Any

from db import Database, StorageError
from handlers import commands
from handlers.app import App
from handlers.routing import Router
from storage.jobs import Jobs
from storage.updates import Updates
from transport.backlog import Backlog
from transport.delivery import Delivery
from transport.jobs import JobWork
from transport.lanes import Lanes
from transport.patience import Trouble
from transport.polling import Poller
from transport.telegram import RefusedError, Telegram, TelegramError, Throttle
from transport.work import UpdateWork

STOP_S = 10.0  # running answers get this long
RETRY_S = 2.0
LOOK_EVERY_S = 1.0
FORGET_EVERY_S = 3600.0

log = logging.getLogger(__name__)


class TokenRefusedError(Exception):
    """Telegram does not know the token."""


class Service:
    """One bot at work on one database."""

    def __init__(self, app: App, db: Database, telegram: Telegram, me: Any) -> None:
        self._telegram = telegram
        self._stopping = threading.Event()
        self._updates, self._jobs = Updates(db, me.id), Jobs(db, me.id)
        throttle, delivery = Throttle(), Delivery(telegram)
        trouble = Trouble(throttle, self._stopping)
        trouble.when_over(self._recovered)
        router = Router(telegram.bot, me.username)
        job_work = JobWork(app, self._jobs, delivery, throttle, trouble)
        self._job_lanes = Lanes[str]("job", job_work.step, app.settings.question_threads)
        wake_job = self._job_lanes.wake
        self._update_work = UpdateWork(
            app, db, self._updates, self._jobs, router, delivery, trouble, wake_job
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
        for lane in self._jobs.waiting_lanes():
            self._job_lanes.wake(lane)
        for chat_id in self._updates.waiting_chats():
            self._chat_lanes.wake(chat_id)
        self._poller.start()
        threading.Thread(target=self._show_menu, args=(stopping,), daemon=True).start()
        self._look_after(stopping)
        self._stop()

    def is_idle(self) -> bool:
        """Nothing is stored that is still to be done."""
        return not self._updates.waiting_chats() and not self._jobs.waiting_lanes()

    def _look_after(self, stopping: threading.Event) -> None:
        """Until told to stop, keep an eye on what waits and drop what is long done."""
        backlog, forget_at = Backlog(), 0.0
        while not stopping.wait(LOOK_EVERY_S):
            try:
                backlog.see(self._updates.backlog(), self._jobs.backlog())
                if time.monotonic() >= forget_at:
                    self._updates.forget_old()
                    forget_at = time.monotonic() + FORGET_EVERY_S
            except StorageError as error:  # whoever has to write says so itself
                log.debug("База недоступна: %s", error)

    def _stop(self) -> None:
        """Begin nothing more; what runs gets its time, and what it leaves stays stored."""
        log.info("Останавливаюсь")
        deadline = time.monotonic() + STOP_S
        self._stopping.set()
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

    def _show_menu(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                self._telegram.set_commands((c.name, c.summary) for c in commands.COMMANDS)
            except RefusedError as error:
                log.error("Telegram не принял меню команд: %s", error)
                return
            except TelegramError as error:
                log.warning("Меню команд не обновлено (%s), повторю", error)
                stopping.wait(RETRY_S)
            else:
                return


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
