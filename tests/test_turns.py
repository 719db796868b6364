"""Stored questions: which one a text goes on with, and which may still be put in other words."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from db import Database
from storage.turns import FULL_UNITS, JOIN_S, Turns
from tests.talk import ANNA, BORIS, GROUP

NOON = 1_763_715_600
Change = Callable[[Turns, int], object]


@pytest.fixture
def turns(db: Database) -> Turns:
    return Turns(db)


def _asked(turns: Turns, size: int = FULL_UNITS) -> int:
    return turns.add(ANNA, ANNA, 1, "начало ", "", NOON, size)


def _goes_on(turns: Turns, *, chat: int = ANNA, user: int = ANNA, at: int = NOON + 1) -> bool:
    return turns.extend(chat, user, 2, "и конец", at, 7)


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
