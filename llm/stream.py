"""An answer on its way: from the events of a response to pieces of text."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import requests

from llm.completion import (
    Accumulator,
    Completion,
    ErrorInAnswer,
    json_object,
    json_or_text,
    whole_answer,
)
from llm.errors import FOREIGN_TYPES
from llm.http import Call, End, read, read_whole
from llm.provider import JSON, ErrorKind, ProviderError
from llm.retry import Retries
from llm.sse import events

AFTER_FINISH_S = 2.0  # for the count of tokens, once the text has ended
AFTER_DONE_S = 0.1  # for the end of the body, so that the connection can live on


class ChatStream:
    """An answer on its way: iterate, once, to get its text in pieces; then see `completion`.

    An empty piece is a sign of life: the model thinks, and what it thinks is not shown.
    """

    def __init__(
        self,
        opened: Callable[[], AbstractContextManager[requests.Response]],
        retries: Retries,
        call: Call,
        model: str,
    ) -> None:
        """`opened` sends the request and raises ProviderError for whatever goes wrong inside."""
        self._opened = opened
        self._retries = retries
        self._call = call
        self._model = model
        self._answer = Accumulator(model, time.monotonic())
        self._completion: Completion | None = None

    @property
    def text(self) -> str:
        """All text so far."""
        return self._answer.text

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
        self._call.end(End.CANCELLED)

    def __iter__(self) -> Iterator[str]:
        with self._call:
            started = time.monotonic()
            while self._completion is None:
                self._answer = Accumulator(self._model, started)
                try:
                    with self._opened() as response:
                        yield from self._texts(response)
                        self._completion = self._answer.completion()
                except ProviderError as error:
                    if error.kind is ErrorKind.CANCELLED:
                        self._answer.finish_reason = "cancelled"
                        self._completion = self._answer.completion()
                    else:
                        self._retries.wait_or_raise(error, text_shown=self._answer.has_text)

    def _texts(self, response: requests.Response) -> Iterator[str]:
        try:
            for chunk in self._chunks(response):
                text = self._answer.add_chunk(chunk)
                if text or self._answer.is_thinking:
                    self._call.pause_stall()
                    yield text
                    self._call.restart_stall()
                if self._answer.finish_reason:
                    self._call.set_timeout(AFTER_FINISH_S)
        except FOREIGN_TYPES:
            if not self._answer.finish_reason:
                raise
            # The text is whole: lost is the count of tokens or the end of the body.

    def _chunks(self, response: requests.Response) -> Iterator[JSON]:
        """The JSON objects that the answer comes in; one, if the server sends it whole."""
        if not _is_stream(response):
            yield whole_answer(json_object(read_whole(response, self._call)))
            return
        for event in events(read(response, self._call)):
            self._call.restart_stall()
            if event.data.strip() == b"[DONE]":
                self._answer.finish_reason = self._answer.finish_reason or "stop"
                self._call.set_timeout(AFTER_DONE_S)
            elif event.name == "error":
                raise ErrorInAnswer(json_or_text(event.data))
            elif event.ended or _is_json(event.data):
                yield json_object(event.data)


def _is_stream(response: requests.Response) -> bool:
    """Did the server send events? Some forget to say so, but none calls them JSON or HTML."""
    content_type = response.headers.get("Content-Type", "")
    return "json" not in content_type and "html" not in content_type


def _is_json(raw: bytes) -> bool:
    with contextlib.suppress(ValueError, RecursionError):
        json.loads(raw)
        return True
    return False
