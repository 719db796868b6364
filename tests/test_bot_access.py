"""Several people and one owner: the real process against the emulated Bot API."""

import sqlite3
from typing import Any

import pytest

from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer, answer
from tests.process import BotProcess
from tests.talk import ANNA, BORIS, GROUP, OWNER, Talk, labels


@pytest.fixture
def owner(api: BotApi) -> Talk:
    return Talk(api, OWNER)


@pytest.fixture
def anna(api: BotApi) -> Talk:
    return Talk(api, ANNA)


@pytest.fixture
def boris(api: BotApi) -> Talk:
    return Talk(api, BORIS)


def _press(api: BotApi, user_id: int, message: dict[str, Any], words: str) -> str:
    """Press the button with these words; returns the toast."""
    rows = message["reply_markup"]["inline_keyboard"]
    (data,) = [b["callback_data"] for row in rows for b in row if words in b["text"]]
    return str(api.wait_callback_answer(api.press(user_id, message, data)).get("text", ""))


def _menus(api: BotApi) -> dict[object, list[str]]:
    """The commands in the menu of each scope, as last set."""
    menus = {}
    for call in api.calls_to("setMyCommands"):
        if call.status == 200:
            scope = call.params.get("scope") or {}
            key = scope.get("chat_id") or scope["type"]
            if not call.params.get("language_code"):
                menus[key] = [row["command"] for row in call.params["commands"]]
    return menus


def test_from_the_first_start_to_a_guests_talk(
    start_bot: StartBot, api: BotApi, owner: Talk, anna: Talk
) -> None:
    start_bot(ALLOWED_USERS="")
    assert "теперь вы владелец этого бота" in owner("/start")
    api.wait(lambda a: _menus(a).keys() >= {"all_private_chats", "all_group_chats", OWNER})
    owners = {"users", "allow", "deny", "backup", "model_default", "models_update", "limits"}
    assert set(_menus(api)[OWNER]) - set(_menus(api)["all_private_chats"]) == owners
    groups = _menus(api)["all_group_chats"]
    assert not {"note_list", "note_export", "backup"} & set(groups)
    assert {"note_add", "ask", "model"} <= set(groups)

    api.person(ANNA, first_name="Анна", username="Anna")
    assert "только для своих" in anna("/start")
    asked = api.wait_answer(OWNER, "Стучится Анна (@anna, id 111). Пустить?")
    assert _press(api, OWNER, asked, "Пустить") == "Впущен: Анна (@anna, id 111)"
    api.wait_answer(ANNA, "Анна, владелец бота вас впустил.")
    api.wait(lambda a: [m for m in a.sent(OWNER) if m["text"].startswith("Впущен")])
    assert anna("/note_add моё") == "Сохранено: заметка #1."
    assert "👑" not in labels(anna.message("/help"))
    assert anna("/users").startswith("Эта команда — для владельца бота.")


def test_an_older_file_with_notes_gets_its_owner_by_the_first_start(
    start_bot: StartBot, api: BotApi, anna: Talk
) -> None:
    bot = start_bot()
    anna("/note_add давняя")
    bot.stop()
    with sqlite3.connect(bot.database) as connection:
        connection.execute("DELETE FROM people")
    connection.close()
    start_bot(ALLOWED_USERS="")
    assert "ещё нет владельца" in anna("/note_list")
    assert "теперь вы владелец" in anna("/start")
    assert "давняя" in anna("/note_list")


def test_people_cannot_reach_each_others_things(
    start_bot: StartBot, api: BotApi, anna: Talk, boris: Talk
) -> None:
    start_bot(OWNER_ID=str(OWNER), ALLOWED_USERS=f"{ANNA},{BORIS}")
    anna("/note_add тайна")
    for guess in ("/note 1", "/note_del 1", "/note_edit 1 взлом"):
        assert boris(guess) == "Заметки #1 у вас нет. Ваши номера: /note_list"
    assert "тайна" not in boris("/note_find тайн")
    api.text(ANNA, "/models", chat_id=GROUP)
    listing = api.wait_sent(GROUP, 1)[0]
    assert _press(api, BORIS, listing, "Lightning") == "Эта кнопка не для вас."
    assert _press(api, 333, listing, "Lightning") == "Этот бот только для своих."
    assert boris("/model").startswith("Сейчас отвечает 1. ")
    assert "тайна" in anna("/note 1")


