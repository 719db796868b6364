"""Reminders from /remind to the buttons under them, with a clock that is set by hand."""

import json
from datetime import datetime
from typing import Any

import pytest

from db import StorageError
from storage.reminders import KEPT_S, WAITING_MOST, Reminders, Spot
from tests.conftest import StartInside
from tests.inside import ME, Inside
from tests.reminding import (
    BERLIN,
    DAY,
    HOUR,
    MINUTE,
    MOSCOW,
    MOTHER,
    answer,
    next_of,
    pass_time,
    press,
    until,
)
from tests.talk import ANNA, BORIS, GROUP, OWNER, STRANGER, SUPERGROUP
from texts import buttons as texts_buttons
from texts import people as texts_people
from texts import reminders as texts
from times.reading import Reading


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    """Friday, 21 November 2025, 12:00 in Moscow."""
    return start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS=f"{ANNA},{BORIS}")


def test_what_was_understood_is_shown_and_said_at_its_time(inside: Inside) -> None:
    (shown,) = inside.text(ANNA, f"/remind завтра в 9 {MOTHER}")
    assert shown.startswith("⏰ 22 ноября, суббота, 09:00 (через 21 ч")
    assert shown.endswith(f": {MOTHER}")
    assert list(inside.buttons()) == [texts.CHANGE, texts.CANCEL]
    assert pass_time(inside, 21 * HOUR - 3) == []
    assert pass_time(inside, 3) == [f"⏰ {MOTHER}"]
    assert list(inside.buttons()) == [texts.DONE, *texts.SNOOZES.values()]
    assert pass_time(inside, DAY) == []


@pytest.mark.parametrize(
    ("given", "moment", "assumed"),
    [
        ("завтра вечером", "22.11 19:00", "Час не назван: взято 19:00."),
        ("завтра", "22.11 09:00", "Час не назван: взято 09:00."),
        ("завтра в 3", "22.11 15:00", "Понято как 15:00."),
        ("сегодня утром", "", ""),
        ("завтра в 15", "22.11 15:00", ""),
    ],
)
def test_what_had_to_be_decided_is_said(
    inside: Inside, given: str, moment: str, assumed: str
) -> None:
    (shown,) = inside.text(ANNA, f"/remind {given} {MOTHER}")
    if moment:
        assert shown.endswith(f": {MOTHER}" + (f"\n\n{assumed}" if assumed else ""))
        assert next_of(inside) == moment
    else:
        assert shown == texts.unread("PAST")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", texts.USAGE),
        ("   ", texts.USAGE),
        (MOTHER, texts.unread("NONE")),
        ("вчера полить цветы", texts.unread("PAST")),
        ("через 0 минут полить цветы", texts.unread("ZERO")),
        ("32 мая полить цветы", texts.unread("IMPOSSIBLE")),
        ("каждую секунду моргать", texts.unread("TOO_OFTEN")),
        ("каждые 4 минуты моргать", texts.unread("TOO_OFTEN")),
        ("через 1000 лет проснуться", texts.unread("TOO_FAR")),
        ("завтра в 9", texts.NO_TEXT),
        ("завтра в 9 " + "я" * 10_000, texts.too_long(3500)),
    ],
)
def test_what_cannot_be_set_is_asked_back(inside: Inside, given: str, words: str) -> None:
    assert inside.text(ANNA, f"/remind {given}") == [words]
    assert inside.text(ANNA, "/reminders") == [texts.LIST_NONE]


def test_a_series_keeps_its_hour_over_both_changes_of_summer_time(inside: Inside) -> None:
    inside.app.preferences.set(ANNA, timezone="Europe/Berlin")
    for change in ((2026, 3, 29), (2026, 10, 25)):
        year, month, day = change
        inside.now = datetime(year, month, day - 1, 8, tzinfo=BERLIN).timestamp()
        inside.text(ANNA, "/remind каждый день в 9 зарядка")
        (number,) = (found.number for found in inside.app.reminders.waiting(ANNA))
        until(inside, *change[:2], day - 1, 9, zone=BERLIN)
        assert press(inside, "Завтра")[0] == texts.SNOOZED
        assert next_of(inside, number, BERLIN) == f"{day:02}.{month:02} 09:00"
        assert until(inside, *change, 8, 59, zone=BERLIN) == []
        assert until(inside, *change, 9, zone=BERLIN) == ["⏰ зарядка"], "together with the snooze"
        inside.app.reminders.cancel(ANNA, number, int(inside.now))


