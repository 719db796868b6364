"""What is tried again: notes of what has happened, and chats that are to be left alone."""

import threading
import time

import pytest

import worker.retry
from db import StorageError
from telegram.throttle import Throttle
from tests.talk import ANNA, BORIS
from worker.retry import Outage


class Disk:
    """Fails so many times."""

    def __init__(self, failures: int) -> None:
        self.tries, self._failures = 0, failures

    def write(self) -> str:
        self.tries += 1
        if self.tries <= self._failures:
            raise StorageError("full")
        return "written"


@pytest.mark.parametrize("failures", [0, 1, 3])
def test_a_write_is_repeated_until_the_disk_takes_it(
    failures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker.retry, "STORAGE_RETRY_S", 0.01)
    disk = Disk(failures)
    assert Outage(Throttle(), threading.Event()).retry_write(disk.write) == "written"
    assert disk.tries == failures + 1


def test_a_bot_that_is_told_to_stop_tries_no_more() -> None:
    stopping, disk = threading.Event(), Disk(9)
    stopping.set()
    with pytest.raises(StorageError):
        Outage(Throttle(), stopping).retry_write(disk.write)
    assert disk.tries == 1


def test_of_two_waits_for_a_chat_the_longer_one_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    throttle = Throttle()
    throttle.hold(ANNA, 30)
    now += 10
    throttle.hold(ANNA, 5)
    throttle.hold(BORIS, 1)
    assert (throttle.remaining(ANNA), throttle.remaining(BORIS)) == (20, 1)
    now += 20
    assert (throttle.remaining(ANNA), throttle.remaining(BORIS)) == (0, 0)
