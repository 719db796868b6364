"""One instance of the function: takes updates in, and works until nothing is due or time is up."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from cloud.bucket import Bucket
from cloud.database import CloudDatabase
from cloud.inbox import JSON, Inbox
from cloud.lease import Lease
from cloud.shift import Shift, Start

TEND_EVERY_S = 24 * 3600.0
TEND_S = 20.0  # what it may take

TimeLeft = Callable[[], float]  # seconds


class Session:
    """What an instance keeps between its invocations.

    An update is safe as soon as it is an object in the inbox. One invocation at a time has the
    lease: it takes the inbox into the database and works; the others leave theirs to it. So a
    press of ⏹ reaches the answer that it is to stop, wherever it was taken in.
    """

    def __init__(self, bucket: Bucket, key: str, folder: Path, start: Start) -> None:
        self._start = start
        self._inbox = Inbox(bucket, f"{key}.inbox/")
        self._database = CloudDatabase(bucket, key, folder)
        self._lease = Lease(bucket, f"{key}.lease")
        self._alone = threading.Lock()
        self._tend_at = time.monotonic()

    def take(self, updates: list[JSON]) -> None:
        """Keep updates; each has its number.

        Raises:
            BucketError: some are not kept.
        """
        for update in updates:
            self._inbox.put(update)

    def work(self, time_left: TimeLeft, *, is_timer: bool) -> None:
        """Do what is due, unless another invocation is at it.

        The timer's invocations also do what is to be done once a day.

        Raises:
            BucketError: the bucket does not answer, or refuses.
            DatabaseUnusableError: the object is no database of ours.
        """
        while time_left() > 0:
            if not self._alone.acquire(blocking=False):
                return  # to another call of this instance, should the platform make them at once
            try:
                if not self._lease.take():
                    return
                try:
                    is_whole = self._work_alone(time_left, is_timer=is_timer)
                finally:
                    self._lease.give_back()
            finally:
                self._alone.release()
            # Whoever took something in since the last look has found the lease taken.
            if is_whole and not self._inbox.names():
                return

    def _work_alone(self, time_left: TimeLeft, *, is_timer: bool) -> bool:
        """Work with the lease; False when it has to be done again."""
        shift = Shift(self._database, self._inbox, self._lease, self._start)
        is_whole = shift.run(time_left)
        if is_whole and is_timer and time_left() > TEND_S and time.monotonic() >= self._tend_at:
            self._tend_at = time.monotonic() + TEND_EVERY_S
            shift.tend()
        return is_whole
