"""Alive means alive: what ends the signs of life, and who gets them."""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

import db as database
from db import Database, StorageError
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.process import run_option
from tests.systemd import Systemd
from worker.watchdog import Vitals, Watchdog

Acts = list[tuple[float, Callable[[Vitals, float], None]]]


def poll(vitals: Vitals, now: float) -> None:
    vitals.poll_ended(now)


def long_pause(vitals: Vitals, now: float) -> None:
    vitals.poll_ended(now, pause_s=300)


def due(task: str | None) -> Callable[[Vitals, float], None]:
    return lambda vitals, now: vitals.saw_due(task, now)


def wrote(vitals: Vitals, now: float) -> None:
    vitals.wrote(True, now)


def failed(vitals: Vitals, now: float) -> None:
    vitals.wrote(False, now)


# what happened when, the second of the decision, and the words of the problem ("" for none)
LIVES: dict[str, tuple[Acts, float, str]] = {
    "nothing known": ([], 10_000, ""),
    "a poll ended lately": ([(0, poll), (100, poll)], 219, ""),
    "no poll ended for 120 s": ([(0, poll), (100, poll)], 220, "120 с"),
    "a pause that Telegram asked for": ([(0, long_pause)], 419, ""),
    "no poll after that pause": ([(0, long_pause)], 420, "опрос"),
    "a task waits, not yet long": ([(0, due("a"))], 119, ""),
    "the same task waits for 120 s": ([(0, due("a")), (60, due("a"))], 120, "задача"),
    "other tasks wait, so lanes move": ([(0, due("a")), (60, due("b"))], 179, ""),
    "none waited in between": ([(0, due("a")), (60, due(None)), (90, due("a"))], 200, ""),
    "it was done at last": ([(0, due("a")), (150, due(None))], 200, ""),
    "the database did not write once": ([(0, failed)], 59, ""),
    "the database does not write for 60 s": ([(0, failed), (30, failed)], 60, "базу"),
    "it writes again": ([(0, failed), (50, wrote), (60, failed)], 119, ""),
}


@pytest.mark.parametrize(("acts", "now", "words"), LIVES.values(), ids=LIVES)
def test_what_counts_as_alive(acts: Acts, now: float, words: str) -> None:
    vitals = Vitals()
    for at, act in acts:
        act(vitals, at)
    problems = vitals.problems(now)
    assert len(problems) == bool(words)
    assert words in "".join(problems)


class Body:
    """A watchdog over things that a test sets."""

    def __init__(self, folder: Path) -> None:
        self.now = 0.0
        self.writes = True
        self.due: str | None = None
        self.heartbeat = folder / "notes.db.lock"
        self.heartbeat.touch()
        self.watchdog = Watchdog(self.heartbeat, self._probe, lambda: self.due, lambda: self.now)

    def look(self, now: float) -> bool:
        """Whether there was a sign of life in the file."""
        self.now = now
        os.utime(self.heartbeat, (0, 0))
        self.watchdog.look()
        return self.heartbeat.stat().st_mtime > 0

    def close(self) -> None:
        notifier = self.watchdog._systemd
        if notifier is not None:
            notifier.socket.close()

    def _probe(self) -> None:
        if not self.writes:
            raise StorageError("SQLITE_FULL: disk full")


@pytest.fixture
def body(tmp_path: Path, systemd: Systemd) -> Iterator[Body]:
    made = Body(tmp_path)
    yield made
    made.close()


def test_the_signs_of_life_end_with_the_reason_in_the_log_and_come_again(
    body: Body, systemd: Systemd, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    body.writes, body.due = False, None
    for now in (0, 30, 59):
        assert body.look(now)
        assert systemd.next() == "WATCHDOG=1"
    assert caplog.text == ""
    for now in (60, 75, 90):
        assert not body.look(now)
        assert systemd.is_quiet()
    assert caplog.text.count("в базу не получается записать 60 с") == 1
    assert len(caplog.records) == 1
    body.writes = True
    assert body.look(105)
    assert systemd.next() == "WATCHDOG=1"
    assert "снова работает" in caplog.text


def test_a_lane_and_polls_that_stand_still_are_both_named(
    body: Body, caplog: pytest.LogCaptureFixture
) -> None:
    body.watchdog.poll_ended()
    body.due = "task 7"
    assert body.look(0)
    assert not body.look(130)
    assert "опрос Telegram не завершался 130 с" in caplog.text
    assert "ждёт своей очереди 130 с" in caplog.text


def test_a_heartbeat_that_cannot_be_written_is_told_and_harms_nothing(
    body: Body, systemd: Systemd, caplog: pytest.LogCaptureFixture
) -> None:
    body.heartbeat.unlink()
    body.watchdog.look()
    assert systemd.next() == "WATCHDOG=1"
    assert str(body.heartbeat) in caplog.text


def test_without_systemd_nobody_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert Body(tmp_path).look(0)


def test_the_probe_writes_and_changes_nothing(db: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(db.path)) as other:
        before = other.execute("PRAGMA data_version").fetchone()
        db.probe()
        assert other.execute("PRAGMA data_version").fetchone() != before
        assert other.execute("PRAGMA user_version").fetchone() == (database.VERSION,)


def test_the_probe_fails_when_the_file_cannot_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.01)
    with closing(Database(tmp_path / "notes.db")) as ours:
        with closing(sqlite3.connect(ours.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageError):
                ours.probe()
        ours.probe()


def test_a_running_bot_tells_systemd_and_the_health_check(
    start_bot: StartBot, api: BotApi, systemd: Systemd, tmp_path: Path
) -> None:
    assert _health(tmp_path) == (1, "Бот не запущен.\n")
    bot = start_bot(NOTIFY_SOCKET=systemd.path)
    assert systemd.next() == "READY=1"
    assert systemd.next() == "WATCHDOG=1"
    assert _health(tmp_path) == (0, "Бот работает.\n")
    bot.send_signal(signal.SIGTERM)
    assert systemd.next() == "STOPPING=1"
    assert bot.wait() == 0
    lock = tmp_path / "notes.db.lock"
    for shift_s in (-120, 120):  # long ago; and a clock that was set back
        moment = lock.stat().st_mtime + shift_s
        os.utime(lock, (moment, moment))
        status, said = _health(tmp_path)
        assert status == 1
        assert "не подавал признаков жизни" in said
        os.utime(lock)


def _health(folder: Path) -> tuple[int, str]:
    done = run_option(folder, "--health")
    assert done.stderr == ""
    return done.returncode, done.stdout
