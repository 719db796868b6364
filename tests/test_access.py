"""Who has access, from the first request to the last denial: the bot in one thread."""

from typing import Any

import pytest

from telegram.console import Answer
from tests.conftest import StartInside
from tests.inside import Inside
from tests.talk import ANNA, BORIS, GROUP, OWNER

HOUR = 3600

CLOSED = "Этот бот только для своих. Я спрошу владельца"
SAVED = "Сохранено: заметка #1."


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    """Closed to all but the owner, whom it knows."""
    one = start_inside(OWNER_ID=str(OWNER))
    one.text(OWNER, "/start")
    return one


# --- the owner


def test_the_first_to_start_becomes_the_owner_and_is_told(start_inside: StartInside) -> None:
    inside = start_inside()
    assert inside.text(ANNA, "/start")[0].startswith("Вы первый, кто мне написал, — теперь вы")
    inside.text(ANNA, "/help")
    assert "👑 Владельцу" in inside.buttons()
    assert CLOSED in inside.text(BORIS, "/start")[0]


def test_only_a_start_in_private_makes_an_owner(start_inside: StartInside) -> None:
    inside = start_inside()
    (said,) = inside.text(ANNA, "/note_list")
    assert "отправьте мне /start" in said
    inside.text(BORIS, "/start", chat_id=GROUP)
    welcome = inside.text(ANNA, "/start")[0]
    assert "теперь вы владелец" in welcome
    assert "первый" not in welcome  # Boris was


@pytest.mark.parametrize("settings", [{"OWNER_ID": str(OWNER)}, {"ALLOWED_USERS": "@anna"}])
def test_with_the_settings_made_nobody_becomes_owner_by_coming(
    start_inside: StartInside, settings: dict[str, str]
) -> None:
    inside = start_inside(**settings)
    assert "владелец." not in inside.text(BORIS, "/start")[0]
    assert inside.app.people.owner() is None


def test_owner_id_overrides_whoever_came_first(start_inside: StartInside) -> None:
    start_inside().text(BORIS, "/start")
    inside = start_inside(OWNER_ID=str(OWNER))
    assert CLOSED in inside.text(BORIS, "/users")[0]
    assert "Люди" in inside.text(OWNER, "/users")[0]


def test_the_owner_stays_the_owner_after_a_restart(start_inside: StartInside) -> None:
    start_inside().text(ANNA, "/start")
    assert "Люди" in start_inside().text(ANNA, "/users")[0]


# --- from a request to talk


def test_a_stranger_is_answered_once_an_hour_and_the_owner_asked(inside: Inside) -> None:
    inside.sent.clear()
    inside.text(ANNA, "/start")
    assert CLOSED in inside.said_to(ANNA)[0]
    assert inside.said_to(OWNER) == ["Стучится user111 (@user111, id 111). Пустить?"]
    inside.now += HOUR - 1
    assert inside.text(ANNA, "/note_add пустите") == []
    inside.now += 1
    assert len(inside.text(ANNA, "просто текст")) == 2


def test_one_tap_lets_in_and_the_stranger_is_told(inside: Inside) -> None:
    inside.text(ANNA, "/start")
    said = inside.press(OWNER, inside.buttons()["Пустить"])
    assert "user111, владелец бота вас впустил. Что я умею: /help" in said
    assert said.count("Впущен: user111 (@user111, id 111)") == 2  # a toast, and the message
    assert inside.text(ANNA, "/note_add я здесь") == [SAVED]


def test_one_tap_denies_and_no_more_is_asked(inside: Inside) -> None:
    inside.text(ANNA, "/start")
    said = inside.press(OWNER, inside.buttons()["Отклонить"])
    assert set(said) == {"Отклонён: user111 (@user111, id 111)"}
    inside.now += HOUR
    assert inside.text(ANNA, "/start") == ["Владелец бота закрыл вам доступ."]
    assert inside.text(ANNA, "/start") == []


def test_a_request_is_told_to_the_owner_after_a_restart_too(start_inside: StartInside) -> None:
    inside = start_inside(OWNER_ID=str(OWNER))

    def refuse(method: str, params: dict[str, object]) -> Answer | None:
        if params.get("chat_id") != OWNER:
            return None
        return Answer({"ok": False, "error_code": 502, "description": "Bad Gateway"}, 502)

    inside.refuses = refuse
    assert len(inside.text(ANNA, "/start")) == 1
    inside = start_inside(OWNER_ID=str(OWNER))
    assert inside.service._tasks.lanes("notice") == [f"chat:{OWNER}"]
    inside.text(OWNER, "/help")
    assert inside.said_to(OWNER)[0] == "Стучится user111 (@user111, id 111). Пустить?"
    assert inside.service.is_idle()


