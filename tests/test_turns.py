"""Stored questions: which one a text goes on with, and which may still be put in other words."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from db import Database
from storage.turns import FULL_UNITS, JOIN_S, Turn, Turns
from tests.talk import ANNA, BORIS, GROUP

TOPIC = 77

NOON = 1_763_715_600
Change = Callable[[Turns, int], object]


@pytest.fixture
def turns(db: Database) -> Turns:
    return Turns(db)


def _asked(turns: Turns, size: int = FULL_UNITS) -> int:
    return turns.add(ANNA, ANNA, 1, "начало ", "", NOON, size)


def _goes_on(
    turns: Turns,
    *,
    chat: int = ANNA,
    user: int = ANNA,
    at: int = NOON + 1,
    topic: int | None = None,
) -> bool:
    return turns.extend(chat, user, 2, "и конец", at, 7, topic)


def _answered(turns: Turns, question: str, topic: int | None) -> Turn:
    turn_id = turns.add(GROUP, ANNA, 1, question, "", NOON, 6, thread_id=topic)
    turns.answer(turn_id, "ответ")
    turn = turns.get(turn_id, ANNA)
    assert turn is not None
    return turn


def test_a_text_goes_on_with_the_full_message_before_it(turns: Turns) -> None:
    turn_id = _asked(turns)
    assert _goes_on(turns)
    turn = turns.get(turn_id, ANNA)
    assert turn is not None
    assert turn.question == "начало и конец"
    assert turn.parts == ((1, "начало "), (2, "и конец"))
    assert not _goes_on(turns), "its last message is not full"


CHANGES: dict[str, Change] = {
    "the model is asked": lambda turns, turn: turns.start(turn),
    "it is answered": lambda turns, turn: turns.answer(turn, "ответ"),
    "another was asked since": lambda turns, turn: _asked(turns, 9),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_text_is_a_question_of_its_own_once(turns: Turns, change: Change) -> None:
    change(turns, _asked(turns))
    assert not _goes_on(turns)


@pytest.mark.parametrize(
    ("at", "goes_on"),
    [(NOON - 1, False), (NOON, True), (NOON + JOIN_S, True), (NOON + JOIN_S + 1, False)],
)
def test_parts_of_one_text_come_soon_after_each_other(turns: Turns, at: int, goes_on: bool) -> None:
    _asked(turns)
    assert _goes_on(turns, at=at) == goes_on


@pytest.mark.parametrize(("size", "goes_on"), [(FULL_UNITS - 1, False), (FULL_UNITS, True)])
def test_a_short_message_is_a_whole_one(turns: Turns, size: int, goes_on: bool) -> None:
    _asked(turns, size)
    assert _goes_on(turns) == goes_on


def test_nobody_goes_on_with_anothers_question(turns: Turns) -> None:
    _asked(turns)
    assert not _goes_on(turns, user=BORIS)
    assert not _goes_on(turns, chat=GROUP)


def test_a_text_goes_on_with_what_stands_before_it_in_its_topic(turns: Turns) -> None:
    turn_id = turns.add(ANNA, ANNA, 1, "начало ", "", NOON, FULL_UNITS, thread_id=TOPIC)
    _asked(turns, 9)  # outside of the topic
    assert not _goes_on(turns)
    assert _goes_on(turns, topic=TOPIC)
    turn = turns.get(turn_id, ANNA)
    assert turn is not None
    assert (turn.question, turn.thread_id) == ("начало и конец", TOPIC)


def test_a_dialogue_is_remembered_begun_anew_and_current_by_its_topic(turns: Turns) -> None:
    places = (None, TOPIC, TOPIC + 1)
    for question in ("раз", "два"):
        last = [_answered(turns, question, topic) for topic in places]
    assert [turn.thread_id for turn in last] == [*places]
    assert [[one.question for one in turns.memory(turn)] for turn in last] == [["раз"]] * 3
    assert turns.begin_anew(GROUP, ANNA, TOPIC)
    assert not turns.begin_anew(GROUP, ANNA, TOPIC)
    assert not turns.begin_anew(GROUP, ANNA, TOPIC + 2), "nothing was said there"
    assert [turns.is_current(turn) for turn in last] == [True, False, True]
    now = [_answered(turns, "три", topic) for topic in places]
    known = [[one.question for one in turns.memory(turn)] for turn in now]
    assert known == [["два", "раз"], [], ["два", "раз"]]


def test_a_dialogue_is_found_by_its_topic_however_many_there_are(
    db: Database, turns: Turns
) -> None:
    seen: list[str] = []
    turn = _answered(turns, "раз", TOPIC)
    with db.transaction() as connection:  # memory() reads with it
        connection.set_trace_callback(seen.append)
        list(turns.memory(turn))
        connection.set_trace_callback(None)
    (plan,) = (db.rows(f"EXPLAIN QUERY PLAN {sql}") for sql in seen)
    steps = " ".join(row["detail"] for row in plan)
    assert (
        "ix_turns_by_dialogue (chat_id=? AND thread_id=? AND user_id=? AND id>? AND id<?)" in steps
    )
    assert "PRIMARY KEY (chat_id=? AND thread_id=? AND user_id=?)" in steps
    assert "SCAN" not in steps
    assert "TEMP B-TREE" not in steps


@pytest.mark.parametrize(
    ("change", "is_reworded"),
    [(lambda turns, turn: None, True), *((c, False) for c in (*CHANGES.values(),)[:2])],
)
def test_a_question_is_reworded_until_the_model_is_asked(
    turns: Turns, change: Change, is_reworded: bool
) -> None:
    turn_id = _asked(turns)
    turn = turns.get(turn_id, ANNA)
    assert turn is not None
    change(turns, turn_id)
    assert turns.reword(replace(turn, question="иначе")) == is_reworded
    now = turns.get(turn_id, ANNA)
    assert now is not None
    assert now.question == ("иначе" if is_reworded else "начало ")