def test_what_came_due_while_the_bot_was_down_comes_late_and_a_series_once(
    inside: Inside,
) -> None:
    inside.text(ANNA, f"/remind завтра в 9 {MOTHER}")
    inside.text(ANNA, "/remind каждый день в 10 зарядка")
    said = until(inside, 2025, 11, 24, 9, 30)
    late = "должно было прийти 22.11.2025 в "
    assert said == [f"⏰ {MOTHER}\n\n{late}09:00", f"⏰ зарядка\n\n{late}10:00"]
    assert next_of(inside, 2) == "24.11 10:00"
    assert until(inside, 2025, 11, 24, 10, 5) == ["⏰ зарядка\n\nдолжно было прийти в 10:00"]


def test_a_reply_reminds_of_the_message(inside: Inside) -> None:
    meeting: dict[str, Any] = {
        "message_id": 77,
        "date": int(inside.now),
        "chat": {"id": ANNA, "type": "private"},
        "from": inside.person(ANNA),
        "text": "встреча с Петром",
    }
    shown = inside.text(ANNA, "/remind через 5 минут", reply_to_message=meeting)
    assert shown[0].endswith(": встреча с Петром")
    inside.text(ANNA, "/remind через 6 минут ответить", reply_to_message=meeting)
    photo = {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]}
    silent = {k: v for k, v in meeting.items() if k != "text"} | photo
    inside.text(ANNA, "/remind через 7 минут", reply_to_message=silent)
    said = [pass_time(inside, 5 * MINUTE), pass_time(inside, MINUTE), pass_time(inside, MINUTE)]
    assert said == [["⏰ встреча с Петром"], ["⏰ ответить"], ["⏰ об этом сообщении"]]
    to = json.loads(inside.sent[-1][1]["reply_parameters"])
    assert to["message_id"] == 77


def test_a_note_reminds_of_itself_as_it_is_then(inside: Inside) -> None:
    inside.text(ANNA, "/note_add вынести ёлку")
    inside.text(ANNA, "/note 1")
    assert press(inside, "⏰") == [texts.ask_note_time(1)]
    assert press(inside, texts.QUICK["hour"])[0].endswith(": заметка #1\nвынести ёлку")
    inside.text(ANNA, "/note_edit 1 вынести две ёлки")
    assert pass_time(inside, HOUR) == ["⏰ заметка #1\nвынести две ёлки"]
    inside.text(ANNA, "/note 1")
    press(inside, "⏰")
    assert answer(inside, "не знаю") == [texts.unread_time("NONE")]
    answer(inside, "завтра в 10")
    assert next_of(inside, 2) == "22.11 10:00"
    inside.text(ANNA, "/note_del 1")
    assert until(inside, 2025, 11, 22, 10) == [f"⏰ заметка #1\n{texts.NOTE_GONE}"]
    assert inside.press(ANNA, f"remind_note_at:1:hour@{ANNA}")[0].startswith("Заметки #1 у вас нет")


def test_a_note_with_a_file_comes_with_it(inside: Inside) -> None:
    photo = {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]}
    chat = {"id": ANNA, "type": "private"}
    message = {"date": int(inside.now), "chat": chat, "from": inside.person(ANNA), **photo}
    inside.feed({"message": {**message, "message_id": 1, "caption": "/note_add " + "о" * 900}})
    inside.press(ANNA, f"remind_note_at:1:hour@{ANNA}")
    pass_time(inside, HOUR)
    method, params = inside.sent[-1]
    assert (method, params["photo"]) == ("sendPhoto", "p")
    assert params["caption"].startswith("⏰ заметка #1\n")
    pressed = {
        "id": "1",
        "from": inside.person(ANNA),
        "chat_instance": "1",
        "data": inside.buttons()["Завтра"],
        "message": {**message, "from": ME, "message_id": 2, "caption": params["caption"]},
    }
    inside.feed({"callback_query": pressed})
    method, params = inside.sent[-1]
    assert method == "editMessageCaption"
    assert len(params["caption"]) <= 1024
    assert "Напомню ещё раз" in params["caption"]


