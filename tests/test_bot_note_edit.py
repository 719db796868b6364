"""Editing a note by answering: the prompt, its answers, and the way back to the old text."""

import json
from typing import Any

import pytest

from storage.notes import BIN_S
from storage.prompts import PROMPTS_KEPT, Prompts
from tests.conftest import StartBot, StartInside
from tests.emulators.bot_api import BotApi
from tests.inside import ME, Inside
from tests.talk import ANNA, BORIS, GROUP, Talk

PROMPT = "Пришлите новый текст заметки #1 ответом на это сообщение."
EDITED = "Заметка #1 изменена."
UNDO = "↩️ Вернуть прежний текст"


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    one = start_inside(ALLOWED_USERS="*")
    one.text(ANNA, "/note_add молоко")
    return one


def text_of(inside: Inside, number: int = 1) -> str:
    return inside.app.notes.get(ANNA, number).text


def markups(inside: Inside) -> list[dict[str, Any]]:
    return [json.loads(p["reply_markup"]) for _, p in inside.sent if "reply_markup" in p]


def test_a_note_is_edited_by_answering_after_a_restart(api: BotApi, start_bot: StartBot) -> None:
    bot = start_bot()
    anna = Talk(api, ANNA)
    saved = anna.message("/note_add молоко\n и  хлеб")
    before = len(api.sent(ANNA))
    anna.press(saved, "✏️")
    now, prompt = api.wait_sent(ANNA, before + 2)[before:]
    assert now["text"] == "Сейчас в заметке #1:\n\nмолоко\n и  хлеб"
    (copy,) = now["reply_markup"]["inline_keyboard"][0]
    assert copy["copy_text"] == {"text": "молоко\n и  хлеб"}
    assert prompt["text"] == PROMPT
    markup = api.calls_to("sendMessage", ANNA)[-1].params["reply_markup"]
    assert markup == {"force_reply": True, "input_field_placeholder": "Новый текст заметки"}
    bot.stop()
    start_bot()
    edited = anna.message("кефир", reply_to=prompt)
    assert edited["text"] == EDITED
    assert "кефир" in anna("/note 1")
    back = anna.turn(edited, UNDO)
    assert back["text"] == "Прежний текст заметки #1 вернулся."
    assert "молоко\n и  хлеб" in anna("/note 1")
    anna.turn(back, UNDO)  # and the edit once more
    assert "кефир" in anna("/note 1")


def test_a_long_text_is_copied_from_a_block(inside: Inside) -> None:
    inside.text(ANNA, "/note_edit 1 " + "ы" * 256)
    inside.press(ANNA, f"edit:1@{ANNA}")
    assert inside.buttons() == {"📋 Скопировать текст": "ы" * 256}
    inside.text(ANNA, "/note_edit 1 " + "😀" * 129)  # 258 units
    inside.sent.clear()
    inside.press(ANNA, f"edit:1@{ANNA}")
    assert inside.buttons() == {}
    _, said = next(call for call in inside.sent if "Сейчас" in call[1].get("text", ""))
    (block,) = json.loads(said["entities"])
    assert (block["type"], block["offset"], block["length"]) == ("pre", 22, 258)


@pytest.mark.parametrize(
    "sent",
    [
        {"photo": [{"file_id": "f", "file_unique_id": "f", "width": 9, "height": 9}]},
        {"photo": [{"file_id": "f", "file_unique_id": "f", "width": 9, "height": 9}],
         "caption": "кефир"},
        {"voice": {"file_id": "f", "file_unique_id": "f", "duration": 1}},
        {"sticker": {"file_id": "s", "file_unique_id": "s", "width": 1, "height": 1,
                     "type": "regular", "is_animated": False, "is_video": False}},
    ],
    ids=["photo", "caption", "voice", "sticker"],
)  # fmt: skip
def test_an_answer_without_words_changes_nothing_and_is_asked_again(
    inside: Inside, sent: dict[str, Any]
) -> None:
    inside.press(ANNA, f"edit:1@{ANNA}")
    said = inside.answer(ANNA, None, **sent)
    assert said[0].startswith("В заметку #1 годится только текст")
    assert said[1] == PROMPT
    assert text_of(inside) == "молоко"
    assert inside.answer(ANNA, "кефир") == [EDITED]


