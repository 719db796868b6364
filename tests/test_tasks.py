"""Stored tasks: their order, what is due, and whatever ends the process."""

import json
import math
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import pytest

from db import Database, StorageError
from handlers import commands
from handlers.commands import TaskKind
from handlers.context import App
from handlers.types import Reply, Request
from storage.tasks import NOTICE, UPDATE, Incoming, StoredTask, Tasks, chat_lane, work_lane
from telegram.console import Answer
from tests.conftest import StartInside
from tests.inside import Inside
from tests.talk import ANNA, BORIS, GROUP, OWNER
from texts import failures as texts
from texts import notes as texts_notes
from worker.quarantine import CRASHES_MOST, RUN_MOST_S, UPTIME_BEFORE_S, Quarantine

BOT = 5
LANE = work_lane("question", ANNA, ANNA)
HOUR = 3600
MANY = 100_000


@pytest.fixture
def tasks(db: Database) -> Tasks:
    return Tasks(db, BOT)


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    return start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS="111,222")


def _done_in_order(tasks: Tasks, lane: str) -> list[str]:
    bodies = []
    while task := tasks.head(lane):
        bodies.append(task.body)
        tasks.finish(task.id)
    return bodies


# --- the store


def test_an_update_is_taken_once_by_each_bot(db: Database, tasks: Tasks) -> None:
    other = Tasks(db, BOT + 1)
    for one in (tasks, tasks, other):
        one.take([Incoming(1, ANNA, "первое"), Incoming(2, ANNA, "второе")])
    for one in (tasks, other):
        assert _done_in_order(one, chat_lane(ANNA)) == ["первое", "второе"]
        one.take([Incoming(2, ANNA, "второе")])
        assert one.head(chat_lane(ANNA)) is None, "not even when it is done"


def test_an_update_may_ask_for_several_tasks_of_one_kind(tasks: Tasks) -> None:
    for body in ("раз", "два"):
        tasks.add(1, "question", LANE, body)
    assert _done_in_order(tasks, LANE) == ["раз", "два"]


def test_what_is_due_first_is_done_first(tasks: Tasks) -> None:
    for body, after_s in [("завтра", 24 * HOUR), ("через час", HOUR), ("через минуту", 60)]:
        tasks.add(1, "question", LANE, body, after_s=after_s)
    assert _done_in_order(tasks, LANE) == ["через минуту", "через час", "завтра"]


def test_a_question_does_not_overtake_one_that_waits_for_its_next_part(tasks: Tasks) -> None:
    tasks.add(1, "question", LANE, "длинный", after_s=1.5)
    tasks.add(2, "question", LANE, "короткий")
    assert _done_in_order(tasks, LANE) == ["длинный", "короткий"]


def test_replies_that_only_wait_to_be_sent_can_be_passed_over(tasks: Tasks) -> None:
    tasks.take([Incoming(1, ANNA, "раз"), Incoming(2, ANNA, "два")])
    first = tasks.head(chat_lane(ANNA))
    assert first is not None
    tasks.answer(first.id, "сказанное")
    passed = tasks.head(chat_lane(ANNA), unanswered_only=True)
    assert passed is not None
    assert passed.body == "два"


def test_an_answer_keeps_nothing_of_what_was_counted_before(tasks: Tasks) -> None:
    tasks.take([Incoming(1, ANNA, "раз")])
    task = tasks.head(chat_lane(ANNA))
    assert task is not None
    for _ in range(3):
        tasks.start(task)
    tasks.sent(task.id, 2)
    tasks.answer(task.id, "сказанное")
    answered = tasks.head(chat_lane(ANNA))
    assert answered is not None
    assert (answered.attempts, answered.sent_parts) == (1, 0)
    tasks.release([task.id, task.id])
    assert tasks.head(chat_lane(ANNA)).attempts == 0  # type: ignore[union-attr]


