"""Any server of OpenAI's shape: an emulated one, and two that others wrote, where installed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from llm.client import ChatStream, ErrorKind, ProviderError
from llm.embedded import EmbeddedFile
from llm.http import Call
from llm.provider import JSON
from llm.tools import called, result
from openai_client import OpenAIError, openai_compatible
from tests import others
from tests.emulators.model_server import ModelServer, error
from tests.media import picture
from tests.talk import QUESTION
from tests.tools import TOOLS, ask
from texts import errors as texts_errors

KEY = "sk-local-0123456789"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(prefix="/v1") as running:
        yield running


@pytest.mark.parametrize("tail", ["", "/", "/chat/completions", "/chat/completions/"])
def test_the_base_url_in_any_form(server: ModelServer, tail: str) -> None:
    client = openai_compatible(f"{server.url}{tail}", KEY)
    assert client.chat_once(QUESTION, model="m")[0] == "Привет!"
    assert server.requests[0].path == "/v1/chat/completions"
    assert server.requests[0].headers["Authorization"] == f"Bearer {KEY}"


def test_without_a_key_nothing_is_signed(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    stream = openai_compatible(server.url).chat_stream(QUESTION, model="m")
    assert "".join(stream) == "Привет!"
    assert stream.completion.completion_tokens == 7
    assert "Authorization" not in server.requests[0].headers


def test_its_models(server: ModelServer) -> None:
    rows = [
        {"id": "llama3.2:3b", "object": "model", "owned_by": "library"},
        {"id": "qwen3-32b", "object": "model", "max_model_len": 32768},
        {"id": "nomic-embed-text", "object": "model"},
        {"id": "whisper-1"},
        {"id": "gpt-4o-mini-tts"},
        {"id": "text-moderation-latest"},
    ]
    server.pages["/models"] = {"object": "list", "data": rows}
    entries = openai_compatible(server.url).fetch_models()
    assert [(e.key, e.context_length, e.free) for e in entries if e.text_output] == [
        ("llama3.2:3b", None, None),
        ("qwen3-32b", 32768, None),
    ]


# what the server says: (status, error object, kind, a part of what the user is told)
FAILURES: dict[str, tuple[int, object, ErrorKind, str]] = {
    "key": (401, {"message": "Incorrect API key"}, ErrorKind.AUTH, "OPENAI_API_KEY"),
    "model": (404, {"message": "model 'x' not found"}, ErrorKind.GONE, "/models"),
    "model by its code": (400, {"code": "model_not_found"}, ErrorKind.GONE, "/models"),
    "OpenAI's context": (
        400,
        {"code": "context_length_exceeded", "message": "This model's maximum context length is 8"},
        ErrorKind.CONTEXT_LENGTH,
        "не помещается",
    ),
    "llama.cpp's context": (
        400,
        {"type": "exceed_context_size_error", "message": "exceeds the available context size"},
        ErrorKind.CONTEXT_LENGTH,
        "не помещается",
    ),
    "quota": (429, {"code": "insufficient_quota"}, ErrorKind.CREDITS, "не хватает средств"),
    "rate": (429, {"message": "slow down"}, ErrorKind.RATE_PROVIDER, "Подождите"),
    "a text": (500, "CUDA out of memory", ErrorKind.SERVER, "Внутренняя ошибка"),
}


@pytest.mark.parametrize(("status", "said", "kind", "words"), FAILURES.values(), ids=FAILURES)
def test_failures(
    server: ModelServer, status: int, said: object, kind: ErrorKind, words: str
) -> None:
    server.default = error(status, {"error": said})
    with pytest.raises(OpenAIError) as caught:
        openai_compatible(server.url, KEY, backoff_s=0.001).chat_once(QUESTION, model="m")
    assert caught.value.kind is kind
    assert words in texts_errors.explain(caught.value)


def test_a_server_that_is_not_running_is_named_without_its_password() -> None:
    client = openai_compatible("http://anna:secret@127.0.0.1:1/v1", backoff_s=0.001)
    with pytest.raises(ProviderError) as caught:
        client.chat_once(QUESTION, model="m")
    assert caught.value.kind is ErrorKind.NETWORK
    assert "127.0.0.1:1" in texts_errors.explain(caught.value)
    assert "OPENAI_BASE_URL" in texts_errors.explain(caught.value)
    assert "secret" not in texts_errors.explain(caught.value) + caught.value.detail


# Servers written by others


def test_against_llmock(tmp_path: Path) -> None:
    with others.llmock(tmp_path) as url:
        client = openai_compatible(url, "any")
        models = [entry.key for entry in client.fetch_models() if entry.text_output]
        assert models
        assert client.chat_once(QUESTION, model=models[0])[0]
        stream = client.chat_stream(QUESTION, model=models[0])
        assert "".join(stream)
        assert stream.completion.finish_reason == "stop"


def test_against_aimock(tmp_path: Path) -> None:
    with others.aimock(tmp_path) as url:
        client = openai_compatible(f"{url}/chat/completions")
        assert client.fetch_models()
        assert client.chat_once(QUESTION, model="gpt-4o")[0] == others.ANSWER
        stream = client.chat_stream(QUESTION, model="gpt-4o")
        pieces = list(stream)
        assert "".join(pieces) == others.ANSWER
        assert len(pieces) > 5
        assert stream.completion.finish_reason == "stop"
        with pytest.raises(ProviderError) as caught:
            client.chat_once([{"role": "user", "content": "такого нет"}], model="gpt-4o")
        assert caught.value.kind is ErrorKind.GONE


def picture_asked_about(folder: Path) -> list[JSON]:
    path = folder / "sky.jpeg"
    path.write_bytes(picture("JPEG", 640))
    shown = {"type": "image_url", "image_url": {"url": EmbeddedFile(path, "image/jpeg")}}
    text = {"type": "text", "text": "Почему тут небо синее?"}
    return [{"role": "user", "content": [text, shown]}]


def told(stream: ChatStream) -> list[JSON]:
    """The messages that say what a model has called, and that all went well."""
    completion = stream.completion
    return [called(completion), *(result(call, "Записано.") for call in completion.calls)]


def test_llmock_is_shown_a_picture_and_calls_a_tool(tmp_path: Path) -> None:
    with others.llmock(tmp_path) as url:
        client = openai_compatible(url, "any")
        model = next(entry.key for entry in client.fetch_models() if entry.text_output)
        seen = client.chat_stream(picture_asked_about(tmp_path), model=model)
        assert "".join(seen)
        stream = ask(client, model=model)
        (one,) = stream.completion.calls
        assert one.name in [tool.name for tool in TOOLS]
        assert isinstance(json.loads(one.arguments), dict)
        assert stream.completion.finish_reason == "tool_calls"
        last = ask(client, [*QUESTION, *told(stream)], model=model)
        assert last.text
        assert last.completion.calls == ()


def test_aimock_is_shown_a_picture_hears_and_calls_tools(tmp_path: Path) -> None:
    recording = tmp_path / "voice.ogg"
    recording.write_bytes(b"OggS" + bytes(2000))
    question = [{"role": "user", "content": "запомни: молоко, хлеб"}]
    with others.aimock(tmp_path) as url:
        client = openai_compatible(url)
        seen = client.chat_stream(picture_asked_about(tmp_path), model="gpt-4o")
        assert "".join(seen) == others.ANSWER
        with Call(20.0) as call:
            voice = EmbeddedFile(recording, "audio/ogg", is_url=False, name="voice.ogg")
            assert client.transcribe(call, voice, "whisper-1").text == others.HEARD
        stream = ask(client, question, model="gpt-4o")
        assert stream.text == "Записываю."
        assert [
            {"name": one.name, "arguments": json.loads(one.arguments)}
            for one in stream.completion.calls
        ] == others.CALLS
        assert stream.completion.finish_reason == "tool_calls"
        last = ask(client, [*question, *told(stream)], model="gpt-4o")
        assert (last.text, last.completion.calls) == (others.SAVED, ())