def test_in_a_group_the_one_who_set_it_is_called(inside: Inside) -> None:
    inside.text(ANNA, "/remind через 5 минут обед", chat_id=GROUP)
    nameless = {"username": None, "first_name": "Борис"}
    inside.text(BORIS, "/remind через 6 минут чай", chat_id=GROUP, author=nameless)
    assert pass_time(inside, 5 * MINUTE) == [f"⏰ @user{ANNA}, обед"]
    assert press(inside, texts.DONE, chat_id=GROUP)[1] == "✅ обед"
    assert pass_time(inside, MINUTE) == ["⏰ Борис, чай"]
    (mention,) = json.loads(inside.sent[-1][1]["entities"])
    assert (mention["type"], mention["user"]["id"]) == ("text_mention", BORIS)
    assert (mention["offset"], mention["length"]) == (2, 5)
    assert press(inside, texts.DONE, chat_id=GROUP) == [texts_buttons.FOREIGN]


def test_it_is_said_in_the_topic_where_it_was_set(inside: Inside) -> None:
    topic: dict[str, Any] = {"message_thread_id": 77, "is_topic_message": True}
    inside.text(ANNA, "/remind через 5 минут обед", chat_id=GROUP, **topic)
    pass_time(inside, 5 * MINUTE)
    assert (inside.sent[-1][1]["chat_id"], inside.sent[-1][1]["message_thread_id"]) == (GROUP, 77)


def test_it_is_said_in_the_supergroup_that_its_group_became(inside: Inside) -> None:
    inside.text(ANNA, "/remind через 5 минут обед", chat_id=GROUP)
    inside.app.chats.move(GROUP, SUPERGROUP)
    inside.sent.clear()
    assert pass_time(inside, 5 * MINUTE) == [f"⏰ @user{ANNA}, обед"]
    assert inside.sent[-1][1]["chat_id"] == SUPERGROUP


def test_who_lost_access_is_told_nothing_and_loses_no_series(inside: Inside) -> None:
    inside.text(ANNA, "/remind каждый день в 9 зарядка")
    inside.text(OWNER, f"/deny {ANNA}")
    assert until(inside, 2025, 11, 22, 9) == []
    inside.text(OWNER, f"/allow {ANNA}")
    assert until(inside, 2025, 11, 23, 9) == ["⏰ зарядка"]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("/remind завтра в 9 чай", "/remind завтра в 10 чай", [texts.EDITED]),
        ("Напомни завтра в 9 чай", "Напомни завтра в 10 чай", [texts.EDITED]),
        ("/reminders", "/reminders 2", []),
        ("/mode", "/mode напомни завтра", []),
    ],
)
def test_an_edit_changes_no_reminder_and_that_is_said(
    inside: Inside, before: str, after: str, words: list[str]
) -> None:
    said = {"message_id": 77, "date": int(inside.now), "chat": {"id": ANNA, "type": "private"}}
    said |= {"from": inside.person(ANNA)}
    inside.feed({"message": {**said, "text": before}})
    edited = {**said, "edit_date": int(inside.now) + 5, "text": after}
    assert inside.feed({"edited_message": edited}) == words


def test_a_stranger_sets_nothing(inside: Inside) -> None:
    assert inside.text(STRANGER, f"/remind завтра в 9 {MOTHER}")[0] == texts_people.CLOSED
    assert inside.app.reminders.waiting(STRANGER) == []


def test_reminders_are_ones_own(inside: Inside) -> None:
    inside.text(ANNA, f"/remind завтра в 9 {MOTHER}")
    assert inside.text(BORIS, "/reminders") == [texts.LIST_NONE]
    for data in ("cancel:1", "edit:1", "done:1", "to:1:hour", "snooze:1:1:1h", "open:1", "undo:1"):
        assert inside.press(BORIS, f"remind_{data}@{BORIS}") == [texts.UNKNOWN]
    assert next_of(inside) == "22.11 09:00"


