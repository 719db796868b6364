"""GigaChat's own: the token and how it is renewed, the CA bundle, what its errors mean, its models.

How to ask and what to do when that fails is `llm.client`'s affair.
"""

import contextlib
import re
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

import requests
from requests.auth import AuthBase

import gigachat_functions
import logs
from gigachat_files import Uploads, delete, sweep
from llm.client import (
    BACKOFF_S,
    ChatClient,
    ErrorKind,
    Messages,
    Provider,
    ProviderError,
)
from llm.completion import json_object
from llm.embedded import Multipart
from llm.http import Call, current_call, read_whole
from llm.model_list import CatalogueEntry, key_of, label_of
from llm.provider import JSON, OWNER_KINDS, base_address
from llm.tools import Tool

NAME = "GigaChat"
BASE_URL = "https://api.giga.chat/v1"
AUTH_URL = "https://ngw.devices.sberbank.ru:9443/api/v2/oauth"
SCOPE = "GIGACHAT_API_PERS"
TOO_LARGE = 413
DELETE_S = 15.0  # for the files of a question
TOKEN_S = 10.0  # for a token to come
SPARE_S = 60.0  # a token is not used in the last minute of its life

# (statuses, what is found in the error object, what it means)
PATTERNS: Sequence[tuple[tuple[int, ...], str, ErrorKind]] = (
    ((413,), "", ErrorKind.CONTEXT_LENGTH),  # "the prompt must be smaller than the context window"
    ((429,), "", ErrorKind.RATE_PROVIDER),
)


class GigaChatError(ProviderError):
    """GigaChat did not answer; see `ProviderError`."""

    provider = "gigachat"


class GigaChatTokenError(GigaChatError):
    """GigaChat gave no token: most of what can go wrong there is a wrong setting."""

    provider = "gigachat_token"
    owner_kinds = OWNER_KINDS | {ErrorKind.BAD_REQUEST, ErrorKind.GONE, ErrorKind.BAD_BODY}


class GigaChat(ChatClient):
    """GigaChat as a `ChatClient`.

    `key` is the authorization key, `ca_bundle` a PEM file with the CA that signs GigaChat's
    certificates; without one those of the system serve, and certificates are verified always.
    """

    known = tuple(
        CatalogueEntry(
            key, key, 128_000, None, text_output=True, inputs=frozenset(inputs), tools=True
        )
        for key, inputs in (
            ("GigaChat-2", ()),
            ("GigaChat-2-Pro", ("image",)),
            ("GigaChat-2-Max", ("image",)),
        )
    )

    def __init__(
        self,
        key: str,
        *,
        scope: str = SCOPE,
        auth_url: str = AUTH_URL,
        base_url: str = BASE_URL,
        ca_bundle: str | None = None,
        profanity_check: bool = True,
        proxy: str = "",
        backoff_s: float = BACKOFF_S,
    ) -> None:
        verify = ca_bundle or True
        oauth = Provider(
            name=NAME,
            base_url=auth_url,
            auth=_Basic(key),
            error_class=GigaChatTokenError,
            verify=verify,
            proxy=proxy,
        )
        provider = _GigaChat(
            name=NAME,
            base_url=base_address(base_url),
            auth=_Bearer(ChatClient(oauth), scope),
            patterns=PATTERNS,
            error_class=GigaChatError,
            body={"profanity_check": profanity_check},
            stream_body={},  # the count of tokens comes unasked
            verify=verify,
            proxy=proxy,
        )
        super().__init__(provider, backoff_s=backoff_s)

    def read_entry(self, row: JSON) -> CatalogueEntry | None:
        """A row of GigaChat's list, where embedders and filters stand beside chat models."""
        key = key_of(row)
        if key is None:
            return None
        chat = row.get("type", "chat") == "chat"
        return CatalogueEntry(
            key, label_of(None, key), None, None, chat, _inputs(key), _has_functions(key)
        )

    def shaped(self, messages: Messages) -> list[JSON]:
        """Messages in GigaChat's shape, but for files."""
        return gigachat_functions.shaped(messages)

    def offered(self, tools: Sequence[Tool], web_search: bool) -> JSON:
        """What a request says of tools, which are functions here; the web it does not search."""
        return gigachat_functions.offered(tools)

    def fetch_models(self, *, timeout_s: float = 30.0) -> list[CatalogueEntry]:
        """The models there are now; what killed processes have left there is deleted first."""
        with contextlib.suppress(ProviderError), Call(timeout_s) as call:
            sweep(partial(self._answered, call))
        return super().fetch_models(timeout_s=timeout_s)

    @contextlib.contextmanager
    def asked(self, call: Call, body: JSON) -> Iterator[requests.Response]:
        """A question sent; its files are there until it is answered."""
        uploads = Uploads(partial(self._answered, call))
        try:
            messages = uploads.messages(body["messages"])
            with super().asked(call, {**body, "messages": messages}) as response:
                yield response
        finally:
            # Also when the question was stopped, which has ended its call.
            if uploads.ids:
                with Call(DELETE_S) as after:
                    delete(partial(self._answered, after), uploads.ids)

    def _answered(self, call: Call, method: str, path: str, form: Multipart | None = None) -> JSON:
        try:
            with self.opened(call, method, path, None, form) as response:
                document = json_object(read_whole(response, call))
                if form is not None and not isinstance(document.get("id"), str):
                    raise ValueError("an upload without an id")
                return document
        except ProviderError as error:
            if error.status != TOO_LARGE:
                raise
            # Of a file it does not mean the context.
            raise self.provider.failure(ErrorKind.TOO_LARGE, error.status) from error


