"""Pages of notes, their buttons and the bin, by chatting."""

import sqlite3
from contextlib import closing

from tests.conftest import StartBot, StartInside
from tests.emulators.bot_api import BotApi
from tests.talk import ANNA, BORIS, Talk, bold, buttons, said

NOON = 1_763_715_600  # 21.11.2025 12:00 in Moscow


def _numbers(message: dict[str, object]) -> list[str]:
    return [label for label in buttons(message) if label.startswith("#")]


def test_pages_turn_in_one_message(anna: Talk, api: BotApi) -> None:
    for number in range(1, 8):
        anna(f"/note_add заметка {number}")
    page = anna.message("/note_list 3")
    assert _numbers(page) == ["#7", "#6", "#5"]
    assert "◀" not in buttons(page)
    sent = len(api.sent(ANNA))
    page = anna.turn(page, "▶")
    assert _numbers(page) == ["#4", "#3", "#2"]
    page = anna.turn(page, "▶")
    assert _numbers(page) == ["#1"]
    assert "▶" not in buttons(page)
    page = anna.turn(page, "◀")
    assert "заметка 4" in said(page)
    assert len(api.sent(ANNA)) == sent


def test_pages_follow_what_happens_between_two_presses(anna: Talk) -> None:
    for number in range(1, 8):
        anna(f"/note_add заметка {number}")
    page = anna.message("/note_list 3")
    anna("/note_add новая")
    anna("/note_del 5")
    anna("/note_del 3")
    page = anna.turn(page, "▶")
    assert _numbers(page) == ["#4", "#2", "#1"]
    page = anna.turn(page, "◀")
    assert _numbers(page) == ["#8", "#7", "#6"]


def test_a_page_button_on_a_list_that_is_empty_by_now(anna: Talk) -> None:
    for number in (1, 2):
        anna(f"/note_add слово {number}")
    listed, found = anna.message("/note_list 1"), anna.message("/note_list 1")
    for number in (1, 2):
        anna(f"/note_del {number}")
    assert "Заметок пока нет." in said(anna.turn(listed, "▶"))
    assert anna.press(found, "#2") == ""
    anna.api.wait_answer(ANNA, "её ещё можно вернуть")


def test_found_pages_turn_after_a_restart(api: BotApi, start_bot: StartBot) -> None:
    bot, anna = start_bot(), Talk(api, ANNA)
    for number in range(12):
        anna(f"/note_add купить 😀 МОЛОКО {number} " + "и хлеб " * 60)
    query = "/note_find молоко " + "хлеб " * 700
    page = anna.message(query)
    assert bold(page)[:3] == ["МОЛОКО", "хлеб", "хлеб"]
    assert len(_numbers(page)) == 10
    bot.stop()
    start_bot()
    page = anna.turn(page, "▶")
    assert _numbers(page) == ["#2", "#1"]
    page = anna.turn(page, "◀")
    assert _numbers(page)[0] == "#12"


def test_the_hit_is_bold_with_dots_around_it(anna: Talk) -> None:
    anna("/note_add " + "начало " * 100 + "СТРАССЕ Straße 😀 искомое " + "конец " * 100)
    page = anna.message("/note_find искомое strasse")
    excerpt = said(page).split("\n", 3)[-1]
    assert excerpt.startswith("…")
    assert excerpt.endswith("…")
    assert bold(page) == ["Straße", "искомое"]


def test_tags_are_listed_and_found(anna: Talk) -> None:
    anna("/note_add позвонить маме #Дела #дом")
    anna("/note_add #дела и #делать")
    tags = anna.message("/note_tags")
    assert list(buttons(tags)) == ["#дела · 2", "#делать · 1", "#дом · 1"]
    (found,) = anna.open(tags, "#дела · 2")
    assert len(_numbers(found)) == 2
    page = anna.message("/note_find #дела")
    assert "2 заметки нашлись" in said(page)
    assert bold(page) == ["#дела", "#дела", "#Дела"]


def test_a_note_is_opened_pinned_and_comes_first(anna: Talk) -> None:
    for text in ("раз", "два", "три"):
        anna(f"/note_add {text}")
    page = anna.message("/note_list")
    (card,) = anna.open(page, "#1")
    assert list(buttons(card)) == ["✏️", "🗑", "📌", "⏰"]
    card = anna.turn(card, "📌")
    assert said(card).startswith("📌 #1")
    assert _numbers(anna.message("/note_list")) == ["#1", "#3", "#2"]
    assert anna.press(card, "📌") == "Заметка #1 откреплена."
    assert _numbers(anna.message("/note_list")) == ["#3", "#2", "#1"]


