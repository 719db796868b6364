"""The work of one invocation on the database: nothing is said before what it says is saved."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from cloud.bucket import BucketError, ChangedError
from cloud.database import CloudDatabase
from cloud.inbox import Inbox
from cloud.lease import Lease
from db import Database
from texts import log as texts
from worker.service import Service

TAKEN_AT_ONCE = 100  # then the lease is looked after
LOOK_EVERY_S = 1.0  # into the inbox, for what others have taken in meanwhile

log = logging.getLogger(__name__)

# Makes the service that works on a database; the second is its `save`.
Start = Callable[[Database, Callable[[], None]], Service]


class Shift:
    """From the moment that an invocation has the lease until it gives it back."""

    def __init__(self, database: CloudDatabase, inbox: Inbox, lease: Lease, start: Start) -> None:
        """Open the database.

        Raises:
            BucketError, DatabaseUnusableError.
        """
        self._database = database
        self._inbox = inbox
        self._lease = lease
        self._ended = threading.Event()
        self._service = start(database.open(), self._save)
        self._taken: dict[str, int] = {}  # names -> the commits with which they are in the database
        self._look_at = 0.0

    def run(self, time_left: Callable[[], float]) -> bool:
        """Work until nothing is due or no time is left.

        Returns False when what is not done has to be done again on the object as it is now.

        Raises:
            BucketError: what was done and said is not saved, and will be done or said again.
        """
        try:
            is_quiet = self._service.run_briefly(lambda: self._is_over(time_left))
        finally:
            self._ended.set()
        if not is_quiet:
            log.error(texts.STEPS_NOT_ENDED)
        self._save_marks()
        is_whole = not self._database.is_outdated
        if not is_whole:
            log.warning(texts.OBJECT_CHANGED)
        if is_quiet and is_whole:
            return True
        self._database.close()
        return False

    def tend(self) -> None:
        """Do what is to be done once a day."""
        self._service.tend()
        self._database.maintain()
        self._save_marks()

    def _save(self) -> None:
        """As `CloudDatabase.save`, for whoever is about to say something in this shift."""
        if self._ended.is_set():
            raise BucketError("over")
        self._database.save()

    def _save_marks(self) -> None:
        """Save what was done and said; if that fails it is said once more."""
        with suppress(ChangedError):  # `run` sees to it
            self._database.save()
            self._empty_inbox()

    def _is_over(self, time_left: Callable[[], float]) -> bool:
        if time_left() <= 0 or self._database.is_outdated:
            return True
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + LOOK_EVERY_S
            if not self._lease.keep():
                return True
            self._take_in()
        return False

    def _take_in(self) -> None:
        """Bring what lies in the inbox into the database."""
        try:
            self._empty_inbox()
            new = [name for name in self._inbox.names() if name not in self._taken]
            for name in new[:TAKEN_AT_ONCE]:
                self._service.intake.take([self._inbox.read(name)])
                self._taken[name] = self._database.commits
        except BucketError as error:
            log.warning(texts.INBOX_SILENT, error)

    def _empty_inbox(self) -> None:
        """Delete what is in the database, and with it in the bucket."""
        saved = self._database.saved
        for name in [name for name, commits in self._taken.items() if commits <= saved]:
            self._inbox.delete(name)
            del self._taken[name]
