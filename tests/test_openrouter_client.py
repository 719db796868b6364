"""OpenRouter's client: what is tried again, the exact request, the key, the catalogue."""

import json
import logging
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
import requests
import responses

import openrouter_client
from llm.client import ErrorKind
from openrouter_client import BASE_URL, OpenRouter, OpenRouterError
from tests.emulators.model_server import Answer, Body, ModelServer, answer, error
from tests.talk import QUESTION
from texts import errors as texts_errors

SPEC = Path(__file__).parents[2] / "shared" / "spec" / "openrouter-openapi-2026-08-22.yaml"
KEY = "sk-or-v1-0123456789abcdef"
GOOD = {"choices": [{"message": {"content": "Рэлей."}, "finish_reason": "stop"}]}
TOMORROW_S = time.time() + 40_000


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def client() -> OpenRouter:
    return OpenRouter(KEY, backoff_s=0)


def said(code: int | str, message: str = "Oops", **metadata: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "metadata": metadata}}


def spoken(content: str | None, finish_reason: str = "stop", **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, **more}
    return {"choices": [{"message": message, "finish_reason": finish_reason}]}


def reply(http: responses.RequestsMock, status: int, body: Any, headers: dict[str, str]) -> None:
    raw = body if isinstance(body, str | Exception) else json.dumps(body)
    http.post(f"{BASE_URL}/chat/completions", status=status or 200, body=raw, headers=headers)


# Trying again

TRIES = [
    # status, body, headers, requests that are made
    (400, said(400), {}, 1),
    (401, said(401), {}, 1),
    (402, said(402), {}, 1),
    (403, said(403), {}, 1),
    (404, said(404), {}, 1),
    (408, said(408), {}, 3),
    (429, said(429), {}, 3),
    (429, said(429, provider_name="Chutes"), {}, 3),
    (429, said(429), {"Retry-After": "0"}, 3),
    (429, said(429), {"Retry-After": "100"}, 1),
    (429, said(429), {"Retry-After": formatdate(TOMORROW_S, usegmt=True)}, 1),
    (429, said(429), {"X-RateLimit-Reset": str(TOMORROW_S * 1000)}, 1),
    (429, said(429, "free-models-per-day"), {}, 1),
    (500, said(500), {}, 3),
    (502, "<html>", {}, 3),
    (503, said(503), {"Retry-After": "100"}, 1),
    (524, said(524), {}, 3),
    (529, said(529), {}, 3),
    (200, said(502), {}, 3),
    (200, "<html>", {}, 1),
    (200, spoken(""), {}, 1),
    (0, requests.ConnectionError("x"), {}, 3),
    (0, requests.exceptions.SSLError("x"), {}, 1),
]


@pytest.mark.parametrize(("status", "body", "headers", "made"), TRIES)
def test_what_is_worth_another_try(
    http: responses.RequestsMock,
    client: OpenRouter,
    status: int,
    body: Any,
    headers: dict[str, str],
    made: int,
) -> None:
    reply(http, status, body, headers)
    with pytest.raises(OpenRouterError):
        client.chat_once(QUESTION, model="test/model", timeout_s=30)
    assert len(http.calls) == made


def test_a_reset_within_the_minute_is_not_waited_for(
    http: responses.RequestsMock, client: OpenRouter
) -> None:
    reply(http, 429, said(429), {"X-RateLimit-Reset": str((time.time() + 50) * 1000)})
    with pytest.raises(OpenRouterError) as caught:
        client.chat_once(QUESTION, model="test/model")
    assert caught.value.kind is ErrorKind.RATE_MINUTE
    assert len(http.calls) == 1


def test_the_second_try_may_succeed(http: responses.RequestsMock, client: OpenRouter) -> None:
    reply(http, 503, said(503), {"Retry-After": "0.2"})
    reply(http, 200, GOOD, {})
    text, latency_ms = client.chat_once(QUESTION, model="test/model")
    assert text == "Рэлей."
    assert latency_ms >= 200  # it waited as long as it was asked to