def test_a_deleted_note_is_taken_back(anna: Talk) -> None:
    anna("/note_add важное")
    card = anna.turn(anna.message("/note 1"), "🗑")
    assert said(card) == "Заметка #1 удалена."
    assert anna("/note_find важное") == "Ничего не нашлось: «важное»."
    assert anna("/note_edit 1 другое") == "Заметки #1 у вас нет. Ваши номера: /note_list"
    assert "важное" in said(anna.turn(card, "↩️ Вернуть"))
    assert "важное" in anna("/note_find важное")
    deleted = anna.message("/note_del 1")
    assert anna.press(deleted, "↩️ Вернуть") == "Заметка #1 снова на месте."
    assert anna("/note_count") == "У вас 1 заметка."


def test_what_the_bin_kept_for_thirty_days_is_gone_at_the_next_start(
    api: BotApi, start_bot: StartBot
) -> None:
    bot, anna = start_bot(), Talk(api, ANNA)
    for number in (1, 2):
        anna(f"/note_add секрет {number}")
        anna(f"/note_del {number}")
    bot.stop()
    with closing(sqlite3.connect(bot.database)) as connection, connection:
        connection.execute("UPDATE notes SET deleted_at = deleted_at - 2592000 WHERE number = 1")
    start_bot()
    with closing(sqlite3.connect(bot.database)) as connection:
        left = connection.execute("SELECT text FROM notes").fetchall()
    assert left == [("секрет 2",)]


def test_buttons_of_another_time_are_answered(anna: Talk, api: BotApi) -> None:
    anna("/note_add раз")
    page, card = anna.message("/note_list"), anna.message("/note 1")
    deleted = anna.message("/note_del 1")
    anna.turn(deleted, "↩️ Вернуть")
    forged = {
        "undo:1": "Заметка #1 и так на месте.",
        "undo:9": "Заметки #9 больше нет",
        "list:10:>999999999": "",
        "list:99:>1": "Кнопка устарела.",
        "list:": "Кнопка устарела.",
        "find:1:>1": "Кнопка устарела.",
        "find:999999999:<1": "Кнопка устарела.",
        "pin:9": "Заметки #9 у вас нет.",
        "pin:x": "Кнопка устарела.",
        "del:": "Кнопка устарела.",
        "edit:0": "Кнопка устарела.",
        "save:": "Не вижу исходного сообщения",
    }
    for data, expected in forged.items():
        call = api.press(ANNA, page, f"{data}@{ANNA}")
        assert expected in api.wait_callback_answer(call).get("text", ""), data
    call = api.press(BORIS, card, buttons(card)["🗑"])
    assert api.wait_callback_answer(call)["text"] == "Эта кнопка не для вас."
    assert anna("/note_count") == "У вас 1 заметка."


def test_a_long_note_is_pinned_though_it_is_two_messages(anna: Talk, api: BotApi) -> None:
    anna("/note_add " + "а" * 4085)
    before = len(api.sent(ANNA))
    api.text(ANNA, "/note 1")
    card = api.wait_sent(ANNA, before + 2)[before + 1]
    assert anna.press(card, "📌") == "Заметка #1 закреплена."
    assert len(api.sent(ANNA)) == before + 2


def test_pages_are_one_message_whatever_is_in_them(anna: Talk, api: BotApi) -> None:
    for _ in range(50):
        anna("/note_add " + "😀" * 300)
    for command in ("/note_list 50", "/note_list", "/note_find 😀"):
        before = len(api.sent(ANNA))
        anna(command)
        anna("/note_count")
        assert len(api.sent(ANNA)) == before + 2


def test_tags_come_in_pages_and_a_long_one_stands_in_the_text(start_inside: StartInside) -> None:
    inside = start_inside(ALLOWED_USERS="*")
    long = "#" + "ы" * 25
    inside.text(ANNA, f"/note_add {long} " + " ".join(f"#т{n:02}" for n in range(25)))
    (said,) = inside.text(ANNA, "/note_tags")
    assert said == "У вас 26 тегов:\nНажмите на тег, и я покажу его заметки.\nСтраница 1 из 2"
    assert list(inside.buttons()) == [*(f"#т{n:02} · 1" for n in range(20)), "▶"]
    shown = inside.press(ANNA, inside.buttons()["▶"])[0]
    assert f"{long} — 1 заметка" in shown
    assert list(inside.buttons()) == [*(f"#т{n:02} · 1" for n in range(20, 25)), "◀"]
    assert "1 заметка нашлась" in inside.press(ANNA, inside.buttons()["#т24 · 1"])[0]
    inside.text(ANNA, "/note_del 1")
    assert inside.press(ANNA, f"tags:1@{ANNA}") == [inside.text(ANNA, "/note_tags")[0]]
    assert inside.press(ANNA, f"tag: @{ANNA}") == ["Кнопка устарела. Начните заново: /help"]
