"""/settings: what is set by a button holds at once, for oneself and, the owner's part, for all."""

import re

import pytest

import config
from handlers import owner_settings, preferences
from storage.overrides import Overrides
from tests.conftest import StartBot, StartInside
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer, answer
from tests.inside import NOON, Inside
from tests.talk import ANNA, BORIS, GROUP, OWNER, Talk, ask, buttons
from texts.en import preferences as english
from texts.ru import preferences as russian

OLD = "Кнопка устарела. Начните заново: /help"


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    one = start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS="111,222")
    one.text(OWNER, "/start")
    one.sent.clear()
    return one


def open_(inside: Inside, user_id: int, *labels: str) -> list[str]:
    """Open the settings, press one button after another; what was said to the last press."""
    said = inside.text(user_id, "/settings")
    for label in labels:
        data = next(data for words, data in inside.buttons().items() if label in words)
        said = inside.press(user_id, data)
    return said


# --- one's own


def test_the_settings_are_one_message_of_buttons(inside: Inside) -> None:
    assert inside.text(ANNA, "/settings") == [russian.HEAD]
    assert list(inside.buttons()) == [
        "🤖 Модель: Любая бесплатная",
        "🎭 Стиль: кратко и по делу",
        "🕒 Часовой пояс: общий для бота",
        "🧰 Что модель может делать: всё",
        "🌐 Язык: как в Telegram",
        "✍️ Простой текст: вопрос",
        "📏 Под ответом: время, модель и токены",
        "🌅 Сводка на день: не присылать",
        "🙂 Имя для моделей: не называть",
    ]
    sent = len(inside.sent)
    open_(inside, ANNA, "Язык", "English", "Plain text", "⬅️ Settings", "Model", "Gemma 4 31B")
    shown = [call for call, _ in inside.sent[sent:] if call.startswith(("send", "edit"))]
    assert shown[0] == "sendMessage"
    assert set(shown[1:]) == {"editMessageText"}
    assert inside.app.models.model_for(ANNA).id == 2


def test_every_choice_has_words_and_marks_what_holds(inside: Inside) -> None:
    for name, values in preferences.CHOICES.items():
        assert set(russian.VALUES[name]) == set(english.VALUES[name]) <= set(values)
        assert name in russian.HOW
        for value in values:
            inside.press(ANNA, f"set:{name}:{value}@{ANNA}")
            inside.press(ANNA, f"settings:{name}@{ANNA}")
            ticked = [words for words in inside.buttons() if words.startswith("✓ ")]
            spoken = english if inside.app.language_of(ANNA) == "en" else russian
            assert ticked == [f"✓ {spoken.VALUES[name].get(value, value)}"]
    assert set(russian.NAMES_OF_ALL) == set(owner_settings.CHOICES) == set(russian.HOW_OF_ALL)


def test_a_language_is_spoken_at_once_and_after_a_restart(
    inside: Inside, start_inside: StartInside
) -> None:
    said = open_(inside, ANNA, "Язык", "English")
    assert said == ["🌐 Language: English", english.HEAD]
    assert inside.text(ANNA, "/note_count", author={"language_code": "ru"}) == ["You have 0 notes."]
    assert inside.text(BORIS, "/note_count") == ["У вас 0 заметок."]
    inside = start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS="111,222")
    assert inside.text(ANNA, "/note_count") == ["You have 0 notes."]
    open_(inside, ANNA, "Language", "as in Telegram")
    assert inside.text(ANNA, "/note_count") == ["У вас 0 заметок."]


def test_the_menu_follows_the_language(api: BotApi, start_bot: StartBot) -> None:
    start_bot()
    anna = Talk(api, ANNA)

    def menu(code: str = "") -> list[dict[str, str]] | None:
        return api._world.commands.get((f"chat:{ANNA}", code))

    page = anna.message("/settings")
    anna.turn(page, "🌐 Язык: как в Telegram")
    page = anna.turn(page, "English")
    api.wait(lambda _: menu() and menu("ru"))
    for code in ("", "ru", "en"):
        described = {row["command"]: row["description"] for row in menu(code) or []}
        assert described["help"] == "all commands"
        assert "backup" not in described
    anna.turn(page, "🌐 Language: English")
    anna.turn(page, "as in Telegram")
    api.wait(lambda _: not any(map(menu, ("", "ru", "en"))))