def test_a_name_cannot_pass_for_our_own_words(inside: Inside) -> None:
    name = {"first_name": "Аня\n\nВпущен:\u202e", "last_name": "я" * 500, "username": "не имя"}
    inside.text(ANNA, "/start", author=name)
    (asked,) = [words for words in inside.said_to(OWNER) if words.startswith("Стучится")]
    assert asked.startswith("Стучится Аня Впущен: яяя")
    assert "(id 111)" in asked
    assert len(asked) < 200


# --- lists of those who may come in


def test_ids_and_names_of_the_settings_are_let_in_in_any_case(start_inside: StartInside) -> None:
    inside = start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS="@USER111, 222")
    assert inside.text(ANNA, "/note_add x") == [SAVED]
    assert inside.text(BORIS, "/note_add x") == [SAVED]
    assert CLOSED in inside.text(333, "/note_add x")[0]


def test_a_username_that_changes_hands_lets_nobody_else_in(start_inside: StartInside) -> None:
    inside = start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS="@anna")
    inside.text(ANNA, "/help", author={"username": "Anna"})
    assert inside.text(ANNA, "/note_add под новым именем") == [SAVED]
    assert CLOSED in inside.text(BORIS, "/help", author={"username": "Anna"})[0]


def test_a_name_taken_off_the_list_is_shut_out(start_inside: StartInside) -> None:
    assert start_inside(ALLOWED_USERS="@user111").text(ANNA, "/note_add x") == [SAVED]
    assert "некому" in start_inside(ALLOWED_USERS="@other").text(ANNA, "/help")[0]


def test_open_to_all_the_owner_still_denies(start_inside: StartInside) -> None:
    inside = start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS="*")
    assert inside.text(ANNA, "/note_add x") == [SAVED]
    assert inside.text(OWNER, "/deny 111")[0].startswith("Отклонён")
    assert inside.text(ANNA, "/note_list") == []  # the denial itself told them so
    inside.text(OWNER, "/allow @user111")
    assert "#1" in inside.text(ANNA, "/note_list")[0]


# --- /users, /allow, /deny


def test_a_name_never_seen_is_remembered_for_when_it_comes(start_inside: StartInside) -> None:
    inside = start_inside(OWNER_ID=str(OWNER))
    (said,) = inside.text(OWNER, "/allow @User111")
    assert said == "@user111 мне ещё не писал. Запомню: впущу, когда придёт."
    assert "Ещё не приходили: @user111" in inside.text(OWNER, "/users")[0]
    assert start_inside(OWNER_ID=str(OWNER)).text(ANNA, "/note_add x") == [SAVED]


def test_a_name_denied_beforehand_stays_out(inside: Inside) -> None:
    inside.text(OWNER, "/deny @user111")
    assert inside.text(ANNA, "/start") == ["Владелец бота закрыл вам доступ."]


def test_a_blocked_person_cannot_take_a_name_that_is_expected(inside: Inside) -> None:
    inside.text(OWNER, "/deny 111")
    inside.text(OWNER, "/allow @friend")
    said = inside.text(ANNA, "/note_list", author={"username": "friend"})
    assert said == ["Владелец бота закрыл вам доступ."]
    assert inside.app.people.expected() == [("friend", "user")]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("/allow", "Кого? Напишите id или @имя: /allow"),
        ("/deny", "Кого? Напишите id или @имя: /deny"),
        ("/allow анна", "«анна» — не id и не @имя."),
        ("/allow @", "«@» — не id и не @имя."),
        ("/allow 0", "«0» — не id и не @имя."),
        ("/allow -1001", "«-1001» — не id и не @имя."),
        ("/deny 99999999999999999999", "не id и не @имя."),
        ("/deny 1 2", "«1 2» — не id и не @имя."),
        ("/deny ①", "«①» — не id и не @имя."),
        ("/deny 100", "Это вы, владелец бота"),
        ("/deny @user100", "Это вы, владелец бота"),
        ("/allow 100", "Это вы, владелец бота"),
        ("/allow 333", "Впущен: id 333"),
        ("/deny 333", "Отклонён: id 333"),
    ],
)
def test_each_decision_has_a_clear_answer(inside: Inside, given: str, words: str) -> None:
    (said,) = inside.text(OWNER, given)
    assert words in said


