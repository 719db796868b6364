"""Every failure of OpenRouter's, its kind and what the user is told about it."""

import json
import re
import time
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import pytest
import requests
import responses

from gigachat_client import GigaChatError, GigaChatTokenError
from llm.client import ErrorKind, ProviderError
from openai_client import OpenAIError
from openrouter_client import BASE_URL, OpenRouter, OpenRouterError
from tests.talk import QUESTION
from texts import errors
from texts import errors as texts_errors
from texts import log as texts_log

ERROR_CLASSES = (OpenRouterError, GigaChatError, GigaChatTokenError, OpenAIError)
TOMORROW_S = time.time() + 40_000


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def client() -> OpenRouter:
    return OpenRouter("sk-or-v1-0123456789abcdef", backoff_s=0)


def said(code: int | str, message: str = "Oops", **metadata: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "metadata": metadata}}


def spoken(content: str | None, finish_reason: str = "stop", **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, **more}
    return {"choices": [{"message": message, "finish_reason": finish_reason}]}


RESET = {"X-RateLimit-Limit": "50", "X-RateLimit-Reset": str(int(TOMORROW_S * 1000))}
OVERLOADED = {"error": {"code": 529, "message": "Provider returned error"}}

# what happened: (status, body or exception, headers, kind, a part of what the user is told)
FAILURES: dict[str, tuple[int, Any, dict[str, str], ErrorKind, str]] = {
    "400": (400, said(400), {}, ErrorKind.BAD_REQUEST, "не понял запрос"),
    "400 by its type": (
        400,
        said(400, error_type="context_length_exceeded"),
        {},
        ErrorKind.CONTEXT_LENGTH,
        "не помещается в память",
    ),
    "400 by its message": (
        400,
        said(400, "This endpoint's maximum context length is 32768 tokens."),
        {},
        ErrorKind.CONTEXT_LENGTH,
        "не помещается в память",
    ),
    "400 region": (
        400,
        said(400, "Provider returned error", raw="User location is not supported for the API use."),
        {},
        ErrorKind.REGION,
        "из вашей страны",
    ),
    "401": (401, said(401, "User not found."), {}, ErrorKind.AUTH, "https://openrouter.ai/keys"),
    "402": (
        402,
        said(402, "Insufficient credits", provider_name=None),
        {},
        ErrorKind.CREDITS,
        "https://openrouter.ai/credits",
    ),
    "403 moderation": (
        403,
        said(403, "Your input was flagged", reasons=["violence"], flagged_input="…"),
        {},
        ErrorKind.MODERATION,
        "проверку содержания",
    ),
    "403 guardrail": (
        403,
        said(403, "Request blocked: prompt injection patterns detected", patterns=["x"]),
        {},
        ErrorKind.MODERATION,
        "проверку содержания",
    ),
    "403 key": (
        403,
        said(403, "Key limit exceeded (total limit)."),
        {},
        ErrorKind.KEY_LIMIT,
        "исчерпал свой лимит",
    ),
    "404": (
        404,
        said(404, "No endpoints found for a/b:free."),
        {},
        ErrorKind.GONE,
        "/models — выбрать другую",
    ),
    "408": (408, said(408), {}, ErrorKind.TIMEOUT, "не дождался вопроса"),
    "413": (413, said(413), {}, ErrorKind.TOO_LARGE, "слишком велик"),
    "418": (418, said(418), {}, ErrorKind.BAD_REQUEST, "не понял запрос"),
    "422": (422, said(422), {}, ErrorKind.UNPROCESSABLE, "не умеет"),
    "429 minute": (
        429,
        said(429, "Rate limit exceeded: free-models-per-min. "),
        {},
        ErrorKind.RATE_MINUTE,
        "за минуту",
    ),
    "429 day": (
        429,
        said(429, "Rate limit exceeded: free-models-per-day-high-balance. ", headers=RESET),
        {},
        ErrorKind.RATE_DAY,
        "на сегодня закончились",
    ),
    "429 day by its reset": (429, said(429), RESET, ErrorKind.RATE_DAY, "на сегодня закончились"),
    "429 provider": (
        429,
        said(429, "Provider returned error", provider_name="Chutes", raw="rate-limited upstream"),
        {},
        ErrorKind.RATE_PROVIDER,
        "слишком много людей",
    ),
    "500": (500, said("server_error"), {}, ErrorKind.SERVER, "Внутренняя ошибка"),
    "502": (502, said(502), {}, ErrorKind.SERVER, "Сервер модели ответил ошибкой"),
    "503": (503, said(503), {}, ErrorKind.OVERLOADED, "сейчас недоступна"),
    "504": (504, said(504), {}, ErrorKind.TIMEOUT, "не ответил вовремя"),
    "520": (520, "a page", {}, ErrorKind.SERVER, "что-то сломалось"),
    "524": (524, said(524), {}, ErrorKind.TIMEOUT, "дольше, чем OpenRouter готов ждать"),
    "529": (529, OVERLOADED, {}, ErrorKind.OVERLOADED, "перегружена"),
    "502 by its type": (
        502,
        said(502, error_type="provider_unavailable"),
        {},
        ErrorKind.OVERLOADED,
        "Свободных серверов",
    ),
    "302": (302, "", {"Location": "https://evil.example"}, ErrorKind.BAD_BODY, "непонятное"),
    "200 with an error": (200, said("oops"), {}, ErrorKind.SERVER, "вместо ответа сообщил"),
    "200 with a choice that failed": (
        200,
        spoken("Нач", finish_reason="error"),
        {},
        ErrorKind.SERVER,
        "вместо ответа сообщил",
    ),
    "200 without choices": (200, {"id": "gen-1"}, {}, ErrorKind.SERVER, "вместо ответа сообщил"),
    "200 with no JSON": (200, "<html>", {}, ErrorKind.BAD_BODY, "непонятное"),
    "200 with a list": (200, [1], {}, ErrorKind.BAD_BODY, "непонятное"),
    "200 with deep JSON": (200, "[" * 100_000, {}, ErrorKind.BAD_BODY, "непонятное"),
    "200 empty": (200, spoken(""), {}, ErrorKind.EMPTY, "пустой ответ"),
    "200 null": (200, spoken(None), {}, ErrorKind.EMPTY, "пустой ответ"),
    "200 no choice": (200, {"choices": []}, {}, ErrorKind.EMPTY, "пустой ответ"),
    "200 reasoning": (
        200,
        spoken(None, "length", reasoning="Хм…"),
        {},
        ErrorKind.REASONING_ONLY,
        "долго думала",
    ),
    "no connection": (0, requests.ConnectionError("x"), {}, ErrorKind.NETWORK, "Нет связи"),
    "a proxy": (0, requests.exceptions.ProxyError("x"), {}, ErrorKind.PROXY, "MODELS_PROXY"),
    "a proxy's password": (407, {}, {}, ErrorKind.PROXY, "Прокси, через который"),
    "time-out": (0, requests.ReadTimeout("x"), {}, ErrorKind.TIMEOUT, "не успела ответить"),
    "TLS": (0, requests.exceptions.SSLError("x"), {}, ErrorKind.TLS, "сертификаты"),
    "no CA bundle": (0, OSError("invalid path"), {}, ErrorKind.TLS, "сертификаты"),
}


