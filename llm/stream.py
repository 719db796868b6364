"""From the bytes of an answer to its text: events, chunks, the errors hidden in them.

Opens no connection and tries nothing twice.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import requests

from llm.http import MAX_BODY, Exchange, TooBig, read
from llm.provider import JSON, ErrorKind, Provider, ProviderError, as_dict, first_choice

MAX_LINE = 1024 * 1024  # bytes
REASONING = ("reasoning", "reasoning_content", "reasoning_details")


@dataclass(frozen=True)
class Completion:
    """An answer.

    `finish_reason` is "stop", "length" (`max_tokens` cut the text short), "cancelled" or a word
    of the provider's. `model` is the one that answered. Tokens are None when nobody counted.
    """

    text: str
    finish_reason: str
    model: str
    prompt_tokens: int | None
    completion_tokens: int | None
    latency_ms: int
    reasoning_seen: bool


class Answer:
    """What was heard of an answer so far; one that comes whole is a single big chunk."""

    def __init__(self, provider: Provider, model: str, started: float) -> None:
        self.pieces: list[str] = []
        self.finish_reason = ""
        self._provider = provider
        self._model = model
        self._started = started
        self._size = 0
        self._usage: JSON = {}
        self._reasoning_seen = False

    def hear(self, response: requests.Response, chunk: JSON) -> str:
        """Take a chunk in and return its text; an error inside it is raised."""
        choice = first_choice(chunk)
        if chunk.get("error") or choice.get("finish_reason") == "error":
            raise error_of(self._provider, response, chunk)
        part = as_dict(choice.get("delta")) or as_dict(choice.get("message"))
        self._model = str(chunk.get("model") or self._model)
        self._usage = as_dict(chunk.get("usage")) or self._usage
        self.finish_reason = str(choice.get("finish_reason") or self.finish_reason)
        self._reasoning_seen |= any(part.get(name) for name in REASONING)
        text = _text(part.get("content")) or _text(part.get("refusal"))
        if text:
            self.pieces.append(text)
            self._size += len(text)
        if self._size > MAX_BODY:
            raise TooBig(f"the text is above {MAX_BODY} characters")
        return text

    def hear_whole(self, response: requests.Response, document: JSON) -> str:
        """Take in an answer that came in one piece."""
        if "choices" not in document:
            raise error_of(self._provider, response, document)
        text = self.hear(response, document)
        self.finish_reason = self.finish_reason or "stop"
        self.end(response)
        return text

    def end(self, response: requests.Response) -> None:
        """Nothing more will come: raise an error if that was no answer."""
        fault = self._fault()
        if fault is not None:
            raise self._provider.failure(fault, response.status_code)

    def _fault(self) -> ErrorKind | None:
        if not self.finish_reason:
            return ErrorKind.CUT
        if any(piece.strip() for piece in self.pieces):
            return None
        if self.finish_reason == "content_filter":
            return ErrorKind.MODERATION
        if self._reasoning_seen or self.finish_reason == "length":
            return ErrorKind.REASONING_ONLY
        return ErrorKind.EMPTY

    def completion(self) -> Completion:
        """The answer as a value."""
        return Completion(
            text="".join(self.pieces),
            finish_reason=self.finish_reason,
            model=self._model,
            prompt_tokens=_count(self._usage.get("prompt_tokens")),
            completion_tokens=_count(self._usage.get("completion_tokens")),
            latency_ms=round((time.monotonic() - self._started) * 1000),
            reasoning_seen=self._reasoning_seen,
        )


def is_stream(response: requests.Response) -> bool:
    """Did the server send events? Some forget to say so, but none calls them JSON or HTML."""
    content_type = response.headers.get("Content-Type", "")
    return "json" not in content_type and "html" not in content_type


def events(response: requests.Response, exchange: Exchange) -> Iterator[bytes]:
    """What stands after `data:` in each line; comments are signs of life and nothing else."""
    rest = b""
    for part in read(response, exchange):
        *lines, rest = (rest + part).split(b"\n")
        if len(rest) > MAX_LINE:
            raise TooBig(f"a line of the stream is above {MAX_LINE} bytes")
        for line in lines:
            if line.startswith(b"data:"):
                exchange.heard()
                yield line.removeprefix(b"data:").strip()


def json_object(raw: bytes) -> JSON:
    """The JSON object in these bytes; a ValueError when they hold anything else."""
    document = json.loads(raw)
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    return document


def json_or_text(raw: bytes) -> object:
    """The JSON in these bytes or, when it is none, their text."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return raw.decode(errors="replace")


def error_of(provider: Provider, response: requests.Response, body: object) -> ProviderError:
    """The error that a response means, without the key it was signed with."""
    error = provider.error(response.status_code, body, response.headers)
    secret = str(response.request.headers.get("Authorization", "")).rpartition(" ")[2]
    if secret:  # some servers quote the key back
        error.detail = error.detail.replace(secret, "***")
    return error


def _text(content: object) -> str:
    """A text, or the texts of a list of parts: both are allowed."""
    if isinstance(content, list):
        return "".join(_text(as_dict(part).get("text")) for part in content)
    return content if isinstance(content, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) else None