def test_deciding_twice_tells_nobody_twice(inside: Inside) -> None:
    inside.text(ANNA, "/start")
    assert len(inside.text(OWNER, "/allow 111")) == 2
    assert inside.text(OWNER, "/allow 111") == ["Уже впущен: user111 (@user111, id 111)"]
    assert len(inside.text(OWNER, "/deny 111")) == 2
    assert inside.text(OWNER, "/deny 111") == ["Уже отклонён: user111 (@user111, id 111)"]


def test_users_shows_roles_and_use(start_inside: StartInside) -> None:
    inside = start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS="222,@later")
    for person in (OWNER, ANNA, BORIS, 333):
        inside.text(person, "/start")
    inside.text(OWNER, "/deny 333")
    inside.text(OWNER, "/allow 444")
    inside.text(BORIS, "/ask что?")
    inside.app.usage.record(BORIS, int(inside.now), 100, 22)
    (said,) = inside.text(OWNER, "/users")
    assert said.splitlines()[1:-2] == [
        "user100 (@user100, id 100) — владелец",
        "id 444 — впущен",
        "user111 (@user111, id 111) — ждёт вашего решения",
        "user222 (@user222, id 222) — впущен в .env · 1 вопрос, 122 токена",
        "user333 (@user333, id 333) — отклонён",
        "Ещё не приходили: @later",
    ]


def test_thirty_people_come_in_pages_with_a_button_for_each(inside: Inside) -> None:
    for person in range(1000, 1030):
        inside.text(person, "/start")
    (first,) = inside.text(OWNER, "/users")
    assert "Страница 1 из 4." in first
    assert list(inside.buttons())[:2] == ["user100", "user1000"]
    assert list(inside.buttons())[10:] == ["▶", "⬅️ Настройки бота"]
    (second,) = inside.press(OWNER, inside.buttons()["▶"])
    assert "user1010 (@user1010, id 1010) — ждёт вашего решения" in second
    assert list(inside.buttons())[10:12] == ["◀", "▶"]
    (last,) = inside.press(OWNER, f"users:99@{OWNER}")
    assert "Страница 4 из 4." in last


def test_a_person_of_the_list_is_let_in_and_turned_away_by_their_button(inside: Inside) -> None:
    inside.text(ANNA, "/start")
    inside.text(OWNER, "/users")
    assert inside.press(OWNER, inside.buttons()["user111"]) == [
        "user111 (@user111, id 111) — ждёт вашего решения"
    ]
    assert list(inside.buttons()) == ["Пустить", "Отклонить"]
    inside.press(OWNER, inside.buttons()["Пустить"])
    inside.press(OWNER, f"person:{ANNA}@{OWNER}")
    assert list(inside.buttons()) == ["Отклонить"]
    inside.press(OWNER, inside.buttons()["Отклонить"])
    inside.press(OWNER, f"person:{ANNA}@{OWNER}")
    assert list(inside.buttons()) == ["Пустить"]
    inside.sent.clear()
    inside.press(OWNER, f"person:{OWNER}@{OWNER}")
    assert inside.buttons() == {}
    assert "устарела" in inside.press(OWNER, f"person:777@{OWNER}")[0]


# --- one check for everything

OWNERS = ["/users", "/allow 333", "/deny 100", "/backup"]


@pytest.mark.parametrize("command", OWNERS)
def test_the_owners_commands_are_refused_to_others(inside: Inside, command: str) -> None:
    inside.text(OWNER, "/allow 111")
    name = command.split()[0]
    assert inside.text(ANNA, command) == ["Эта команда — для владельца бота. Что можно вам: /help"]
    assert "устарела" in inside.press(ANNA, f"help:owner@{ANNA}")[0]
    assert name in inside.press(OWNER, f"help:owner@{OWNER}")[0]
    assert name[:-1] + "x" not in inside.text(ANNA, f"{name}x")[0].split("Может быть")[-1]
    said = inside.text(OWNER, command, chat_id=GROUP)
    assert said == ["Это я покажу только в личном чате."]


def test_help_in_a_group_tells_how_to_ask_there(start_inside: StartInside) -> None:
    inside = start_inside(ALLOWED_USERS="*")
    (said,) = inside.text(ANNA, "/help", chat_id=GROUP)
    assert "В группе я отвечаю на /ask" in said
    assert set(inside.buttons()) == {
        "📝 Заметки",
        "⏰ Напоминания",
        "💬 Вопросы",
        "🤖 Модели",
        "⚙️ Прочее",
    }


