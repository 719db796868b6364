"""Messages kept as notes, with their files and authors, by chatting."""

from typing import Any

import pytest

from tests.emulators.bot_api import BotApi
from tests.emulators.bot_api_world import Json
from tests.emulators.model_server import ModelServer, answer
from tests.talk import ANNA, BORIS, GROUP, Talk, ask, bold, buttons, said
from texts import capture as texts_capture

NOON = 1_763_715_600  # 21.11.2025 12:00 in Moscow
SAVE = "💾 В заметки"


def _user(name: str) -> Json:
    return {"type": "user", "date": NOON, "sender_user": _person(name)}


def _person(name: str) -> Json:
    return {"id": 5, "is_bot": False, "first_name": name, "last_name": "Иванов"}


def _chat(kind: str, title: str) -> Json:
    return {"id": -1005, "type": kind, "title": title}


ORIGINS: list[tuple[Json, str]] = [
    (_user("Пётр"), "Пётр Иванов"),
    ({"type": "hidden_user", "date": NOON, "sender_user_name": "Некто"}, "Некто"),
    ({"type": "chat", "date": NOON, "sender_chat": _chat("supergroup", "Дача")}, "Дача"),
    (
        {"type": "channel", "date": NOON, "chat": _chat("channel", "Новости"), "message_id": 3},
        "Новости",
    ),
]


@pytest.mark.parametrize(("origin", "name"), ORIGINS, ids=lambda value: str(value)[:20])
def test_a_forwarded_message_is_kept_with_its_author_and_time(
    anna: Talk, origin: Json, name: str
) -> None:
    offer = anna.message("/note_del 1 — вот так удаляют", forward_origin=origin)
    assert said(offer) == "Сохранить в заметки?"
    saved = anna.turn(offer, SAVE)
    assert said(saved) == "Сохранено: заметка #1."
    (card,) = anna.open(saved, "Открыть")
    assert said(card).endswith(f"\n↪️ {name}, 21.11.2025 12:00\n/note_del 1 — вот так удаляют")


def test_a_message_is_saved_once_however_often_the_button_is_pressed(
    anna: Talk, api: BotApi
) -> None:
    offer = anna.message("мысль", forward_origin=_user("Пётр"))
    data = buttons(offer)[SAVE]
    calls = [api.press(ANNA, offer, data) for _ in range(3)]
    answers = {api.wait_callback_answer(call)["text"] for call in calls}
    assert answers == {"Сохранено: заметка #1."}
    assert anna("/note_count") == "У вас 1 заметка."


def test_a_message_that_is_gone_is_asked_for_again(anna: Talk, api: BotApi) -> None:
    link = api.text(ANNA, "https://example.org/статья")
    offer = api.wait_sent(ANNA)[0]
    without = {name: value for name, value in offer.items() if name != "reply_to_message"}
    api.delete(link)
    api.push(
        callback_query={
            "id": "77",
            "from": link["from"],
            "message": {k: v for k, v in without.items() if not k.startswith("_")},
            "chat_instance": "1",
            "data": buttons(offer)[SAVE],
        }
    )
    call = api.wait(lambda a: a.calls_to("answerCallbackQuery"))[0]
    assert call.params["text"].startswith("Не вижу исходного сообщения")
    assert anna("/note_count") == "У вас 0 заметок."


@pytest.mark.parametrize("kind", ["photo", "document", "voice", "audio", "video", "animation"])
def test_a_file_comes_back_when_its_note_is_opened(anna: Talk, api: BotApi, kind: str) -> None:
    file_id = api.upload_file(b"content", "file.bin")
    # The words under one's own photo are a question about it.
    fields = {"forward_origin": _user("Пётр")} if kind == "photo" else {}
    api.send_file(ANNA, kind, file_id, caption="подпись 😀", **fields)
    offer = api.wait_sent(ANNA)[0]
    saved = anna.turn(offer, SAVE)
    (card,) = anna.open(saved, "Открыть")
    assert card["_bytes"] == b"content"
    assert kind in card
    assert said(card).endswith("подпись 😀")
    assert "подпись" in anna("/note_find подпись")


def test_a_file_without_a_caption_is_kept_too(anna: Talk, api: BotApi) -> None:
    photo = api.send_file(ANNA, "photo", api.upload_file(b"content", "a.jpg"))
    api.wait_sent(ANNA)
    assert anna("/note_add", reply_to=photo) == "Сохранено: заметка #1."
    assert "🖼 фото" in anna("/note_list")
    anna(None, photo=photo["photo"], caption="/note_add с подписью")
    card = anna.message("/note 2")
    assert card["_bytes"] == b"content"
    assert said(card).endswith("🖼 фото\nс подписью")


def test_a_note_whose_file_telegram_has_lost_is_shown_all_the_same(anna: Talk, api: BotApi) -> None:
    lost: Any = [{"file_id": "lost", "file_unique_id": "lost", "width": 9, "height": 9}]
    anna(None, photo=lost, caption="/note_add текст")
    card = anna("/note 1")
    assert card.startswith(texts_capture.FILE_UNAVAILABLE)
    assert card.endswith("текст")


