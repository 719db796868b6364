"""Updates delivered to the running bot: set, served, kept, taken away, and refused."""

import http.client
import json
import signal
import socket
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from telebot import apihelper

import telegram.webhook
from telegram.api import ALLOWED_UPDATES, Telegram
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer, answer
from tests.process import BotProcess, webhook_settings
from tests.talk import ANNA
from texts import failures
from texts import notes as texts
from texts import startup as texts_startup

IMPATIENT_BOT = Path(__file__).parent / "data" / "impatient_bot.py"
SECRET = "a-secret_of-ours"


def _ask(url: str, method: str = "GET", path: str = "/health", **request: Any) -> tuple[int, str]:
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, 20)) as connection:
        connection.request(method, path, **request)
        response = connection.getresponse()
        return response.status, response.read().decode()


def test_notes_questions_edits_and_buttons_come_by_the_webhook(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    model.default = answer("Ответ.")
    bot = start_bot(**webhook_settings(api), WEBHOOK_SECRET=SECRET)
    note = api.text(ANNA, "/note_add раз")
    api.wait_answer(ANNA, texts.note_added(1))
    api.edit(note, "/note_add два")
    api.wait(lambda _: bot.notes(ANNA) == ["два"])
    api.text(ANNA, "/ask вопрос")
    said = api.wait_answer(ANNA, "Ответ.")
    button = said["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    api.wait_callback_answer(api.press(ANNA, said, button))
    assert api.wait_inline_answer(api.inline(ANNA, "два"))["results"][0]["id"] == "1"
    assert api.calls_to("getUpdates") == []
    assert {delivery.status for delivery in api.webhook.deliveries} == {200}
    (call,) = api.calls_to("setWebhook")
    assert call.params["allowed_updates"] == ALLOWED_UPDATES
    assert call.params["max_connections"] == 40
    assert call.params["secret_token"] == SECRET
    assert SECRET not in bot.log


def test_nothing_is_lost_on_the_way_from_polling_to_a_webhook_and_back(
    api: BotApi, start_bot: StartBot
) -> None:
    hook = webhook_settings(api)
    for number, settings in enumerate(({}, hook, {}, hook), 1):
        api.text(ANNA, f"/note_add заметка {number}")  # while no bot runs
        bot = start_bot(**settings)
        api.wait_answer(ANNA, texts.note_added(number))
        assert api.webhook.url == settings.get("WEBHOOK_URL", "")
        assert bot.stop() == 0
        assert api.webhook.url == settings.get("WEBHOOK_URL", "")
    assert bot.notes(ANNA) == [f"заметка {number}" for number in range(1, 5)]


@pytest.mark.parametrize("path", ["/%D1%82%D0%B5%D0%BB%D0%B5%D0%B3%D0%B0", "/a%20b/", "/a+b", ""])
def test_any_path_will_do(api: BotApi, start_bot: StartBot, path: str) -> None:
    start_bot(**webhook_settings(api, path))
    api.text(ANNA, "/note_add раз")
    api.wait_answer(ANNA, texts.note_added(1))


def test_what_the_database_does_not_take_stays_with_telegram_and_its_author_knows(
    api: BotApi, start_bot: StartBot
) -> None:
    bot = start_bot(**webhook_settings(api), program=IMPATIENT_BOT, WATCHDOG="{}")
    with closing(sqlite3.connect(bot.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        api.text(ANNA, "/note_add раз")
        api.wait(lambda a: [d for d in a.webhook.deliveries if d.status == 503], 20)
        api.wait_answer(ANNA, failures.STORAGE_FAILED)
    api.wait_answer(ANNA, texts.note_added(1), timeout=20)
    assert bot.notes(ANNA) == ["раз"]
    assert "остаются у Telegram" in bot.log


def test_each_start_has_a_secret_of_its_own_that_nobody_else_knows(
    api: BotApi, start_bot: StartBot
) -> None:
    hook = webhook_settings(api)
    for _ in range(2):
        bot = start_bot(**hook)
        status, _ = _ask(hook["WEBHOOK_URL"], "POST", "/telegram", body=b'{"update_id": 1}')
        assert status == 403
        assert bot.stop() == 0
    calls = api.calls_to("setWebhook")
    first, second = (c.params["secret_token"] for c in calls if c.status == 200)
    assert first != second
    assert len(first) >= 32
    assert first not in bot.log


def test_a_port_that_is_taken_leaves_telegram_as_it_was(api: BotApi, start_bot: StartBot) -> None:
    hook = webhook_settings(api)
    host, port = hook["WEBHOOK_LISTEN"].split(":")
    with socket.create_server((host, int(port))):
        bot = start_bot(ready=False, **hook)
        assert bot.wait() == 2
    assert f"Не получается слушать {hook['WEBHOOK_LISTEN']}" in bot.log
    assert "WEBHOOK_LISTEN" in bot.log
    assert "Traceback" not in bot.log
    assert [call.method for call in api.calls if "Webhook" in call.method] == []


REFUSED = {
    "no https": ("http://127.0.0.1:8080/telegram", "https://"),
    "a port": ("https://bot.example.org:8080/telegram", "80, 88, 443 и 8443"),
    "a local network": ("https://10.0.0.1/telegram", "местную сеть"),
    "the path of the health": ("https://bot.example.org/health", "/health"),
    "no address": ("bot.example.org", "https://"),
}


@pytest.mark.parametrize(("url", "words"), REFUSED.values(), ids=REFUSED)
def test_an_address_that_telegram_does_not_take_is_told_in_words(
    api: BotApi, start_bot: StartBot, url: str, words: str
) -> None:
    listen = webhook_settings(api)["WEBHOOK_LISTEN"]
    api.webhook.local_mode = False
    bot = start_bot(ready=False, WEBHOOK_URL=url, WEBHOOK_LISTEN=listen)
    assert bot.wait() == 2
    assert f"WEBHOOK_URL «{url}»" in bot.log
    assert words in bot.log
    assert "Traceback" not in bot.log
    assert api.webhook.url == ""


def test_health_tells_facts_and_no_secrets(api: BotApi, start_bot: StartBot) -> None:
    hook = webhook_settings(api)
    bot = start_bot(**hook, WEBHOOK_SECRET=SECRET)
    api.wait(lambda _: _ask(hook["WEBHOOK_URL"])[0] == 200)
    status, body = _ask(hook["WEBHOOK_URL"])
    assert (status, json.loads(body)) == (
        200,
        {"ok": True, "database": True, "oldest_task_s": None, "last_update_s": None},
    )
    api.text(ANNA, "/note_add раз")
    api.wait_answer(ANNA)
    with closing(sqlite3.connect(bot.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        api.text(ANNA, "/note_add два")
        status, body = _ask(hook["WEBHOOK_URL"])
        facts = json.loads(body)
        assert status == 503
        assert (facts["ok"], facts["database"]) == (False, False)
        assert facts["last_update_s"] > 0
    api.wait_answer(ANNA, texts.note_added(2))
    assert _ask(hook["WEBHOOK_URL"])[0] == 200
    assert not {api.token, SECRET} & set(body.split('"'))
    assert bot.notes(ANNA) == ["раз", "два"]


def test_the_oldest_task_that_waits_shows_its_age(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    hook = webhook_settings(api)
    start_bot(**hook)
    model.default = answer("Ответ.", delay=30)
    api.text(ANNA, "/ask вопрос")
    model.wait(lambda: model.requests)

    def age() -> float:
        return json.loads(_ask(hook["WEBHOOK_URL"])[1])["oldest_task_s"] or 0.0

    api.wait(lambda _: age() > 1)


def test_a_stop_answers_503_or_nothing_and_the_update_comes_again(
    api: BotApi, start_bot: StartBot
) -> None:
    bot = start_bot(**webhook_settings(api))
    for number in range(20):
        api.text(ANNA + number, "/note_add раз")
    bot.send_signal(signal.SIGTERM)
    assert bot.wait() == 0
    bot.start()
    for number in range(20):
        api.wait_answer(ANNA + number, texts.note_added(1))
        assert bot.notes(ANNA + number) == ["раз"]


@pytest.fixture
def bot(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> Telegram:
    for name in ("API_URL", "FILE_URL", "CUSTOM_REQUEST_SENDER"):  # of all bots of a process
        monkeypatch.setattr(apihelper, name, getattr(apihelper, name))
    monkeypatch.setattr(telegram.webhook, "KEEP_EVERY_S", 0.01)
    return Telegram(api.token, api.url)


class Keeping:
    """`telegram.webhook.keep` at work."""

    def __init__(self, bot: Telegram, url: str) -> None:
        self.revoked, self.stopping = threading.Event(), threading.Event()
        arguments = (bot, url, SECRET, self.revoked.set, self.stopping)
        self.thread = threading.Thread(target=telegram.webhook.keep, args=arguments)
        self.thread.start()

    def end(self) -> None:
        self.stopping.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


URL = "https://bot.example.org/telegram"


def test_a_webhook_that_somebody_took_away_is_set_again(
    api: BotApi, bot: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    keeping = Keeping(bot, URL)  # there is none to begin with
    api.wait(lambda a: a.webhook.url == URL)
    assert caplog.text.count("ещё одна копия") == 1
    other = ("https://other.example.org/", "", 1)
    telegram.webhook._insist(lambda: bot.set_webhook(*other), threading.Event())
    api.wait(lambda a: a.webhook.url == URL)
    keeping.end()
    assert caplog.text.count("ещё одна копия") == 2


def test_what_telegram_says_of_a_failed_delivery_is_logged_once(
    api: BotApi, bot: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    bot.set_webhook(URL, SECRET, 1)
    api.text(ANNA, "не дойдёт")
    api.wait(lambda a: a.webhook.deliveries)
    keeping = Keeping(bot, URL)
    api.wait(lambda a: len(a.calls_to("getWebhookInfo")) > 5)
    keeping.end()
    assert caplog.text.count("не смог доставить обновление") == len(
        {call.result["last_error_date"] for call in api.calls_to("getWebhookInfo")}
    )


def test_a_revoked_token_and_an_outage_are_seen(api: BotApi, bot: Telegram) -> None:
    bot.set_webhook(URL, SECRET, 1)
    api.fail("getWebhookInfo", status=502)
    keeping = Keeping(bot, URL)
    api.wait(lambda a: len(a.calls_to("getWebhookInfo")) > 2)
    assert not keeping.revoked.is_set()
    api.fail("getWebhookInfo", status=401)
    assert keeping.revoked.wait(10)
    keeping.end()


def test_a_token_that_is_refused_at_the_start_is_told(api: BotApi, start_bot: StartBot) -> None:
    api.fail("deleteWebhook", status=401, times=None)
    bot: BotProcess = start_bot(ready=False, **webhook_settings(api))
    assert bot.wait() == 2
    assert texts_startup.TOKEN_REFUSED in bot.log