def reply(http: responses.RequestsMock, status: int, body: Any, headers: dict[str, str]) -> None:
    raw = body if isinstance(body, str | Exception) else json.dumps(body)
    http.post(f"{BASE_URL}/chat/completions", status=status or 200, body=raw, headers=headers)


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind", "words"), FAILURES.values(), ids=FAILURES
)
def test_failures(
    http: responses.RequestsMock,
    client: OpenRouter,
    status: int,
    body: Any,
    headers: dict[str, str],
    kind: ErrorKind,
    words: str,
) -> None:
    reply(http, status, body, headers)
    with pytest.raises(OpenRouterError) as caught:
        client.chat_once(QUESTION, model="test/model")
    assert (caught.value.kind, caught.value.status) == (kind, status)
    assert words in texts_errors.explain(caught.value)
    assert "Oops" not in texts_errors.explain(
        caught.value
    )  # the provider's own words are for the log


def test_every_kind_and_status_has_words_of_its_own() -> None:
    assert set(ErrorKind) <= set(errors.SHARED)
    assert set(ErrorKind) == set(texts_log.CAUSES)
    assert set(errors.OWN) == {kind.provider for kind in ERROR_CLASSES}
    for sentences in (errors.SHARED, *errors.OWN.values()):
        assert len(set(sentences.values())) == len(sentences)
        for text in sentences.values():
            _is_a_sentence(text)


def _is_a_sentence(text: str) -> None:
    assert re.search("[а-я]", text)
    assert text[-1] in ".…"
    assert len(text.format(name="OpenRouter")) < 300


def test_a_number_inside_a_good_status_is_the_status(
    http: responses.RequestsMock, client: OpenRouter
) -> None:
    reply(http, 200, said("402"), {})
    with pytest.raises(OpenRouterError, match=r"^\[402\] OpenRouter: credits$") as caught:
        client.chat_once(QUESTION, model="test/model")
    assert texts_errors.explain(caught.value).startswith("На счёте OpenRouter")


def test_an_error_is_made_of_a_status_and_words() -> None:
    made = OpenRouterError(429, "Подождите.")
    assert str(made) == "[429] Подождите."
    assert isinstance(made, ProviderError)
    assert (made.status, made.msg, made.kind) == (429, "Подождите.", ErrorKind.RATE_MINUTE)
    assert (made.reset_at, made.retry_after) == (None, None)


def test_what_was_below_is_not_lost(http: responses.RequestsMock, client: OpenRouter) -> None:
    cause = requests.ConnectionError("refused")
    reply(http, 0, cause, {})
    with pytest.raises(OpenRouterError) as caught:
        client.chat_once(QUESTION, model="test/model")
    assert caught.value.__cause__ is cause


@pytest.mark.parametrize("in_body", [True, False])
def test_when_a_limit_is_full_again(
    http: responses.RequestsMock, client: OpenRouter, in_body: bool
) -> None:
    body = said(429, "free-models-per-day", **({"headers": RESET} if in_body else {}))
    reply(http, 429, body, {} if in_body else RESET)
    with pytest.raises(OpenRouterError) as caught:
        client.chat_once(QUESTION, model="test/model")
    assert caught.value.reset_at == pytest.approx(TOMORROW_S, abs=1)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0.5", 0.5),
        pytest.param(
            formatdate(TOMORROW_S, usegmt=True), pytest.approx(40_000, abs=4_000), id="tomorrow"
        ),
        (formatdate(0, usegmt=True), 0),
        ("soon", None),
        ("-1", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_retry_after(client: OpenRouter, header: str, seconds: float | None) -> None:
    assert client.provider.error(429, {}, {"Retry-After": header}).retry_after == seconds


@pytest.mark.parametrize("body", [None, [], "", 7, {"error": None}, {"error": "x"}, {"error": [1]}])
def test_an_error_of_any_shape_is_an_error(client: OpenRouter, body: object) -> None:
    assert client.provider.error(503, body, {}).kind is ErrorKind.OVERLOADED
