"""Any server of OpenAI's shape: Ollama, LM Studio, vLLM, llama.cpp, ProxyAPI. Data only."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from llm.client import BACKOFF_S, ChatClient, ErrorKind, Provider, ProviderError
from llm.provider import base_address

# (statuses, what is found in the error object, what it means)
PATTERNS: Sequence[tuple[tuple[int, ...], str, ErrorKind]] = (
    (
        (400, 413, 422, 500),
        r"context[ _](length|window|size)|too many tokens",
        ErrorKind.CONTEXT_LENGTH,
    ),
    ((429,), "insufficient_quota", ErrorKind.CREDITS),
    ((429,), "", ErrorKind.RATE_PROVIDER),
)
TYPES: Mapping[str, ErrorKind] = {"model_not_found": ErrorKind.GONE}


class OpenAIError(ProviderError):
    """The server did not answer; see `ProviderError`."""

    provider = "openai"


def openai_compatible(
    base_url: str, api_key: str = "", *, proxy: str = "", backoff_s: float = BACKOFF_S
) -> ChatClient:
    """A client of the server at this address; a local one mostly wants no key."""
    address = base_address(base_url)
    provider = Provider(
        name=urlsplit(address).netloc.rpartition("@")[2],  # what people know it by, no password
        base_url=address,
        auth=_Key(api_key),
        patterns=PATTERNS,
        types=TYPES,
        error_class=OpenAIError,
        proxy=proxy,
    )
    return ChatClient(provider, backoff_s=backoff_s)


class _Key(AuthBase):
    """Signs a request, if there is something to sign with."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request
