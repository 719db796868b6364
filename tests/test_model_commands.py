"""/models, /model, /model_default, /models_update and /limits as handlers: what is said."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import config
import texts
from acting.rounds import Workshop
from acting.tool import Stores
from clock import Clock
from config import MOST_ID
from db import Database
from dialogue.askers import Askers
from dialogue.asking import Dialogue, Limits
from dialogue.attachments import FileGate
from dialogue.model_sync import Catalogue
from handlers import buttons, commands, key_status, model_choice, models, questions
from handlers.context import App
from handlers.types import (
    Attachment,
    FileUnavailableError,
    GrowingReply,
    Reply,
    Request,
    Status,
)
from llm.client import ChatClient
from llm.model_list import CatalogueEntry
from openrouter_client import OpenRouter
from scratch import Scratch
from storage.alerts import Alerts
from storage.backup import Backup
from storage.calls import Calls
from storage.chats import Chats
from storage.gatherings import Gatherings
from storage.models import Models
from storage.notes import Notes
from storage.overrides import Overrides
from storage.people import People
from storage.preferences import PreferencesTable
from storage.prompts import Prompts
from storage.reminders import Reminders
from storage.search import Search
from storage.styles import Styles
from storage.turns import Turns
from storage.usage import Usage
from tests.emulators.model_server import ModelServer, error
from tests.emulators.tool_calls import acts, call
from tests.talk import ANNA, BORIS, OWNER

EVENING = 1_763_758_800  # 22.11.2025 00:00 in Moscow, 21.11.2025 21:00 UTC

MakeApp = Callable[..., App]


class NoFiles:
    """Nobody sends files here."""

    def fetch(self, file_id: str, target: Path, most: int) -> None:
        raise FileUnavailableError

    def put(
        self,
        chat_id: int,
        path: Path,
        file: Attachment,
        caption: str,
        thread_id: int | None = None,
    ) -> Attachment:
        raise FileUnavailableError


@pytest.fixture
def make_app(db: Database, server: ModelServer, tmp_path: Path) -> MakeApp:
    def make(*, has_owner: bool = True, clients: dict[str, ChatClient] | None = None) -> App:
        openrouter = OpenRouter("sk-or-test", server.url, backoff_s=0.001)
        if clients is None:
            clients = {"openrouter": openrouter}
        registry, styles, turns = Models(db, clients), Styles(db), Turns(db)
        clock = Clock(ZoneInfo("Europe/Moscow"), lambda: EVENING)
        scratch = Scratch(tmp_path / "scratch")
        limits, gate = Limits(100, 1000, 5.0), FileGate(NoFiles(), scratch)
        people, preferences = People(db), PreferencesTable(db)
        askers = Askers(clock, people, preferences)
        stores = Stores(Notes(db), Search(db), Reminders(db))
        workshop = Workshop(db, Calls(db), Usage(db), stores)
        return App(
            configured=config.load(
                {"OWNER_ID": str(OWNER)} if has_owner else {}, tmp_path / ".env"
            ),
            overrides=Overrides(db),
            clock=clock,
            notes=Notes(db),
            models=registry,
            styles=styles,
            turns=turns,
            gatherings=Gatherings(db),
            dialogue=Dialogue(
                turns, Search(db), styles, registry, clients, limits, gate, askers, workshop
            ),
            workshop=workshop,
            catalogue=Catalogue(registry, clients),
            fetch_key=openrouter.fetch_key if clients else None,
            people=people,
            preferences=preferences,
            reminders=stores.reminders,
            usage=Usage(db),
            alerts=Alerts(db),
            chats=Chats(db),
            prompts=Prompts(db),
            backup=Backup(db),
            search=Search(db),
            files=NoFiles(),
            scratch=scratch,
            transcriber=None,
        )

    return make


@pytest.fixture
def app(make_app: MakeApp) -> App:
    return make_app()


def by(user_id: int, args: str = "") -> Request:
    return Request(user_id, user_id, 1, 0, True, args, button_on=7)


def done(app: App, reply: Reply) -> Reply:
    """The result of the one task that a reply asks for."""
    (task,) = reply.tasks
    result = commands.TASKS[task.kind].handler(app, by(ANNA), task.args)
    assert isinstance(result, Reply)
    return result


def asked(app: App) -> str:
    """What is said to a question."""
    (task,) = questions.ask(app, by(ANNA, "вопрос")).tasks
    answer = questions.answer(app, by(ANNA), task.args)
    assert isinstance(answer, GrowingReply)
    assert list(answer.pieces) == []
    return answer.conclude().text


def offer(app: App, count: int, *, free: bool = True) -> None:
    """Let the catalogue have what it had and `count` models more."""
    kind = "free" if free else "paid"
    new = [
        CatalogueEntry(f"vendor/{kind}-{n}", f"Модель Ёж {n}", None, free, text_output=True)
        for n in range(count)
    ]
    known = app.models.list_models()
    app.models.merge("openrouter", [*known, *new] if free else known, [] if free else new)


def press(app: App, data: str) -> Reply:
    """What a button with this data does."""
    pressed = buttons.decode(f"{data}@{ANNA}")
    row = next(row for row in commands.BUTTONS if row.name == pressed.action)
    return row.handler(app, by(ANNA), *buttons.arguments_of(pressed.arguments, row.fields))


def data(reply: Reply) -> list[str]:
    return [button.data for row in reply.buttons for button in row]


# Pages


def names(reply: Reply) -> list[str]:
    return [button.text for row in reply.buttons for button in row]


def test_one_page_has_no_arrows(app: App) -> None:
    said = model_choice.list_(app, by(ANNA))
    assert said.text == "Сейчас отвечает 1. Любая бесплатная\nНайти: /model слово"
    assert names(said)[0] == "✓ Любая бесплатная · бесплатно"
    assert len(said.buttons) == 10 + 1
    assert data(said)[-1] == "settings:"
    in_group = model_choice.list_(app, replace(by(ANNA), private=False))
    assert len(in_group.buttons) == 10


def test_of_many_models_a_few_are_shown_with_the_makers_of_all(app: App) -> None:
    offer(app, 15)
    with app.models._db.transaction() as connection:
        connection.execute(
            "UPDATE models SET context_length = id * 10000, inputs = 'image' WHERE id IN (4, 5)"
        )
    models.default(app, by(OWNER, "7"))
    for model_id in ("2", "3", "6", "9"):
        models.model(app, by(ANNA, model_id))
    first = model_choice.list_(app, by(ANNA))
    assert [int(item.split(":")[1]) for item in data(first)[:6]] == [9, 7, 6, 3, 5, 4]
    assert names(first)[0].startswith("✓ ")
    assert names(first)[4] == "Nemotron 3.5 Lightning · 50k · 👁 · бесплатно"
    assert names(first)[6:9] == ["vendor · 15", "nvidia · 3", "google · 2"]
    made = press(app, data(first)[6])
    assert made.edit
    assert names(made)[0] == "Модель Ёж 0 · бесплатно"
    chosen = press(app, data(made)[0])  # three taps: /models, the maker, the model
    assert chosen.toast.startswith("Теперь отвечает Модель Ёж 0")
    assert names(chosen)[0] == "✓ Модель Ёж 0 · бесплатно"
    back = press(app, data(chosen)[-1])
    assert data(back)[-1] == "settings:"
    assert data(back)[0].startswith("model:11:")  # it is the most recent one by now


def test_every_model_is_on_the_page_of_its_maker(app: App) -> None:
    offer(app, 15)
    first = model_choice.list_(app, by(ANNA))
    shown: set[int] = set()
    page: Reply | None
    for maker in (item for item in data(first) if item.startswith("models:")):
        page = press(app, maker)
        while page is not None:
            shown |= {int(i.split(":")[1]) for i in data(page) if i.startswith("model:")}
            onward = [b.data for row in page.buttons for b in row if b.text == "▶"]
            page = press(app, onward[0]) if onward else None
    assert shown == {m.id for m in app.models.list_models()}


def test_pages_of_ten_with_arrows_that_edit_the_message(app: App) -> None:
    offer(app, 15)
    first = model_choice.turn(app, by(ANNA), 0, "")
    assert "Страница 1 из 3" in first.text
    assert [b.text for b in first.buttons[-2]] == ["▶"]
    second = press(app, first.buttons[-2][0].data)
    assert second.edit
    assert data(second)[0].startswith("model:11:")
    assert "Сейчас отвечает 1. Любая бесплатная" in second.text
    assert [b.text for b in second.buttons[-2]] == ["◀", "▶"]
    last = press(app, second.buttons[-2][1].data)
    assert data(last)[0].startswith("model:21:")
    assert len(last.buttons) == 5 + 2
    assert [b.text for b in last.buttons[-2]] == ["◀"]


def test_a_page_that_is_no_longer_there_is_the_last(app: App) -> None:
    assert data(model_choice.turn(app, by(ANNA), 99, ""))[0].startswith("model:1:")


def test_a_button_of_a_model_that_is_none(app: App) -> None:
    assert "устарела" in model_choice.press(app, by(ANNA), 77, 0, "").toast
    assert models.model(app, by(ANNA)).text.startswith("Сейчас отвечает 1. ")


def test_a_choice_keeps_the_page_and_the_filter(app: App) -> None:
    offer(app, 25)
    first = model_choice.list_(app, by(ANNA, "ЕЖ"))
    second = press(app, first.buttons[-2][0].data)
    chosen = press(app, second.buttons[2][0].data)
    assert names(chosen)[2] == "✓ Модель Ёж 12 · бесплатно"
    assert data(chosen) == data(second)
    assert chosen.edit
    assert chosen.toast.startswith("Теперь отвечает Модель Ёж 12")


def test_the_data_of_every_button_fits(app: App) -> None:
    offer(app, 25)
    for word in ("ё" * 50, "vendor/free-with-a-long-name", "модель ёж 1", ""):
        reply = model_choice.list_(app, by(ANNA, word))
        assert all(len(buttons.encode(item, MOST_ID).encode()) <= 64 for item in data(reply))


@pytest.mark.parametrize(
    ("word", "ids"),
    [
        ("GEMMA", [2, 3]),
        ("nvidia/", [4, 5, 6]),
        ("любая", [1]),
        ("openrouter", [*range(1, 11)]),
        ("vl nvidia", [6]),
    ],
)
@pytest.mark.parametrize("handler", [model_choice.list_, models.model])
def test_a_word_is_looked_for_in_names_keys_and_providers(
    app: App, handler: Callable[[App, Request], Reply], word: str, ids: list[int]
) -> None:
    said = handler(app, by(ANNA, f"  {word} "))
    assert [int(i.split(":")[1]) for i in data(said) if i.startswith("model:")] == ids
    assert data(said)[-1] == "models:0:*"


def test_a_filter_that_finds_nothing(app: App) -> None:
    said = model_choice.list_(app, by(ANNA, "нету"))
    assert "«нету»" in said.text
    assert data(said) == ["models:0:*"]


def test_the_free_come_first_and_the_gone_have_no_button(app: App) -> None:
    offer(app, 2, free=False)
    taken = app.models.take_offer("vendor/paid-0")
    assert taken is not None
    app.models.merge("openrouter", app.models.list_models()[1:10], [taken])
    said = model_choice.list_(app, by(ANNA))
    assert [int(item.split(":")[1]) for item in data(said)[:-1]] == [*range(2, 12)]
    assert names(said)[-2] == "Модель Ёж 0 · платно"
    assert said.text.startswith("Сейчас отвечает 1. Любая бесплатная\nЭта модель сейчас недоступна")
    assert "недоступна" in models.model(app, by(ANNA)).text


def test_with_every_model_gone_it_is_said(app: App) -> None:
    app.models.merge("openrouter", [], [])
    assert "Моделей пока нет" in model_choice.list_(app, by(ANNA)).text


@pytest.mark.parametrize(
    ("tokens", "shown"),
    [
        (512, "512"), (8192, "8k"), (163_840, "164k"), (999_999, "1M"), (1_000_000, "1M"),
        (1_048_576, "1M"), (1_310_720, "1.3M"),
    ],
)  # fmt: skip
def test_a_context_is_short(tokens: int, shown: str) -> None:
    assert texts.models.context(tokens) == shown


# Choosing


def test_a_choice_is_one_s_own_once_there_is_an_owner(app: App) -> None:
    assert models.model(app, by(ANNA, "5")).text.startswith("Теперь отвечает ")
    assert models.model(app, by(ANNA)).text.startswith("Сейчас отвечает 5. ")
    assert models.model(app, by(BORIS)).text.startswith("Сейчас отвечает 1. ")
    assert names(model_choice.list_(app, by(BORIS)))[0].startswith("✓ Любая")
    assert "модель по умолчанию" in models.default(app, by(BORIS, "3")).text
    assert models.model(app, by(BORIS)).text.startswith("Сейчас отвечает 3. ")
    assert models.model(app, by(ANNA)).text.startswith("Сейчас отвечает 5. ")
    assert models.model(app, by(ANNA, "default")).text.startswith("Сейчас отвечает 3. ")


def test_without_an_owner_a_switch_is_for_all(make_app: MakeApp) -> None:
    app = make_app(has_owner=False)
    model_choice.press(app, by(ANNA), 5, 0, "")
    assert models.model(app, by(BORIS)).text.startswith("Сейчас отвечает 5. ")


def test_a_model_by_its_key(app: App) -> None:
    assert "Gemma 4 31B" in models.model(app, by(ANNA, "Google/gemma-4-31b-it:free")).text
    assert models.model(app, by(ANNA)).text.startswith("Сейчас отвечает 2. ")


def test_the_owner_adds_a_paid_model_by_its_key(app: App) -> None:
    offer(app, 1, free=False)
    assert "vendor/paid-0" not in model_choice.list_(app, by(OWNER)).text
    said = models.model(app, by(OWNER, "vendor/paid-0")).text
    assert said.startswith("Теперь отвечает Модель Ёж")
    assert models.model(app, by(OWNER)).text.startswith("Сейчас отвечает 11. ")


@pytest.mark.parametrize("handler", [models.model, models.default])
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("77", "Модели с номером 77 нет"),
        ("9" * 30, "нет"),
        ("no/such", "«no/such» — не номер"),
        ("два", "«два» — не номер"),
        ("٣", "«٣» — не номер"),
        ("%s{0}'\";", "не номер"),
        ("x" * 4000, "не номер"),
        ("2", "сейчас недоступна"),
        ("google/gemma-4-31b-it:free", "сейчас недоступна"),
    ],
)
def test_what_cannot_be_chosen(
    app: App, handler: Callable[[App, Request], Reply], given: str, words: str
) -> None:
    rows = app.models.list_models()
    app.models.merge("openrouter", [rows[0], *rows[2:]], [])
    said = handler(app, by(ANNA, given)).text
    assert words in said
    assert len(said) < 400
    assert models.model(app, by(ANNA)).text.startswith("Сейчас отвечает 1. ")


def test_the_default_is_told(app: App) -> None:
    assert models.default(app, by(ANNA)).text.startswith("Модель по умолчанию — 1. ")


def test_an_empty_registry_is_told(app: App, db: Database) -> None:
    with db.transaction() as connection:
        connection.execute("DELETE FROM models")
    for handler in (model_choice.list_, models.model, models.default):
        assert "Список моделей пуст" in handler(app, by(ANNA)).text
    assert "устарела" in model_choice.turn(app, by(ANNA), 0, "").toast
    assert "устарела" in model_choice.press(app, by(ANNA), 1, 0, "").toast


def test_a_model_of_a_provider_that_is_not_set_up_is_not_asked(make_app: MakeApp) -> None:
    app = make_app(clients={})
    assert "openrouter не настроен" in asked(app)
    assert "OpenRouter не настроен" in key_status.fetch(app, by(ANNA), {}).text
    assert models.make_update(app, by(ANNA), {}).text.startswith("Ни один")


# The owner's


def test_the_owner_s_commands_are_marked() -> None:
    marked = {c.name for c in commands.COMMANDS if c.owner_only}
    assert {"model_default", "models_update", "limits"} <= marked


def test_an_update_tells_what_changed(app: App, server: ModelServer) -> None:
    rows = [
        {"id": m.key, "pricing": {"prompt": 0, "completion": 0}} for m in app.models.list_models()
    ]
    new = {"id": "a/new:free", "pricing": {"prompt": "0", "completion": "0"}}
    server.pages["/models"] = {"data": [*rows[1:], new]}
    reply = models.update(app, by(ANNA))
    said = done(app, reply).text
    assert said == (
        "openrouter: 10 моделей; новые: a/new:free; больше недоступны: openrouter/free."
    )
    said = models.make_update(app, by(ANNA), {}).text
    assert said == "openrouter: 10 моделей; без перемен."


def test_an_update_that_fails_says_why(app: App, server: ModelServer) -> None:
    server.pages["/models"] = error(401)
    said = models.make_update(app, by(ANNA), {}).text
    assert said.startswith("openrouter: список прежний. OpenRouter не принял ключ.")
    server.pages["/models"] = {"data": []}
    assert "ни одной модели" in models.make_update(app, by(ANNA), {}).text


KEY: dict[str, Any] = {
    "label": "sk-or-v1-au7...890",
    "limit": 10,
    "limit_remaining": 7.5,
    "limit_reset": "daily",
    "usage": 25.5,
    "usage_daily": 0.0012,
    "is_free_tier": False,
}


def test_limits(app: App, server: ModelServer) -> None:
    server.pages["/key"] = {"data": KEY}
    reply = key_status.limits(app, by(ANNA))
    said = done(app, reply).text
    assert said.split("\n") == [
        "Ключ OpenRouter",
        "Потрачено сегодня $0.001200, всего $25.50.",
        "Осталось $7.50 из $10.00 до конца дня.",
        "Бесплатным моделям можно задать 1000 вопросов в день (если куплено 10 кредитов).",
        "Счёт начнётся заново сегодня в 03:00.",
    ]


def test_limits_of_a_free_key(app: App, server: ModelServer) -> None:
    free = {"limit": None, "limit_remaining": None, "is_free_tier": True, "usage_daily": 0}
    server.pages["/key"] = {"data": KEY | free}
    said = key_status.fetch(app, by(ANNA), {}).text
    assert "Предел трат для ключа не задан." in said
    assert "50 вопросов в день" in said
    assert "$0.00" in said


def test_limits_that_cannot_be_had(app: App, server: ModelServer) -> None:
    server.pages["/key"] = error(401)
    assert "не принял ключ" in key_status.fetch(app, by(ANNA), {}).text


# The daily limit


@pytest.mark.parametrize(
    ("reset", "words"),
    [
        ({"X-RateLimit-Reset": str((EVENING + 3 * 3600) * 1000)}, "сегодня в 03:00."),
        ({"X-RateLimit-Reset": str((EVENING + 27 * 3600) * 1000)}, "завтра в 03:00."),
        ({"X-RateLimit-Reset": str((EVENING + 75 * 3600) * 1000)}, "25.11 в 03:00."),
        ({}, "сегодня в 03:00."),
        ({"X-RateLimit-Reset": "1e300"}, "сегодня в 03:00."),
    ],
)
def test_a_spent_day_says_when_it_starts_anew(
    app: App, server: ModelServer, reset: dict[str, str], words: str
) -> None:
    said = {"error": {"code": 429, "message": "Rate limit exceeded: free-models-per-day"}}
    server.default = error(429, said, reset)
    answer = asked(app)
    assert "на сегодня закончились" in answer
    assert answer.endswith(f"Счёт начнётся заново {words}")


def test_what_is_asked_fits_a_model_with_a_small_context(
    app: App, db: Database, server: ModelServer
) -> None:
    with db.transaction() as connection:
        connection.execute("UPDATE models SET context_length = 160")
    (task,) = questions.ask(app, by(ANNA, "почему?")).tasks
    answer = questions.answer(app, by(ANNA), task.args)
    assert isinstance(answer, GrowingReply)
    assert "".join(map(str, answer.pieces)) == "Привет!"
    sent = server.requests[-1].json
    size = sum(len(message["content"].encode()) for message in sent["messages"]) // 4
    assert 50 < sent["max_tokens"] < 160 - size


def test_of_what_a_model_calls_nothing_more_is_done_once_it_is_stopped(
    app: App, server: ModelServer
) -> None:
    server.default = acts([call("save_note", text="раз"), call("save_note", text="два")])
    (task,) = questions.ask(app, by(ANNA, "сохрани раз и два")).tasks
    answer = questions.answer(app, by(ANNA), task.args)
    assert isinstance(answer, GrowingReply)
    pieces = iter(answer.pieces)
    assert next(pieces) == Status("💾 сохраняю…")
    answer.stop()
    assert list(pieces) == []
    assert [note.text for note in app.notes.every(ANNA)] == ["раз"]
    assert "💾 #1" in answer.conclude().text


def test_no_text_is_joined_to_a_question_that_is_being_asked(app: App) -> None:
    def extend(at: int) -> bool:
        return app.turns.extend(ANNA, ANNA, 2, " дальше", at, 7)

    turn_id = app.turns.add(ANNA, ANNA, 1, "а" * 4096, "", 100, 4096)
    assert extend(101)
    assert not extend(101)  # the part before was not full
    app.turns.add(ANNA, ANNA, 3, "б" * 4096, "", 102, 4096)
    app.turns.start(turn_id + 1)
    assert not extend(103)
