"""What every OpenAI-shaped provider shares: request, stream, retries, errors, deadlines.

Knows no Telegram and no SQL; what differs between providers stands in a `Provider`. Whatever
goes wrong is raised as a `ProviderError`.
"""

import contextlib
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import requests
import urllib3

from llm.http import End, Ended, Exchange, TooBig, Wires, read_whole
from llm.model_list import CatalogueEntry, openai_entry, read_list
from llm.provider import JSON
from llm.provider import ErrorKind as ErrorKind
from llm.provider import Provider as Provider
from llm.provider import ProviderError as ProviderError
from llm.stream import Answer, error_of, events, is_stream, json_object, json_or_text
from llm.stream import Completion as Completion
from texts import log as texts

log = logging.getLogger(__name__)

T = TypeVar("T")

CHAT = "/chat/completions"
RETRIES = 2
MAX_BACKOFF_S = 8.0
MAX_DETAIL = 300  # characters of the other side's own words that the log gets
AFTER_FINISH_S = 2.0  # for the count of tokens, once the text has ended
AFTER_DONE_S = 0.1  # for the end of the body, so that the connection can live on

RETRIED = {
    ErrorKind.RATE_MINUTE,
    ErrorKind.RATE_PROVIDER,
    ErrorKind.OVERLOADED,
    ErrorKind.SERVER,
    ErrorKind.TIMEOUT,
    ErrorKind.CUT,
    ErrorKind.NETWORK,
}

ENDS = {
    End.CANCELLED: ErrorKind.CANCELLED,
    End.STALLED: ErrorKind.STALLED,
    End.LATE: ErrorKind.TIMEOUT,
}

# What is raised below this room, and what it is called above: the first row that fits.
FOREIGN: Sequence[tuple[type[Exception], ErrorKind]] = (
    (requests.exceptions.SSLError, ErrorKind.TLS),
    (requests.exceptions.ReadTimeout, ErrorKind.TIMEOUT),
    (requests.exceptions.RequestException, ErrorKind.NETWORK),
    (urllib3.exceptions.ReadTimeoutError, ErrorKind.TIMEOUT),
    (urllib3.exceptions.DecodeError, ErrorKind.BAD_BODY),
    (urllib3.exceptions.HTTPError, ErrorKind.CUT),
    (OSError, ErrorKind.TLS),  # requests did not find the CA bundle
    (TooBig, ErrorKind.BAD_BODY),
    (ValueError, ErrorKind.BAD_BODY),  # not JSON, not UTF-8
    (RecursionError, ErrorKind.BAD_BODY),  # JSON of a thousand brackets
)
FOREIGN_TYPES: tuple[type[Exception], ...] = (Ended, *(foreign for foreign, _ in FOREIGN))

Messages = Sequence[Mapping[str, Any]]  # of {"role": ..., "content": ...}


class ChatClient:
    """Asks one provider; may be shared by threads, each has connections of its own.

    `backoff_s` is the pause before the first retry; it doubles, up to 8 s.
    """

    known: Sequence[CatalogueEntry] = ()  # models to offer before the catalogue has been read

    def __init__(self, provider: Provider, *, backoff_s: float = 0.5) -> None:
        self.provider = provider
        self.backoff_s = backoff_s
        self._wires = Wires()

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
        started = time.monotonic()

        def hear(response: requests.Response, document: JSON) -> Completion:
            answer = Answer(self.provider, model, started)
            answer.hear_whole(response, document)
            return answer.completion()

        body = self._body(messages, model, temperature, max_tokens)
        return self._ask("POST", CHAT, body, timeout_s, hear)

    def chat_stream(
        self,
        messages: Messages,
        *,
        model: str,
        temperature: float = 0.2,
        max_tokens: int = 1500,
        timeout_s: float = 180.0,
        stall_s: float = 60.0,
    ) -> "ChatStream":
        """Ask and get the answer piece by piece; nothing is sent before the first is asked for.

        Iterating raises ProviderError: at the latest after `timeout_s` seconds in all, or after
        `stall_s` seconds in which nothing came but signs of life.
        """
        body = self._body(messages, model, temperature, max_tokens)
        body |= {"stream": True, **self.provider.stream_body}
        return ChatStream(self, body, Exchange(timeout_s, stall_s))

    def get_json(self, path: str, *, timeout_s: float = 30.0) -> JSON:
        """Whatever the provider has at `path`: its list of models, the state of a key.

        Raises:
            ProviderError.
        """
        return self._ask("GET", path, None, timeout_s, lambda response, document: document)

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

    def get_data(self, path: str, *, timeout_s: float = 30.0) -> object:
        """The `data` of whatever stands at `path`.

        Raises:
            ProviderError.
        """
        document = self.get_json(path, timeout_s=timeout_s)
        if "data" not in document:
            raise self.provider.error(200, document, {})
        return document["data"]

    def _body(self, messages: Messages, model: str, temperature: float, max_tokens: int) -> JSON:
        return {
            "model": model,
            "messages": list(messages),
            "temperature": temperature,
            "max_tokens": max_tokens,
            **self.provider.body,
        }

    def _ask(
        self,
        method: str,
        path: str,
        body: JSON | None,
        timeout_s: float,
        hear: Callable[[requests.Response, JSON], T],
    ) -> T:
        with Exchange(timeout_s) as exchange:
            tries = _Tries(self, exchange, body["model"] if body else "")
            while True:
                try:
                    with self.opened(exchange, method, path, body) as response:
                        return hear(response, json_object(read_whole(response, exchange)))
                except ProviderError as error:
                    tries.after(error)

    @contextlib.contextmanager
    def opened(
        self,
        exchange: Exchange,
        method: str,
        path: str,
        body: JSON | None,
        form: Mapping[str, str] | None = None,
    ) -> Iterator[requests.Response]:
        """A good response with its body still to be read; the border of foreign exceptions.

        Sends `body` as JSON or else `form`.

        Raises:
            ProviderError: for a bad status, and for whatever is raised while reading.
        """
        status = 0
        try:
            with self._wires.send(
                exchange,
                method,
                self.provider.base_url + path,
                json=body,
                data=form,
                auth=self.provider.auth,
                headers={**_headers(body), **self.provider.headers},
                verify=self.provider.verify,
            ) as response:
                status = response.status_code
                if not 200 <= status < 300:
                    raise error_of(
                        self.provider, response, json_or_text(read_whole(response, exchange))
                    )
                yield response
        except FOREIGN_TYPES as exc:
            raise self._translated(exc, exchange, status) from exc

    def _translated(self, exc: Exception, exchange: Exchange, status: int) -> ProviderError:
        if exchange.reason is not None:
            kind = ENDS[exchange.reason]
        else:
            kind = next(kind for foreign, kind in FOREIGN if isinstance(exc, foreign))
        return self.provider.failure(kind, status, detail=repr(exc))


