"""Whether the bot is alive: decided from facts, told to systemd and to whoever looks at a file.

A process that runs is not yet a bot that works: polls may hang, a lane may stand still, the disk
may refuse. Then the signals end, and whoever waits for them (systemd, a container's health check)
starts the bot again.
"""

import logging
import math
import os
import threading
import time
from collections.abc import Callable, Hashable
from pathlib import Path

from sdnotify import SystemdNotifier

from db import StorageError
from texts import hosting as texts

POLL_S = 120.0  # a poll that finds nothing takes 25 s
LANE_S = 120.0
WRITE_S = 60.0
LOOK_EVERY_S = 15.0  # four times in WatchdogSec= of deploy/notes-bot.service
BEAT_MOST_S = 60.0  # a heartbeat older than that is none

log = logging.getLogger(__name__)


class Vitals:
    """What is known of the bot's life; decides, and does nothing. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._poll_due = math.inf
        self._due_task: Hashable = None
        self._stands_since = self._fails_since = math.inf

    def poll_ended(self, now: float, pause_s: float = 0.0) -> None:
        """A poll brought something, nothing, or an error; the next begins in `pause_s` seconds.

        Before the first of them polls are not judged: a bot behind a webhook has none.
        """
        self._poll_due = now + pause_s + POLL_S

    def saw_due(self, task: Hashable, now: float) -> None:
        """The task that has been due for longest while nobody works on its lane, or None."""
        if task is None:
            self._stands_since = math.inf
        elif task != self._due_task or math.isinf(self._stands_since):
            self._stands_since = now
        self._due_task = task

    def wrote(self, is_written: bool, now: float) -> None:
        """Whether the database could be written to just now."""
        self._fails_since = math.inf if is_written else min(self._fails_since, now)

    def problems(self, now: float) -> list[str]:
        """What is wrong, in words for the log; nothing when the bot is alive."""
        return [
            words(int(now - since))
            for words, since, most in (
                (texts.no_poll, self._poll_due - POLL_S, POLL_S),
                (texts.lane_stands, self._stands_since, LANE_S),
                (texts.no_write, self._fails_since, WRITE_S),
            )
            if now - since >= most
        ]


class Watchdog:
    """Looks at the vitals now and then, and gives a sign of life while there is nothing wrong.

    `probe` writes to the database or raises StorageError; `oldest_due` is the task that
    `Vitals.saw_due` explains. The sign is the time of change of the file `heartbeat`, which must
    exist, and a message to systemd, if the process was started by it.
    """

    def __init__(
        self,
        heartbeat: Path,
        probe: Callable[[], None],
        oldest_due: Callable[[], Hashable] = lambda: None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._heartbeat, self._probe, self._oldest_due = heartbeat, probe, oldest_due
        self._now = now
        self._vitals = Vitals()
        self._was_alive = True
        # Without the socket there is nobody to tell.
        self._systemd = SystemdNotifier() if os.environ.get("NOTIFY_SOCKET") else None

    def poll_ended(self, pause_s: float = 0.0) -> None:
        """See `Vitals.poll_ended`. Called by the thread that polls."""
        self._vitals.poll_ended(self._now(), pause_s)

    def is_alive(self) -> bool:
        """Whether nothing was wrong when it was last looked."""
        return self._was_alive

    def run(self, stopping: threading.Event) -> None:
        """Say that the bot is ready, then that it lives, until it is told to stop."""
        self._tell("READY=1")
        while True:
            self.look()
            if stopping.wait(LOOK_EVERY_S):
                break
        self._tell("STOPPING=1")

    def look(self) -> None:
        """Decide, and give a sign of life or none."""
        self._gather()
        problems = self._vitals.problems(self._now())
        if problems and self._was_alive:
            log.error(texts.NOT_ALIVE, "; ".join(problems))
        elif not problems and not self._was_alive:
            log.info(texts.ALIVE_AGAIN)
        self._was_alive = not problems
        if not problems:
            self._beat()

    def _gather(self) -> None:
        began = self._now()  # a probe that fails may have waited for long
        try:
            self._probe()
            due = self._oldest_due()
        except StorageError as error:
            log.debug(texts.PROBE_FAILED, error)
            self._vitals.wrote(False, began)
            return
        self._vitals.wrote(True, self._now())
        self._vitals.saw_due(due, self._now())

    def _beat(self) -> None:
        self._tell("WATCHDOG=1")
        try:
            os.utime(self._heartbeat)
        except OSError as error:
            log.warning(texts.NO_HEARTBEAT_WRITTEN, self._heartbeat, error.strerror)

    def _tell(self, message: str) -> None:
        if self._systemd is not None:
            self._systemd.notify(message)


def heartbeat_age(heartbeat: Path) -> float | None:
    """Seconds since the last sign of life, None when there was none.

    A clock that was set back makes it look as long ago as it was set back.
    """
    try:
        return abs(time.time() - heartbeat.stat().st_mtime)
    except OSError:
        return None
