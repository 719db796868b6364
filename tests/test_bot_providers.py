"""Providers by chatting: the real process with GigaChat, a local server and a live catalogue."""

from pathlib import Path

import pytest

from tests.certificates import Authority
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.gigachat_server import GigaChatServer
from tests.emulators.model_server import ModelServer, answer, error, midstream_error
from tests.gigachat import KEY
from tests.talk import ANNA, Talk, ask, buttons

FREE = {"prompt": "0", "completion": "0"}


@pytest.fixture
def settings(gigachat: GigaChatServer, authority: Authority) -> dict[str, str]:
    return {
        "GIGACHAT_CLIENT_SECRET": KEY,
        "GIGACHAT_AUTH_URL": gigachat.auth_url,
        "GIGACHAT_BASE_URL": f"{gigachat.url}/chat/completions/",
        "GIGACHAT_CA_BUNDLE": str(authority.bundle),
    }


def test_gigachat_answers_once_its_settings_are_there(
    api: BotApi, start_bot: StartBot, gigachat: GigaChatServer, settings: dict[str, str]
) -> None:
    gigachat.default = answer("Я — GigaChat.")
    bot = start_bot(**settings)
    anna = Talk(api, ANNA)
    assert "GigaChat-2-Max · 128k · 👁" in buttons(anna.message("/models gigachat"))
    assert anna("/model GigaChat-2").startswith("Теперь отвечает GigaChat-2")
    assert ask(anna, "/ask кто ты?")["text"].startswith("Я — GigaChat.")
    gigachat.revoke()
    assert ask(anna, "/ask кто ты?")["text"].startswith("Я — GigaChat.")
    sent = gigachat.requests[-1]
    assert sent.json["profanity_check"] is True
    assert KEY not in bot.log
    assert "secret-of-the-test" not in bot.log
    assert sent.headers["Authorization"].removeprefix("Bearer ") not in bot.log


def test_gigachat_s_catalogue_is_read_at_the_start(
    api: BotApi, start_bot: StartBot, gigachat: GigaChatServer, settings: dict[str, str]
) -> None:
    bot = start_bot(OWNER_ID=str(ANNA), **settings)
    gigachat.wait(lambda: any(visit.path == "/v1/models" for visit in gigachat.visits))
    anna = Talk(api, ANNA)
    assert "gigachat: 3 модели" in anna("/models_update")
    listed = " ".join(buttons(anna.message("/models gigachat")))
    assert "GigaChat-3-Ultra" in listed
    assert "GigaChat-2-Pro" not in listed  # it has left the catalogue
    assert "GigaFilter" not in listed
    assert "Каталог gigachat: моделей 3" in bot.log


def test_without_the_ca_the_chat_says_what_to_download(
    api: BotApi, start_bot: StartBot, settings: dict[str, str]
) -> None:
    bot = start_bot(OWNER_ID=str(ANNA), **settings | {"GIGACHAT_CA_BUNDLE": ""})
    anna = Talk(api, ANNA)
    anna("/model GigaChat-2")
    said = anna("/ask кто ты?")
    assert "https://www.gosuslugi.ru/crt" in said
    assert "GIGACHAT_CA_BUNDLE" in said
    assert "Traceback" not in bot.log


def test_the_bot_runs_with_the_providers_that_are_right(
    api: BotApi, start_bot: StartBot, settings: dict[str, str], tmp_path: Path
) -> None:
    wrong = {
        "GIGACHAT_CA_BUNDLE": str(tmp_path / "nowhere.pem"),
        "GIGACHAT_SCOPE": "GIGACHAT",
        "OPENAI_BASE_URL": "localhost",
    }
    bot = start_bot(**settings | wrong)
    anna = Talk(api, ANNA)
    assert anna("/ask вопрос").startswith("Привет!")
    assert "«gigachat»" in anna("/models gigachat")
    for name in wrong:
        assert name in bot.log
    assert KEY not in bot.log


def test_a_local_server_without_a_key(api: BotApi, start_bot: StartBot, model: ModelServer) -> None:
    with ModelServer(answer("Я местная."), prefix="/v1") as local:
        local.pages["/models"] = {"object": "list", "data": [{"id": "llama3.2:3b"}]}
        start_bot(OPENAI_BASE_URL=f"{local.url}/", OWNER_ID=str(ANNA))
        anna = Talk(api, ANNA)
        api.text(ANNA, "/models_update")
        api.wait_answer(ANNA, "openai: 1 модель")
        assert anna("/model llama3.2:3b").startswith("Теперь отвечает llama3.2:3b")
        assert ask(anna, "/ask кто ты?")["text"].startswith("Я местная.")
        assert "Authorization" not in local.requests[0].headers
        assert model.requests == []