def test_another_persons_message_in_a_group_is_kept_with_their_name(
    anna: Talk, api: BotApi
) -> None:
    api.person(BORIS, first_name="Борис")
    said_there = api.text(BORIS, "встреча в пять", chat_id=GROUP, date=NOON)
    api.text(ANNA, "/note_add@notes_test_bot", chat_id=GROUP, reply_to=said_there)
    api.wait_sent(GROUP)
    assert "↪️ Борис, 21.11.2025 12:00\nвстреча в пять" in anna("/note 1")


def test_a_quoted_part_is_kept_alone(anna: Talk, api: BotApi) -> None:
    whole = api.text(ANNA, "начало, середина и конец")
    api.wait_sent(ANNA)
    quote = {"text": "середина", "position": 8, "is_manual": True}
    anna("/note_add", reply_to=whole, quote=quote)
    assert anna("/note 1").endswith("\nсередина")


def test_only_what_is_worth_keeping_is_offered(anna: Talk) -> None:
    for text in ("https://example.org", " http://пример.рф/путь ", "t.me/durov", "www.a.ru"):
        assert buttons(anna.message(text)) != {}, text
    for text in ("что в https://example.org ?", "привет"):
        asked = ask(anna, text)  # a question: what can be kept is the answer
        assert buttons(asked)[SAVE].startswith("keep:"), text


def test_editing_the_message_edits_the_note(anna: Talk, api: BotApi) -> None:
    written = api.text(ANNA, "/note_add купить хлеб")
    assert said(api.wait_sent(ANNA)[0]) == "Сохранено: заметка #1."
    api.edit(written, "/note_add купить сыр")
    api.wait_answer(ANNA, "Заметка #1 изменена.")
    assert "сыр" in anna("/note_find сыр")
    assert "Ничего" in anna("/note_find хлеб")


def test_an_edit_that_says_nothing_new_changes_nothing(anna: Talk, api: BotApi) -> None:
    written = api.text(ANNA, "/note_add купить хлеб")
    api.wait_sent(ANNA)
    api.edit(written, "/note_add купить хлеб")  # as when Telegram adds a preview of a link
    api.edit(written, "/note_del 1")
    api.edit(api.text(ANNA, "/note_count"), "/note_add поправка")
    assert anna("/note_count") == "У вас 1 заметка."
    api.edit(written, "/note_add")
    api.wait_answer(ANNA, "Новый текст пуст.")
    assert anna("/note 1").endswith("купить хлеб")
    anna("/note_del 1")
    api.edit(written, "/note_add другое")
    assert "Заметок пока нет" in anna("/note_list")


def test_a_remark_is_kept_before_the_message_it_is_about(anna: Talk, api: BotApi) -> None:
    file_id = api.upload_file(b"content", "file.bin")
    sent = api.send_file(ANNA, "voice", file_id, caption="слова", forward_origin=_user("Пётр"))
    api.wait_sent(ANNA)
    remark = api.text(ANNA, "/note_add важно", reply_to=sent)
    assert said(api.wait_sent(ANNA, 2)[1]) == "Сохранено: заметка #1."
    card = anna.message("/note 1")
    assert card["_bytes"] == b"content"
    whole = "\n↪️ Пётр Иванов, 21.11.2025 12:00\n🎤 голосовое, 0:01\nважно\n\nслова"
    assert said(card).endswith(whole)
    api.edit(remark, "/note_add неважно")
    api.wait_answer(ANNA, "Заметка #1 изменена.")
    assert anna("/note_find неважно слова").startswith("1 заметка нашлась")


def test_a_remark_on_an_answer_leaves_it_formatted(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(answer("**жирно**"))
    asked = ask(anna, "Как?")
    remark = api.text(ANNA, "/note_add важно", reply_to=asked)
    api.wait_answer(ANNA, "Сохранено: заметка #1.")
    for words, edit in (("важно", None), ("неважно", "/note_add неважно")):
        if edit:
            api.edit(remark, edit)
            api.wait_answer(ANNA, "Заметка #1 изменена.")
        card = anna.message("/note 1")
        assert said(card).endswith(f"{words}\n\nжирно")
        assert bold(card) == ["жирно"]


def test_a_caption_that_begins_with_the_command_saves_at_once(anna: Talk, api: BotApi) -> None:
    for number, kind in enumerate(("photo", "document", "voice"), 1):
        before = len(api.sent(ANNA))
        file_id = api.upload_file(kind.encode(), "file.txt")
        api.send_file(ANNA, kind, file_id, caption=f"/note_add {kind}")
        (answered,) = api.wait_sent(ANNA, before + 1)[before:]
        assert said(answered) == f"Сохранено: заметка #{number}."
        card = anna.message(f"/note {number}")
        assert card["_bytes"] == kind.encode()
        assert said(card).endswith(f"\n{kind}")
