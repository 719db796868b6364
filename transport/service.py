"""Everything that runs: the poller, the lanes, and their common end."""

import logging
import sqlite3
import threading
from typing import Any

from db import Database
from handlers import commands
from handlers.app import App
from handlers.routing import Router
from storage.jobs import Jobs
from storage.updates import Updates
from transport.delivery import Delivery
from transport.jobs import JobWork
from transport.lanes import Lanes
from transport.polling import Poller
from transport.telegram import RefusedError, Telegram, TelegramError, Throttle
from transport.work import UpdateWork

STOP_S = 10.0  # running answers get this long
QUICK_STOP_S = 1.5  # and a command, which takes milliseconds, this long
RETRY_S = 2.0
FORGET_EVERY_S = 3600.0

log = logging.getLogger(__name__)


class TokenRefusedError(Exception):
    """Telegram does not know the token."""


class Service:
    """One bot at work on one database."""

    def __init__(self, app: App, db: Database, telegram: Telegram, me: Any) -> None:
        self._app = app
        self._telegram = telegram
        self._stopping = threading.Event()
        self._updates, self._jobs = Updates(db, me.id), Jobs(db, me.id)
        throttle, delivery = Throttle(), Delivery(telegram)
        router = Router(telegram.bot, me.username)
        job_work = JobWork(app, self._jobs, delivery, throttle)
        self._job_lanes = Lanes[str]("job", job_work.step, app.settings.question_threads)
        update_work = UpdateWork(
            app,
            db,
            self._updates,
            self._jobs,
            router,
            delivery,
            throttle,
            self._job_lanes.wake,
        )
        self._chat_lanes = Lanes[int]("chat", update_work.step, app.settings.chat_threads)
        self._poller = Poller(telegram, self._updates, self._chat_lanes.wake, self._recovered)

    def run(self, stopping: threading.Event) -> None:
        """Work until `stopping` is set, then let what runs end; the rest stays stored."""
        self._forget_old()
        for lane in self._jobs.waiting_lanes():
            self._job_lanes.wake(lane)
        for chat_id in self._updates.waiting_chats():
            self._chat_lanes.wake(chat_id)
        self._poller.start()
        threading.Thread(target=self._show_menu, args=(stopping,), daemon=True).start()
        while not stopping.wait(FORGET_EVERY_S):
            self._forget_old()
        self._poller.stop()
        self._chat_lanes.stop(QUICK_STOP_S)
        if not self._job_lanes.stop(STOP_S):
            log.warning("Не все ответы закончены: они продолжатся при следующем запуске")

    def is_idle(self) -> bool:
        """Nothing is stored that is still to be done."""
        return not self._updates.waiting_chats() and not self._jobs.waiting_lanes()

    def _forget_old(self) -> None:
        try:
            self._updates.forget_old()
            self._app.notes.purge(self._app.clock.now())
        except sqlite3.Error:
            log.exception("Старое не удалилось, повторю через час")

    def _recovered(self) -> None:
        self._chat_lanes.unpark()
        self._job_lanes.unpark()

    def _show_menu(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                self._telegram.set_commands((c.name, c.summary) for c in commands.COMMANDS)
            except TelegramError as error:
                log.warning("Меню команд не обновлено (%s), повторю", error)
                stopping.wait(RETRY_S)
            else:
                return


def introduce(telegram: Telegram, stopping: threading.Event) -> Any:
    """The bot's own account; waits for Telegram as long as it takes, None when told to stop.

    Raises:
        TokenRefusedError: there is no such bot.
    """
    while not stopping.is_set():
        try:
            return telegram.get_me()
        except RefusedError as error:
            raise TokenRefusedError from error
        except TelegramError as error:
            log.warning("Telegram не отвечает (%s), пробую дальше", error)
            stopping.wait(RETRY_S)
    return None