# Over real HTTP


@pytest.mark.parametrize("way", [answer(delay=60), Answer(end="stall"), error(503)])
def test_one_deadline_for_all_tries(way: Answer | Body) -> None:
    with ModelServer(way) as server:
        started = time.monotonic()
        client = OpenRouter(KEY, server.url, backoff_s=60)
        with pytest.raises(OpenRouterError):
            client.chat_once(QUESTION, model="test/model", timeout_s=1)
        assert time.monotonic() - started < 20, "a third of what the server and the pauses take"
        assert len(server.requests) == 1


def test_the_exact_request_with_a_long_question(monkeypatch: pytest.MonkeyPatch) -> None:
    question = "Почему? 🫖\n" * 20_000
    with ModelServer() as server:
        monkeypatch.setenv("OPENROUTER_API_KEY", KEY)
        monkeypatch.setenv("OPENROUTER_BASE_URL", f"{server.url}/chat/completions/")
        messages = [{"role": "user", "content": question}]
        text, latency_ms = openrouter_client.chat_once(
            messages, model="test/model", temperature=0.7, max_tokens=42
        )
        sent = server.requests[0]
    assert (text, type(latency_ms)) == ("Привет!", int)
    assert sent.path == "/api/v1/chat/completions"
    assert sent.json == {
        "model": "test/model",
        "messages": messages,
        "temperature": 0.7,
        "max_tokens": 42,
    }
    assert sent.headers["Authorization"] == f"Bearer {KEY}"
    assert sent.headers["X-OpenRouter-Title"] == "Notes bot"
    assert sent.headers["Content-Type"] == "application/json"
    assert "HTTP-Referer" not in sent.headers


def description() -> Any:
    yaml = pytest.importorskip("yaml")
    if not SPEC.exists():
        pytest.skip("the API's description is not at hand")
    return yaml.load(SPEC.read_text("utf-8"), yaml.CSafeLoader)


def test_the_request_is_of_the_api_s_shape() -> None:
    schemas = description()["components"]["schemas"]
    with ModelServer() as server:
        list(OpenRouter(KEY, server.url).chat_stream(QUESTION, model="test/model"))
    body = server.requests[0].json
    assert set(body) <= set(schemas["ChatRequest"]["properties"])
    assert set(schemas["ChatRequest"]["required"]) <= set(body)
    assert set(body["stream_options"]) <= set(schemas["ChatStreamOptions"]["properties"])
    assert set(openrouter_client.TYPES) <= set(schemas["ApiErrorType"]["enum"])


def test_what_is_read_of_models_and_the_key_is_of_the_api_s_shape() -> None:
    api = description()
    model = api["components"]["schemas"]["Model"]["properties"]
    assert {"id", "name", "context_length", "pricing", "architecture"} <= set(model)
    good = api["paths"]["/key"]["get"]["responses"]["200"]["content"]["application/json"]
    with ModelServer() as server:
        server.pages["/key"] = good["example"]
        example = api["components"]["schemas"]["Model"]["example"]
        server.pages["/models"] = {"data": [example]}
        client = OpenRouter(KEY, server.url)
        key = client.fetch_key()
        (entry,) = client.fetch_models()
    assert {f"/api/v1{path}" for path in ("/key", "/models")} == {v.path for v in server.visits}
    assert (key.limit, key.limit_remaining, key.limit_reset) == (100, 74.5, "monthly")
    assert (entry.key, entry.free, entry.text_output) == (example["id"], False, True)