def test_a_hundred_thousand_that_wait_cost_nobody_a_walk(db: Database, tasks: Tasks) -> None:
    tomorrow = time.time() + 24 * HOUR
    with db.transaction() as connection:
        connection.executemany(
            "INSERT INTO tasks (bot_id, source_id, kind, lane, due_at, body)"
            " VALUES (?, 1, 'reminder', 'reminder:' || ? || ':1', ?, '')",
            ((BOT, number % 1000, tomorrow + number) for number in range(MANY)),
        )
    tasks.add(1, "reminder", "reminder:7:1", "сейчас", after_s=-1)
    now = time.time()
    looks: list[tuple[Callable[[], object], object]] = [
        (lambda: tasks.lanes("reminder", until=now), ["reminder:7:1"]),
        (lambda: tasks.lanes("reminder", now, now + 1), []),
        (lambda: tasks.lanes(UPDATE), []),
        (lambda: tasks.count("reminder", until=now), 1),
        (lambda: tasks.head("reminder:7:1").body, "сейчас"),  # type: ignore[union-attr]
        (lambda: tasks.add(1, "reminder", "reminder:8:1", "") > MANY, True),
        (lambda: [task.body for task in tasks.in_lane("reminder:7:1", 1)], ["сейчас"]),
        (lambda: tasks.ahead_of(tasks.in_lane("reminder:7:1", 2)[1]), 1),
        (lambda: tasks.take([Incoming(1, ANNA, "")]), None),
        (lambda: tasks.head(chat_lane(ANNA)).body, ""),  # type: ignore[union-attr]
    ]
    for number, (look, expected) in enumerate(looks):
        steps, found = _steps(db, look)
        assert found == expected, number
        assert steps < 1000, f"look {number} takes {steps} steps of SQLite's machine"