@dataclass(frozen=True)
class _Token:
    text: str
    expires_at: float  # epoch seconds


class _Basic(AuthBase):
    """Signs a request for a token."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Basic {self._key}"
        request.headers["RqUID"] = str(uuid.uuid4())
        return request


class _Bearer(AuthBase):
    """Signs with a token that all threads share.

    A token is fetched by a thread of its own: whoever asked for it may be stopped while others
    still wait, and however many wait, one request is under way.
    """

    def __init__(self, oauth: ChatClient, scope: str) -> None:
        self._oauth = oauth
        self._scope = scope
        self._lock = threading.Lock()
        self._token: Future[_Token] | None = None
        self._mine = threading.local()  # .used: what this thread signed with last

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        self._mine.used = None
        with self._lock:
            if self._token is None or _is_spent(self._token):
                self._token = Future()
                threading.Thread(target=self._fill, args=(self._token,), daemon=True).start()
            token = self._token
        request.headers["Authorization"] = f"Bearer {current_call().wait_for(token).text}"
        self._mine.used = token
        return request

    def renew(self) -> bool:
        """The token this thread used was refused: drop it, unless another thread has already.

        False when there was none: a new one is not to be had either.
        """
        with self._lock:
            if self._token is self._mine.used:
                self._token = None
        return self._mine.used is not None

    def _fill(self, token: "Future[_Token]") -> None:
        try:
            token.set_result(self._fetch())
        except Exception as exc:  # whatever it is, those who wait must hear of it
            token.set_exception(exc)

    def _fetch(self) -> _Token:
        form = {"scope": self._scope}
        with (
            Call(TOKEN_S) as call,
            self._oauth.opened(call, "POST", "", None, form) as response,
        ):
            return _read_token(json_object(read_whole(response, call)))


class _GigaChat(Provider):
    def refresh_auth(self) -> bool:
        assert isinstance(self.auth, _Bearer)
        return self.auth.renew()


def _inputs(key: str) -> frozenset[str] | None:
    """What a model takes beside text, which the list does not say: from the second generation on
    the bigger ones see. None for a name of another shape."""
    found = re.fullmatch(r"GigaChat-[2-9](?:-(Pro|Max))?", key)
    return found and frozenset({"image"} if found[1] else ())


def _has_functions(key: str) -> bool | None:
    """Whether a model calls functions: from the second generation on all do, None of others."""
    return True if re.match("GigaChat-[2-9]", key) else None


def _read_token(document: Mapping[str, object]) -> _Token:
    text, expires_at = document.get("access_token"), document.get("expires_at")
    if not isinstance(text, str) or not text.isascii() or not isinstance(expires_at, int | float):
        raise ValueError("no token in the answer")
    logs.hide(text)
    return _Token(text, expires_at / 1000)


def _is_spent(token: "Future[_Token]") -> bool:
    """Whether another is to be fetched: not while one is on its way."""
    if not token.done():
        return False
    return token.exception() is not None or time.time() > token.result().expires_at - SPARE_S