def test_netrc_does_not_sign_for_us(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with ModelServer() as server:
        OpenRouter(KEY, server.url).chat_once(QUESTION, model="test/model")
    assert server.requests[0].headers["Authorization"] == f"Bearer {KEY}"


def test_the_key_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    quoted = f"{'x' * 290} Incorrect API key provided: {KEY}"
    with ModelServer(error(401, said(401, quoted))) as server:
        client = OpenRouter(KEY, server.url)
        with pytest.raises(OpenRouterError) as caught:
            client.chat_once(QUESTION, model="test/model")
    assert "модель test/model: ключ не принят (статус 401), ответа нет" in caplog.text
    assert KEY[:12] not in caplog.text + str(caught.value) + caught.value.detail


@pytest.mark.parametrize("key", ["", "  "])
def test_no_key(http: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", key)
    with pytest.raises(OpenRouterError) as caught:
        openrouter_client.chat_once(QUESTION, model="test/model")
    assert (caught.value.kind, caught.value.status) == (ErrorKind.NO_KEY, 0)
    assert "https://openrouter.ai/keys" in texts_errors.explain(caught.value)
    assert "OPENROUTER_API_KEY" in texts_errors.explain(caught.value)
    assert len(http.calls) == 0


@pytest.mark.parametrize("key", ["ключ", "sk-or\nv1"])
def test_a_key_no_header_can_carry(http: responses.RequestsMock, key: str) -> None:
    with pytest.raises(OpenRouterError) as caught:
        OpenRouter(key).chat_once(QUESTION, model="test/model")
    assert caught.value.kind is ErrorKind.AUTH


# The catalogue and the key


def test_the_catalogue(http: responses.RequestsMock, client: OpenRouter) -> None:
    free = {
        "id": "a/b:free",
        "name": "A: B (free)",
        "context_length": 131072,
        "pricing": {"prompt": "0", "completion": "0.0"},
        "architecture": {"output_modalities": ["text"]},
    }
    paints = {
        "id": "c/d",
        "name": None,
        "context_length": None,
        "pricing": {"prompt": "-1", "completion": "0"},
        "architecture": {"output_modalities": ["image"]},
    }
    broken = [None, 7, {}, {"id": ""}, {"name": "no id"}]
    http.get(f"{BASE_URL}/models", json={"data": [free, *broken, paints, {"id": "e/f"}]})
    first, second, third = client.fetch_models()
    assert (first.key, first.label, first.context_length) == ("a/b:free", "A: B (free)", 131072)
    assert (first.free, first.text_output) == (True, True)
    assert (second.key, second.label, second.context_length) == ("c/d", "c/d", None)
    assert (second.free, second.text_output) == (False, False)
    assert (third.label, third.free, third.text_output) == ("e/f", False, True)


def test_the_key(http: responses.RequestsMock, client: OpenRouter) -> None:
    data = {
        "label": "sk-or-v1-au7...890",
        "limit": 100,
        "limit_remaining": 74.5,
        "usage": 25.5,
        "usage_daily": 1,
        "is_free_tier": False,
    }
    http.get(f"{BASE_URL}/key", json={"data": data})
    found = client.fetch_key()
    assert (found.limit, found.limit_remaining, found.usage) == (100.0, 74.5, 25.5)
    assert (found.usage_daily, found.is_free_tier) == (1.0, False)
    http.get(f"{BASE_URL}/key", json={"data": data | {"limit": None, "limit_remaining": None}})
    assert client.fetch_key().limit is None


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, said(401), ErrorKind.AUTH),
        (200, said(401), ErrorKind.AUTH),
        (200, {"data": "models"}, ErrorKind.BAD_BODY),
        (200, "<html>", ErrorKind.BAD_BODY),
    ],
)
def test_a_catalogue_that_cannot_be_had(
    http: responses.RequestsMock, client: OpenRouter, status: int, body: Any, kind: ErrorKind
) -> None:
    http.get(
        f"{BASE_URL}/models", status=status, body=body if body == "<html>" else json.dumps(body)
    )
    with pytest.raises(OpenRouterError) as caught:
        client.fetch_models()
    assert caught.value.kind is kind
