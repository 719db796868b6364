"""What a reply to one of the bot's answers is about: the answer as the model wrote it."""

from typing import Any

import pytest

from tests.conftest import StartInside
from tests.inside import ME, Inside
from tests.talk import ANNA, BORIS, GROUP

WRITTEN = "# Борщ\n\n**Свёкла**, капуста"
SHOWN = "Борщ\n\nСвёкла, капуста"
FOOTER = "(2 мс; модель: test; 9 токенов)"


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    return start_inside(ALLOWED_USERS="*")


def answer(inside: Inside, chat_id: int = ANNA, **fields: Any) -> dict[str, Any]:
    """A message of the bot's with the answer to a question of Anna's."""
    turn = inside.app.turns.add(chat_id, ANNA, 1, "рецепт?", "", int(inside.now), 7)
    inside.app.turns.answer(turn, WRITTEN)
    keys = [
        {"text": label, "callback_data": f"{label}:{turn}@{ANNA}"} for label in ("again", "keep")
    ]
    chat = {"id": chat_id, "type": "private" if chat_id == ANNA else "supergroup"}
    return {
        "message_id": 50, "date": 1, "chat": chat, "from": ME, "text": f"{SHOWN}\n\n{FOOTER}",
        "entities": [
            {"type": "bold", "offset": 0, "length": 4},
            {"type": "italic", "offset": len(SHOWN) + 2, "length": len(FOOTER)},
        ],
        "reply_markup": {"inline_keyboard": [keys]}, **fields,
    }  # fmt: skip


def quoted(inside: Inside) -> str:
    """What the last question is about."""
    return str(inside.db.row("SELECT quoted FROM turns ORDER BY id DESC LIMIT 1")[0])


@pytest.mark.parametrize("text", ["А без мяса?", "/ask А без мяса?"])
def test_a_reply_quotes_the_answer_as_the_model_wrote_it(inside: Inside, text: str) -> None:
    inside.text(ANNA, text, reply_to_message=answer(inside))
    assert quoted(inside) == WRITTEN


def test_somebody_else_in_the_group_quotes_it_too(inside: Inside) -> None:
    inside.text(BORIS, "а с мясом?", chat_id=GROUP, reply_to_message=answer(inside, GROUP))
    assert quoted(inside) == WRITTEN


def test_note_add_in_a_reply_saves_the_answer_as_it_was_written(inside: Inside) -> None:
    assert inside.text(ANNA, "/note_add", reply_to_message=answer(inside)) == [
        "Сохранено: заметка #1."
    ]
    assert inside.app.notes.get(ANNA, 1).text == WRITTEN


def test_a_part_that_is_quoted_stays_that_part(inside: Inside) -> None:
    part = {"text": "капуста", "position": 0}
    inside.text(ANNA, "какая?", reply_to_message=answer(inside), quote=part)
    assert quoted(inside) == "капуста"


def test_an_answer_that_is_not_kept_any_more_loses_its_footer(inside: Inside) -> None:
    message = answer(inside)
    with inside.db.transaction() as connection:
        connection.execute("DELETE FROM turns")
    inside.text(ANNA, "А без мяса?", reply_to_message=message)
    assert quoted(inside) == SHOWN


def test_nobody_is_given_an_answer_of_another_chat(inside: Inside) -> None:
    elsewhere = answer(inside, GROUP) | {"chat": {"id": BORIS, "type": "private"}}
    inside.text(BORIS, "что это?", reply_to_message=elsewhere)
    assert quoted(inside) == SHOWN


@pytest.mark.parametrize(
    "fields",
    [
        {"from": {"id": 6, "is_bot": True, "first_name": "Другой"}},
        {"reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "again:x@1"}]]}},
        {"reply_markup": {"inline_keyboard": [[{"text": "x", "url": "https://t.me/x"}]]}},
        {"reply_markup": {"inline_keyboard": []}},
    ],
)
def test_other_messages_are_quoted_as_they_are(inside: Inside, fields: dict[str, Any]) -> None:
    inside.text(ANNA, "что это?", reply_to_message=answer(inside, **fields))
    assert quoted(inside) == f"{SHOWN}\n\n{FOOTER}"


def test_an_answer_whose_note_was_deleted_can_be_kept_again(inside: Inside) -> None:
    data = answer(inside)["reply_markup"]["inline_keyboard"][0][1]["callback_data"]
    assert inside.press(ANNA, data) == ["Сохранено: заметка #1."]
    assert inside.press(ANNA, data) == ["Уже сохранено: заметка #1."]
    inside.text(ANNA, "/note_del 1")
    assert inside.press(ANNA, data) == ["Сохранено: заметка #2."]
    assert inside.press(ANNA, data) == ["Уже сохранено: заметка #2."]
    assert inside.app.notes.get(ANNA, 2).text == WRITTEN