def _steps(db: Database, look: Callable[[], object]) -> tuple[int, object]:
    """How many steps of SQLite's virtual machine a look takes, and what it finds."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with db.transaction() as connection:  # so that the look reads through this connection
        connection.set_progress_handler(count, 1)
        try:
            return steps, look()
        finally:
            connection.set_progress_handler(None, 1)


# --- when it is due


def _remind(app: App, request: Request, args: dict[str, Any]) -> Reply:
    return Reply(f"напоминание {args['text']}")


def test_only_what_is_due_is_woken(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(commands.TASKS, "remind", TaskKind("remind", _remind, timed=True))
    store, now = inside.service._tasks, time.time()
    request = {"user_id": ANNA, "chat_id": ANNA, "message_id": 1, "date": 1, "private": True}
    for text, after_s in [("позже", 30 * 24 * HOUR), ("сейчас", -1), ("скоро", 20)]:
        body = json.dumps({"request": request, "args": {"text": text}})
        store.add(1, "remind", work_lane("remind", ANNA, ANNA), body, after_s=after_s)
    inside.text(ANNA, "/start")
    inside.sent.clear()
    inside.resume()
    assert inside.said_to(ANNA) == ["напоминание сейчас"]
    assert inside.service.is_idle(), "what is due in a month is no backlog"
    monkeypatch.setattr(time, "time", lambda: now + 21)
    assert inside.service._wake_timed(now) == now + 21
    inside.service.run_until_idle()
    assert inside.said_to(ANNA)[1:] == ["напоминание скоро"]
    assert inside.service._wake_timed(now + 21) == now + 21
    inside.service.run_until_idle()
    assert len(inside.said_to(ANNA)) == 2


def test_a_clock_that_was_set_back_holds_no_question(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    inside.text(ANNA, "в" * 4000)  # may go on in the next message
    assert inside.said_to(ANNA) == []
    monkeypatch.setattr(time, "time", lambda: now - HOUR)
    inside.resume()
    assert len(inside.said_to(ANNA)) == 1


def test_it_can_wait_for_what_is_due_in_a_moment(inside: Inside) -> None:
    inside.text(ANNA, "в" * 4000)
    inside.service.run_until_idle(timeout_s=0.1)
    assert inside.said_to(ANNA) == []
    inside.service.run_until_idle(timeout_s=5)
    assert len(inside.said_to(ANNA)) == 1


# --- crashes


def _interrupted(crashes: int, number: int = 1) -> StoredTask:
    return StoredTask(number, 1, "question", LANE, 0.0, "{}", None, 0, "[]", crashes)


@pytest.mark.parametrize(("crashes", "uptime_s"), [*enumerate(UPTIME_BEFORE_S)])
def test_an_interrupted_task_waits_until_the_process_has_lived_a_while(
    crashes: int, uptime_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    room = Quarantine()
    assert room.enter(_interrupted(crashes)) == uptime_s
    now += uptime_s
    assert room.enter(_interrupted(crashes)) == 0


def test_five_crashes_take_more_of_its_life_than_half_a_minute() -> None:
    assert CRASHES_MOST == 5
    assert sum(UPTIME_BEFORE_S) >= 30


def test_interrupted_tasks_run_one_at_a_time_and_alone_at_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    room = Quarantine()
    now += 20
    assert room.enter(_interrupted(2, 1)) == 0
    assert room.enter(_interrupted(2, 2)) > 0
    assert room.enter(_interrupted(1, 3)) == 0, "one crash is nobody's fault"
    room.leave(1)
    assert room.enter(_interrupted(4, 4)) > 0, "another runs"
    assert room.cut_off() == [3]
    room.leave(3)
    assert room.enter(_interrupted(4, 4)) == 0
    room.leave(4)
    assert room.enter(_interrupted(0, 5)) == 0
    now += 9
    assert room.enter(_interrupted(4, 4)) == 0, "nobody waits for silence for ever"


def _crashed(inside: Inside, times: int, where: str = "done_at IS NULL") -> None:
    with inside.db.transaction() as connection:
        connection.execute(f"UPDATE tasks SET attempts = ? WHERE {where}", (times,))


def _message(inside: Inside, user_id: int, text: str) -> dict[str, Any]:
    return {
        "message_id": 1,
        "date": int(inside.now),
        "chat": {"id": user_id, "type": "private"},
        "from": inside.person(user_id),
        "text": text,
    }


def _stored(inside: Inside, user_id: int, text: str, **fields: Any) -> None:
    """An update that is stored and not begun."""
    chat = {"id": user_id, "type": "private"}
    message: dict[str, Any] = {
        "message_id": 1,
        "date": int(inside.now),
        "chat": chat,
        "text": text,
        **fields,
    }
    message["from"] = inside.person(user_id)
    body = {"update_id": 1, "message": message}
    inside.service._tasks.take([Incoming(user_id, message["chat"]["id"], json.dumps(body))])


def test_what_crashed_five_times_is_given_up_and_its_author_told(inside: Inside) -> None:
    _stored(inside, ANNA, "/note_add яд")
    _stored(inside, BORIS, "/note_add рядом")
    _crashed(inside, 5, f"source_id = {ANNA}")
    _crashed(inside, 4, f"source_id = {BORIS}")
    inside.resume()
    assert inside.said_to(ANNA) == [texts.SET_ASIDE]
    assert inside.app.notes.count(ANNA) == 0
    # The cause is known: the neighbour need not wait for the process to live 18 s.
    assert inside.said_to(BORIS) == [texts_notes.note_added(1)]
    assert inside.service.is_idle()


def test_a_reply_that_crashed_five_times_is_given_up_too(inside: Inside) -> None:
    inside.refuses = lambda method, params: (_ for _ in ()).throw(ConnectionError())
    inside.text(ANNA, "/note_add яд")
    inside.refuses = lambda method, params: None
    _crashed(inside, 5)
    inside.resume()
    assert inside.said_to(ANNA) == [texts.SET_ASIDE]
    assert inside.app.notes.count(ANNA) == 1


def test_the_author_of_a_question_in_a_group_is_told_in_reply(inside: Inside) -> None:
    group = {"id": GROUP, "type": "supergroup"}
    topic = {"message_thread_id": 3, "is_topic_message": True}
    _stored(inside, ANNA, "/ask яд", message_id=77, chat=group, **topic)
    _crashed(inside, 5)
    inside.resume()
    (call,) = [params for method, params in inside.sent if method == "sendMessage"]
    assert (call["chat_id"], call["message_thread_id"]) == (GROUP, 3)
    assert json.loads(call["reply_parameters"])["message_id"] == 77


@pytest.mark.parametrize("update", [{"inline_query": "яд"}, {"message": {"chat": 1, "from": []}}])
def test_what_cannot_even_be_read_is_given_up_in_silence(
    inside: Inside, update: dict[str, Any]
) -> None:
    inside.service._tasks.take([Incoming(1, 0, json.dumps(update))])
    _crashed(inside, 5)
    inside.resume()
    assert inside.sent == []
    assert inside.service.is_idle()


@pytest.mark.parametrize("user", [ANNA, 999])
def test_nobody_who_may_not_write_is_told(inside: Inside, user: int) -> None:
    inside.text(OWNER, f"/deny {ANNA}")
    inside.sent.clear()
    _stored(inside, user, "/note_add яд")
    _crashed(inside, 5)
    inside.resume()
    assert inside.sent == []
    assert inside.service.is_idle()


def test_a_notice_that_crashes_is_dropped(inside: Inside, caplog: pytest.LogCaptureFixture) -> None:
    request = Request(ANNA, ANNA, message_id=0, date=0, private=True)
    inside.service._worker._outbox.add_notice(1, request, Reply("яд"))
    _crashed(inside, 5)
    inside.resume()
    assert inside.sent == []
    assert inside.service._tasks.lanes(NOTICE) == []
    assert "больше её не беру" in caplog.text


def test_an_orderly_stop_does_not_count(inside: Inside) -> None:
    _stored(inside, ANNA, "/note_add раз")
    worker, store = inside.service._worker, inside.service._tasks
    for _ in range(10):
        begun = worker._begin(chat_lane(ANNA))
        assert isinstance(begun, StoredTask)
        worker.release_running()
        worker._quarantine.leave(begun.id)
    task = store.head(chat_lane(ANNA))
    assert task is not None
    assert task.attempts == 0
    assert store.count(UPDATE, until=math.inf) == 1


def test_a_task_that_hangs_counts_however_the_bot_is_stopped(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stored(inside, ANNA, "/note_add раз")
    worker = inside.service._worker
    begun = worker._begin(chat_lane(ANNA))
    assert isinstance(begun, StoredTask)
    now = time.monotonic() + RUN_MOST_S
    monkeypatch.setattr(time, "monotonic", lambda: now)
    worker.release_running()
    task = inside.service._tasks.head(chat_lane(ANNA))
    assert task is not None
    assert task.attempts == 1


# --- a database that is locked, a file that is too large


def test_what_comes_while_the_database_is_locked_is_promised_and_done_once(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside.text(ANNA, "/start")
    inside.sent.clear()
    inside.db._writer.execute("PRAGMA busy_timeout=10")
    other = sqlite3.connect(inside.db.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    update = {"update_id": 10**9, "message": _message(inside, ANNA, "/note_add раз")}
    for _ in range(3):  # Telegram sends again what was not confirmed
        with pytest.raises(StorageError):
            inside.feed(update)
    assert inside.said_to(ANNA) == [texts.STORAGE_FAILED]
    other.close()
    assert inside.feed(update) == [texts_notes.note_added(1)]
    assert inside.feed(update) == []


def test_a_file_that_is_too_large_for_a_server_on_the_way_is_told(inside: Inside) -> None:
    inside.text(ANNA, "/note_add раз")
    inside.sent.clear()
    inside.refuses = lambda method, params: _TooLarge() if method == "sendDocument" else None
    assert inside.text(ANNA, "/note_export") == [texts.FILE_REFUSED]
    assert inside.service.is_idle()


class _TooLarge(Answer):
    """What nginx says of a body that is too large."""

    def __init__(self) -> None:
        super().__init__({}, 413, "Request Entity Too Large")

    def json(self) -> dict[str, Any]:
        return dict(json.loads("<html>413 Request Entity Too Large</html>"))