def test_a_corrected_answer_is_followed(inside: Inside) -> None:
    inside.press(ANNA, f"edit:1@{ANNA}")
    prompt = {"message_id": inside.last_id, "date": 1, "chat": {"id": ANNA, "type": "private"}}
    said = {
        "message_id": 10**6, "date": 1, "chat": {"id": ANNA, "type": "private"},
        "from": inside.person(ANNA), "reply_to_message": prompt, "text": "кифир",
    }  # fmt: skip
    inside.feed({"message": said})
    inside.feed({"edited_message": {**said, "text": "кефир", "edit_date": 9}})
    assert text_of(inside) == "кефир"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/note_count", "У вас 1 заметка."),
        ("/nots", "Команды /nots у меня нет. Может быть, /note? Все команды: /help"),
        ("/etc/hosts проверить", EDITED),
    ],
)
def test_a_command_in_reply_to_the_prompt_is_a_command(
    inside: Inside, typed: str, said: str
) -> None:
    inside.press(ANNA, f"edit:1@{ANNA}")
    assert inside.answer(ANNA, typed) == [said]
    assert text_of(inside) == (typed if said == EDITED else "молоко")


def test_a_command_in_reply_to_the_prompt_is_not_about_it(inside: Inside) -> None:
    inside.press(ANNA, f"edit:1@{ANNA}")
    prompt = {
        "message_id": inside.last_id, "date": 1, "chat": {"id": ANNA, "type": "private"},
        "from": ME, "text": PROMPT,
    }  # fmt: skip
    written = {
        "message_id": 10**6, "date": 1, "chat": {"id": ANNA, "type": "private"},
        "from": inside.person(ANNA), "reply_to_message": prompt,
    }  # fmt: skip
    inside.feed({"message": {**written, "text": "/note_add хлеб"}})
    assert text_of(inside, 2) == "хлеб"
    edited = {**written, "text": "/note_add сыр", "edit_date": 9}
    assert inside.feed({"edited_message": edited}) == ["Заметка #2 изменена."]
    assert (text_of(inside, 1), text_of(inside, 2)) == ("молоко", "сыр")


def test_somebody_elses_answer_and_a_deleted_note_change_nothing(inside: Inside) -> None:
    inside.press(ANNA, f"edit:1@{ANNA}")
    prompt = inside.last_id
    inside.text(BORIS, "/note_add своё")
    inside.last_id = prompt
    inside.answer(BORIS, "взлом")
    assert text_of(inside) == "молоко"
    assert inside.app.notes.get(BORIS, 1).text == "своё"
    inside.text(ANNA, "/note_del 1")
    inside.last_id = prompt
    assert inside.answer(ANNA, "кефир") == ["Заметки #1 у вас нет. Ваши номера: /note_list"]


def test_the_way_back_is_taken_once_and_not_past_another_edit(inside: Inside) -> None:
    inside.text(ANNA, "/note_edit 1 кефир")
    undo = inside.buttons()[UNDO]
    assert inside.press(ANNA, undo)[-1] == "Прежний текст заметки #1 вернулся."
    assert inside.press(ANNA, undo) == ["Прежний текст заметки #1 уже вернулся."]
    inside.text(ANNA, "/note_edit 1 сыр")
    first = inside.buttons()[UNDO]
    inside.text(ANNA, "/note_edit 1 творог")
    (said,) = inside.press(ANNA, first)
    assert said.startswith("Заметка #1 с тех пор менялась ещё раз.")
    assert text_of(inside) == "творог"