def test_the_default_answers_for_a_model_whose_provider_was_taken_out(
    api: BotApi, start_bot: StartBot, settings: dict[str, str]
) -> None:
    bot = start_bot(**settings)
    anna = Talk(api, ANNA)
    anna("/model GigaChat-2")
    bot.stop()
    start_bot()
    assert ask(anna, "/ask кто ты?")["text"].startswith("Привет!")
    assert "GigaChat" not in " ".join(buttons(anna.message("/models")))
    assert "сейчас недоступна" in anna("/model GigaChat-2")
    assert anna("/model 1").startswith("Теперь отвечает Любая")


def test_the_catalogue_makes_pages_that_buttons_turn(
    api: BotApi, start_bot: StartBot, model: ModelServer
) -> None:
    rows = [{"id": f"vendor/m{n}:free", "name": f"Модель {n}", "pricing": FREE} for n in range(25)]
    paid = {"id": "vendor/big", "name": "Большая", "pricing": {"prompt": "1", "completion": "1"}}
    model.pages["/models"] = {"data": [*rows, paid]}
    start_bot(OWNER_ID=str(ANNA))
    anna = Talk(api, ANNA)
    assert "openrouter: 25 моделей" in anna("/models_update")
    listing = anna.message("/models")
    assert "Страница 1 из 3" in anna.turn(listing, "vendor · 25")["text"]
    assert "Страница 2 из 3" in anna.turn(listing, "▶")["text"]
    first = anna.turn(listing, "⬅️ Все модели")
    assert "vendor · 25" in buttons(first)
    assert anna("/model vendor/big").startswith("Теперь отвечает Большая")
    assert anna("/model 1").endswith("Выберите другую: /models")  # it is gone from this catalogue


def test_limits_by_chatting(api: BotApi, start_bot: StartBot, model: ModelServer) -> None:
    model.pages["/key"] = {"data": {"usage": 1.5, "usage_daily": 0.25, "is_free_tier": True}}
    start_bot(OWNER_ID=str(ANNA))
    said = Talk(api, ANNA)("/limits")
    assert "Потрачено сегодня $0.25, всего $1.50." in said
    assert "в 03:00." in said  # midnight UTC in Moscow


def test_a_broken_catalogue_changes_nothing(
    api: BotApi, start_bot: StartBot, model: ModelServer
) -> None:
    model.pages["/models"] = error(404)
    start_bot(OWNER_ID=str(ANNA))
    anna = Talk(api, ANNA)
    assert "список прежний" in anna("/models_update")
    assert anna("/models").startswith("Сейчас отвечает 1. Любая бесплатная\n")


# --- the fallback


@pytest.mark.parametrize(
    ("status", "tries", "why"),
    [(404, 1, "больше нет"), (503, 3, "сейчас недоступна")],
    ids=["gone", "overloaded"],
)
def test_a_model_that_cannot_answer_is_replaced_once(
    api: BotApi, start_bot: StartBot, model: ModelServer, status: int, tries: int, why: str
) -> None:
    start_bot()
    anna = Talk(api, ANNA)
    anna("/model 3")
    model.script(*[error(status)] * tries, answer("Отвечает запасная."))
    said = ask(anna, "вопрос")["text"]
    assert said.startswith("Отвечает запасная.")
    assert "Вместо Gemma 4 26B A4B ответила запасная модель." in said
    assert why in said
    assert said.endswith("модель: openrouter/free; 7 токенов)")
    assert [r.json["model"] for r in model.requests[-2:]] == [
        "google/gemma-4-26b-a4b-it:free",
        "openrouter/free",
    ]


def test_the_fallback_is_tried_once_and_can_be_turned_off(
    api: BotApi, start_bot: StartBot, model: ModelServer
) -> None:
    bot = start_bot()
    anna = Talk(api, ANNA)
    anna("/model 3")
    model.default = error(404)
    assert "/models" in ask(anna, "вопрос")["text"]
    assert len(model.requests) == 2
    assert bot.stop() == 0
    start_bot(FALLBACK_MODEL="off")
    assert "/models" in ask(anna, "вопрос")["text"]
    assert len(model.requests) == 3


def test_words_that_were_shown_are_not_replaced(
    api: BotApi, start_bot: StartBot, model: ModelServer
) -> None:
    start_bot()
    anna = Talk(api, ANNA)
    anna("/model 3")
    model.script(midstream_error(2))
    assert "Ответ оборвался" in ask(anna, "вопрос")["text"]
    assert len(model.requests) == 1
