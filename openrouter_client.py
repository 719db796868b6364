"""OpenRouter's own: address, key, what its errors mean, its list of models.

How to ask and what to do when that fails is `llm.client`'s affair.
"""

import contextlib
import functools
import os
from collections.abc import Iterator, Mapping, Sequence

import requests
from requests.auth import AuthBase

from llm.client import BACKOFF_S, ChatClient, ErrorKind, Messages, Provider, ProviderError
from llm.http import Call
from llm.model_list import (
    CatalogueEntry,
    KeyInfo,
    amount,
    inputs_of,
    key_of,
    label_of,
    length_of,
    tools_of,
)
from llm.provider import JSON, as_dict, base_address
from llm.tools import Tool, without

NAME = "OpenRouter"
BASE_URL = "https://openrouter.ai/api/v1"
# Left unsaid, it would be one that costs money.
PDF_PLUGINS = [{"id": "file-parser", "pdf": {"engine": "cloudflare-ai"}}]
TITLE = "Notes bot"  # headers carry no Cyrillic
FREE_ROUTER = "openrouter/free"  # finds a free model that can do what the request needs
# It costs money, also with free models: a few looks are enough for an answer.
WEB_SEARCH = {"type": "openrouter:web_search", "parameters": {"max_results": 5, "max_uses": 3}}

# (statuses, what is found in the error object, what it means)
PATTERNS: Sequence[tuple[tuple[int, ...], str, ErrorKind]] = (
    (
        (400, 413, 422),
        r"context_length|token_limit_exceeded|max_tokens_exceeded|string_too_long"
        r"|context (length|window)|too many tokens",
        ErrorKind.CONTEXT_LENGTH,
    ),
    (
        (400, 403, 404),
        r"unsupported_country|location is not supported"
        r"|(country|region|territory)[^.]{0,20} not (supported|available)"
        r"|not (supported|available) in your (country|region)",
        ErrorKind.REGION,
    ),
    (
        (403,),
        r"\"(reasons|flagged_input|patterns)\"|content_policy|moderation|flagged|blocked",
        ErrorKind.MODERATION,
    ),
    ((429,), r"per-day|daily", ErrorKind.RATE_DAY),
    (
        (429,),
        r"\"provider_name\": \"|upstream|provider returned error",
        ErrorKind.RATE_PROVIDER,
    ),
)

# `metadata.error_type`, as far as it says more than the status does
TYPES: Mapping[str, ErrorKind] = {
    "context_length_exceeded": ErrorKind.CONTEXT_LENGTH,
    "max_tokens_exceeded": ErrorKind.CONTEXT_LENGTH,
    "token_limit_exceeded": ErrorKind.CONTEXT_LENGTH,
    "string_too_long": ErrorKind.CONTEXT_LENGTH,
    "authentication": ErrorKind.AUTH,
    "permission_denied": ErrorKind.KEY_LIMIT,
    "payment_required": ErrorKind.CREDITS,
    "rate_limit_exceeded": ErrorKind.RATE_MINUTE,
    "provider_overloaded": ErrorKind.OVERLOADED,
    "provider_unavailable": ErrorKind.OVERLOADED,
    "not_found": ErrorKind.GONE,
    "payload_too_large": ErrorKind.TOO_LARGE,
    "unprocessable": ErrorKind.UNPROCESSABLE,
    "content_policy_violation": ErrorKind.MODERATION,
    "refusal": ErrorKind.MODERATION,
    "server": ErrorKind.SERVER,
    "timeout": ErrorKind.TIMEOUT,
}


class OpenRouterError(ProviderError):
    """OpenRouter did not answer; see `ProviderError`."""

    provider = "openrouter"


