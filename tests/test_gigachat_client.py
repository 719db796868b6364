"""GigaChat's client over TLS: the token, the certificates, the errors, the models."""

import base64
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import gigachat_client
from gigachat_client import GigaChat, GigaChatError
from llm.client import ChatStream, ErrorKind
from llm.provider import FALLBACK_KINDS
from tests.certificates import Authority
from tests.emulators.gigachat_server import GigaChatServer
from tests.emulators.model_server import Answer, Behaviour, error, html, json_body, stall

RECORDINGS = Path(__file__).parents[2] / "shared" / "spec" / "gigachat-cassettes"
KEY = base64.b64encode(b"0f1e2d3c:secret-of-the-test").decode()
QUESTION = [{"role": "user", "content": "Почему небо синее?"}]
SOON_S = 2.0


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"), "ours")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"), "theirs")


@pytest.fixture
def server(authority: Authority) -> Iterator[GigaChatServer]:
    with GigaChatServer(authority.context, key=KEY) as running:
        yield running
        running.gate.set()


@pytest.fixture
def client(server: GigaChatServer, authority: Authority) -> GigaChat:
    return make(server, ca_bundle=str(authority.bundle))


def make(server: GigaChatServer, key: str = KEY, **options: Any) -> GigaChat:
    addresses = {"auth_url": server.auth_url, "base_url": server.url}
    return GigaChat(key, backoff_s=0.001, **{**addresses, **options})


def ask(client: GigaChat, **options: Any) -> str:
    return client.chat_once(QUESTION, model="GigaChat-2", **options)[0]


def refused(client: GigaChat) -> GigaChatError:
    with pytest.raises(GigaChatError) as caught:
        ask(client)
    return caught.value


# Asking


def test_the_exact_requests(server: GigaChatServer, client: GigaChat) -> None:
    assert ask(client) == "Привет!"
    (token,), (question,) = server.token_requests, server.requests
    assert token.json == {"scope": "GIGACHAT_API_PERS"}
    assert token.headers["Authorization"] == f"Basic {KEY}"
    assert token.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert token.headers["Accept"] == "application/json"
    assert question.path == "/v1/chat/completions"
    assert question.json == {
        "model": "GigaChat-2",
        "messages": QUESTION,
        "temperature": 0.2,
        "max_tokens": 1500,
        "profanity_check": True,
    }


def test_a_stream_says_how_many_tokens_it_took(server: GigaChatServer, client: GigaChat) -> None:
    server.script(Answer("Потому что Рэлей.", size=3, wire=5))
    stream = client.chat_stream(QUESTION, model="GigaChat-2")
    assert "".join(stream) == "Потому что Рэлей."
    assert (stream.completion.finish_reason, stream.completion.completion_tokens) == ("stop", 7)
    assert "stream_options" not in server.requests[0].json


@pytest.mark.parametrize("tail", ["", "/", "/chat/completions", "/chat/completions/"])
def test_the_base_url_in_any_form(server: GigaChatServer, authority: Authority, tail: str) -> None:
    client = make(server, base_url=server.url + tail, ca_bundle=str(authority.bundle))
    assert ask(client) == "Привет!"


def test_the_check_for_swearing_can_be_turned_off(
    server: GigaChatServer, authority: Authority
) -> None:
    ask(make(server, ca_bundle=str(authority.bundle), profanity_check=False))
    assert server.requests[0].json["profanity_check"] is False


# The token


def test_fifty_at_once_make_one_token_request(server: GigaChatServer, client: GigaChat) -> None:
    server.gate.clear()
    with ThreadPoolExecutor(50) as pool:
        answers = [pool.submit(ask, client) for _ in range(50)]
        server.wait(lambda: server.token_requests)
        server.gate.set()
        assert {answer.result() for answer in answers} == {"Привет!"}
    assert (len(server.token_requests), len(server.requests)) == (1, 50)