@pytest.mark.parametrize("data", ["allow:333", "deny:100", "deny:222"])
def test_a_forged_button_of_the_owner_is_refused(inside: Inside, data: str) -> None:
    inside.text(OWNER, "/allow 111")
    inside.text(ANNA, "/help")
    before = inside.app.people.everyone(OWNER, 99)
    assert inside.press(ANNA, f"{data}@111") == [
        "Эта команда — для владельца бота. Что можно вам: /help"
    ]
    assert inside.press(ANNA, f"{data}@{OWNER}") == ["Эта кнопка не для вас."]
    assert inside.app.people.everyone(OWNER, 99) == before


@pytest.mark.parametrize("data", ["allow:", "allow:x", "deny:-5", "allow:9" + "9" * 30])
def test_a_malformed_button_of_the_owner_changes_nothing(inside: Inside, data: str) -> None:
    before = inside.app.people.everyone(OWNER, 99)
    assert len(inside.press(OWNER, f"{data}@{OWNER}")) == 1
    assert inside.app.people.everyone(OWNER, 99) == before


def test_a_strangers_presses_and_edits_do_nothing(inside: Inside) -> None:
    inside.text(ANNA, "/start")
    assert inside.press(ANNA, "model:2@111") == ["Этот бот только для своих."]
    assert inside.app.models.get_active_model().id == 1
    message = {
        "message_id": 7, "date": int(inside.now), "edit_date": int(inside.now),
        "chat": {"id": ANNA, "type": "private"}, "from": inside.person(ANNA),
        "text": "/note_add тайком",
    }  # fmt: skip
    assert inside.feed({"edited_message": message}) == []
    assert inside.app.notes.count(ANNA) == 0


def test_in_a_group_the_sender_counts(inside: Inside) -> None:
    inside.text(OWNER, "/allow 111")
    assert inside.text(ANNA, "/note_add x", chat_id=GROUP) == [SAVED]
    assert CLOSED in inside.text(BORIS, "/note_add x", chat_id=GROUP)[0]
    assert inside.app.notes.count(BORIS) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"sender_chat": {"id": GROUP, "type": "supergroup"}},
        {"sender_chat": {"id": -1009, "type": "channel"}},
        {"author": {"is_bot": True}},
    ],
)
def test_those_who_are_no_person_are_not_listened_to(
    start_inside: StartInside, fields: dict[str, Any]
) -> None:
    inside = start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS="*")
    assert inside.text(ANNA, "/note_add x", chat_id=GROUP, **fields) == []
    assert inside.app.people.get(ANNA) is None


def test_a_question_that_waits_is_not_asked_after_a_denial(inside: Inside) -> None:
    inside.text(OWNER, "/allow 111")
    question = _update(inside, ANNA, "/ask что?")
    denial = _update(inside, OWNER, "/deny 111")
    said = inside.feed(question, denial)  # the lanes of chats come before those of jobs
    assert not any("openrouter" in words for words in said)
    assert "Владелец бота закрыл вам доступ. Ваши заметки сохранены." in said
    assert inside.service.is_idle()


def test_an_answer_that_is_ready_is_not_given_after_a_denial(inside: Inside) -> None:
    inside.text(OWNER, "/allow 111")
    inside.text(ANNA, "/note_add тайна")
    unreachable = Answer({"ok": False, "error_code": 502, "description": "Bad Gateway"}, 502)
    inside.refuses = lambda method, params: unreachable if params["chat_id"] == ANNA else None
    inside.text(ANNA, "/ask что?")
    inside.text(ANNA, "/note_list")
    assert inside.service._waiting() == (1, 1)
    inside.text(OWNER, "/deny 111")
    inside.refuses = lambda method, params: None
    inside.sent.clear()
    inside.resume()
    assert inside.said_to(ANNA) == ["Владелец бота закрыл вам доступ. Ваши заметки сохранены."]
    assert inside.service.is_idle()


def _update(inside: Inside, user_id: int, text: str) -> dict[str, object]:
    chat = {"id": user_id, "type": "private"}
    message = {"message_id": 1, "date": int(inside.now), "chat": chat, "text": text}
    return {"message": {**message, "from": inside.person(user_id)}}
