"""What every OpenAI-shaped provider shares: request, stream, retries, errors, deadlines.

Knows no Telegram and no SQL; what differs between providers stands in a `Provider`. Whatever
goes wrong is raised as a `ProviderError`.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import requests

import proxies
from llm.completion import (
    Accumulator,
    ErrorInAnswer,
    NoAnswer,
    json_object,
    json_or_text,
    transcript,
    whole_answer,
)
from llm.completion import Completion as Completion
from llm.embedded import EmbeddedFile, Multipart, json_body, multipart
from llm.errors import FOREIGN_TYPES, error_of, translated
from llm.http import Call, SessionPool, read_whole
from llm.model_list import CatalogueEntry, openai_entry, read_list
from llm.provider import JSON
from llm.provider import ErrorKind as ErrorKind
from llm.provider import Provider as Provider
from llm.provider import ProviderError as ProviderError
from llm.retry import BACKOFF_S as BACKOFF_S
from llm.retry import Retries
from llm.stream import ChatStream as ChatStream
from llm.tools import Tool, without

T = TypeVar("T")

CHAT = "/chat/completions"
TRANSCRIPTIONS = "/audio/transcriptions"
OFFERS = {"tools", "functions"}  # where a request describes them
TOOLLESS_S = 3600.0  # how long a model that has refused tools is not offered any

# Of {"role": ..., "content": ...}; `llm.tools` makes those that tell of calls.
Messages = Sequence[Mapping[str, Any]]


class ChatClient:
    """Asks one provider; may be shared by threads.

    `backoff_s` is the pause before the first retry; it doubles, up to 8 s.
    """

    known: Sequence[CatalogueEntry] = ()  # models to offer before the catalogue has been read
    reads_pdf = False  # whether it makes a text of pages that are pictures, for nothing
    searches_web = False  # whether its models can look things up in the web

    def __init__(self, provider: Provider, *, backoff_s: float = BACKOFF_S) -> None:
        self.provider = provider
        self.backoff_s = backoff_s
        self._sessions = SessionPool()
        self._refused_tools: dict[str, float] = {}  # when, by model, on the monotonic clock

    def chat_once(
        self,
        messages: Messages,
        *,
        model: str,
        temperature: float = 0.2,
        max_tokens: int = 1500,
        timeout_s: float = 30.0,
    ) -> tuple[str, int]:
        """Ask and wait for the whole answer: its text and the milliseconds it took.

        Raises:
            ProviderError: no answer; `timeout_s` seconds are the limit of all tries together.
        """
        answer = self.complete(
            messages,
            model=model,
            temperature=temperature,
            max_tokens=max_tokens,
            timeout_s=timeout_s,
        )
        return answer.text, answer.latency_ms

    def complete(
        self,
        messages: Messages,
        *,
        model: str,
        temperature: float = 0.2,
        max_tokens: int = 1500,
        timeout_s: float = 30.0,
    ) -> Completion:
        """As `chat_once`, but with all that is known of the answer."""
        body = self._body(messages, model, temperature, max_tokens)

        started = time.monotonic()

        def read_answer(document: JSON) -> Completion:
            answer = Accumulator(model, started)
            answer.add_chunk(whole_answer(document))
            return answer.completion()

        return self._request("POST", CHAT, body, timeout_s, read_answer)

    def chat_stream(
        self,
        messages: Messages,
        *,
        model: str,
        temperature: float = 0.2,
        max_tokens: int | None = 1500,
        timeout_s: float = 180.0,
        stall_s: float = 60.0,
        tools: Sequence[Tool] = (),
        web_search: bool = False,
    ) -> ChatStream:
        """Ask and get the answer piece by piece; nothing is sent before the first is asked for.

        Without `max_tokens` the answer is as long as the provider lets it be. The model may call
        the `tools`: see `Completion.calls`. With `web_search` it may look things up, where
        `searches_web`.

        Iterating raises ProviderError: at the latest after `timeout_s` seconds in all, or after
        `stall_s` seconds in which nothing came but signs of life.
        """
        body = self._body(messages, model, temperature, max_tokens)
        body |= {"stream": True, **self.provider.stream_body, **self.offered(tools, web_search)}
        call = Call(timeout_s, stall_s)
        retries = Retries(self.provider, self.backoff_s, call, model)
        return ChatStream(partial(self.asked, call, body), retries, call, model)

    @contextlib.contextmanager
    def asked(self, call: Call, body: JSON) -> Iterator[requests.Response]:
        """A question sent, with what its messages hold: text, or parts with `EmbeddedFile`s.

        Raises:
            ProviderError: see `opened`.
        """
        try:
            with self.opened(call, "POST", CHAT, body) as response:
                yield response
        except ProviderError as error:
            if error.kind is ErrorKind.TOOLS_REFUSED and OFFERS & body.keys():
                self._refused_tools[body["model"]] = time.monotonic()
            raise

    def refuses_tools(self, model: str) -> bool:
        """Whether this model has refused tools within the last hour."""
        refused_at = self._refused_tools.get(model)
        return refused_at is not None and time.monotonic() - refused_at < TOOLLESS_S

    def transcribe(self, call: Call, audio: EmbeddedFile, model: str) -> Completion:
        """What is said in a recording.

        Raises:
            ProviderError: also, as GONE, when the server has no such thing.
        """
        started = time.monotonic()
        with (
            multipart(audio, audio.name, model=model) as form,
            self.opened(call, "POST", TRANSCRIPTIONS, None, form) as response,
        ):
            return transcript(json_object(read_whole(response, call)), model, started)

    def get_json(self, path: str, *, timeout_s: float = 30.0) -> JSON:
        """Whatever the provider has at `path`: its list of models, the state of a key.

        Raises:
            ProviderError.
        """
        return self._request("GET", path, None, timeout_s, lambda document: document)

    def fetch_models(self, *, timeout_s: float = 30.0) -> list[CatalogueEntry]:
        """The models there are now; an entry that cannot be understood is left out.

        Raises:
            ProviderError: also when the list is much too long or most of it is no list of models.
        """
        rows = self.get_data("/models", timeout_s=timeout_s)
        try:
            return read_list(self.provider.name, rows, self.read_entry)
        except ValueError as exc:
            raise self.provider.failure(ErrorKind.BAD_BODY, 200, detail=str(exc)) from exc

    def read_entry(self, row: JSON) -> CatalogueEntry | None:
        """A row of the list of models; None when it makes no sense."""
        return openai_entry(row)

    def shaped(self, messages: Messages) -> list[JSON]:
        """Messages in the provider's shape."""
        return without(messages, "functions_state_id", "reasoning_details")

    def offered(self, tools: Sequence[Tool], web_search: bool) -> JSON:
        """What a request says of tools, in the provider's shape."""
        functions = [{"type": "function", "function": tool.function} for tool in tools]
        return {"tools": functions} if functions else {}

    def get_data(self, path: str, *, timeout_s: float = 30.0) -> object:
        """The `data` of whatever stands at `path`.

        Raises:
            ProviderError.
        """
        document = self.get_json(path, timeout_s=timeout_s)
        if "data" not in document:
            raise self.provider.error(200, document, {})
        return document["data"]

    def _body(
        self, messages: Messages, model: str, temperature: float, max_tokens: int | None
    ) -> JSON:
        return {
            "model": model,
            "messages": self.shaped(messages),
            "temperature": temperature,
            **({} if max_tokens is None else {"max_tokens": max_tokens}),
            **self.provider.body,
        }

    def _request(
        self,
        method: str,
        path: str,
        body: JSON | None,
        timeout_s: float,
        read_document: Callable[[JSON], T],
    ) -> T:
        with Call(timeout_s) as call:
            retries = Retries(self.provider, self.backoff_s, call, body["model"] if body else "")
            while True:
                try:
                    with self.opened(call, method, path, body) as response:
                        return read_document(json_object(read_whole(response, call)))
                except ProviderError as error:
                    retries.wait_or_raise(error)

    @contextlib.contextmanager
    def opened(
        self,
        call: Call,
        method: str,
        path: str,
        body: JSON | None,
        form: "Mapping[str, str] | Multipart | None" = None,
    ) -> Iterator[requests.Response]:
        """A good response with its body still to be read; the border of foreign exceptions.

        Sends `body` as JSON or else `form`: fields, or what requests-toolbelt has made of files.

        Raises:
            ProviderError: for a bad status, and for whatever is raised while reading.
        """
        status = 0
        sent = form if body is None else json_body(body)
        try:
            with self._sessions.send(
                call,
                method,
                self.provider.base_url + path,
                data=sent,
                auth=self.provider.auth,
                headers={**_headers(body, form), **self.provider.headers},
                verify=self.provider.verify,
                proxies=proxies.for_requests(self.provider.proxy),
            ) as response:
                status = response.status_code
                try:
                    if not 200 <= status < 300:
                        raise ErrorInAnswer(json_or_text(read_whole(response, call)))
                    yield response
                except ErrorInAnswer as exc:
                    raise error_of(self.provider, response, exc.body) from exc
        except NoAnswer as exc:
            raise self.provider.failure(exc.kind, status) from exc
        except FOREIGN_TYPES as exc:
            raise translated(exc, self.provider, call, status) from exc


def _headers(body: JSON | None, form: "Mapping[str, str] | Multipart | None") -> dict[str, str]:
    if body is None:
        content_type = getattr(form, "content_type", None)
        typed = {"Content-Type": content_type} if content_type else {}
        return {"Accept": "application/json", **typed}
    typed = {"Content-Type": "application/json"}
    if body.get("stream"):
        # Compressed events would wait in the server's or a proxy's compressor.
        return {"Accept": "text/event-stream", "Accept-Encoding": "identity", **typed}
    return {"Accept": "application/json", **typed}