class ChatStream:
    """An answer on its way: iterate, once, to get its text in pieces; then see `completion`."""

    def __init__(self, client: ChatClient, body: JSON, exchange: Exchange) -> None:
        self._client = client
        self._body = body
        self._exchange = exchange
        self._answer: Answer
        self._completion: Completion | None = None

    @property
    def completion(self) -> Completion:
        """What is known of the answer; a RuntimeError before its end."""
        if self._completion is None:
            raise RuntimeError("the stream has not been read to its end")
        return self._completion

    def cancel(self) -> None:
        """End the iteration and close the connection, from any thread, at any time.

        The iteration ends as if the answer were over, with `finish_reason` "cancelled".
        """
        self._exchange.end(End.CANCELLED)

    def __iter__(self) -> Iterator[str]:
        with self._exchange:
            try:
                yield from self._pieces(time.monotonic())
            except ProviderError as error:
                if error.kind is not ErrorKind.CANCELLED:
                    raise
                self._answer.finish_reason = "cancelled"
        self._completion = self._answer.completion()

    def _pieces(self, started: float) -> Iterator[str]:
        tries = _Tries(self._client, self._exchange, self._body["model"])
        while True:
            self._answer = Answer(self._client.provider, self._body["model"], started)
            try:
                yield from self._listen(self._answer)
                return
            except ProviderError as error:
                tries.after(error, spoken=bool(self._answer.pieces))

    def _listen(self, answer: Answer) -> Iterator[str]:
        with self._client.opened(self._exchange, "POST", CHAT, self._body) as response:
            if is_stream(response):
                yield from self._hear_events(answer, response)
                answer.end(response)
            else:
                yield answer.hear_whole(response, json_object(read_whole(response, self._exchange)))

    def _hear_events(self, answer: Answer, response: requests.Response) -> Iterator[str]:
        try:
            for data in events(response, self._exchange):
                if data == b"[DONE]":
                    answer.finish_reason = answer.finish_reason or "stop"
                    self._exchange.hurry(AFTER_DONE_S)
                    continue
                piece = answer.hear(response, json_object(data))
                if piece:
                    self._exchange.not_listening()
                    yield piece
                    self._exchange.heard()
                if answer.finish_reason:
                    self._exchange.hurry(AFTER_FINISH_S)
        except FOREIGN_TYPES:
            if not answer.finish_reason:
                raise
            # The text is whole: lost is the count of tokens or the end of the body.


class _Tries:
    """After each failure: is there another try, and when."""

    def __init__(self, client: ChatClient, exchange: Exchange, model: str) -> None:
        self._client = client
        self._exchange = exchange
        self._model = model
        self._done = 0
        self._renewed = False

    def after(self, error: ProviderError, *, spoken: bool = False) -> None:
        """Wait for the next try, or raise `error`: always so when its text was shown."""
        if error.kind is ErrorKind.CANCELLED:
            raise error
        pause = None if spoken else self._pause(error)
        log.log(
            logging.INFO
            if pause is not None or error.kind is ErrorKind.NO_KEY
            else logging.WARNING,
            texts.no_answer(
                self._client.provider.name, self._model, error.kind, error.status, pause
            ),
        )
        # The other side's own words may quote the question.
        log.debug("%s: %s", self._client.provider.name, error.detail[:MAX_DETAIL])
        if pause is None:
            raise error
        try:
            self._exchange.sleep(pause)
        except Ended:
            raise self._client.provider.failure(ErrorKind.CANCELLED) from error

    def _pause(self, error: ProviderError) -> float | None:
        if error.kind is ErrorKind.AUTH and not self._renewed:
            self._renewed = True
            return 0.0 if self._client.provider.refresh_auth() else None
        if error.kind not in RETRIED or self._done == RETRIES:
            return None
        backoff = min(self._client.backoff_s * 2**self._done, MAX_BACKOFF_S)
        self._done += 1
        pause = backoff * random.uniform(0.5, 1.0)
        if error.retry_after is not None:
            pause = max(pause, error.retry_after)
        elif error.reset_at is not None and error.reset_at - time.time() > MAX_BACKOFF_S:
            return None  # too long to keep somebody waiting without a word
        return pause if pause < self._exchange.remaining() else None


def _headers(body: JSON | None) -> dict[str, str]:
    if body is not None and body.get("stream"):
        # Compressed events would wait in the server's or a proxy's compressor.
        return {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
    return {"Accept": "application/json"}
