"""Notes by chatting: the real process against the emulated Bot API."""

import re

from tests.emulators.bot_api import BotApi
from tests.talk import ANNA, BORIS, GROUP, Talk, buttons

NOON = 1_763_715_600  # 21.11.2025 12:00 in Moscow


def test_the_sections_of_the_help_list_the_commands_of_the_menu(anna: Talk, api: BotApi) -> None:
    sections = anna.message("/help")
    said = "\n".join(
        (anna.turn(sections, label)["text"], anna.turn(sections, "⬅️ Разделы"))[0]
        for label in buttons(sections)
    )
    menu = api.wait(lambda a: a.calls_to("setMyCommands"))[0].params["commands"]
    listed = re.findall(r"^/(\w+)", said, re.MULTILINE)
    assert sorted(c["command"] for c in menu) == sorted(listed)


def test_a_note_is_kept_with_its_lines_and_spaces(anna: Talk) -> None:
    assert anna("/note_add купить:\n  - молоко\n\n  - хлеб") == "Сохранено: заметка #1."
    assert "купить:\n  - молоко\n\n  - хлеб" in anna("/note 1")


def test_the_list_is_newest_first_with_local_time(anna: Talk) -> None:
    anna("/note_add раз", date=NOON)
    anna("/note_add два", date=NOON + 60)
    assert anna("/note_list") == (
        "У вас 2 заметки:\n\n#2 · 21.11.2025 12:01\nдва\n\n#1 · 21.11.2025 12:00\nраз"
    )
    assert anna("/note_list 1").startswith("У вас 2 заметки:\n\n#2")


def test_a_reply_saves_the_message_it_replies_to(anna: Talk, api: BotApi) -> None:
    note = api.text(ANNA, "мысль")
    api.wait_sent(ANNA, 1)
    assert anna("/note_add", reply_to=note) == "Сохранено: заметка #1."
    photo = api.text(ANNA, None, photo=[_photo()], caption="подпись к фото")
    api.wait_sent(ANNA, 3)
    anna("/note_add", reply_to=photo)
    assert "подпись к фото" in anna("/note_list")


def test_a_command_in_a_caption_is_a_command(anna: Talk) -> None:
    assert anna(None, photo=[_photo()], caption="/note_add с фото") == "Сохранено: заметка #1."


def test_edit_delete_and_count(anna: Talk) -> None:
    for text in ("раз", "два"):
        anna(f"/note_add {text}")
    assert anna("/note_edit 1 раз и навсегда") == "Заметка #1 изменена."
    assert "раз и навсегда" in anna("/note_find НАВСЕГДА")
    assert anna("/note_count") == "У вас 2 заметки."
    assert anna("/note_del 2") == "Заметка #2 удалена."
    assert anna("/note_count") == "У вас 1 заметка."
    assert anna("/note_add три") == "Сохранено: заметка #3."


def test_export_is_a_document_with_all_notes(anna: Talk, api: BotApi) -> None:
    anna("/note_add первая 😀", date=NOON)
    anna("/note_add вторая\nстрока", date=NOON)
    assert anna("/note_export") == "Все ваши заметки: 2 заметки."
    document = api.sent(ANNA)[-1]
    text = document["_bytes"].decode("utf-8")
    assert text == "#1 · 21.11.2025 12:00\nпервая 😀\n\n#2 · 21.11.2025 12:00\nвторая\nстрока\n\n"
    assert document["document"]["file_name"].endswith(".txt")
    assert "upload_document" in [action for _, action in api.actions(ANNA)]


def test_notes_are_private(anna: Talk, api: BotApi) -> None:
    anna("/note_add тайна")
    boris = Talk(api, BORIS)
    assert boris("/note_list") == "Заметок пока нет. Первая: /note_add купить молоко"
    assert boris("/note_del 1") == "Заметки #1 у вас нет. Ваши номера: /note_list"
    assert boris("/note_find тайна") == "Ничего не нашлось: «тайна»."
    assert "тайна" in anna("/note_list")


