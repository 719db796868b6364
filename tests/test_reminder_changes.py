"""Reminders changed: put off, moved, paused, cancelled, with a clock that is set by hand."""

import json
from datetime import datetime

import pytest

from tests.conftest import StartInside
from tests.inside import ME, Inside
from tests.reminding import (
    DAY,
    HOUR,
    MINUTE,
    MOSCOW,
    MOTHER,
    answer,
    next_of,
    pass_time,
    press,
    reminder,
    until,
)
from tests.talk import ANNA, BORIS, GROUP, OWNER
from texts import reminders as texts
from times.reading import Reading


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    """Friday, 21 November 2025, 12:00 in Moscow."""
    return start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS=f"{ANNA},{BORIS}")


@pytest.mark.parametrize(
    ("label", "moment"),
    [("+10 мин", "22.11 09:15"), ("+1 ч", "22.11 10:05"), ("Завтра", "23.11 09:00")],
)
def test_a_snooze_says_it_again_and_leaves_the_series_alone(
    inside: Inside, label: str, moment: str
) -> None:
    inside.text(ANNA, "/remind каждый день в 9 зарядка")
    until(inside, 2025, 11, 22, 9)
    inside.now += 5 * MINUTE
    said = press(inside, label)
    assert said[0] == texts.SNOOZED
    assert said[1].startswith("⏰ зарядка\n\n")
    series = reminder(inside).due_at
    assert series == datetime(2025, 11, 23, 9, tzinfo=MOSCOW).timestamp()
    assert next_of(inside) == moment
    day, hour, minute = int(moment[:2]), int(moment[6:8]), int(moment[9:])
    assert until(inside, 2025, 11, day, hour, minute) == ["⏰ зарядка"]
    if day == 22:
        assert until(inside, 2025, 11, 23, 9) == ["⏰ зарядка"]
    assert until(inside, 2025, 11, 24, 9) == ["⏰ зарядка"]


def test_done_ends_one_occasion_and_the_series_goes_on(inside: Inside) -> None:
    inside.text(ANNA, "/remind каждый день в 9 зарядка")
    until(inside, 2025, 11, 22, 9)
    press(inside, "+1 ч")
    assert press(inside, texts.DONE) == [texts.FINISHED, "✅ зарядка"]
    assert pass_time(inside, 2 * HOUR) == []
    assert until(inside, 2025, 11, 23, 9) == ["⏰ зарядка"]


def test_a_cancelled_reminder_is_not_said_and_can_be_restored(inside: Inside) -> None:
    inside.text(ANNA, f"/remind завтра в 9 {MOTHER}")
    assert press(inside, texts.CANCEL) == [texts.cancelled(MOTHER)]
    assert inside.text(ANNA, "/reminders") == [texts.LIST_NONE]
    assert MOTHER in press(inside, texts.UNDO)[0]
    press(inside, texts.CANCEL)
    assert pass_time(inside, 2 * DAY) == []
    assert MOTHER in press(inside, texts.UNDO)[0]
    assert pass_time(inside, 0)[0].startswith(f"⏰ {MOTHER}\n\nдолжно было прийти")


@pytest.mark.parametrize("change", ["cancel", "pause", "move"])
def test_what_is_changed_when_its_task_is_stored_is_not_said(inside: Inside, change: str) -> None:
    inside.text(ANNA, "/remind каждый день в 9 зарядка")
    inside.now = datetime(2025, 11, 22, 9, tzinfo=MOSCOW).timestamp()
    inside.service._reminders.look()
    if change == "move":
        at = datetime(2025, 11, 25, 8, tzinfo=MOSCOW)
        inside.app.reminders.move(ANNA, 1, Reading(at, "FREQ=DAILY", "", frozenset()))
    elif change == "pause":
        inside.app.reminders.pause(ANNA, 1)
    else:
        inside.app.reminders.cancel(ANNA, 1, int(inside.now))
    assert pass_time(inside, 0) == []
    assert (reminder(inside).next_at is None) == (change != "move")


def test_a_paused_series_rests_until_it_is_resumed(inside: Inside) -> None:
    inside.text(ANNA, "/remind каждый день в 9 зарядка")
    assert press(inside, texts.PAUSE)[0] == texts.PAUSED
    assert pass_time(inside, 3 * DAY) == []
    assert "⏸" in inside.text(ANNA, "/reminders")[0]
    press(inside, "1")
    assert press(inside, texts.RESUME)[0] == texts.RESUMED
    assert next_of(inside) == "25.11 09:00"
    assert until(inside, 2025, 11, 25, 9) == ["⏰ зарядка"]


