"""The webhook's server over real HTTP: what it stores, what it refuses, and how it ends."""

import http.client
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from telebot import apihelper

import telegram.webhook
from db import StorageError
from telegram.api import RefusedError, Telegram, UnauthorizedError
from telegram.webhook import WebhookServer
from tests.emulators.bot_api import BotApi
from texts import hosting as texts

SECRET = "s3cret-of_the-webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATH = "/telegram/hook"
UPDATE = {"update_id": 7, "message": {"text": "привет"}}


class Hook:
    """A server whose `take` and `health` a test replaces."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.fails: Exception | None = None
        self.health: Callable[[], tuple[bool, dict[str, Any]]] = lambda: (True, {"waiting_s": 0})
        self.server = WebhookServer(
            f"https://bot.example.org{PATH}",
            ("127.0.0.1", 0),
            SECRET,
            self._take,
            lambda: self.health(),
        )
        self.server.start()

    def _take(self, updates: list[Any]) -> None:
        if self.fails is not None:
            raise self.fails
        self.taken += updates

    def ask(
        self,
        body: bytes | str = b"",
        *,
        method: str = "POST",
        path: str = PATH,
        headers: dict[str, str] | None = None,
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        try:
            connection.request(method, path, body, {HEADER: SECRET} if headers is None else headers)
            response = connection.getresponse()
            response.content = response.read()  # type: ignore[attr-defined]
            return response
        finally:
            connection.close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.server.stop()


def test_an_update_is_handed_over_and_answered_200(hook: Hook) -> None:
    assert hook.ask(json.dumps(UPDATE)).status == 200
    assert hook.taken == [UPDATE]


def test_a_connection_serves_one_update_after_another(hook: Hook) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", hook.server.port, timeout=10)
    for number in range(3):
        body = json.dumps({"update_id": number})
        connection.request("POST", PATH, body, {HEADER: SECRET})
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, b"")
    connection.close()
    assert [update["update_id"] for update in hook.taken] == [0, 1, 2]


REFUSED = {
    "no secret": ({"headers": {}}, 403),
    "a wrong secret": ({"headers": {HEADER: SECRET + "x"}}, 403),
    "a secret in another alphabet": (
        {"headers": {HEADER: "секрет".encode().decode("latin1")}},
        403,
    ),
    "an empty secret": ({"headers": {HEADER: ""}}, 403),
    "no body": ({"body": b""}, 400),
    "no JSON": ({"body": b"{"}, 400),
    "no UTF-8": ({"body": b'{"a":"\xff"}'}, 400),
    "JSON, but no object": ({"body": b"[1]"}, 400),
    "JSON nested too deep": ({"body": b"[" * 100_000}, 400),
    "another path": ({"path": "/"}, 404),
    "a path below": ({"path": PATH + "/x"}, 404),
    "a GET": ({"method": "GET"}, 405),
    "a PUT": ({"method": "PUT"}, 405),
    "a POST to the health": ({"path": "/health"}, 405),
}


@pytest.mark.parametrize(("asked", "status"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_update_is_refused(
    hook: Hook, caplog: pytest.LogCaptureFixture, asked: dict[str, Any], status: int
) -> None:
    response = hook.ask(**{"body": json.dumps(UPDATE), **asked})
    assert response.status == status
    assert response.getheader("Server") is None
    assert hook.taken == []
    assert all(len(record.getMessage()) < 200 for record in caplog.records)
    assert SECRET not in caplog.text


def test_a_body_of_exactly_1_mb_is_taken(hook: Hook) -> None:
    frame = len(json.dumps({"update_id": 1, "x": ""}))
    body = json.dumps({"update_id": 1, "x": "x" * (1024 * 1024 - frame)})
    assert len(body) == 1024 * 1024
    assert hook.ask(body).status == 200


MB = 1024 * 1024
TOO_BIG = {
    "said beforehand": (f"Content-Length: {MB + 1}\r\n\r\n".encode()),
    "shown by and by": (
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n1\r\nx\r\n" % (MB, b"x" * MB)
    ),
}


@pytest.mark.parametrize("rest", TOO_BIG.values(), ids=TOO_BIG)
def test_a_body_over_1_mb_is_refused_before_it_is_over(hook: Hook, rest: bytes) -> None:
    with socket.create_connection(("127.0.0.1", hook.server.port), 10) as connection:
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{HEADER}: {SECRET}\r\n"
        connection.sendall(head.encode() + rest)
        assert connection.recv(4096).startswith(b"HTTP/1.1 413 ")
    assert hook.taken == []


FAILURES = {
    "the database does not write": (
        StorageError("SQLITE_FULL: disk full"),
        503,
        "остаются у Telegram",
    ),
    "a fault of ours": (RuntimeError("boom"), 500, "Traceback"),
}


@pytest.mark.parametrize(("error", "status", "logged"), FAILURES.values(), ids=FAILURES)
def test_what_was_not_stored_is_not_confirmed(
    hook: Hook,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: int,
    logged: str,
) -> None:
    hook.fails = error
    response = hook.ask(json.dumps(UPDATE))
    assert response.status == status
    assert response.content == b""  # type: ignore[attr-defined]
    assert logged in caplog.text
    hook.fails = None
    assert hook.ask(json.dumps(UPDATE)).status == 200


HEALTHS: dict[str, tuple[Callable[[], tuple[bool, dict[str, Any]]], int, dict[str, Any]]] = {
    "well": (lambda: (True, {"waiting_s": 0}), 200, {"ok": True, "waiting_s": 0}),
    "ill": (lambda: (False, {"waiting_s": 99}), 503, {"ok": False, "waiting_s": 99}),
    "unknown": (lambda: 1 // 0, 503, {"ok": False}),  # type: ignore[dict-item,return-value]
}


@pytest.mark.parametrize(("health", "status", "said"), HEALTHS.values(), ids=HEALTHS)
def test_whoever_asks_for_health_is_told_in_json(
    hook: Hook,
    health: Callable[[], tuple[bool, dict[str, Any]]],
    status: int,
    said: dict[str, Any],
) -> None:
    hook.health = health
    response = hook.ask(method="GET", path="/health", headers={})
    assert response.status == status
    assert response.getheader("Content-Type") == "application/json"
    assert json.loads(response.content) == said  # type: ignore[attr-defined]


def test_stopping_lets_the_update_end_that_is_being_stored(hook: Hook) -> None:
    began, go_on = threading.Event(), threading.Event()

    def take(updates: list[Any]) -> None:
        began.set()
        assert go_on.wait(10)
        hook.taken += updates

    hook.server._take = take
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(hook.ask(json.dumps(UPDATE)).status))
    asking.start()
    assert began.wait(10)
    stopping = threading.Thread(target=hook.server.stop)
    stopping.start()
    go_on.set()
    stopping.join(10)
    asking.join(10)
    assert hook.taken == [UPDATE]
    assert answers == [200]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", hook.server.port))


def test_a_port_that_is_taken_is_said_at_the_start(hook: Hook) -> None:
    with pytest.raises(OSError, match="in use") as raised:
        WebhookServer("https://x.org", ("127.0.0.1", hook.server.port), SECRET, print, hook.health)
    words = texts.port_taken("127.0.0.1", hook.server.port, raised.value.strerror)
    assert f"127.0.0.1:{hook.server.port}" in words


def test_many_updates_at_once_leave_no_word_about_queues(
    hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    threads = [threading.Thread(target=hook.ask, args=(json.dumps(UPDATE),)) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(hook.taken) == 40
    told = [r for r in caplog.records if r.name.startswith(("waitress", "telegram.webhook"))]
    assert told == []


# --- setting the webhook and taking it away


@pytest.fixture
def bot(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> Telegram:
    for name in ("API_URL", "FILE_URL", "CUSTOM_REQUEST_SENDER"):  # of all bots of a process
        monkeypatch.setattr(apihelper, name, getattr(apihelper, name))
    return Telegram(api.token, api.url)


NEVER = threading.Event()
REFUSALS = {
    "no https": ("http://bot.example.org", "начинаться с https://"),
    "a port that is not served": ("https://bot.example.org:8080", "80, 88, 443 и 8443"),
    "a machine at home": ("https://192.168.0.10", "местную сеть"),
    "this machine": ("https://127.0.0.1:8443", "местную сеть"),
    "IPv6 alone": ("https://[2001:db8::1]", "IPv4"),
    "a name that nobody has": ("https://bot.example.invalid", "не нашёл"),
    "no address": ("https://", "это не адрес"),
}


@pytest.mark.parametrize(("url", "words"), REFUSALS.values(), ids=REFUSALS)
def test_what_telegram_refuses_has_a_sentence(
    api: BotApi, bot: Telegram, url: str, words: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        telegram.webhook.claim(bot, url, SECRET, NEVER)
    said = texts.webhook_refused(url, refused.value.description)
    assert words in said
    assert url in said
    assert api.webhook.url == ""


def test_a_secret_that_telegram_refuses_has_a_sentence_without_it(bot: Telegram) -> None:
    with pytest.raises(RefusedError) as refused:
        telegram.webhook.claim(bot, "https://x.org", "не то", NEVER)
    said = texts.webhook_refused("https://x.org", refused.value.description)
    assert "WEBHOOK_SECRET" in said
    assert "не то" not in said


def test_another_refusal_is_quoted() -> None:
    assert "«Bad Request: FOO»" in texts.webhook_refused("https://x.org", "Bad Request: FOO")


def test_a_webhook_is_set_although_telegram_stumbles(
    api: BotApi, bot: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram.webhook, "RETRY_S", 0.01)
    api.fail("deleteWebhook", status=502)
    api.fail("setWebhook", retry_after=1)
    telegram.webhook.claim(bot, "https://bot.example.org/hook", SECRET, NEVER)
    (call,) = (call for call in api.calls_to("setWebhook") if call.status == 200)
    assert call.params["allowed_updates"] == telegram.api.ALLOWED_UPDATES
    assert call.params["secret_token"] == SECRET
    telegram.webhook.release(bot, NEVER)
    assert api.webhook.url == ""


def test_a_token_that_telegram_does_not_know_is_not_tried_again(api: BotApi, bot: Telegram) -> None:
    api.fail("deleteWebhook", status=401)
    with pytest.raises(UnauthorizedError):
        telegram.webhook.claim(bot, "https://x.org", SECRET, NEVER)


def test_waiting_for_telegram_ends_when_told_to_stop(api: BotApi, bot: Telegram) -> None:
    api.outage()
    stopping = threading.Event()
    waiting = threading.Thread(
        target=telegram.webhook.claim,
        args=(bot, "https://x.org", SECRET, stopping),
    )
    waiting.start()
    stopping.set()
    waiting.join(10)
    assert not waiting.is_alive()


def test_what_waits_comes_at_once_when_the_bot_claims_its_webhook_again(
    api: BotApi, bot: Telegram
) -> None:
    api.webhook.local_mode = True
    hook = Hook()
    hook.fails = StorageError("SQLITE_FULL")
    url = f"http://127.0.0.1:{hook.server.port}{PATH}"
    telegram.webhook.claim(bot, url, SECRET, NEVER)
    api.text(42, "ждёт")
    api.wait(lambda a: len(a.webhook.deliveries) == 2)  # the third try comes after 2 s
    hook.fails = None
    telegram.webhook.claim(bot, url, SECRET, NEVER)
    api.wait(lambda _: hook.taken, timeout=1.5)
    hook.server.stop()


def test_a_secret_of_ones_own_is_one_that_telegram_takes(bot: Telegram) -> None:
    one, other = telegram.webhook.own_secret(), telegram.webhook.own_secret()
    assert one != other
    telegram.webhook.claim(bot, "https://x.org", one, NEVER)