class OpenRouter(ChatClient):
    """OpenRouter as a `ChatClient`; what is not given is read from the environment.

    The key is `OPENROUTER_API_KEY`, looked up for every request; the address is
    `OPENROUTER_BASE_URL`, with or without a slash or `/chat/completions` at its end.
    """

    def __init__(
        self,
        api_key: str | None = None,
        base_url: str | None = None,
        *,
        referer: str = "",
        proxy: str = "",
        backoff_s: float = BACKOFF_S,
    ) -> None:
        provider = Provider(
            name=NAME,
            base_url=_address(base_url),
            auth=_Key(api_key),
            patterns=PATTERNS,
            types=TYPES,
            error_class=OpenRouterError,
            headers={"X-OpenRouter-Title": TITLE} | ({"HTTP-Referer": referer} if referer else {}),
            proxy=proxy,
        )
        super().__init__(provider, backoff_s=backoff_s)

    reads_pdf = True
    searches_web = True

    def shaped(self, messages: Messages) -> list[JSON]:
        """Messages without what only other servers know."""
        return without(messages, "functions_state_id", "reasoning_content")

    def offered(self, tools: Sequence[Tool], web_search: bool) -> JSON:
        """What a request says of tools: the search of the web is one, which OpenRouter runs."""
        if not web_search:
            return super().offered(tools, web_search)
        return {"tools": [*super().offered(tools, web_search).get("tools", ()), WEB_SEARCH]}

    @contextlib.contextmanager
    def asked(self, call: Call, body: JSON) -> Iterator[requests.Response]:
        """A question sent; pdf files in it are read by the parser that costs nothing."""
        contents = (message["content"] for message in body["messages"])
        parts = [part for content in contents if isinstance(content, list) for part in content]
        if any(part["type"] == "file" for part in parts):
            body = {**body, "plugins": PDF_PLUGINS}
        with super().asked(call, body) as response:
            yield response

    def read_entry(self, row: JSON) -> CatalogueEntry | None:
        """A row of OpenRouter's list, which knows prices and what comes out of a model."""
        key = key_of(row)
        if key is None:
            return None
        pricing, architecture = as_dict(row.get("pricing")), as_dict(row.get("architecture"))
        outputs = architecture.get("output_modalities")
        return CatalogueEntry(
            key=key,
            label=label_of(row.get("name"), key),
            context_length=length_of(row.get("context_length")),
            free=all(amount(pricing.get(name)) == 0 for name in ("prompt", "completion")),
            text_output="text" in outputs if isinstance(outputs, list) else True,
            inputs=inputs_of(row),
            tools=key == FREE_ROUTER or tools_of(row),
        )

    def fetch_key(self, *, timeout_s: float = 30.0) -> KeyInfo:
        """What the key may still spend.

        Raises:
            OpenRouterError.
        """
        data = as_dict(self.get_data("/key", timeout_s=timeout_s))
        return KeyInfo(
            label=str(data.get("label") or ""),
            limit=amount(data.get("limit")),
            limit_remaining=amount(data.get("limit_remaining")),
            limit_reset=str(data.get("limit_reset") or ""),
            usage=amount(data.get("usage")) or 0.0,
            usage_daily=amount(data.get("usage_daily")) or 0.0,
            is_free_tier=data.get("is_free_tier") is True,
        )


def chat_once(
    messages: Messages,
    *,
    model: str,
    temperature: float = 0.2,
    max_tokens: int = 1500,
    timeout_s: float = 30.0,
) -> tuple[str, int]:
    """Ask the OpenRouter of the environment; text and milliseconds.

    Raises:
        OpenRouterError: no answer within `timeout_s` seconds.
    """
    return _of_environment(_address(None)).chat_once(
        messages,
        model=model,
        temperature=temperature,
        max_tokens=max_tokens,
        timeout_s=timeout_s,
    )


@functools.lru_cache(maxsize=4)
def _of_environment(base_url: str) -> OpenRouter:
    return OpenRouter(base_url=base_url)


class _Key(AuthBase):
    """Signs a request; with no key there is nothing to send."""

    def __init__(self, key: str | None) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        key = self._key if self._key is not None else os.environ.get("OPENROUTER_API_KEY", "")
        key = key.strip()
        if not key:
            raise OpenRouterError(0, kind=ErrorKind.NO_KEY, name=NAME)
        if not (key.isascii() and key.isprintable()):  # no header can carry it
            raise OpenRouterError(0, kind=ErrorKind.AUTH, name=NAME)
        request.headers["Authorization"] = f"Bearer {key}"
        return request


def _address(base_url: str | None) -> str:
    return base_address(base_url or os.environ.get("OPENROUTER_BASE_URL", "").strip() or BASE_URL)
