"""Streams over real HTTP: how an answer comes, and how it breaks off."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import pytest
from requests import PreparedRequest
from requests.auth import AuthBase

import llm.completion
import llm.http
import llm.sse
from llm.client import ChatClient, ChatStream, ErrorKind, Provider, ProviderError
from openrouter_client import OpenRouter
from tests.emulators.model_server import (
    Answer,
    Body,
    Drop,
    ModelServer,
    SlowHeaders,
    answer,
    cut,
    echo,
    empty,
    error,
    error_200,
    html,
    keepalive_comments,
    midstream_error,
    not_json,
    reasoning_only,
    stall,
)
from tests.talk import QUESTION

PANGRAM = "Съешь ещё этих мягких французских булок — да выпей же чаю 🫖. "
LONG_S = 60.0  # longer than any test may take
SOON_S = 20.0  # and far from that, also on a busy machine


def ask(client: ChatClient, *, timeout_s: float = 20.0, stall_s: float = 10.0) -> ChatStream:
    return client.chat_stream(QUESTION, model="test/model", timeout_s=timeout_s, stall_s=stall_s)


def read_to_the_error(stream: ChatStream) -> tuple[ProviderError, list[str]]:
    pieces: list[str] = []
    try:
        for piece in stream:
            pieces.append(piece)  # a comprehension would lose what came before the error
    except ProviderError as error:
        return error, pieces
    raise AssertionError("no error came")


def chunk(text: str, finish: str | None = None) -> bytes:
    """The data of an event, its text written with escapes as JSON has them."""
    choice = {"delta": {"content": text}, "finish_reason": finish}
    return json.dumps({"choices": [choice]}).encode()


def event(text: str, end: bytes = b"\n") -> bytes:
    return b"data: " + chunk(text) + end + end


# How an answer comes


@pytest.mark.parametrize("wire", [1, 3, 7, 4096, 0])
def test_letters_cut_in_two_come_whole(client: OpenRouter, server: ModelServer, wire: int) -> None:
    server.script(Answer(PANGRAM * 5, wire=wire))
    stream = ask(client)
    assert "".join(stream) == PANGRAM * 5
    assert stream.completion.text == PANGRAM * 5


def test_what_is_known_of_the_answer(client: OpenRouter, server: ModelServer) -> None:
    server.script(Answer("Ответ", model="other/model", reasoning=["Хм"], finish_reason="length"))
    stream = ask(client)
    assert list(stream) == ["", "Ответ"], "of a thought only the beat is given"
    found = stream.completion
    assert (found.finish_reason, found.model) == ("length", "other/model")
    assert (found.prompt_tokens, found.completion_tokens) == (11, 7)
    assert found.reasoning_seen
    assert 0 <= found.latency_ms < 5000


def test_the_exact_request(client: OpenRouter, server: ModelServer) -> None:
    list(client.chat_stream(QUESTION, model="test/model", temperature=0.7, max_tokens=99))
    sent = server.requests[0]
    assert sent.path == "/api/v1/chat/completions"
    assert sent.headers["Authorization"] == "Bearer sk-or-test"
    assert sent.json == {
        "model": "test/model",
        "messages": QUESTION,
        "temperature": 0.7,
        "max_tokens": 99,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_text_is_here_as_soon_as_it_is_sent(client: OpenRouter, server: ModelServer) -> None:
    server.script(stall(after=1, seconds=LONG_S))
    pieces = iter(ask(client))
    assert next(pieces) == "Начало о"  # while the server is still silent about the rest


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["Чай ", event("\ud83e"), event("\uded6"), "."], "Чай 🫖."),
        ([event("\ud83e"), event("\uded6\ud83e"), event("\uded6")], "🫖🫖"),
        (["Чай ", event("\ud83e"), "."], "Чай \ufffd."),
        ([event("\uded6"), " чай"], "\ufffd чай"),
    ],
)
def test_characters_cut_in_two_are_joined_and_broken_ones_replaced(
    client: OpenRouter, server: ModelServer, pieces: list[str | bytes], text: str
) -> None:
    server.script(Answer(pieces=pieces))
    stream = ask(client)
    assert "".join(stream) == text
    assert stream.completion.text == text


@pytest.mark.parametrize(
    ("said", "known"),
    [(10**30, None), (-1, None), (True, None), ("7", None), (7.0, None), (None, None), (0, 0)],
)
def test_counts_of_tokens_that_cannot_be_are_left_out(
    client: OpenRouter, server: ModelServer, said: Any, known: int | None
) -> None:
    server.script(Answer(usage={"prompt_tokens": said, "completion_tokens": said}))
    stream = ask(client)
    assert list(stream) == ["Привет!"]
    assert stream.completion.prompt_tokens == stream.completion.completion_tokens == known


@pytest.mark.parametrize("name", [7, {"a": 1}, "м" * 5000, "a\0\ud83d"])
def test_the_name_of_a_model_is_a_short_text(
    client: OpenRouter, server: ModelServer, name: Any
) -> None:
    first = b"data: " + json.dumps({"model": name, "choices": []}).encode() + b"\n\n"
    server.script(Answer(pieces=[first, event("Да")], finish_reason=None, usage={}))
    stream = ask(client)
    list(stream)
    assert len(stream.completion.model) <= 160
    assert stream.completion.model.isprintable()
    stream.completion.model.encode()


def test_nothing_is_known_before_the_end(client: OpenRouter) -> None:
    stream = ask(client)
    with pytest.raises(RuntimeError):
        _ = stream.completion


GOOD = {
    "comments": keepalive_comments(5, 0.001),
    "no [DONE]": Answer(done=False),
    "no finish_reason": Answer(finish_reason=None),
    "no usage": Answer(usage={}),
    "CRLF, no space after the colon": Answer(
        pieces=[b'data:{"choices":[{"delta":{"content":"\xd0\x9f\xd1\x80"}}]}\r\n\r\n', "ивет!"]
    ),
    "a byte order mark": Answer(pieces=[b"\xef\xbb\xbf" + event("При"), "вет!"]),
    "CR": Answer(pieces=[event("При", b"\r"), "вет!"]),
    "CRLF cut in two": Answer(pieces=[event("При", b"\r\n"), "вет!"], wire=1),
    "data of several lines": Answer(
        pieces=[
            b'data: {"choices":\ndata: [{"delta":\ndata:{"content":"\xd0\x9f\xd1\x80"}}]}\n\n',
            "ивет!",
        ]
    ),
    "no line feed at the end": Answer(
        pieces=["Привет", b"data: " + chunk("!", "stop")], finish_reason=None, usage={}, done=False
    ),
    "half an event at the end": Answer(
        pieces=["Привет", b"data: " + chunk("!", "stop") + b'\n\ndata: {"usa'],
        finish_reason=None,
        usage={},
        done=False,
    ),
    "characters nobody takes": Answer(pieces=["При\0", "вет\x1b!\r"]),
    "other fields": Answer(pieces=[b"event: x\nid: 1\nretry: 5\n\n", "Привет!"]),
    "nulls": Answer(pieces=[b'data: {"choices":[{"delta":null}],"usage":null}\n\n', "Привет!"]),
    "not a stream at all": Body(
        200,
        '{"choices": [{"message": {"content": "Привет!"}}]}'.encode(),
        {"Content-Type": "application/json"},
    ),
    "parts": Answer(
        pieces=['data: {"choices":[{"delta":{"content":[{"text":"Привет!"}]}}]}\n\n'.encode()]
    ),
}


@pytest.mark.parametrize("way", GOOD.values(), ids=GOOD)
def test_all_these_are_good_answers(
    client: OpenRouter, server: ModelServer, way: Answer | Body
) -> None:
    server.script(way)
    stream = ask(client)
    assert "".join(stream) == "Привет!"
    assert stream.completion.finish_reason == "stop"


def test_a_tail_that_never_comes_does_not_spoil_the_answer(
    client: OpenRouter, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("llm.stream.AFTER_FINISH_S", 0.05)
    finish = b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\n'
    server.script(Answer(pieces=["Всё.", finish], end="stall", after=2))
    stream = ask(client)
    assert list(stream) == ["Всё."]
    assert stream.completion.finish_reason == "stop"


# How it breaks off

FAILURES = {
    # name: (behaviour, kind, status, what was heard before)
    "cut": (cut(after=1), ErrorKind.CUT, 200, ["Начало о"]),
    "error": (midstream_error(after=2), ErrorKind.SERVER, 502, ["Начало о", "твета, к"]),
    "error without a number": (
        midstream_error(after=1, error={"code": "server_error", "message": "Oops"}),
        ErrorKind.SERVER,
        200,
        ["Начало о"],
    ),
    "error with its type": (
        midstream_error(
            error={"code": 429, "message": "", "metadata": {"error_type": "provider_overloaded"}}
        ),
        ErrorKind.OVERLOADED,
        429,
        ["Начало о"],
    ),
    "silence": (stall(after=1, seconds=LONG_S), ErrorKind.STALLED, 200, ["Начало о"]),
    "silence at once": (stall(after=0, seconds=LONG_S), ErrorKind.STALLED, 200, []),
    "no headers": (answer(delay=LONG_S), ErrorKind.STALLED, 0, []),
    "signs of life only": (keepalive_comments(999, 0.01), ErrorKind.STALLED, 200, []),
    "reasoning only": (reasoning_only(), ErrorKind.REASONING_ONLY, 200, ["", ""]),
    "empty": (empty(), ErrorKind.EMPTY, 200, []),
    "blank": (Answer(" \n"), ErrorKind.EMPTY, 200, [" \n"]),
    "error as the name of an event": (
        Answer(pieces=["Начало ", b'event: error\ndata: {"message": "Overloaded"}\n\n']),
        ErrorKind.SERVER,
        200,
        ["Начало "],
    ),
    "error that is no JSON": (
        Answer(pieces=["Начало ", b"event: error\ndata: oops\n\n"]),
        ErrorKind.SERVER,
        200,
        ["Начало "],
    ),
    "half an event, then nothing": (
        Answer(pieces=["Начало ", b'data: {"cho'], finish_reason=None, usage={}, done=False),
        ErrorKind.CUT,
        200,
        ["Начало "],
    ),
    "filtered": (Answer("", finish_reason="content_filter"), ErrorKind.MODERATION, 200, []),
    "not JSON": (not_json(), ErrorKind.BAD_BODY, 200, []),
    "not JSON inside": (Answer(pieces=["Да", b"data: {\n"]), ErrorKind.BAD_BODY, 200, ["Да"]),
    "a page": (html(200), ErrorKind.BAD_BODY, 200, []),
    "error with a good status": (error_200(402), ErrorKind.CREDITS, 402, []),
    "refused": (error(404), ErrorKind.GONE, 404, []),
}


@pytest.mark.parametrize(("way", "kind", "status", "heard"), FAILURES.values(), ids=FAILURES)
def test_failures(
    client: OpenRouter,
    server: ModelServer,
    way: Answer | Body,
    kind: ErrorKind,
    status: int,
    heard: list[str],
) -> None:
    server.default = way
    caught, pieces = read_to_the_error(ask(client, stall_s=0.5))
    assert (caught.kind, caught.status, pieces) == (kind, status, heard)
    assert len(server.requests) == 1


def test_words_of_an_error_that_are_no_json_reach_the_log(
    client: OpenRouter, server: ModelServer
) -> None:
    server.default = Answer(pieces=["Да", b"event: error\ndata: oops\n\n"])
    caught, _ = read_to_the_error(ask(client))
    assert "oops" in caught.detail


def test_calls_that_are_over_are_not_watched(client: OpenRouter, server: ModelServer) -> None:
    server.script(answer(), error(404))
    list(ask(client))
    read_to_the_error(ask(client))
    assert not llm.http._watcher._calls


def test_the_deadline_holds_while_text_flows(client: OpenRouter, server: ModelServer) -> None:
    server.script(Answer("я" * 3000, size=1, pace=0.02))
    started = time.monotonic()
    caught, pieces = read_to_the_error(ask(client, timeout_s=1))
    assert caught.kind is ErrorKind.TIMEOUT
    assert pieces
    assert time.monotonic() - started < SOON_S


def test_headers_that_never_end_meet_the_deadline(client: OpenRouter, server: ModelServer) -> None:
    server.script(SlowHeaders())
    with pytest.raises(ProviderError) as caught:
        list(ask(client, timeout_s=0.3))
    assert caught.value.kind is ErrorKind.TIMEOUT


def test_a_slow_reader_is_no_stall(client: OpenRouter, server: ModelServer) -> None:
    server.script(Answer("Привет, мир!", size=1))
    heard: list[str] = []
    for piece in ask(client, stall_s=1):
        if not heard:
            threading.Event().wait(1.3)  # Telegram asks to slow down
        heard.append(piece)
    assert "".join(heard) == "Привет, мир!"


def test_a_stall_is_noticed_after_a_slow_reader(client: OpenRouter, server: ModelServer) -> None:
    server.script(stall(after=1, seconds=LONG_S))
    started = time.monotonic()
    pieces = iter(ask(client, stall_s=0.5))
    next(pieces)
    threading.Event().wait(0.7)
    with pytest.raises(ProviderError) as caught:
        next(pieces)
    assert caught.value.kind is ErrorKind.STALLED
    assert time.monotonic() - started < SOON_S


def test_before_the_first_word_it_tries_again(client: OpenRouter, server: ModelServer) -> None:
    server.script(error(503), midstream_error(after=0))
    assert list(ask(client)) == ["Привет!"]
    assert len(server.requests) == 3


@pytest.mark.parametrize("way", [Drop(), cut(after=0), error_200(502)])
def test_what_is_tried_again_is_tried_thrice(
    client: OpenRouter, server: ModelServer, way: Answer | Body | Drop
) -> None:
    server.default = way
    with pytest.raises(ProviderError):
        list(ask(client))
    assert len(server.requests) == 3


PADDED = json.dumps({"choices": [{"message": {"content": "y" * 600}, "finish_reason": "stop"}]})
CHUNK = b'{"choices": [{"delta": {"content": "a"}}]%b}' % (b" " * 1000)
# Each would be a good answer without its own bound.
TOO_LARGE = {
    "a body": (llm.http, "MAX_BODY", Body(200, PADDED.encode(), {"Content-Type": "text/json"})),
    "a line": (llm.sse, "MAX_EVENT", Answer(pieces=[b"data: %b\n\n" % CHUNK])),
    "an event": (llm.sse, "MAX_EVENT", Answer(pieces=[b"data: 7\n" * 600 + b"\n"])),
    "a text in pieces": (llm.completion, "MAX_TEXT", Answer("я" * 600)),
    "a text": (llm.completion, "MAX_TEXT", Answer("я" * 600, size=600)),
    "a text that came whole": (
        llm.completion, "MAX_TEXT", Body(200, PADDED.encode(), {"Content-Type": "text/json"}),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("room", "bound", "way"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_is_too_large_is_refused(
    client: OpenRouter,
    server: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
    room: ModuleType,
    bound: str,
    way: Answer | Body,
) -> None:
    monkeypatch.setattr(room, bound, 500)
    server.script(way)
    with pytest.raises(ProviderError) as caught:
        list(ask(client))
    assert caught.value.kind is ErrorKind.BAD_BODY
    assert "above 500" in caught.value.detail


# Many at once, and a token that gets old


def test_twenty_at_once(client: OpenRouter, server: ModelServer) -> None:
    server.default = echo

    def one(number: int) -> bool:
        question = f"{number} {PANGRAM}"
        messages = [{"role": "user", "content": question}]
        stream = client.chat_stream(messages, model="test/model")
        return "".join(stream) == question and client.chat_once(messages, model="m")[0] == question

    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(one, range(200)))
    assert len(server.requests) == 400


class Anonymous(AuthBase):
    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        return request


class Renewing(Provider):
    renewals: list[bool]

    def refresh_auth(self) -> bool:
        return self.renewals.pop(0)


def _renewing(server: ModelServer, *renewals: bool) -> ChatClient:
    provider = Renewing(name="Test", base_url=server.url, auth=Anonymous())
    object.__setattr__(provider, "renewals", list(renewals))
    return ChatClient(provider)


def test_an_old_token_is_renewed_once(server: ModelServer) -> None:
    server.script(error(401))
    assert list(ask(_renewing(server, True))) == ["Привет!"]
    server.script(error(401), error(401))
    with pytest.raises(ProviderError) as caught:
        list(ask(_renewing(server, True)))
    assert caught.value.kind is ErrorKind.AUTH


def test_a_token_that_cannot_be_renewed(server: ModelServer) -> None:
    server.script(error(401))
    with pytest.raises(ProviderError):
        list(ask(_renewing(server, False)))
    assert len(server.requests) == 1


def test_a_connection_is_kept_for_whoever_asks_next(server: ModelServer) -> None:
    client = OpenRouter("sk-or-test", server.url)

    def ask() -> None:
        assert list(client.chat_stream([{"role": "user", "content": "?"}], model="m"))

    for _ in range(3):  # each question comes from a thread of its own
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert len({request.port for request in server.requests}) == 1
