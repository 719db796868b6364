"""Plain words that the bot acts on by itself: which they are, and what becomes of them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import plain_words
from handlers.plain_words import Wish
from tests.conftest import StartInside
from tests.inside import Inside
from tests.talk import ANNA, BORIS, GROUP, OWNER
from texts import reminders as texts_reminders

WISHES: list[tuple[str, Wish | None]] = [
    ("запомни: пароль от вайфая 12345", Wish("note", "пароль от вайфая 12345", True)),
    ("Запомни пароль", Wish("note", "пароль", True)),
    ("ЗАПИШИ, что Анна любит чай", Wish("note", "Анна любит чай", True)),
    ("запишите, пожалуйста: 10 яиц", Wish("note", "10 яиц", True)),
    ("Пожалуйста, запомни - ключ под ковриком", Wish("note", "ключ под ковриком", True)),
    ("запомни-ка номер 7", Wish("note", "номер 7", True)),
    ("запомни что-то важное", Wish("note", "что-то важное", True)),
    ("запиши:\n- хлеб\n- молоко", Wish("note", "- хлеб\n- молоко", True)),
    ("заметка: идея\n  с отступом", Wish("note", "идея\n  с отступом", True)),
    ("note: buy milk", Wish("note", "buy milk", True)),
    ("Remember that the code is 42", Wish("note", "the code is 42", True)),
    ("запомни", Wish("note", "", True)),
    ("запомни это!", Wish("note", "", True)),
    ("запомни, ты пират", Wish("note", "ты пират", False)),
    ("запиши мне рецепт борща", Wish("note", "мне рецепт борща", False)),
    ("запиши в список покупок молоко", Wish("note", "в список покупок молоко", False)),
    ("remember when we met?", Wish("note", "when we met?", False)),
    ("напомни завтра в 9 позвонить", Wish("reminder", "завтра в 9 позвонить", True)),
    ("Напомни мне, пожалуйста, через час", Wish("reminder", "через час", True)),
    ("remind me tomorrow: call", Wish("reminder", "tomorrow: call", True)),
    ("напомни, как зовут кота?", Wish("reminder", "как зовут кота?", False)),
    ("напомни когда у меня отпуск", Wish("reminder", "когда у меня отпуск", False)),
    ("напомни, что завтра врач", Wish("reminder", "что завтра врач", True)),
    ("заметка о море", None),
    ("что ты запомнил?", None),
    ("запомнить стих легко", None),
    ("не запомни", None),
    ("заметь: небо синее", None),
    ("remind them", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "wish"), WISHES)
def test_a_wish_is_read(text: str, wish: Wish | None) -> None:
    assert plain_words.read(text) == wish


@given(st.text())
def test_what_is_to_be_kept_comes_back_unchanged(text: str) -> None:
    wish = plain_words.read(f"запомни: x{text}")
    assert wish is not None
    assert wish.text == f"x{text}"


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    """Without any model: nobody could be asked."""
    return start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS=f"{ANNA},{BORIS}")


def texts(inside: Inside, user_id: int = ANNA) -> list[str]:
    return [note.text for note in inside.app.notes.every(user_id)]


def message(text: str, message_id: int = 5000, **fields: Any) -> dict[str, Any]:
    person = {"id": BORIS, "is_bot": False, "first_name": "Борис"}
    chat = {"id": ANNA, "type": "private"}
    return {
        "message_id": message_id,
        "date": 0,
        "chat": chat,
        "from": person,
        "text": text,
        **fields,
    }


def test_a_note_is_kept_at_once_and_put_into_the_bin_by_its_button(inside: Inside) -> None:
    said = inside.text(ANNA, "запомни: пароль от вайфая 12345")
    assert said == ["Сохранено: заметка #1."]
    assert texts(inside) == ["пароль от вайфая 12345"]
    inside.press(ANNA, inside.buttons()["🗑"])
    assert texts(inside) == []
    inside.press(ANNA, inside.buttons()["↩️ Вернуть"])
    assert texts(inside) == ["пароль от вайфая 12345"]


def test_no_question_of_the_day_is_used_up(start_inside: StartInside) -> None:
    inside = start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS=str(ANNA), ASK_PER_DAY="1")
    for number in (1, 2):
        assert inside.text(ANNA, "запиши молоко") == [f"Сохранено: заметка #{number}."]


def test_a_reply_keeps_what_is_replied_to(inside: Inside) -> None:
    replied = message("Встреча в пять", forward_origin=None)
    inside.text(ANNA, "запомни", reply_to_message=replied)
    inside.text(ANNA, "запомни: не опаздывать", reply_to_message=replied)
    assert texts(inside) == ["Встреча в пять", "не опаздывать\n\nВстреча в пять"]
    assert json.loads(inside.sent[-1][1]["reply_markup"])["inline_keyboard"]


def test_a_recording_that_is_replied_to_is_kept_unheard(inside: Inside) -> None:
    replied = message("", voice={"file_id": "звук", "file_unique_id": "u", "duration": 3})
    inside.text(ANNA, "запомни", reply_to_message=replied)
    (note,) = inside.app.notes.every(ANNA)
    assert (note.text, note.file_id) == ("", "звук")
    (shown,) = inside.text(ANNA, "напомни об этом завтра в 9", reply_to_message=replied)
    assert shown.startswith("⏰ 22 ноября")
    assert inside.app.reminders.get(ANNA, 1).spot.message_id == 5000


def test_nothing_to_keep_is_said(inside: Inside) -> None:
    assert inside.text(ANNA, "Запомни это.")[0].startswith("Нечего сохранять.")
    assert texts(inside) == []


def test_an_edited_message_changes_its_note(inside: Inside) -> None:
    said = {"message_id": 77, "date": int(inside.now), "chat": {"id": ANNA, "type": "private"}}
    sender = {"from": inside.person(ANNA)}
    inside.feed({"message": {**said, **sender, "text": "запомни: хлеб"}})
    edited = {**said, **sender, "edit_date": int(inside.now) + 5, "text": "запомни: хлеб, сыр"}
    assert inside.feed({"edited_message": edited}) == ["Заметка #1 изменена."]
    assert texts(inside) == ["хлеб, сыр"]


def test_in_a_group_it_is_kept_for_its_author_and_not_shown(inside: Inside) -> None:
    said = inside.text(ANNA, "@notes_bot запомни тайну", chat_id=GROUP)
    assert said == ["Сохранено: заметка #1."]
    assert texts(inside) == ["тайну"]
    assert texts(inside, BORIS) == []
    inside.press(BORIS, inside.buttons()["🗑"], chat_id=GROUP)
    assert texts(inside) == ["тайну"]
    assert inside.text(ANNA, "запомни: не боту", chat_id=GROUP) == []


def test_a_stranger_keeps_nothing(inside: Inside) -> None:
    inside.text(999, "запомни: я был здесь")
    assert texts(inside, 999) == []


def reminders(inside: Inside) -> list[tuple[str, str]]:
    rows = inside.db.rows("SELECT text, first FROM reminders ORDER BY number")
    return [(row["text"], row["first"]) for row in rows]


def test_a_reminder_is_set_at_once_and_shown_as_understood(inside: Inside) -> None:
    (said,) = inside.text(ANNA, "напомни завтра в 9 позвонить маме")
    assert reminders(inside) == [("позвонить маме", "2025-11-22T09:00:00")]
    assert said.startswith("⏰")
    assert "позвонить маме" in said
    assert inside.text(ANNA, "Напомни, что послезавтра в 10 врач")[0].startswith("⏰")
    assert reminders(inside)[1] == ("врач", "2025-11-23T10:00:00")


@pytest.mark.parametrize(
    "text", ["напомни позвонить маме", "напомни вчера", "напомни через 0 минут"]
)
def test_a_time_that_is_not_understood_is_asked_back(inside: Inside, text: str) -> None:
    (said,) = inside.text(ANNA, text)
    assert texts_reminders.EXAMPLES in said
    assert inside.text(ANNA, "напомни") == [texts_reminders.USAGE]
    assert reminders(inside) == []


@pytest.mark.parametrize("text", ["напомни, что такое интеграл", "напомни, как зовут кота"])
def test_what_only_begins_so_is_a_question(inside: Inside, text: str) -> None:
    inside.text(ANNA, text)
    asked = inside.db.rows("SELECT question FROM turns")
    assert [row["question"] for row in asked] == [text]
