"""The first minute: the greeting, the help, the menus and the profile, in both languages."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from handlers import commands
from storage.profile import ProfileTexts
from tests.conftest import StartBot, StartInside
from tests.emulators.bot_api import BotApi
from tests.inside import Inside
from tests.talk import ANNA, GROUP, OWNER, STRANGER
from texts.en import help as english
from texts.ru import help as russian

ENGLISH = {"language_code": "en"}
BOT_ID = 123456


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    one = start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS="111")
    one.text(OWNER, "/start")
    one.sent.clear()
    return one


def profile(api: BotApi) -> dict[tuple[str, str], str]:
    calls = api.calls_to("setMyDescription") + api.calls_to("setMyShortDescription")
    return {
        (call.method, str(call.params.get("language_code", ""))): next(
            str(value) for name, value in call.params.items() if "description" in name
        )
        for call in calls
    }


def menus(api: BotApi) -> dict[tuple[str, str], list[dict[str, str]]]:
    return {
        (call.params["scope"]["type"], str(call.params.get("language_code", ""))): (
            call.params["commands"]
        )
        for call in api.calls_to("setMyCommands")
        if call.status == 200
    }


# --- the greeting and the help


@pytest.mark.parametrize(
    ("author", "lines", "keys"),
    [
        ({}, russian.GREETING.splitlines(), [*russian.MENU.values()]),
        (ENGLISH, english.GREETING.splitlines(), [*english.MENU.values()]),
    ],
    ids=["ru", "en"],
)
def test_start_is_three_lines_for_a_guest_and_four_for_the_owner(
    inside: Inside, author: dict[str, str], lines: list[str], keys: list[str]
) -> None:
    (said,) = inside.text(ANNA, "/start", author=author)
    assert said.splitlines() == lines
    assert len(lines) == 3
    assert list(inside.buttons()) == keys
    (said,) = inside.text(OWNER, "/start", author=author)
    assert said.splitlines()[:3] == lines
    assert len(said.splitlines()) == 4


@pytest.mark.parametrize(
    ("label", "opened"),
    [
        ("📝 Заметки", "Заметок пока нет."),
        ("🤖 Модель", "Сейчас отвечает"),
        ("🎭 Стиль", "Как мне отвечать:"),
        ("⚙️ Настройки", "⚙️ Ваши настройки."),
        ("❓ Помощь", "Просто напишите вопрос"),
    ],
)
def test_a_button_of_the_greeting_opens_it_below(inside: Inside, label: str, opened: str) -> None:
    inside.text(ANNA, "/start")
    assert inside.press(ANNA, inside.buttons()[label])[0].startswith(opened)
    assert inside.sent[-1][0] == "sendMessage"


def test_the_help_opens_by_sections_in_one_message(inside: Inside) -> None:
    inside.text(ANNA, "/help")
    sections = inside.buttons()
    assert list(sections) == [
        "📝 Заметки",
        "⏰ Напоминания",
        "💬 Вопросы",
        "🤖 Модели",
        "⚙️ Прочее",
    ]
    listed: list[str] = []
    for data in sections.values():
        (page,) = inside.press(ANNA, data)
        assert inside.sent[-1][0] == "editMessageText"
        listed += [line for line in page.splitlines() if line.startswith("/")]
        assert list(inside.buttons()) == ["⬅️ Разделы"]
        assert inside.press(ANNA, inside.buttons()["⬅️ Разделы"]) == [russian.HELP_IN_PRIVATE]
        assert inside.buttons() == sections
    names = [line.split()[0][1:] for line in listed]
    assert sorted(names) == sorted(name for name, _ in commands.shown())


def test_a_group_is_not_told_what_works_in_private_only(inside: Inside) -> None:
    inside.text(ANNA, "/help@notes_bot", chat_id=GROUP)
    (page,) = inside.press(ANNA, inside.buttons()["📝 Заметки"], chat_id=GROUP)
    assert "/note_add" in page
    assert russian.SECTION_ENDS["notes"] not in page


def test_a_section_that_is_none_is_an_old_button(inside: Inside) -> None:
    for data in ("help:nosuch", "menu:nosuch", "menu:"):
        assert "устарела" in inside.press(ANNA, f"{data}@{ANNA}")[0]


# --- groups


def joined(inside: Inside, adder: int, **fields: Any) -> list[str]:
    return inside.text(adder, None, chat_id=GROUP, **fields)


US = {"id": 5, "is_bot": True, "first_name": "Бот"}


@pytest.mark.parametrize("fields", [{"new_chat_members": [US]}, {"group_chat_created": True}])
def test_a_group_is_told_in_two_lines_how_to_ask(inside: Inside, fields: dict[str, Any]) -> None:
    assert joined(inside, ANNA, **fields) == [russian.GREETING_IN_GROUP]
    assert len(russian.GREETING_IN_GROUP.splitlines()) == 2
    assert len(english.GREETING_IN_GROUP.splitlines()) == 2
    assert list(inside.buttons()) == ["❓ Помощь"]


def test_somebody_else_who_joins_is_not_greeted(inside: Inside) -> None:
    assert joined(inside, ANNA, new_chat_members=[inside.person(STRANGER)]) == []


def test_a_stranger_who_adds_the_bot_asks_for_access(inside: Inside) -> None:
    said = joined(inside, STRANGER, new_chat_members=[US])
    assert said[0].startswith("Здравствуйте! Этот бот только для своих.")
    assert "Стучится" in said[1]


# --- menus and profile


def test_each_scope_has_its_menu_in_each_language(api: BotApi, start_bot: StartBot) -> None:
    api.person(ANNA, first_name="Анна")
    api.text(ANNA, "/start")
    start_bot(OWNER_ID=str(ANNA), ALLOWED_USERS="")
    api.wait(lambda a: len(menus(a)) == 9)
    words = {
        key: {row["command"]: row["description"] for row in rows}
        for key, rows in menus(api).items()
    }
    for scope in ("all_private_chats", "all_group_chats", "chat"):
        assert words[scope, ""] == words[scope, "ru"]
        assert words[scope, "en"].keys() == words[scope, "ru"].keys()
        assert words[scope, "en"]["help"] == "all commands"
        assert words[scope, "ru"]["help"] == "список команд"
    assert "backup" in words["chat", ""]
    assert not {"backup", "note_list", "settings"} & words["all_group_chats", ""].keys()
    assert "settings" in words["all_private_chats", ""]


def test_the_profile_is_filled_in_and_kept_as_the_owner_wants_it(
    api: BotApi, start_bot: StartBot
) -> None:
    api._world.profile["description", "en"] = "Mine"  # set by @BotFather
    bot = start_bot()
    api.wait(lambda a: len(profile(a)) == 5)
    assert profile(api) == {
        ("setMyDescription", "ru"): russian.PROFILE["description"],
        ("setMyDescription", ""): russian.PROFILE["description"],
        ("setMyShortDescription", "en"): english.PROFILE["short_description"],
        ("setMyShortDescription", "ru"): russian.PROFILE["short_description"],
        ("setMyShortDescription", ""): russian.PROFILE["short_description"],
    }
    bot.stop()
    api._world.profile["description", ""] = ""  # taken away
    api._world.profile["short_description", "en"] = "Old words of ours"
    with closing(sqlite3.connect(bot.database)) as connection, connection:
        connection.execute(
            "UPDATE profile_texts SET text = 'Old words of ours'"
            " WHERE field = 'short_description' AND code = 'en'"
        )
    before = len(api.calls_to("getMyShortDescription"))
    start_bot()
    api.wait(lambda a: len(a.calls_to("getMyShortDescription")) == before + 3)
    api.wait(
        lambda a: (
            a._world.profile["short_description", "en"] == english.PROFILE["short_description"]
        )
    )
    assert api._world.profile["description", "en"] == "Mine"
    assert api._world.profile["description", ""] == ""
    assert len(profile(api)) == 5


@pytest.mark.parametrize("words", [russian, english])
def test_the_profile_fits(words: Any) -> None:
    assert len(words.PROFILE["description"]) <= 512
    assert len(words.PROFILE["short_description"]) <= 120


def test_a_profile_text_is_that_of_one_bot(inside: Inside) -> None:
    ours, others = ProfileTexts(inside.db, BOT_ID), ProfileTexts(inside.db, 7)
    ours.remember("description", "", "наше")
    ours.remember("description", "", "наше новое")
    assert ours.ours("description", "") == "наше новое"
    assert (ours.ours("description", "en"), others.ours("description", "")) == (None, None)