def test_a_denial_stops_the_questions_that_wait(
    start_bot: StartBot, api: BotApi, model: ModelServer, owner: Talk, anna: Talk
) -> None:
    bot = start_bot(OWNER_ID=str(OWNER), ALLOWED_USERS=str(ANNA))
    model.default = answer("Поздний ответ.", delay=1.5)
    api.text(ANNA, "/ask первый")
    assert model.wait(lambda: model.requests)
    last = api.text(ANNA, "/ask второй")
    api.wait_confirmed(last.update_id)
    assert owner(f"/deny {ANNA}").startswith("Отклонён")
    api.wait_answer(ANNA, "Владелец бота закрыл вам доступ.")
    api.wait(lambda _: _questions(bot) == 0)
    assert [m["text"] for m in api.sent(ANNA)] == [
        "Владелец бота закрыл вам доступ. Ваши заметки сохранены."
    ]
    assert len(model.requests) == 1


def test_a_request_for_access_is_not_lost_by_a_killed_bot(
    start_bot: StartBot, api: BotApi, owner: Talk, anna: Talk
) -> None:
    bot = start_bot(OWNER_ID=str(OWNER), ALLOWED_USERS="")
    owner("/start")
    api.fail("sendMessage", chat_id=OWNER, status=502, times=None)
    anna("/start")
    api.wait(lambda a: [c for c in a.calls_to("sendMessage", OWNER) if c.status == 502])
    bot.kill()
    api.heal()
    bot.start()
    asked = api.wait_answer(OWNER, "Стучится User111")
    assert _press(api, OWNER, asked, "Отклонить").startswith("Отклонён: User111")


def test_the_owner_who_never_wrote_gets_the_menu_when_they_do(
    start_bot: StartBot, api: BotApi, owner: Talk
) -> None:
    bot = start_bot(OWNER_ID=str(OWNER), ALLOWED_USERS="*")
    api.wait(lambda a: [c for c in a.calls_to("setMyCommands") if c.status == 400])
    owner("/start")
    api.wait(lambda a: OWNER in _menus(a))
    assert "backup" in _menus(api)[OWNER]
    assert "Меню владельца пока не показано" in bot.log


def test_a_bot_that_nobody_owns_says_so_at_the_start(start_bot: StartBot) -> None:
    assert "впишите OWNER_ID" in start_bot(ALLOWED_USERS="*").log


def test_mistakes_about_people_are_told_at_the_start(start_bot: StartBot) -> None:
    bot = start_bot(ready=False, OWNER_ID="@me", ALLOWED_USERS="анна, 1, -5, @ok", ASK_PER_DAY="-1")
    assert bot.wait() == 2
    assert "OWNER_ID «@me»: должен быть числом" in bot.log
    assert "не понимаю «анна, -5»" in bot.log
    assert "ASK_PER_DAY «-1»" in bot.log


def _questions(bot: BotProcess) -> int:
    sql = "SELECT count(*) FROM tasks WHERE kind = 'question' AND done_at IS NULL"
    return int(bot.query(sql)[0][0])


def test_a_denial_ends_an_answer_that_is_growing(
    start_bot: StartBot, api: BotApi, model: ModelServer, owner: Talk
) -> None:
    start_bot(OWNER_ID=str(OWNER))
    model.script(answer("слово " * 500, size=6, pace=0.05))
    api.text(ANNA, "расскажи")
    growing = api.wait_answer(ANNA, "слово слово")
    owner(f"/deny {ANNA}")
    model.wait(lambda: model.requests[-1].closed_at is not None)
    api.wait_answer(ANNA, "закрыл вам доступ")
    assert "Ещё раз" not in str(api.sent(ANNA)[0].get("reply_markup"))
    toast = _press(api, ANNA, growing, "Стоп")
    assert "только для своих" in toast