BAD_INPUT = [
    ("/note_add", "Нечего сохранять."),
    ("/note_add   \n ", "Нечего сохранять."),
    ("/note_del abc", "Какую заметку удалить?"),
    ("/note_del -1", "Какую заметку удалить?"),
    ("/note_del", "Какую заметку удалить?"),
    ("/note_del 0", "Какую заметку удалить?"),
    ("/note_del 99999999999999999999", "Какую заметку удалить?"),
    ("/note_del 7", "Заметки #7 у вас нет."),
    ("/note_edit", "Напишите номер и новый текст"),
    ("/note_edit 1", "Заметки #1 у вас нет."),
    ("/note_edit один два", "Напишите номер и новый текст"),
    ("/note_edit 5 текст", "Заметки #5 у вас нет."),
    ("/note_list 0", "Сколько показать?"),
    ("/note_list 100000", "Сколько показать?"),
    ("/note_list -5", "Сколько показать?"),
    ("/note_list ①", "Сколько показать?"),
    ("/note_list", "Заметок пока нет."),
    ("/note_find", "Что искать?"),
    ("/note_find %", "Ничего не нашлось: «%»."),
    ("/note_find '; DROP TABLE notes; --", "Ничего не нашлось"),
    ('/note_find "', 'Ничего не нашлось: «"».'),
    ("/note_find молоко* NEAR(а б) -в", "Ничего не нашлось"),
    ("/note_find #!?", "Ничего не нашлось: «#!?»."),
    ("/note_find " + "ы" * 4000, "Ничего не нашлось: «ыыы"),
    ("/note_find " + "ы" * 2 + " я" * 1900, "Ничего не нашлось: «ыы"),
    ("/note_tags", "Тегов пока нет."),
    ("/note_export docx", "В каком виде?"),
    ("/note_stats 99999", "За сколько дней?"),
    ("/note_stats 0", "За сколько дней?"),
    ("/note_stats год", "За сколько дней?"),
    ("/note_export", "Сохранять нечего"),
    ("/nosuch", "Команды /nosuch у меня нет."),
    ("/noteadd x", "Может быть, /note_add?"),
    ("/model два", "«два» — не номер."),
    ("/model 77", "Модели с номером 77 нет."),
    ("/model 99999999999", "Модели с номером 99999999999 нет."),
    ("/ask", "О чём спросить?"),
]


def test_bad_input_has_an_answer(anna: Talk) -> None:
    for given, expected in BAD_INPUT:
        assert expected in anna(given), given


HOSTILE_TEXTS = [
    "😀" * 2000,
    "שלום עולם \u202eмир",
    "<b>не жирный</b> & <script>",
    "*не* _курсив_ `код` [ссылка](http://example.com)",
    "'); DROP TABLE notes; --",
    "{0} %s {user} \\n",
    "а" * 4085,
    "ноль\x00байт",
]


def test_any_text_is_kept_and_shown_as_it_is(anna: Talk, api: BotApi) -> None:
    for number, text in enumerate(HOSTILE_TEXTS, 1):
        assert anna(f"/note_add {text}") == f"Сохранено: заметка #{number}."
        before = len(api.sent(ANNA))
        api.text(ANNA, f"/note {number}")
        # A note of 4,085 letters does not fit into one message with its head.
        api.wait_sent(ANNA, before + 1)
        expected = text.replace("\x00", "\ufffd").strip()
        api.wait(
            lambda a, n=before, e=expected: (  # type: ignore[misc]
                _squeezed(e) in _squeezed("".join(m["text"] for m in a.sent(ANNA)[n:]))
            )
        )


def test_commands_work_in_any_case(anna: Talk) -> None:
    assert anna("/Note_ADD текст") == "Сохранено: заметка #1."


def test_another_bots_command_is_not_ours(anna: Talk, api: BotApi) -> None:
    api.text(ANNA, "/note_add@other_bot чужое", chat_id=GROUP)
    api.text(ANNA, "/nosuch", chat_id=GROUP)
    api.text(ANNA, "просто разговор", chat_id=GROUP)
    mine = api.text(ANNA, "/note_add@Notes_Test_Bot моё", chat_id=GROUP)
    answer = api.wait_sent(GROUP, 1)[0]
    assert answer["text"] == "Сохранено: заметка #1."
    assert answer["reply_to_message"]["message_id"] == mine["message_id"]
    assert "моё" in anna("/note_list")
    assert len(api.sent(GROUP)) == 1


def test_what_is_no_text_gets_a_hint(anna: Talk) -> None:
    sticker = {"file_id": "s", "file_unique_id": "s", "width": 1, "height": 1, "type": "regular",
               "is_animated": False, "is_video": False}  # fmt: skip
    assert anna(None, sticker=sticker).startswith("Такое я сохранить не умею.")
    assert anna(None, forward_origin=_hidden("Пётр"), sticker=sticker).startswith("Такое я")


def test_channels_edits_and_service_messages_are_passed_over(anna: Talk, api: BotApi) -> None:
    chat = {"id": -1002, "type": "channel", "title": "К"}
    api.push(channel_post={"message_id": 1, "date": NOON, "chat": chat, "text": "/note_add x"})
    api.push(message={"message_id": 2, "date": NOON, "chat": chat, "text": "/note_add без автора"})
    api.push_raw({"update_id": "нечисло"})
    api.push_raw(["не", "обновление"])
    api.push_raw({"update_id": 10**6, "message": {"message_id": 3}})
    said = api.text(ANNA, "/help")
    api.wait_sent(ANNA)
    api.edit(said, "/note_add поправка")
    assert anna("/help") == anna("/help")
    assert anna("/note_count") == "У вас 0 заметок."
    assert api.sent(-1002) == []


def _photo() -> dict[str, object]:
    return {"file_id": "f", "file_unique_id": "f", "width": 90, "height": 90}


def _hidden(name: str) -> dict[str, object]:
    return {"type": "hidden_user", "date": NOON, "sender_user_name": name}


def _squeezed(text: str) -> str:
    # Telegram itself drops the marks that turn the direction of writing.
    return "".join(text.replace("\u202e", "").split())
