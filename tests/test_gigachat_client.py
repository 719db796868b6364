"""GigaChat's client over TLS: the requests, the errors, the models."""

from pathlib import Path
from typing import Any

import pytest

from gigachat_client import GigaChat, GigaChatError
from llm.client import ErrorKind
from llm.provider import FALLBACK_KINDS
from tests.certificates import Authority
from tests.emulators.gigachat_server import GigaChatServer
from tests.emulators.model_server import Answer, Behaviour, error, html, json_body, stall
from tests.gigachat import KEY, ask, make, refused
from tests.talk import QUESTION
from texts import errors as texts_errors

RECORDINGS = Path(__file__).parents[2] / "shared" / "spec" / "gigachat-cassettes"


@pytest.fixture
def client(gigachat: GigaChatServer, authority: Authority) -> GigaChat:
    return make(gigachat, ca_bundle=str(authority.bundle))


# Asking


def test_the_exact_requests(gigachat: GigaChatServer, client: GigaChat) -> None:
    assert ask(client) == "Привет!"
    (token,), (question,) = gigachat.token_requests, gigachat.requests
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


def test_a_stream_says_how_many_tokens_it_took(gigachat: GigaChatServer, client: GigaChat) -> None:
    gigachat.script(Answer("Потому что Рэлей.", size=3, wire=5))
    stream = client.chat_stream(QUESTION, model="GigaChat-2")
    assert "".join(stream) == "Потому что Рэлей."
    assert (stream.completion.finish_reason, stream.completion.completion_tokens) == ("stop", 7)
    assert "stream_options" not in gigachat.requests[0].json


@pytest.mark.parametrize("tail", ["", "/", "/chat/completions", "/chat/completions/"])
def test_the_base_url_in_any_form(
    gigachat: GigaChatServer, authority: Authority, tail: str
) -> None:
    client = make(gigachat, base_url=gigachat.url + tail, ca_bundle=str(authority.bundle))
    assert ask(client) == "Привет!"


def test_the_check_for_swearing_can_be_turned_off(
    gigachat: GigaChatServer, authority: Authority
) -> None:
    ask(make(gigachat, ca_bundle=str(authority.bundle), profanity_check=False))
    assert gigachat.requests[0].json["profanity_check"] is False


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
    gigachat: GigaChatServer, client: GigaChat, way: Behaviour, kind: ErrorKind, words: str
) -> None:
    gigachat.default = way
    error_ = refused(client)
    assert error_.kind is kind
    assert words in texts_errors.explain(error_)


@pytest.mark.parametrize(("way", "kind", "words"), TOKEN_FAILURES.values(), ids=TOKEN_FAILURES)
def test_failures_of_the_token(
    gigachat: GigaChatServer, client: GigaChat, way: Behaviour, kind: ErrorKind, words: str
) -> None:
    gigachat.scripted_tokens = [way]
    error_ = refused(client)
    assert error_.kind is kind
    assert words in texts_errors.explain(error_)
    assert gigachat.requests == []
    assert ask(client) == "Привет!"  # nothing of the failure is left


def test_a_stumble_over_the_token_is_tried_again(
    gigachat: GigaChatServer, client: GigaChat
) -> None:
    gigachat.scripted_tokens = [error(503, {"message": "busy"}), error(503, {"message": "busy"})]
    assert ask(client) == "Привет!"
    assert len(gigachat.token_requests) == 3


def test_its_limits_are_a_reason_for_the_fallback() -> None:
    assert ErrorKind.RATE_PROVIDER in FALLBACK_KINDS
    assert ErrorKind.AUTH not in FALLBACK_KINDS


# Its models, and the recordings of the real service


def test_only_chat_models_are_read(client: GigaChat) -> None:
    entries = client.fetch_models()
    chat = [entry.key for entry in entries if entry.text_output]
    assert chat == ["GigaChat-2", "GigaChat-2-Max", "GigaChat-3-Ultra"]
    assert all(entry.free is None for entry in entries)


def test_a_stall_is_noticed(gigachat: GigaChatServer, client: GigaChat) -> None:
    gigachat.script(stall(after=1))
    with pytest.raises(GigaChatError) as caught:
        list(client.chat_stream(QUESTION, model="GigaChat-2", stall_s=0.2))
    assert caught.value.kind is ErrorKind.STALLED


def test_an_answer_of_the_recorded_shape(gigachat: GigaChatServer, client: GigaChat) -> None:
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
    gigachat.script(json_body(200, whole, {}))
    completion = client.complete(QUESTION, model="GigaChat")
    assert (completion.text, completion.model) == ("Здравствуйте.", "GigaChat:2.0.28.2")
    assert (completion.prompt_tokens, completion.completion_tokens) == (17, 3)


def test_the_recordings_are_understood(gigachat: GigaChatServer, client: GigaChat) -> None:
    yaml = pytest.importorskip("yaml")
    if not RECORDINGS.exists():
        pytest.skip("the recordings of the real service are not at hand")

    def recorded(name: str) -> Behaviour:
        cassette = yaml.safe_load((RECORDINGS / f"{name}.yaml").read_text("utf-8"))
        response = cassette["interactions"][-1]["response"]
        kind = response["headers"]["Content-Type"][0]
        return _Recorded(response["status"]["code"], response["body"]["string"], kind)

    gigachat.script(recorded("test_chat_simple"), recorded("test_stream_simple"))
    assert ask(client) == "Hello."
    stream = client.chat_stream(QUESTION, model="GigaChat")
    assert "**Подробный разбор:**" in "".join(stream)
    assert stream.completion.completion_tokens == 42
    gigachat.script(recorded("test_chat_model_not_found"))
    assert refused(client).kind is ErrorKind.GONE
    gigachat.pages["/models"] = recorded("test_get_models")
    entries = client.fetch_models()
    assert (len(entries), sum(entry.text_output for entry in entries)) == (20, 13)


class _Recorded:
    def __init__(self, status: int, body: str, kind: str) -> None:
        self.status, self.body, self.kind = status, body.encode(), kind

    def play(self, call: Any) -> None:
        call.head(self.status, {"Content-Type": self.kind}, len(self.body))
        call.write(self.body)