def test_a_token_is_renewed_a_minute_before_it_ends(
    server: GigaChatServer, client: GigaChat
) -> None:
    server.life_s = 59
    ask(client)
    server.life_s = 1800
    ask(client)
    assert len(server.token_requests) == 2
    ask(client)
    assert len(server.token_requests) == 2
    assert len({request.headers["RqUID"] for request in server.token_requests}) == 2


def test_a_token_that_ended_early_is_renewed_once(server: GigaChatServer, client: GigaChat) -> None:
    ask(client)
    server.revoke()
    assert ask(client) == "Привет!"
    assert len(server.token_requests) == 2


def test_a_revoked_token_of_fifty_threads_is_renewed_once(
    server: GigaChatServer, client: GigaChat
) -> None:
    ask(client)
    server.revoke()
    together = threading.Barrier(50)

    def ask_together() -> str:
        together.wait()
        return ask(client)

    with ThreadPoolExecutor(50) as pool:
        answers = [pool.submit(ask_together) for _ in range(50)]
        assert {answer.result() for answer in answers} == {"Привет!"}
    assert len(server.token_requests) == 2


def test_a_server_that_refuses_every_token_is_not_asked_forever(
    server: GigaChatServer, client: GigaChat
) -> None:
    server.life_s = -1
    error_ = refused(client)
    assert (error_.kind, error_.status) == (ErrorKind.AUTH, 401)
    assert len(server.token_requests) == 2


def test_a_wrong_key_is_told_and_tried_once(server: GigaChatServer, authority: Authority) -> None:
    error_ = refused(make(server, key="b3RoZXI6a2V5", ca_bundle=str(authority.bundle)))
    assert (error_.kind, error_.status) == (ErrorKind.AUTH, 401)
    assert "GIGACHAT_CLIENT_SECRET" in error_.msg
    assert len(server.token_requests) == 1
    assert server.requests == []


def test_stopped_while_the_token_is_on_its_way(server: GigaChatServer, client: GigaChat) -> None:
    server.gate.clear()
    stream = client.chat_stream(QUESTION, model="GigaChat-2")
    reading = _read(stream)
    server.wait(lambda: server.token_requests)
    stream.cancel()
    reading.join(SOON_S)
    assert not reading.is_alive()
    assert stream.completion.finish_reason == "cancelled"
    server.gate.set()  # the token comes all the same, for whoever asks next
    assert ask(client) == "Привет!"
    assert len(server.token_requests) == 1


def test_the_deadline_holds_while_the_token_is_on_its_way(
    server: GigaChatServer, client: GigaChat
) -> None:
    server.gate.clear()
    started = time.monotonic()
    with pytest.raises(GigaChatError) as caught:
        ask(client, timeout_s=0.2)
    assert caught.value.kind is ErrorKind.TIMEOUT
    assert time.monotonic() - started < gigachat_client.TOKEN_S / 2


def _read(stream: ChatStream) -> threading.Thread:
    thread = threading.Thread(target=lambda: list(stream), daemon=True)
    thread.start()
    return thread


