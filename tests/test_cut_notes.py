"""A note that Telegram cut into messages: one note, nothing asked of a model."""

from typing import Any

import pytest

from storage.notes import BIN_S
from tests.conftest import StartInside
from tests.inside import ME, Inside, numbers
from tests.talk import ANNA, BORIS

FULL = "/note_add " + "а" * 4_086
SAVED = "Сохранено: заметка #1."


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    return start_inside(ALLOWED_USERS="*")


def _note(inside: Inside, number: int = 1) -> str:
    return inside.app.notes.get(ANNA, number).text


def _questions(inside: Inside) -> list[str]:
    return [row["question"] for row in inside.db.rows("SELECT question FROM turns")]


@pytest.mark.parametrize("seconds", [0, 1, 2])
def test_the_rest_of_a_cut_note_belongs_to_it(inside: Inside, seconds: int) -> None:
    assert inside.text(ANNA, FULL) == [SAVED]
    inside.now += seconds
    assert inside.text(ANNA, "б" * 4_096) == []
    assert inside.text(ANNA, " конец") == []
    assert _note(inside) == "а" * 4_086 + "б" * 4_096 + " конец"
    assert _questions(inside) == []
    found = inside.text(ANNA, "/note_find конец")
    assert "1 заметка нашлась" in found[0]


def test_formatting_of_all_parts_is_kept_and_follows_their_edits(inside: Inside) -> None:
    def bold(offset: int, length: int = 1) -> dict[str, Any]:
        return {"type": "bold", "offset": offset, "length": length}

    inside.text(ANNA, FULL, entities=[bold(10)])
    second = {
        "message_id": next(numbers),
        "date": int(inside.now),
        "chat": {"id": ANNA, "type": "private"},
        "from": inside.person(ANNA),
    }
    inside.feed({"message": second | {"text": "конец 😀 жирно", "entities": [bold(9, 5)]}})
    assert inside.app.notes.get(ANNA, 1).entities == (bold(0), bold(4_086 + 9, 5))
    edited = {**second, "text": "и жирно", "entities": [bold(2, 5)], "edit_date": int(inside.now)}
    inside.feed({"edited_message": edited})
    assert _note(inside).endswith("аи жирно")
    assert inside.app.notes.get(ANNA, 1).entities == (bold(0), bold(4_086 + 2, 5))


@pytest.mark.parametrize(
    ("first", "seconds", "sender"),
    [
        ("/note_add коротко", 0, ANNA),
        (FULL, 3, ANNA),
        (FULL, 0, BORIS),
        ("/note_find " + "а" * 4_080, 0, ANNA),
    ],
    ids=["not full", "later", "of another person", "another command"],
)
def test_another_text_is_a_question(inside: Inside, first: str, seconds: int, sender: int) -> None:
    inside.text(ANNA, first)
    inside.now += seconds
    inside.text(sender, "Почему?")
    assert _questions(inside) == ["Почему?"]


def test_what_follows_the_rest_is_a_question(inside: Inside) -> None:
    inside.text(ANNA, FULL)
    inside.text(ANNA, "конец")
    inside.text(ANNA, "Почему?")
    assert _questions(inside) == ["Почему?"]
    assert _note(inside).endswith("аконец")


def test_a_command_after_a_full_note_is_done(inside: Inside) -> None:
    inside.text(ANNA, FULL)
    assert inside.text(ANNA, "/note_count") == ["У вас 1 заметка."]


def test_a_note_deleted_meanwhile_does_not_go_on(inside: Inside) -> None:
    inside.text(ANNA, FULL)
    inside.text(ANNA, "/note_del 1")
    inside.text(ANNA, "конец")
    assert _questions(inside) == ["конец"]


def test_an_edited_part_changes_its_place_in_the_note(inside: Inside) -> None:
    inside.text(ANNA, "/note_add другая")
    replied = {
        "message_id": 1,
        "date": int(inside.now),
        "chat": {"id": ANNA, "type": "private"},
        "from": ME,
        "text": "о чём",
    }
    ids = [next(numbers) for _ in range(3)]
    for message_id, text in zip(ids, (FULL, "б" * 4_096, "конец"), strict=True):
        about: dict[str, Any] = {"reply_to_message": replied} if text == FULL else {}
        inside.text(ANNA, text, message_id=message_id, **about)
    assert _note(inside, 2) == "а" * 4_086 + "б" * 4_096 + "конец\n\nо чём"
    for message_id, text in ((ids[1], "середина "), (ids[0], "/note_add начало ")):
        message = {
            "message_id": message_id,
            "date": int(inside.now),
            "edit_date": int(inside.now) + 5,
            "chat": {"id": ANNA, "type": "private"},
            "from": inside.person(ANNA),
            "text": text,
        }
        assert inside.feed({"edited_message": message}) == ["Заметка #2 изменена."]
    assert _note(inside, 2) == "начало середина конец\n\nо чём"


def test_a_restart_between_the_parts_loses_nothing(start_inside: StartInside) -> None:
    start_inside(ALLOWED_USERS="*").text(ANNA, FULL)
    again = start_inside(ALLOWED_USERS="*")
    again.text(ANNA, "конец")
    assert _note(again).endswith("аконец")


def test_the_parts_are_forgotten_with_the_bin(inside: Inside) -> None:
    inside.text(ANNA, FULL)
    inside.app.notes.purge(int(inside.now) + BIN_S)
    assert inside.db.rows("SELECT 1 FROM note_parts") == []
    assert _note(inside) == "а" * 4_086
