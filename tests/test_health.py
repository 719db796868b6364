"""What is known of waiting: how old the oldest task is, and which one nobody sees to."""

from typing import Any

import pytest

from db import StorageError
from storage.tasks import Incoming, Tasks, chat_lane
from tests.conftest import StartInside
from tests.talk import ANNA, BORIS
from worker.health import Ages, Health

BOT_ID = 5  # of tests.inside.ME

Looks = list[tuple[int | None, int, float]]  # the oldest task, the newest, and when

# what was seen, and the age of the oldest task at the second 100
AGES: dict[str, tuple[Looks, float | None]] = {
    "nothing was seen": ([], None),
    "nothing waits": ([(None, 7, 10)], None),
    "one came and waits": ([(None, 7, 10), (8, 8, 20)], 80),
    "others came after it": ([(8, 8, 20), (8, 9, 30), (8, 12, 40)], 80),
    "it was done, the next came later": ([(8, 8, 20), (8, 9, 30), (9, 9, 40)], 70),
    "several came between two looks": ([(8, 8, 20), (10, 12, 40)], 60),
    "all were done": ([(8, 8, 20), (None, 9, 30)], None),
    "an old one became due": ([(None, 9, 30), (3, 9, 90)], 10),
}


@pytest.mark.parametrize(("looks", "age"), AGES.values(), ids=AGES)
def test_how_long_the_oldest_task_has_been_known(looks: Looks, age: float | None) -> None:
    ages = Ages()
    for oldest, newest, now in looks:
        ages.see(oldest, newest, now)
    assert ages.oldest_s(100) == age


def _health(*, writes: bool = True, alive: bool = True) -> tuple[bool, dict[str, Any]]:
    def probe() -> None:
        if not writes:
            raise StorageError("SQLITE_FULL")

    return Health(probe, lambda: alive, lambda: 1.26, lambda: None)()


def test_health_is_the_database_and_the_verdict_of_the_watchdog() -> None:
    facts = {"database": True, "oldest_task_s": 1.3, "last_update_s": None}
    assert _health() == (True, facts)
    assert _health(alive=False) == (False, facts)
    assert _health(writes=False) == (False, facts | {"database": False})


def test_a_lane_that_is_ready_waits_for_its_turn_only_while_others_have_theirs(
    start_inside: StartInside,
) -> None:
    inside = start_inside()
    service = inside.service
    assert service.oldest_due() is None
    first, second = (
        {"update_id": n, "message": _message(n, user)} for n, user in enumerate((ANNA, BORIS), 1)
    )
    service.intake.take([first])
    before = service.oldest_due()
    assert before == service.oldest_due() is not None
    service.intake.take([second])
    assert service._chats.run_next()
    after = service.oldest_due()
    assert before != after is not None
    service.run_until_idle()
    assert service.oldest_due() is None


def test_a_task_that_no_lane_knows_of_is_found(start_inside: StartInside) -> None:
    inside = start_inside()
    tasks = Tasks(inside.db, BOT_ID)
    assert tasks.due(1.0) == []
    assert tasks.extent(1.0) == (None, 0)
    tasks.take([Incoming(1, ANNA, "{}"), Incoming(2, BORIS, "{}"), Incoming(3, ANNA, "{}")])
    assert tasks.due(1.0) == [(chat_lane(ANNA), 1), (chat_lane(BORIS), 2)]
    assert tasks.extent(1.0) == (1, 3)
    assert inside.service.oldest_due() == (1, 0)


def test_long_work_that_waits_for_a_thread_is_seen_to(start_inside: StartInside) -> None:
    inside = start_inside()
    Tasks(inside.db, BOT_ID).add(1, "question", "question:1:1", "{}")
    assert inside.service.oldest_due() == (1, 0)
    inside.service._wake("question:1:1")
    assert inside.service.oldest_due() is None


def _message(number: int, user: int) -> dict[str, Any]:
    chat = {"id": user, "type": "private"}
    author = {"id": user, "is_bot": False, "first_name": "x"}
    return {"message_id": number, "date": 1, "chat": chat, "from": author, "text": "/help"}