@pytest.mark.parametrize("data", ["remind_to:1:never", "remind_snooze:1:x:1h", "remind_done:"])
def test_a_button_with_nonsense_is_an_old_one(inside: Inside, data: str) -> None:
    inside.text(ANNA, f"/remind завтра в 9 {MOTHER}")
    assert inside.press(ANNA, f"{data}@{ANNA}") == [texts_buttons.OLD]


def test_the_list_is_next_first_and_has_pages(inside: Inside) -> None:
    for hours in range(12, 0, -1):
        inside.text(ANNA, f"/remind через {hours} ч дело {hours}")
    inside.text(ANNA, "/remind каждый день в 9 зарядка")
    inside.press(ANNA, f"remind_pause:13@{ANNA}")
    (page,) = inside.text(ANNA, "/reminders")
    assert page.startswith("У вас 13 напоминаний:\n\n12. ⏰")
    assert [line.rpartition(" ")[2] for line in page.split("\n\n")[1:]] == [
        str(hours) for hours in range(1, 11)
    ]
    assert press(inside, texts_buttons.FORWARD)[0].split("\n\n")[-1].startswith("13. ⏸")
    assert press(inside, "13")[0].startswith("⏸")


def test_a_database_that_fails_just_then_puts_it_off(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside.text(ANNA, f"/remind через 5 минут {MOTHER}")

    def fail(*_: object) -> None:
        raise StorageError("disk I/O error")

    with monkeypatch.context() as failing:
        failing.setattr(Reminders, "find", fail)
        assert pass_time(inside, 5 * MINUTE) == []
    assert pass_time(inside, 1) == [f"⏰ {MOTHER}"]


def test_nobody_has_more_than_a_thousand_waiting(inside: Inside) -> None:
    at = Reading(datetime(2025, 11, 22, 9, tzinfo=MOSCOW), "", "", frozenset())
    with inside.db.transaction():
        for _ in range(WAITING_MOST):
            inside.app.reminders.add(ANNA, Spot(ANNA), "дело", at)
    refused = [texts.too_many(WAITING_MOST)]
    assert inside.text(ANNA, f"/remind завтра в 9 {MOTHER}") == refused
    inside.press(ANNA, f"remind_cancel:1@{ANNA}")
    assert MOTHER in inside.text(ANNA, f"/remind завтра в 9 {MOTHER}")[0]
    assert inside.text(BORIS, f"/remind завтра в 9 {MOTHER}") != refused
    with inside.db.transaction():
        inside.app.reminders.take_due(int(at.first.timestamp()), int(inside.now), WAITING_MOST)
    assert inside.app.reminders.count_waiting(ANNA) == 0


def test_what_is_over_is_forgotten_after_a_month_and_no_number_comes_twice(
    inside: Inside,
) -> None:
    inside.text(ANNA, f"/remind через 5 минут {MOTHER}")
    inside.text(ANNA, "/remind каждый день в 9 зарядка")
    inside.text(ANNA, f"/remind через 5 минут {MOTHER}")
    inside.press(ANNA, f"remind_cancel:3@{ANNA}")
    inside.press(ANNA, f"remind_pause:2@{ANNA}")
    pass_time(inside, 5 * MINUTE)
    pass_time(inside, KEPT_S - MINUTE)
    inside.service._forget_old()
    assert [inside.app.reminders.find(ANNA, number) is None for number in (1, 2, 3)] == [
        False, False, True,
    ]  # fmt: skip
    pass_time(inside, 2 * MINUTE)
    inside.service._forget_old()
    assert inside.app.reminders.find(ANNA, 1) is None
    assert inside.press(ANNA, f"remind_snooze:1:1:1h@{ANNA}") == [texts.UNKNOWN]
    inside.text(ANNA, f"/remind через 5 минут {MOTHER}")
    assert [found.number for found in inside.app.reminders.waiting(ANNA)] == [4, 2]
