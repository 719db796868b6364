"""What a note keeps of a message beside its letters: formatting, the file's name, places, polls."""

import json
from typing import Any

from tests.emulators.bot_api import BotApi
from tests.emulators.bot_api_world import Json
from tests.emulators.model_server import ModelServer, answer
from tests.talk import ANNA, BORIS, Talk, ask, buttons, said
from texts.ru.help import NOT_TEXT
from utf16 import units

SAVE = "💾 В заметки"
NOON = 1_763_715_600  # 21.11.2025 12:00 in Moscow
FORWARDED: Json = {"type": "hidden_user", "date": NOON, "sender_user_name": "Пётр"}
WORDS = "😀 жирно, скрыто и отчёт"


def of(text: str, words: str, kind: str, **details: str) -> Json:
    at = units(text[: text.index(words)])
    return {"type": kind, "offset": at, "length": units(words), **details}


def formatted(text: str) -> list[Json]:
    """A text that holds WORDS, as a person formats it."""
    return [
        of(text, "жирно", "bold"),
        of(text, "скрыто", "spoiler"),
        of(text, "отчёт", "text_link", url="https://example.org/secret"),
    ]


def marked(message: Json) -> dict[str, str]:
    """The entities of a text or a caption: kind to words."""
    wide = said(message).encode("utf-16-le")
    found = message.get("entities") or message.get("caption_entities") or []
    return {
        e["type"]: wide[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
        for e in found
    }


MARKED = {"bold": "жирно", "spoiler": "скрыто", "text_link": "отчёт"}


def added(talk: Talk, words: str = WORDS, **fields: Any) -> Json:
    """Keep WORDS with a command; the message."""
    text = f"/note_add   \n {words}"
    before = len(talk.api.sent(talk.user_id))
    message = talk.api.text(talk.user_id, text, entities=formatted(text), **fields)
    talk.api.wait_sent(talk.user_id, before + 1)
    return message


def test_formatting_comes_back_however_the_note_was_made(anna: Talk, api: BotApi) -> None:
    added(anna)
    forwarded = anna.message(WORDS, entities=formatted(WORDS), forward_origin=FORWARDED)
    anna.turn(forwarded, SAVE)
    own = api.text(ANNA, WORDS, entities=formatted(WORDS), forward_origin=FORWARDED)
    api.wait_sent(ANNA, 3)
    anna("/note_add важно", reply_to=own)
    file = api.upload_file(b"content", "отчёт.pdf")
    offered = len(api.sent(ANNA))
    api.send_file(
        ANNA, "document", file, caption=WORDS, caption_entities=formatted(WORDS),
        forward_origin=FORWARDED,
    )  # fmt: skip
    anna.turn(api.wait_sent(ANNA, offered + 1)[offered], SAVE)
    for number in range(1, 5):
        card = anna.message(f"/note {number}")
        assert marked(card) == MARKED, number
    assert "\nважно\n\n😀 жирно" in anna("/note 3")
    assert "📎 отчёт.pdf\n😀 жирно" in anna("/note 4")


def test_an_edit_brings_its_own_formatting(anna: Talk, api: BotApi) -> None:
    message = added(anna)
    text = f"/note_add {WORDS}"
    # The same words in italics: only the formatting has changed.
    api.text(ANNA, text, edit_of=message, entities=[of(text, "жирно", "italic")])
    api.wait_answer(ANNA, "Заметка #1 изменена.")
    assert marked(anna.message("/note 1")) == {"italic": "жирно"}
    typed = "/note_edit 1 новый 😀 код"
    anna(typed, entities=[of(typed, "код", "code")])
    assert marked(anna.message("/note 1")) == {"code": "код"}
    anna("/note_edit 1 просто")
    assert marked(anna.message("/note 1")) == {}


def test_a_remark_on_an_answer_keeps_the_marks_of_both(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(answer("`код`"))
    text = f"/note_add {WORDS}"
    asked = ask(anna, "Как?")
    api.text(ANNA, text, entities=formatted(text), reply_to=asked)
    api.wait_answer(ANNA, "Сохранено: заметка #1.")
    card = marked(anna.message("/note 1"))
    assert card["bold"] == "жирно"
    assert card["code"] == "код"


def test_hidden_links_and_names_of_files_are_found(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    added(anna)
    anna(None, caption="/note_add", document=_document(api, "Смета на ремонт.xlsx"))
    assert "https://example.org/secret" in anna("/note_find org/secret")
    assert "#2" in anna("/note_find ремонт")
    assert "📎 Смета на ремонт.xlsx" in anna("/note_list")
    model.script(answer("Там: #1."))
    ask(anna, "/note_ask отчёт")
    sent = model.requests[-1].json["messages"][-1]["content"]
    assert "отчёт (https://example.org/secret)" in sent
    anna("/note_edit 1 без ссылки")
    assert "Ничего" in anna("/note_find secret")
    anna.press(anna.message("/note_del 2"), "↩️ Вернуть")
    assert "#2" in anna("/note_find ремонт")


def _document(api: BotApi, name: str) -> Json:
    file_id = api.upload_file(b"content", name)
    return {"file_id": file_id, "file_unique_id": file_id, "file_name": name, "file_size": 7}


def test_an_export_keeps_links_and_an_import_formatting(anna: Talk, api: BotApi) -> None:
    added(anna)
    anna(None, caption="/note_add слова", document=_document(api, "а.pdf"))
    exported = {}
    for suffix in ("md", "txt", "json"):
        before = len(api.sent(ANNA))
        anna(f"/note_export {suffix}")
        exported[suffix] = api.sent(ANNA)[before]["_bytes"]
    link = "https://example.org/secret"
    assert f"😀 **жирно**, ||скрыто|| и [отчёт]({link})\n" in exported["md"].decode()
    assert f"😀 жирно, скрыто и отчёт ({link})\n" in exported["txt"].decode()
    notes = json.loads(exported["json"])["notes"]
    assert [note.get("file_name") for note in notes] == [None, "а.pdf"]
    boris = Talk(api, BORIS)
    api.send_file(BORIS, "document", api.upload_file(exported["json"], "notes.json"))
    assert said(api.wait_sent(BORIS)[0]) == "Готово. Добавлено: 2 заметки."
    assert marked(boris.message("/note 1")) == MARKED
    assert "📎 а.pdf\nслова" in boris("/note 2")
    # Entities that Telegram would refuse are no note's.
    notes[0]["entities"][0]["length"] = 5000
    spoilt = json.dumps({"format": "notes-bot", "version": 1, "notes": notes[:1]}).encode()
    before = len(api.sent(BORIS))
    api.send_file(BORIS, "document", api.upload_file(spoilt, "notes.json"))
    assert "Не подошли (повреждены): 1." in said(api.wait_sent(BORIS, before + 1)[before])


def test_a_note_with_a_file_is_one_message_that_buttons_change(anna: Talk, api: BotApi) -> None:
    kinds = ("photo", "document", "video", "audio", "voice", "animation")
    for number, kind in enumerate(kinds, 1):
        before = len(api.sent(ANNA))
        words, file = f"/note_add {WORDS}", api.upload_file(b"content", "имя.bin")
        api.send_file(ANNA, kind, file, caption=words, caption_entities=formatted(words))
        api.wait_sent(ANNA, before + 1)
        card = anna.message(f"/note {number}")
        assert len(api.sent(ANNA)) == before + 2, kind
        assert (card["_bytes"], marked(card)) == (b"content", MARKED)
        assert said(anna.turn(card, "📌")).startswith(f"📌 #{number}")
        assert said(anna.turn(card, "🗑")) == f"Заметка #{number} удалена."
        back = anna.turn(card, "↩️ Вернуть")
        assert marked(back) == MARKED
        assert [*buttons(back)] == ["✏️", "🗑", "📌", "⏰"]
        assert len(api.sent(ANNA)) == before + 2
    assert api.calls_to("editMessageText") == []


def test_what_is_too_long_for_a_caption_follows_the_file(anna: Talk, api: BotApi) -> None:
    head = units("#1 · 21.11.2025 12:00\n🖼 фото\n")
    photo: Any = [{"file_id": api.upload_file(b"x", "a.jpg"), "width": 9, "height": 9}]
    photo[0]["file_unique_id"] = photo[0]["file_id"]
    for number, room in enumerate((1024 - head, 1025 - head), 1):
        anna(None, photo=photo, caption="/note_add х", date=NOON)
        anna(f"/note_edit {number} " + "я" * room)
    whole = anna.message("/note 1")
    assert units(whole["caption"]) == 1024
    anna.press(whole, "📌")  # one more sign has no room: only the toast tells of it
    assert "📌" not in said(anna.now(whole))
    before = len(api.sent(ANNA))
    api.text(ANNA, "/note 2")
    file, text = api.wait_sent(ANNA, before + 2)[before:]
    assert (file["_bytes"], file.get("caption")) == (b"x", None)
    assert buttons(file) == {}
    assert said(text).endswith("яяя")
    assert said(anna.turn(text, "🗑")) == "Заметка #2 удалена."


def test_a_video_note_has_its_words_below(anna: Talk, api: BotApi) -> None:
    note: Json = {"file_id": "lost", "file_unique_id": "u", "length": 9, "duration": 75}
    message = api.text(ANNA, None, video_note=note)
    api.wait_sent(ANNA)
    anna("/note_add слова", reply_to=message)
    api.fail("sendVideoNote", status=400, description="Bad Request: wrong file identifier")
    before = len(api.sent(ANNA))
    api.text(ANNA, "/note 1")
    lost, card = api.wait_sent(ANNA, before + 2)[before:]
    assert said(lost).startswith("Файл недоступен")
    assert "🎬 кружок, 1:15\nслова" in said(card)


def test_a_file_that_telegram_does_not_give_leaves_the_words(anna: Talk, api: BotApi) -> None:
    lost: Any = [{"file_id": "lost", "file_unique_id": "lost", "width": 9, "height": 9}]
    words = f"/note_add {WORDS}"
    anna(None, photo=lost, caption=words, caption_entities=formatted(words))
    card = anna.message("/note 1")
    assert said(card).startswith("Файл недоступен")
    assert marked(card) == MARKED
    assert len(api.calls_to("sendPhoto")) == 2  # once with its formatting, once without
    assert said(anna.turn(card, "🗑")) == "Заметка #1 удалена."


POLL: Json = {
    "id": "1",
    "question": "Куда идём?",
    "options": [
        {"persistent_id": "a", "text": "в кино", "voter_count": 2},
        {"persistent_id": "b", "text": "домой", "voter_count": 1},
    ],
    "total_voter_count": 3,
    "is_closed": False,
    "is_anonymous": True,
    "type": "quiz",
    "allows_multiple_answers": False,
    "correct_option_ids": [1],
    "explanation": "дождь",
}
PLACE = {"latitude": 55.7558, "longitude": 37.6173}
MAP = "https://maps.google.com/maps?q=55.7558,37.6173"
TASKS = [{"id": 1, "text": "хлеб", "completion_date": NOON}, {"id": 2, "text": "сыр"}]
WORDLESS: list[tuple[Json, str]] = [
    ({"location": PLACE}, f"📍 55.7558, 37.6173\n{MAP}"),
    (
        {"venue": {"location": PLACE, "title": "Кафе", "address": "Арбат, 1"}, "location": PLACE},
        f"📍 Кафе\nАрбат, 1\n{MAP}",
    ),
    (
        {"contact": {"phone_number": "79990001122", "first_name": "Анна", "last_name": "Ли"}},
        "👤 Анна Ли\n+79990001122",
    ),
    ({"poll": POLL}, "📊 Куда идём?\n▫️ в кино — 2\n✅ домой — 1\n💡 дождь"),
    (
        {"poll": {**POLL, "total_voter_count": 0, "correct_option_ids": None, "explanation": ""}},
        "📊 Куда идём?\n▫️ в кино\n▫️ домой",
    ),
    ({"checklist": {"title": "Купить", "tasks": TASKS}}, "📋 Купить\n☑ хлеб\n☐ сыр"),
    ({"dice": {"emoji": "🎲", "value": 5}}, "🎲 5"),
]


def test_places_contacts_polls_and_lists_are_kept_as_text(anna: Talk) -> None:
    for number, (fields, shown) in enumerate(WORDLESS, 1):
        offer = anna.message(None, **fields)
        assert said(offer) == "Сохранить в заметки?", fields
        assert said(anna.turn(offer, SAVE)) == f"Сохранено: заметка #{number}."
        assert anna(f"/note {number}").endswith(f"\n{shown}")
    forwarded = anna.message(None, **WORDLESS[0][0], forward_origin=FORWARDED)
    assert said(anna.turn(forwarded, SAVE)) == f"Сохранено: заметка #{len(WORDLESS) + 1}."
    assert "домой" in anna("/note_find домой")


def test_a_sticker_is_not_kept(anna: Talk) -> None:
    look = {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
    answered = anna.message(None, sticker={"file_id": "s", "file_unique_id": "s", **look})
    assert said(answered) == NOT_TEXT
    assert buttons(answered) == {}
