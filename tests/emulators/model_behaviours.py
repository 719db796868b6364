"""The ways a model server can answer: well, slowly, wrongly, by halves, not at all.

Each is a value with `play`; how bytes get to the client stands in `model_server`.
"""

import itertools
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import responses as reasons
from typing import Any, Protocol

from .message_parts import text_of

JSON = dict[str, Any]
HELD_LOOK_S = 0.02
EVENTS = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}


class Call(Protocol):
    """A request and the means to answer it."""

    request: JSON

    def head(self, status: int, headers: Mapping[str, str], length: int | None = None) -> None:
        """Status and headers; without a length the body goes out in chunks."""

    def write(self, data: bytes) -> None:
        """A part of the body, on its way at once."""

    def finish(self) -> None:
        """The end of a body in chunks."""

    def raw(self, data: bytes) -> None:
        """Bytes as they are."""

    def drop(self) -> None:
        """Break the connection off; does not return."""

    def wait(self, seconds: float) -> None:
        """Sleep; does not return once the client has closed its end."""


class Behaviour(Protocol):
    """One way to answer a request."""

    def play(self, call: Call) -> None:
        """Answer it."""


Choice = Behaviour | Callable[[JSON], Behaviour]


@dataclass(frozen=True)
class Answer:
    """A chat answer, whole or as a stream, as the request has it.

    The text goes out as `pieces` (`bytes` among them go to the wire as they are), or cut into
    pieces of `size` characters; `wire` cuts the stream's bytes anew, letters or not. Seconds:
    `headers_delay` before the headers, `first_delay` before what follows them, `reasoning_pace`
    before each thought, `pace` before each piece but the first, `comment_interval` after each of
    the `comments`. `end` breaks the answer off after `after` pieces: "error" (with `error`), "cut",
    or "stall" (for `stall_s`). What is no text, as calls of tools, are `deltas` after it in a
    stream, and fields of the `message` of a whole one.
    """

    text: str = "Привет!"
    pieces: Sequence[str | bytes] = ()
    size: int = 8
    wire: int = 0
    headers_delay: float = 0.0
    first_delay: float = 0.0
    pace: float = 0.0
    comments: int = 0
    comment_interval: float = 0.0
    reasoning: Sequence[str] = ()
    reasoning_pace: float = 0.0
    deltas: Sequence[JSON] = ()
    message: JSON = field(default_factory=dict)
    model: str = ""
    finish_reason: str | None = "stop"
    usage: Mapping[str, int] = field(
        default_factory=lambda: {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    )
    done: bool = True
    end: str = ""
    after: int = 1
    stall_s: float = 60.0
    error: JSON = field(default_factory=lambda: {"code": 502, "message": "Provider returned error"})

    def play(self, call: Call) -> None:
        """Answer as a stream if that was asked for."""
        call.wait(self.headers_delay)
        if call.request.get("stream"):
            self._stream(call)
        else:
            self._whole(call)

    def _parts(self) -> Sequence[str | bytes]:
        starts = range(0, len(self.text), self.size)
        parts = self.pieces or [self.text[start : start + self.size] for start in starts]
        return parts[: self.after] if self.end else parts

    def _whole(self, call: Call) -> None:
        parts = self._parts()
        call.wait(self.first_delay + self.pace * (len(parts) - 1))
        text = "".join(part for part in parts if isinstance(part, str))
        message = {"role": "assistant", "content": text, "reasoning": "".join(self.reasoning)}
        message |= self.message
        choice: JSON = {"index": 0, "message": message, "finish_reason": self.finish_reason}
        if self.end == "error":
            choice |= {"finish_reason": "error", "error": self.error}
        document = self._document(call, "chat.completion", choices=[choice], usage=self.usage)
        body = json.dumps(document, ensure_ascii=False).encode()
        call.head(200, {"Content-Type": "application/json"}, len(body))
        if self.end in ("cut", "stall"):
            call.write(body[: len(body) // 2])
            call.wait(self.stall_s if self.end == "stall" else 0.0)
            call.drop()
        else:
            call.write(body)

    def _stream(self, call: Call) -> None:
        call.head(200, EVENTS)
        for _ in range(self.comments):
            call.write(b": OPENROUTER PROCESSING\n\n")
            call.wait(self.comment_interval)
        call.wait(self.first_delay)
        for thought in self.reasoning:
            call.wait(self.reasoning_pace)
            self._send(call, self._chunk(call, {"content": "", "reasoning": thought}))
        for number, part in enumerate(self._parts()):
            call.wait(self.pace if number else 0.0)
            raw = isinstance(part, bytes)
            self._send(call, part if raw else self._chunk(call, {"content": part}))
        for delta in self.deltas:
            self._send(call, self._chunk(call, {"content": "", **delta}))
        for event in self._ending(call):
            self._send(call, event)
        if self.end == "stall":
            call.wait(self.stall_s)
        call.finish()

    def _ending(self, call: Call) -> Iterator[bytes]:
        if self.end == "error":
            yield self._chunk(call, {"content": ""}, "error", error=self.error)
        elif not self.end:
            if self.finish_reason:
                yield self._chunk(call, {"content": ""}, self.finish_reason)
            if self.usage:
                kind = "chat.completion.chunk"
                yield _event(self._document(call, kind, choices=[], usage=self.usage))
            if self.done:
                yield b"data: [DONE]\n\n"

    def _send(self, call: Call, data: Any) -> None:
        step = self.wire or len(data)
        for start in range(0, len(data), step):
            call.write(data[start : start + step])

    def _chunk(
        self, call: Call, delta: JSON, finish_reason: str | None = None, **more: Any
    ) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return _event(self._document(call, "chat.completion.chunk", choices=[choice], **more))

    def _document(self, call: Call, kind: str, **more: Any) -> JSON:
        model = self.model or call.request.get("model", "")
        return {"id": "gen-1", "object": kind, "created": 1_767_225_600, "model": model, **more}


@dataclass(frozen=True)
class Body:
    """Any status with any body, after `delay` seconds."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0

    def play(self, call: Call) -> None:
        """Send it."""
        call.wait(self.delay)
        call.head(self.status, self.headers, len(self.body))
        call.write(self.body)


class Held:
    """Says back what it was asked; the first `number` answers wait until they are released."""

    def __init__(self, number: int = 1) -> None:
        self._numbers = itertools.count(1)
        self._most = number
        self._released = threading.Semaphore(0)

    def release(self) -> None:
        """Let one more be answered."""
        self._released.release()

    def play(self, call: Call) -> None:
        """Answer it."""
        if next(self._numbers) <= self._most:
            while not self._released.acquire(timeout=HELD_LOOK_S):
                call.wait(HELD_LOOK_S)  # ends when nobody listens any more
        Answer(f"Ответ: {text_of(call.request['messages'][-1])}.").play(call)


@dataclass(frozen=True)
class Drop:
    """Break the connection off after `delay` seconds, without a word."""

    delay: float = 0.0

    def play(self, call: Call) -> None:
        """Break it off."""
        call.wait(self.delay)
        call.drop()


@dataclass(frozen=True)
class SlowHeaders:
    """Headers that come byte by byte, one each `pace` seconds, and never end."""

    pace: float = 0.05

    def play(self, call: Call) -> None:
        """Send them until the client has had enough."""
        call.raw(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while True:
            call.raw(b"a")
            call.wait(self.pace)


def answer(text: str = "Привет!", *, delay: float = 0.0, **how: Any) -> Answer:
    """A good answer; `delay` before its headers, `how` are fields of `Answer`."""
    return Answer(text, headers_delay=delay, **how)


def echo(request: JSON) -> Answer:
    """The last message, said back."""
    return Answer(text_of(request["messages"][-1]))


def error(status: int, body: JSON | None = None, headers: Mapping[str, str] | None = None) -> Body:
    """An error as OpenRouter words it, or with a body of your own."""
    said = body or {"error": {"code": status, "message": reasons.get(status, "error")}}
    return json_body(status, said, headers or {})


def error_200(code: int | str = 502, message: str = "Provider returned error") -> Body:
    """An error with a good status."""
    return json_body(200, {"error": {"code": code, "message": message}}, {})


def html(status: int = 502) -> Body:
    """A page of some proxy on the way."""
    page = f"<html><body><h1>{status} Bad Gateway</h1></body></html>".encode()
    return Body(status, page, {"Content-Type": "text/html"})


def not_json() -> Body:
    """A good status and a torn body."""
    return Body(200, b'{"choices": [', {"Content-Type": "application/json"})


def empty() -> Answer:
    """An answer without a word."""
    return Answer("")


def reasoning_only() -> Answer:
    """All of max_tokens spent on thinking."""
    return Answer("", reasoning=("Надо ", "подумать…"), finish_reason="length")


def midstream_error(after: int = 1, **how: Any) -> Answer:
    """An error after so many pieces."""
    return Answer("Начало ответа, которого не будет", end="error", after=after, **how)


def cut(after: int = 1, **how: Any) -> Answer:
    """A stream that ends with neither [DONE] nor a finish_reason."""
    return Answer("Начало ответа, которого не будет", end="cut", after=after, **how)


def stall(after: int = 1, seconds: float = 60.0, **how: Any) -> Answer:
    """Silence after so many pieces; with 0, right after the headers."""
    return Answer("Начало ответа, которого нет", end="stall", after=after, stall_s=seconds, **how)


def keepalive_comments(count: int, interval: float, **how: Any) -> Answer:
    """Signs of life before the answer."""
    return Answer(comments=count, comment_interval=interval, **how)


def _event(document: JSON) -> bytes:
    return b"data: " + json.dumps(document, ensure_ascii=False).encode() + b"\n\n"


def json_body(status: int, document: JSON, headers: Mapping[str, str]) -> Body:
    body = json.dumps(document, ensure_ascii=False).encode()
    return Body(status, body, {"Content-Type": "application/json", **headers})