@pytest.mark.parametrize(
    ("choice", "moment"),
    [("hour", "21.11 13:00"), ("evening", "21.11 19:00"), ("morning", "22.11 09:00")],
)
def test_another_time_by_a_button(inside: Inside, choice: str, moment: str) -> None:
    inside.text(ANNA, f"/remind через 3 дня {MOTHER}")
    press(inside, texts.CHANGE)
    assert press(inside, texts.QUICK[choice])[0] == texts.MOVED
    assert next_of(inside) == moment
    assert texts.CHANGE in inside.buttons()


def test_the_evening_is_tomorrows_when_todays_is_over(inside: Inside) -> None:
    inside.now += 8 * HOUR
    inside.text(ANNA, f"/remind через 3 дня {MOTHER}")
    press(inside, texts.CHANGE)
    press(inside, texts.QUICK["evening"])
    assert next_of(inside) == "22.11 19:00"


def test_another_time_by_an_answer(inside: Inside) -> None:
    inside.text(ANNA, f"/remind через 3 дня {MOTHER}")
    press(inside, texts.CHANGE)
    assert answer(inside, "когда-нибудь") == [texts.unread_time("NONE")]
    (shown,) = answer(inside, "завтра в 11")
    assert (next_of(inside), shown.endswith(MOTHER)) == ("22.11 11:00", True)
    press(inside, texts.CHANGE)
    assert answer(inside, "завтра в 12 позвонить папе")[0].endswith(": позвонить папе")
    press(inside, texts.CHANGE)
    assert press(inside, texts.KEEP)[0].endswith("папе")
    assert answer(inside, "послезавтра в 10")[0].endswith("папе"), "an answer to what is shown"
    assert next_of(inside) == "23.11 10:00"


def test_a_series_is_not_mistaken_for_what_comes_once(inside: Inside) -> None:
    inside.text(ANNA, "/remind каждый день в 9 зарядка")
    press(inside, texts.CHANGE)
    assert texts.QUICK["hour"] not in inside.buttons()
    assert answer(inside, "завтра в 11") == [texts.SAY_SERIES]
    answer(inside, "каждый день в 8")
    assert (next_of(inside), reminder(inside).rule != "") == ("22.11 08:00", True)


def test_an_answer_to_what_was_said_puts_it_off(inside: Inside) -> None:
    inside.text(ANNA, "/remind каждый день в 9 зарядка")
    until(inside, 2025, 11, 22, 9)
    assert answer(inside, "в 11:30")[0].startswith("⏰ зарядка\n\n")
    assert next_of(inside) == "22.11 11:30"
    assert reminder(inside).due_at == datetime(2025, 11, 23, 9, tzinfo=MOSCOW).timestamp()
    assert until(inside, 2025, 11, 22, 11, 30) == ["⏰ зарядка"]


def test_words_in_answer_to_a_reminder_are_a_question(inside: Inside) -> None:
    inside.text(ANNA, f"/remind через 5 минут {MOTHER}")
    pass_time(inside, 5 * MINUTE)
    for words in ("спасибо", "завтра в 9 что у меня?"):
        answer(inside, words)
        asked = inside.db.row("SELECT question FROM turns ORDER BY id DESC LIMIT 1")
        assert asked["question"].endswith(words)


def test_the_bots_name_alone_in_answer_to_a_reminder_asks_about_it(inside: Inside) -> None:
    inside.text(ANNA, f"/remind через 5 минут {MOTHER}", chat_id=GROUP)
    chat = {"id": GROUP, "type": "supergroup"}
    markup = json.loads(inside.sent[-1][1]["reply_markup"])
    card = {"message_id": 1, "date": 0, "chat": chat, "from": ME, "text": f"⏰ {MOTHER}"}
    replied = {**card, "reply_markup": markup}
    inside.text(ANNA, "@notes_bot", chat_id=GROUP, reply_to_message=replied)
    asked = inside.db.row("SELECT question, quoted FROM turns")
    assert tuple(asked) == (f"⏰ {MOTHER}", "")


def test_a_row_that_makes_no_sense_holds_up_nobody(inside: Inside) -> None:
    inside.text(ANNA, "/remind каждый день в 9 зарядка")
    inside.text(ANNA, "/remind каждый день в 9 завтрак")
    with inside.db.transaction() as connection:
        connection.execute("UPDATE reminders SET rule = 'x', zone = 'Mars/Phobos' WHERE number = 1")
    assert until(inside, 2025, 11, 22, 9) == ["⏰ зарядка", "⏰ завтрак"]
    assert [reminder(inside, number).next_at is None for number in (1, 2)] == [True, False]