def test_plain_text_becomes_a_note_where_that_is_wished(
    api: BotApi, start_bot: StartBot, model: ModelServer
) -> None:
    start_bot()
    anna = Talk(api, ANNA)
    page = anna.message("/settings")
    anna.turn(page, "✍️ Простой текст: вопрос")
    assert "✍️ Простой текст: заметка" in buttons(anna.turn(page, "заметка"))
    saved = anna.message("купить хлеб")
    assert saved["text"] == "Сохранено: заметка #1."
    assert list(buttons(saved)) == ["✏️", "🗑", "⏰"]
    asked = len(model.requests)
    said = ask(anna, "/ask почему?")
    assert len(model.requests) == asked + 1
    ask(anna, "а ещё?", reply_to=said)  # a reply goes on with the conversation
    assert len(model.requests) == asked + 2
    api.text(ANNA, "@notes_test_bot почему?", chat_id=GROUP)
    api.wait(lambda _: len(model.requests) == asked + 3)
    assert anna("/note_count") == "У вас 1 заметка."


@pytest.mark.parametrize(
    ("footer", "shown"),
    [
        ("full", r"Ответ\.\n\n\(\d+ мс; модель: openrouter/free; \d+ токен\w*\)"),
        ("short", r"Ответ\.\n\n\d+ с · Любая бесплатная"),
        ("off", r"Ответ\."),
    ],
)
def test_the_line_under_answers_is_as_wished(
    api: BotApi, start_bot: StartBot, model: ModelServer, footer: str, shown: str
) -> None:
    start_bot()
    anna = Talk(api, ANNA)
    page = anna.message("/settings")
    api.wait_callback_answer(api.press(ANNA, page, f"set:footer:{footer}@{ANNA}"))
    model.script(answer("Ответ."))
    assert re.fullmatch(shown, ask(anna, "/ask что?")["text"])


@pytest.mark.parametrize(
    "data",
    ["set:language:de", "set:nosuch:1", "set:plain_text:", "set:", "settings:nosuch",
     "set:digest:09:01", "set:tools_off:x"],
)  # fmt: skip
def test_what_cannot_be_set_is_an_old_button(inside: Inside, data: str) -> None:
    before = inside.app.preferences.of(ANNA)
    assert inside.press(ANNA, f"{data}@{ANNA}") == [OLD]
    assert inside.app.preferences.of(ANNA) == before


def test_a_setting_of_somebody_else_is_not_theirs_to_press(inside: Inside) -> None:
    inside.text(ANNA, "/settings")
    inside.now += 366 * 24 * 3600
    said = inside.press(BORIS, f"set:language:en@{ANNA}")
    assert said == ["Эта кнопка не для вас."]
    assert inside.press(ANNA, f"set:language:en@{ANNA}")[0] == "🌐 Language: English"


def test_a_group_is_not_shown_the_settings(inside: Inside) -> None:
    assert inside.text(ANNA, "/settings", chat_id=GROUP) == ["Это я покажу только в личном чате."]
    assert "⬅️ Настройки" not in inside.buttons()
    inside.text(ANNA, "/models", chat_id=GROUP)
    assert not any("Настройки" in words for words in inside.buttons())


def test_the_digest_and_the_zone_are_set_with_what_depends_on_them(inside: Inside) -> None:
    assert open_(inside, ANNA, "🌅", "09:00")[0] == "🌅 Сводка на день: 09:00"
    assert inside.app.reminders.digest(ANNA) is not None
    assert open_(inside, ANNA, "🌅", "не присылать")[0] == "🌅 Сводка на день: не присылать"
    assert inside.app.reminders.digest(ANNA) is None
    assert "Омск" in open_(inside, ANNA, "🕒", "Омск")[0]
    inside.press(ANNA, inside.buttons()["⬅️ Настройки"])
    assert "🕒 Часовой пояс: Омск (UTC+6)" in inside.buttons()
    assert inside.app.preferences.of(ANNA).timezone == "Asia/Omsk"


# --- the owner's


def test_the_owner_s_part_leads_everywhere_and_back(inside: Inside) -> None:
    assert open_(inside, OWNER, "👑")[0] == russian.OWNER_HEAD
    assert list(inside.buttons()) == [
        "👥 Кому можно писать",
        "🤖 Модель по умолчанию: Любая бесплатная",
        "⏱ Вопросов в минуту: сколько угодно",
        "📅 Вопросов в день: сколько угодно",
        "💾 Копия базы: сама не делается",
        "🌍 Поиск в интернете: выключен",
        "⬅️ Настройки",
    ]
    for label in ("👥", "🤖", "⏱", "📅", "💾", "🌍"):
        open_(inside, OWNER, "👑", label)
        back = inside.press(OWNER, inside.buttons()["⬅️ Настройки бота"])
        assert back[0] == russian.OWNER_HEAD
    inside.text(ANNA, "/settings")
    assert not any("👑" in words for words in inside.buttons())


def test_a_limit_holds_at_once_and_after_a_restart(
    inside: Inside, start_inside: StartInside
) -> None:
    said = open_(inside, OWNER, "👑", "⏱ Вопросов в минуту", "3")
    assert said[0] == "⏱ Вопросов в минуту: 3"
    assert inside.app.settings.ask_per_minute == 3
    inside = start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS="111,222")
    for _ in range(3):
        inside.app.usage.asked(ANNA, NOON)
    assert "Не так быстро: 3 вопроса в минуту." in inside.text(ANNA, "/ask ещё?")[0]
    open_(inside, OWNER, "👑", "⏱", "сколько угодно")
    assert inside.app.settings.ask_per_minute == 0