def test_token_and_key_are_in_no_log(
    server: GigaChatServer, client: GigaChat, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ask(client)
    token = server.requests[0].headers["Authorization"].removeprefix("Bearer ")
    server.script(error(400, {"status": 400, "message": f"bad: {token}"}))
    error_ = refused(client)
    server.scripted_tokens = [error(401, {"code": 4, "message": f"not good: {KEY}"})]
    server.revoke()
    refused(client)
    heard = caplog.text + error_.msg + error_.detail
    assert "GigaChat" in heard
    assert token not in heard
    assert KEY not in heard


# Certificates


def test_without_the_ca_it_is_told_what_to_download(server: GigaChatServer) -> None:
    error_ = refused(make(server))
    assert (error_.kind, error_.status) == (ErrorKind.TLS, 0)
    for words in ("Russian Trusted Root CA", "https://www.gosuslugi.ru/crt", "GIGACHAT_CA_BUNDLE"):
        assert words in error_.msg
    assert server.token_requests == []


def test_another_ca_is_as_good_as_none(server: GigaChatServer, stranger: Authority) -> None:
    error_ = refused(make(server, ca_bundle=str(stranger.bundle)))
    assert error_.kind is ErrorKind.TLS
    assert "GIGACHAT_CA_BUNDLE" in error_.msg


def test_a_ca_file_that_went_away(server: GigaChatServer, tmp_path: Path) -> None:
    error_ = refused(make(server, ca_bundle=str(tmp_path / "nowhere.pem")))
    assert error_.kind is ErrorKind.TLS


def test_the_address_of_the_chat_is_verified_as_well(
    server: GigaChatServer, authority: Authority, stranger: Authority
) -> None:
    with GigaChatServer(stranger.context, key=KEY) as other:
        client = make(server, base_url=other.url, ca_bundle=str(authority.bundle))
        assert refused(client).kind is ErrorKind.TLS
        assert other.requests == []


# Errors: what the chat says, and what the giver of tokens says

CHAT_FAILURES: dict[str, tuple[Behaviour, ErrorKind, str]] = {
    "400": (error(400, {"status": 400, "message": "?"}), ErrorKind.BAD_REQUEST, "не понял запрос"),
    "402": (
        error(402, {"status": 402, "message": "Payment Required"}),
        ErrorKind.CREDITS,
        "закончились",
    ),
    "403": (
        error(403, {"status": 403, "message": "Permission denied"}),
        ErrorKind.KEY_LIMIT,
        "не разрешён",
    ),
    "404": (error(404, {"status": 404, "message": "No such model"}), ErrorKind.GONE, "/models"),
    "413": (
        error(413, {"status": 413, "message": "Payload too large"}),
        ErrorKind.CONTEXT_LENGTH,
        "не помещается",
    ),
    "422": (
        error(422, {"status": 422, "message": "Invalid params"}),
        ErrorKind.UNPROCESSABLE,
        "не умеет",
    ),
    "429": (
        error(429, {"status": 429, "message": "Too Many Requests"}),
        ErrorKind.RATE_PROVIDER,
        "не спешить",
    ),
    "500": (error(500, {"status": 500, "message": "!"}), ErrorKind.SERVER, "Внутренняя ошибка"),
    "502 of a proxy": (html(502), ErrorKind.SERVER, "Сервер модели"),
}
TOKEN_FAILURES: dict[str, tuple[Behaviour, ErrorKind, str]] = {
    "scope": (
        error(400, {"code": 7, "message": "scope from db not fully includes consumed scope"}),
        ErrorKind.BAD_REQUEST,
        "GIGACHAT_SCOPE",
    ),
    "key": (
        error(401, {"code": 4, "message": "Authorization error: header is incorrect"}),
        ErrorKind.AUTH,
        "GIGACHAT_CLIENT_SECRET",
    ),
    "address": (error(404, {"message": "?"}), ErrorKind.GONE, "GIGACHAT_AUTH_URL"),
    "a page": (html(200), ErrorKind.BAD_BODY, "GIGACHAT_AUTH_URL"),
    "no token": (json_body(200, {"tok": "?"}, {}), ErrorKind.BAD_BODY, "GIGACHAT_AUTH_URL"),
    "no end": (
        json_body(200, {"access_token": "t", "expires_at": "soon"}, {}),
        ErrorKind.BAD_BODY,
        "GIGACHAT_AUTH_URL",
    ),
}


@pytest.mark.parametrize(("way", "kind", "words"), CHAT_FAILURES.values(), ids=CHAT_FAILURES)
def test_failures_of_the_chat(
    server: GigaChatServer, client: GigaChat, way: Behaviour, kind: ErrorKind, words: str
) -> None:
    server.default = way
    error_ = refused(client)
    assert error_.kind is kind
    assert words in error_.msg


@pytest.mark.parametrize(("way", "kind", "words"), TOKEN_FAILURES.values(), ids=TOKEN_FAILURES)
def test_failures_of_the_token(
    server: GigaChatServer, client: GigaChat, way: Behaviour, kind: ErrorKind, words: str
) -> None:
    server.scripted_tokens = [way]
    error_ = refused(client)
    assert error_.kind is kind
    assert words in error_.msg
    assert server.requests == []
    assert ask(client) == "Привет!"  # nothing of the failure is left


def test_a_stumble_over_the_token_is_tried_again(server: GigaChatServer, client: GigaChat) -> None:
    server.scripted_tokens = [error(503, {"message": "busy"}), error(503, {"message": "busy"})]
    assert ask(client) == "Привет!"
    assert len(server.token_requests) == 3


def test_its_limits_are_a_reason_for_the_fallback() -> None:
    assert ErrorKind.RATE_PROVIDER in FALLBACK_KINDS
    assert ErrorKind.AUTH not in FALLBACK_KINDS


def test_every_sentence_is_short_and_names_no_placeholder(client: GigaChat) -> None:
    for words in (gigachat_client.WORDS, gigachat_client.OAUTH_WORDS):
        for text in words.values():
            assert len(text.format(name="GigaChat")) < 300


# Its models, and the recordings of the real service


def test_only_chat_models_are_read(client: GigaChat) -> None:
    entries = client.fetch_models()
    chat = [entry.key for entry in entries if entry.text_output]
    assert chat == ["GigaChat-2", "GigaChat-2-Max", "GigaChat-3-Ultra"]
    assert all(entry.free is None for entry in entries)


def test_a_stall_is_noticed(server: GigaChatServer, client: GigaChat) -> None:
    server.script(stall(after=1))
    with pytest.raises(GigaChatError) as caught:
        list(client.chat_stream(QUESTION, model="GigaChat-2", stall_s=0.2))
    assert caught.value.kind is ErrorKind.STALLED


def test_an_answer_of_the_recorded_shape(server: GigaChatServer, client: GigaChat) -> None:
    whole = {
        "choices": [
            {
                "message": {"content": "Здравствуйте.", "role": "assistant"},
                "index": 0,
                "finish_reason": "stop",
            }
        ],
        "created": 1768996171,
        "model": "GigaChat:2.0.28.2",
        "object": "chat.completion",
        "usage": {"prompt_tokens": 17, "completion_tokens": 3, "precached_prompt_tokens": 2},
    }
    server.script(json_body(200, whole, {}))
    completion = client.complete(QUESTION, model="GigaChat")
    assert (completion.text, completion.model) == ("Здравствуйте.", "GigaChat:2.0.28.2")
    assert (completion.prompt_tokens, completion.completion_tokens) == (17, 3)


def test_the_recordings_are_understood(server: GigaChatServer, client: GigaChat) -> None:
    yaml = pytest.importorskip("yaml")
    if not RECORDINGS.exists():
        pytest.skip("the recordings of the real service are not at hand")

    def recorded(name: str) -> Behaviour:
        cassette = yaml.safe_load((RECORDINGS / f"{name}.yaml").read_text("utf-8"))
        response = cassette["interactions"][-1]["response"]
        kind = response["headers"]["Content-Type"][0]
        return _Recorded(response["status"]["code"], response["body"]["string"], kind)

    server.script(recorded("test_chat_simple"), recorded("test_stream_simple"))
    assert ask(client) == "Hello."
    stream = client.chat_stream(QUESTION, model="GigaChat")
    assert "**Подробный разбор:**" in "".join(stream)
    assert stream.completion.completion_tokens == 42
    server.script(recorded("test_chat_model_not_found"))
    assert refused(client).kind is ErrorKind.GONE
    server.pages["/models"] = recorded("test_get_models")
    entries = client.fetch_models()
    assert (len(entries), sum(entry.text_output for entry in entries)) == (20, 13)


class _Recorded:
    def __init__(self, status: int, body: str, kind: str) -> None:
        self.status, self.body, self.kind = status, body.encode(), kind

    def play(self, call: Any) -> None:
        call.head(self.status, {"Content-Type": self.kind}, len(self.body))
        call.write(self.body)