def test_the_old_text_is_kept_for_thirty_days(inside: Inside) -> None:
    inside.text(ANNA, "/note_edit 1 кефир")
    undo = inside.buttons()[UNDO]
    inside.app.notes.purge(inside.app.clock.now() + BIN_S - 1)
    assert inside.db.row("SELECT text FROM former_texts")[0] == "молоко"
    inside.app.notes.purge(inside.app.clock.now() + BIN_S)
    assert inside.db.row("SELECT text FROM former_texts")[0] is None
    (said,) = inside.press(ANNA, undo)
    assert said == "Прежнего текста заметки #1 больше нет: он хранится 30 дней."
    inside.text(ANNA, "/note_edit 1 сыр")
    assert inside.buttons()[UNDO] != undo


def test_a_model_s_marks_come_back_with_its_text(inside: Inside) -> None:
    inside.app.notes.edit(ANNA, 1, "**жирный**", 1, markdown=True)
    inside.text(ANNA, "/note_edit 1 простой")
    inside.press(ANNA, inside.buttons()[UNDO])
    assert inside.app.notes.get(ANNA, 1).markdown


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/note 1", "#1 · "),
        ("/note #1", "#1 · "),
        ("/note 1 кефир", EDITED),
        ("/note #1 кефир", EDITED),
        ("/note 7 кефир", "Заметки #7 у вас нет."),
        ("/note купить хлеб", "Сохранено: заметка #2."),
        ("/note 2 хлеба", "Заметки #2 у вас нет."),
        ("/note", "Какую заметку показать?"),
        ("/note -1", "Какую заметку показать?"),
        ("/note #", "Какую заметку показать?"),
        ("/note 99999999999999", "Какую заметку показать?"),
        ("/note_edit 1", "Сейчас в заметке #1:"),
        ("/note_edit 7", "Заметки #7 у вас нет."),
        ("/note_edit кефир", "Напишите номер и новый текст"),
    ],
)
def test_note_does_what_is_meant(inside: Inside, typed: str, said: str) -> None:
    assert inside.text(ANNA, typed)[0].startswith(said)


def test_formatting_is_taken_from_the_answer_and_comes_back(inside: Inside) -> None:
    def kept() -> list[dict[str, object]]:
        return [dict(entity) for entity in inside.app.notes.get(ANNA, 1).entities]

    bold = {"type": "bold", "offset": 0, "length": 5}
    inside.press(ANNA, f"edit:1@{ANNA}")
    inside.answer(ANNA, "кефир", entities=[bold])
    assert kept() == [bold]
    inside.text(ANNA, "/note_edit 1 простой")
    assert kept() == []
    inside.press(ANNA, inside.buttons()[UNDO])
    assert kept() == [bold]


def test_note_in_a_reply_keeps_the_message(inside: Inside) -> None:
    chat = {"id": ANNA, "type": "private"}
    idea = {"message_id": 3, "date": 1, "chat": chat, "text": "мысль"}
    inside.text(ANNA, "/note", reply_to_message={**idea, "from": inside.person(ANNA)})
    assert text_of(inside, 2) == "мысль"


def test_a_group_is_not_shown_what_a_note_says(inside: Inside) -> None:
    assert inside.text(ANNA, "/note_edit 1", chat_id=GROUP)[0].startswith("Новый текст пуст.")


def test_only_the_last_prompts_of_a_person_are_kept(inside: Inside) -> None:
    prompts = Prompts(inside.db)
    prompts.add(BORIS, (BORIS, 1), "note_edit", "9")
    for number in range(1, PROMPTS_KEPT + 2):
        prompts.add(ANNA, (ANNA, number), "note_edit", str(number))
    assert prompts.asked(ANNA, (ANNA, 1)) is None
    assert prompts.asked(ANNA, (ANNA, 2)) == ("note_edit", "2")
    assert prompts.asked(BORIS, (BORIS, 1)) == ("note_edit", "9")
    assert prompts.asked(ANNA, (BORIS, 1)) is None


def test_a_prompt_of_another_version_is_no_prompt(inside: Inside) -> None:
    for number, (kind, about) in enumerate([("nosuch", "1"), ("note_edit", "x")], 1):
        inside.app.prompts.add(ANNA, (ANNA, number), kind, about)
        inside.last_id = number
        assert EDITED not in inside.answer(ANNA, "кефир")
    assert text_of(inside) == "молоко"