def test_copies_begin_without_a_restart(inside: Inside) -> None:
    inside.service._backups.look()
    assert inside.service._tasks.planned("due_backup") == []
    assert open_(inside, OWNER, "👑", "💾", "раз в 12 часов")[0] == "💾 Копия базы: раз в 12 часов"
    inside.service._backups.look()
    assert len(inside.service._tasks.planned("due_backup")) == 1


def test_the_default_model_is_chosen_by_buttons(inside: Inside) -> None:
    said = open_(inside, OWNER, "👑", "🤖 Модель по умолчанию")
    assert said[0].startswith("Модель по умолчанию — 1. ")
    inside.press(OWNER, inside.buttons()["Gemma 4 31B · бесплатно"])
    assert inside.app.models.model_for(ANNA).id == 2
    assert inside.app.models.model_for(OWNER).id == 2
    assert "✓ Gemma 4 31B · бесплатно" in inside.buttons()


def test_what_env_fixes_is_shown_and_stays(start_inside: StartInside) -> None:
    inside = start_inside(OWNER_ID=str(OWNER), ASK_PER_DAY="50", ASK_PER_MINUTE="0")
    open_(inside, OWNER, "👑")
    assert "🔒 📅 Вопросов в день: 50" in inside.buttons()
    assert "⏱ Вопросов в минуту: сколько угодно" in inside.buttons()  # as usual: not fixed
    for data in ("owner_settings:ASK_PER_DAY", "owner_set:ASK_PER_DAY:20"):
        (said,) = inside.press(OWNER, f"{data}@{OWNER}")
        assert said == "Это задано в .env: ASK_PER_DAY. Поменяйте там и перезапустите бота."
    Overrides(inside.db).set("ASK_PER_DAY", "20")  # from before it was fixed
    inside = start_inside(OWNER_ID=str(OWNER), ASK_PER_DAY="50")
    assert inside.app.settings.ask_per_day == 50


@pytest.mark.parametrize(
    "data",
    ["owner_set:ASK_PER_DAY:7", "owner_set:TOKEN:x", "owner_set:", "owner_settings:TOKEN"],
)
def test_what_is_not_offered_is_an_old_button(inside: Inside, data: str) -> None:
    assert inside.press(OWNER, f"{data}@{OWNER}") == [OLD]
    assert inside.app.overrides.texts == {}


@pytest.mark.parametrize(
    "data", ["owner_set:ASK_PER_DAY:20", "owner_settings:", "models_default:0:*"]
)
def test_the_owner_s_part_is_refused_to_others(inside: Inside, data: str) -> None:
    assert inside.press(ANNA, f"{data}@{ANNA}")[0].startswith("Эта команда — для владельца бота.")
    assert inside.app.overrides.texts == {}


def test_a_value_of_another_version_is_passed_over(inside: Inside) -> None:
    settings = inside.app.configured
    texts = {"ASK_PER_DAY": "many", "NOSUCH": "1", "ASK_PER_MINUTE": "5"}
    assert config.overridden(settings, texts).ask_per_minute == 5
    assert config.overridden(settings, texts).ask_per_day == settings.ask_per_day


@pytest.mark.parametrize(
    ("chosen", "searchers"), [("off", []), ("on", [OWNER]), ("all", [OWNER, ANNA])]
)
def test_the_web_is_searched_for_those_whom_the_owner_pays_for(
    start_inside: StartInside, model: ModelServer, chosen: str, searchers: list[int]
) -> None:
    inside = start_inside(
        OWNER_ID=str(OWNER),
        ALLOWED_USERS=str(ANNA),
        OPENROUTER_API_KEY="sk-or-test",
        OPENROUTER_BASE_URL=model.url,
    )
    inside.press(OWNER, f"owner_set:WEB_SEARCH:{chosen}@{OWNER}")
    found = []
    for person in (OWNER, ANNA):
        inside.text(person, "какая погода?")
        offered = model.requests[-1].json.get("tools", ())
        found += [person] * any(tool["type"] == "openrouter:web_search" for tool in offered)
    assert found == searchers


def test_a_name_is_told_once_it_is_allowed(start_inside: StartInside) -> None:
    inside = start_inside(ALLOWED_USERS="*")
    inside.text(ANNA, "/settings")
    assert not inside.app.preferences.of(ANNA).name_shared
    inside.press(ANNA, f"set:name_shared:yes@{ANNA}")
    assert inside.app.preferences.of(ANNA).name_shared
    inside.press(ANNA, f"set:name_shared:@{ANNA}")
    assert not inside.app.preferences.of(ANNA).name_shared
