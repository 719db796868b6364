"""The Bot API emulator delivers as the real server does: order, retries, time-outs, refusals."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, pairwise
from typing import Any, NamedTuple

import pytest
import requests

from tests.emulators.bot_api import BotApi

USER, FRIEND = 42, 43
SECRET = "tell_nobody-1"

Post = Callable[..., dict[str, Any]]


class Got(NamedTuple):
    """A request that came to the bot's server."""

    update: dict[str, Any]
    headers: dict[str, str]
    at: float


class Receiver:
    """A bot's server: `answers` are its next statuses (and Retry-After), then it is 200."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.answers: list[int | tuple[int, int]] = []
        self.gate = threading.Event()
        self.gate.set()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                owner.got.append(Got(json.loads(body), dict(self.headers), time.monotonic()))
                answer = owner.answers.pop(0) if owner.answers else 200
                status, retry_after = answer if isinstance(answer, tuple) else (answer, None)
                owner.gate.wait(10)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                if retry_after is not None:
                    self.send_header("Retry-After", str(retry_after))
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()

    def texts(self) -> list[str]:
        return [got.update["message"]["text"] for got in self.got]


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as emulator:
        emulator.webhook.local_mode = True
        emulator.webhook.pace = 0.02
        yield emulator


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.close()


@pytest.fixture
def post(api: BotApi) -> Iterator[Post]:
    with requests.Session() as session:

        def call(method: str, **params: Any) -> dict[str, Any]:
            url = f"{api.url}/bot{api.token}/{method}"
            answer: dict[str, Any] = session.post(url, json=params, timeout=10).json()
            return answer

        yield call


def test_updates_come_with_the_secret_and_are_done_when_answered_200(
    api: BotApi, receiver: Receiver, post: Post
) -> None:
    api.text(USER, "до вебхука")
    assert post("setWebhook", url=receiver.url, secret_token=SECRET)["ok"]
    sent = api.text(USER, "после")
    api.wait_confirmed(sent.update_id)
    assert receiver.texts() == ["до вебхука", "после"]
    assert receiver.got[0].headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
    assert receiver.got[0].headers["Content-Type"] == "application/json"
    assert receiver.got[1].update["update_id"] == sent.update_id
    assert [delivery.status for delivery in api.webhook.deliveries] == [200, 200]
    assert api.pending == 0


def test_without_a_secret_there_is_no_header(api: BotApi, receiver: Receiver, post: Post) -> None:
    post("setWebhook", url=receiver.url)
    api.wait_confirmed(api.text(USER, "раз").update_id)
    assert "X-Telegram-Bot-Api-Secret-Token" not in receiver.got[0].headers


def test_who_polls_is_refused_while_there_is_a_webhook_and_misses_nothing(
    api: BotApi, receiver: Receiver, post: Post
) -> None:
    receiver.answers = [500] * 99
    post("setWebhook", url=receiver.url)
    update_id = api.text(USER, "ждёт").update_id
    refused = post("getUpdates")
    assert refused["error_code"] == 409
    assert "webhook is active" in refused["description"]
    assert post("deleteWebhook")["ok"]
    (update,) = post("getUpdates")["result"]
    assert update["update_id"] == update_id
    assert post("getWebhookInfo")["result"] == {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": 1,
    }


def test_a_poll_that_waits_is_ended_by_a_webhook(
    api: BotApi, receiver: Receiver, post: Post
) -> None:
    answers: list[dict[str, Any]] = []
    url = f"{api.url}/bot{api.token}/getUpdates"
    polling = threading.Thread(
        target=lambda: answers.append(requests.post(url, {"timeout": 50}, timeout=60).json())
    )
    polling.start()
    api.wait(lambda a: [call for call in a.arrived if call.method == "getUpdates"])
    post("setWebhook", url=receiver.url)
    polling.join(10)
    assert answers[0]["error_code"] == 409


def test_updates_can_be_dropped(api: BotApi, receiver: Receiver, post: Post) -> None:
    api.text(USER, "раз")
    post("setWebhook", url=receiver.url, drop_pending_updates=True)
    api.wait_confirmed(api.text(USER, "два").update_id)
    assert receiver.texts() == ["два"]


def test_order_is_kept_in_a_chat_and_of_a_person_s_presses_not_between_them(
    api: BotApi, receiver: Receiver, post: Post
) -> None:
    receiver.gate.clear()
    post("setWebhook", url=receiver.url)
    first = api.text(USER, "раз")
    api.text(USER, "два")
    api.text(FRIEND, "другой чат")
    api.press(USER, first, "1")
    api.press(USER, first, "2")
    api.wait(lambda _: len(receiver.got) == 3)  # each the first of its own
    kinds = sorted((got.update.keys() - {"update_id"}).pop() for got in receiver.got)
    assert kinds == ["callback_query", "message", "message"]
    receiver.gate.set()
    api.wait(lambda a: a.pending == 0)
    mine = [got.update.get("message", {}) for got in receiver.got]
    assert [m["text"] for m in mine if m and m["chat"]["id"] == USER] == ["раз", "два"]
    presses = [got.update.get("callback_query") for got in receiver.got]
    assert [press["data"] for press in presses if press] == ["1", "2"]


@pytest.mark.parametrize(("wanted", "given"), [(3, 3), (0, 1), (1000, 100)])
def test_no_more_connections_than_were_asked_for(
    api: BotApi, receiver: Receiver, post: Post, wanted: int, given: int
) -> None:
    receiver.gate.clear()
    post("setWebhook", url=receiver.url, max_connections=wanted)
    assert post("getWebhookInfo")["result"]["max_connections"] == given
    for user in range(1, 121):
        api.text(user, "раз")
    api.wait(lambda _: len(receiver.got) == given)
    receiver.gate.set()
    api.wait(lambda a: a.pending == 0)
    assert api.webhook.most_at_once == given


def test_a_refusal_is_tried_at_once_then_after_pauses_that_double(
    api: BotApi, receiver: Receiver, post: Post
) -> None:
    api.webhook.pace = 0.1
    receiver.answers = [500, 404, 302, 503]
    post("setWebhook", url=receiver.url)
    api.wait_confirmed(api.text(USER, "раз").update_id)
    times = [got.at for got in receiver.got]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert len(pauses) == 4
    assert pauses[0] < 0.15
    for pause, least in zip(pauses[1:], (0.2, 0.4, 0.8), strict=True):
        assert least <= pause < 2 * least
    info = post("getWebhookInfo")["result"]
    assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"


def test_another_chat_does_not_wait_for_one_that_is_refused(
    api: BotApi, receiver: Receiver, post: Post
) -> None:
    api.webhook.pace = 1000
    receiver.answers = [500, 500]
    post("setWebhook", url=receiver.url)
    api.text(USER, "раз")
    api.wait(lambda _: len(receiver.got) == 2)
    api.text(USER, "два")
    api.wait_confirmed(api.text(FRIEND, "другой чат").update_id)
    assert receiver.texts() == ["раз", "раз", "другой чат"]


def test_retry_after_is_obeyed(api: BotApi, receiver: Receiver, post: Post) -> None:
    receiver.answers = [(503, 20)]
    post("setWebhook", url=receiver.url)
    api.wait_confirmed(api.text(USER, "раз").update_id)
    first, second = receiver.got
    assert second.at - first.at >= 0.4


def test_who_does_not_answer_in_time_is_asked_again(
    api: BotApi, receiver: Receiver, post: Post
) -> None:
    api.webhook.timeout_s = 0.1
    receiver.gate.clear()
    post("setWebhook", url=receiver.url)
    sent = api.text(USER, "раз")
    api.wait(lambda _: len(receiver.got) >= 2)
    receiver.gate.set()
    api.wait_confirmed(sent.update_id)
    assert api.webhook.deliveries[0].status == 0
    assert set(receiver.texts()) == {"раз"}


def test_a_bot_that_is_down_gets_everything_when_it_is_back(
    api: BotApi, receiver: Receiver, post: Post
) -> None:
    receiver.close()
    post("setWebhook", url=receiver.url)
    sent = [api.text(USER, f"{number}") for number in range(3)]
    api.wait(lambda a: len(a.webhook.deliveries) >= 2)
    back = Receiver()
    try:
        api.webhook._set_again_at = 0
        post("setWebhook", url=back.url)
        api.wait_confirmed(sent[-1].update_id)
        assert back.texts() == ["0", "1", "2"]
    finally:
        back.close()


def test_nothing_but_410_for_23_hours_takes_the_webhook_away(
    api: BotApi, receiver: Receiver, post: Post
) -> None:
    api.webhook.pace = 1e-6
    receiver.answers = [410] * 10_000
    post("setWebhook", url=receiver.url)
    began = time.monotonic()
    people = count(1)
    # One message alone would be too old soon after: that there is always another is real, too.
    api.wait(lambda a: a.webhook.url == "" or (a.text(next(people), "раз") and False))
    assert time.monotonic() - began >= 23 * 3600 * 1e-6
    assert post("getUpdates")["ok"]


def test_a_press_is_dropped_after_150_s_and_a_message_is_not(
    api: BotApi, receiver: Receiver, post: Post
) -> None:
    api.webhook.pace = 1e-3
    receiver.answers = [500] * 10_000
    post("setWebhook", url=receiver.url)
    sent = api.text(USER, "раз")
    api.press(USER, sent, "да")
    api.wait(lambda a: a.pending == 1)
    receiver.answers.clear()
    api.wait(lambda a: a.pending == 0)
    assert api.webhook.deliveries[-1].update_id == sent.update_id


def test_kinds_that_were_not_asked_for_do_not_come(
    api: BotApi, receiver: Receiver, post: Post
) -> None:
    post("setWebhook", url=receiver.url, allowed_updates=["message"])
    sent = api.text(USER, "раз")
    edited = api.edit(sent, "два")
    api.wait_confirmed(edited)
    api.wait_confirmed(sent.update_id)
    assert receiver.texts() == ["раз"]
    assert post("getWebhookInfo")["result"]["allowed_updates"] == ["message"]


def test_the_same_webhook_again_changes_nothing_and_another_begins_anew(
    api: BotApi, receiver: Receiver, post: Post
) -> None:
    api.webhook.pace = 1000
    receiver.answers = [500, 500]
    post("setWebhook", url=receiver.url)
    sent = api.text(USER, "раз")
    api.wait(lambda a: len(a.webhook.deliveries) == 2)
    assert post("setWebhook", url=receiver.url)["error_code"] == 429
    api.webhook._set_again_at = 0
    assert post("setWebhook", url=receiver.url)["ok"]
    api.wait_confirmed(api.text(FRIEND, "другой чат").update_id)
    assert len(receiver.got) == 3
    api.webhook._set_again_at = 0
    post("setWebhook", url=receiver.url, secret_token="another")
    api.wait_confirmed(sent.update_id)


def test_what_a_replaced_webhook_answers_does_not_count(
    api: BotApi, receiver: Receiver, post: Post
) -> None:
    receiver.gate.clear()
    post("setWebhook", url=receiver.url)
    sent = api.text(USER, "раз")
    api.wait(lambda _: len(receiver.got) == 1)
    post("deleteWebhook")
    receiver.gate.set()
    api.wait(lambda a: a.webhook.deliveries)
    assert [update["update_id"] for update in post("getUpdates")["result"]] == [sent.update_id]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"url": "http://bot.example.org"}, "HTTPS URL must be provided"),
        ({"url": "https://bot.example.org:8080"}, "only on ports 80, 88, 443 or 8443"),
        ({"url": "https://127.0.0.1"}, "is reserved"),
        ({"url": "https://bot.invalid"}, "Failed to resolve host"),
        ({"url": "https://"}, "invalid webhook URL"),
        ({"url": "https://bot.example.org", "secret_token": "a b"}, "unallowed characters"),
        ({"url": "https://bot.example.org", "secret_token": "я"}, "unallowed characters"),
        ({"url": "https://bot.example.org", "secret_token": "a" * 257}, "too long"),
    ],
)
def test_a_wrong_webhook_is_refused_and_the_old_one_stays(
    api: BotApi, receiver: Receiver, post: Post, params: dict[str, str], words: str
) -> None:
    post("setWebhook", url=receiver.url)
    api.webhook._set_again_at = 0
    api.webhook.local_mode = False
    refused = post("setWebhook", **params)
    assert refused["error_code"] == 400
    assert words in refused["description"]
    assert api.webhook.url == receiver.url
