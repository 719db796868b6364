"""From the chunks of an answer to the answer. Opens no connection and tries nothing twice."""

import json
import time
from dataclasses import dataclass, field

from llm.characters import short_name, sound
from llm.http import TooBig
from llm.provider import JSON, ErrorKind, as_dict, first_choice
from llm.sources import MAX_SOURCES, Source, read_sources
from llm.thoughts import Thoughts
from llm.tool_calls import CallAccumulator, ToolCall

MAX_TEXT = 400_000  # characters: a hundred messages
MAX_TOKENS_COUNTED = 10**9
REASONING = ("reasoning", "reasoning_content", "reasoning_details")
TOOL_CALLS = "tool_calls"
# With these the calls are whole, whatever the server says; with "length" the last may be cut.
ENDS_WITH_CALLS = frozenset({"stop", "tool_calls", "function_call"})
HIGH_SURROGATES = ("\ud800", "\udbff")


@dataclass(frozen=True)
class Completion:
    """An answer.

    `finish_reason` is "stop", "tool_calls" (`calls` are to be answered before the model goes on),
    "length" (`max_tokens` cut the text or the last call short), "cancelled" or a word of the
    provider's. `model` is the one that answered. Tokens are None when nobody counted. `state` is
    what GigaChat wants back with the calls, `thoughts` what models that think want back, as fields
    of a message. `sources` are the pages that the answer cites.
    """

    text: str
    finish_reason: str
    model: str
    prompt_tokens: int | None
    completion_tokens: int | None
    latency_ms: int
    reasoning_seen: bool
    calls: tuple[ToolCall, ...] = ()
    state: str = ""
    thoughts: JSON = field(default_factory=dict)
    sources: tuple[Source, ...] = ()


class ErrorInAnswer(Exception):
    """An error where a part of the answer was expected; `body` is what the server sent."""

    def __init__(self, body: object) -> None:
        super().__init__(body)
        self.body = body


class NoAnswer(Exception):
    """The answer has ended without being one; `kind` says why."""

    def __init__(self, kind: ErrorKind) -> None:
        super().__init__(kind)
        self.kind = kind


class Accumulator:
    """The answer so far, made of chunks; one that comes whole is a single big chunk."""

    def __init__(self, model: str, started: float) -> None:
        """`model` is the one asked, `started` the moment of it on the monotonic clock."""
        self.finish_reason = ""
        self.is_thinking = False  # the last chunk was a thought, and no text
        self._model = model
        self._started = started
        self._texts: list[str] = []
        self._size = 0
        self._half = ""  # the first half of a character cut in two
        self._usage: JSON = {}
        self._reasoning_seen = False
        self._calls = CallAccumulator()
        self._state = ""
        self._thoughts = Thoughts()
        self._sources: dict[str, Source] = {}  # by address

    @property
    def text(self) -> str:
        """All text that came."""
        return "".join(self._texts)

    @property
    def has_text(self) -> bool:
        """Whether any text came, blank or not."""
        return bool(self._texts)

    def add_chunk(self, chunk: JSON) -> str:
        """Take a chunk in and return its text, of whole characters.

        Raises:
            ErrorInAnswer: it holds an error.
            TooBig: the text, or what the tools are called with, is above 400,000 characters.
        """
        choice = first_choice(chunk)
        if chunk.get("error") or choice.get("finish_reason") == "error":
            raise ErrorInAnswer(chunk)
        part = as_dict(choice.get("delta")) or as_dict(choice.get("message"))
        self._model = short_name(chunk.get("model")) or self._model
        self._usage = as_dict(chunk.get("usage")) or self._usage
        is_thought = any(part.get(name) for name in REASONING)
        self._reasoning_seen |= is_thought
        text = self._add_text(_text(part.get("content")) or _text(part.get("refusal")))
        self.is_thinking = is_thought and not text
        self._calls.add(part)
        self._thoughts.add(part)
        self._state = short_name(part.get("functions_state_id")) or self._state
        for source in read_sources(part):
            if len(self._sources) < MAX_SOURCES:
                self._sources.setdefault(source.url, source)
        self.finish_reason = short_name(choice.get("finish_reason")) or self.finish_reason
        return text

    def completion(self) -> Completion:
        """The answer, once nothing more will come.

        Raises:
            NoAnswer: it broke off, or holds neither words nor calls.
        """
        # What was stopped is not to be acted on.
        calls = () if self.finish_reason == "cancelled" else self._calls.calls()
        fault = self._fault(calls)
        if fault is not None:
            raise NoAnswer(fault)
        is_call = bool(calls) and self.finish_reason in ENDS_WITH_CALLS
        return Completion(
            text=self.text,
            finish_reason=TOOL_CALLS if is_call else self.finish_reason,
            model=self._model,
            prompt_tokens=_count(self._usage.get("prompt_tokens")),
            completion_tokens=_count(self._usage.get("completion_tokens")),
            latency_ms=round((time.monotonic() - self._started) * 1000),
            reasoning_seen=self._reasoning_seen,
            calls=calls,
            state=self._state,
            thoughts=self._thoughts.message,
            sources=tuple(self._sources.values()),
        )

    def _add_text(self, text: str) -> str:
        text, self._half = self._half + text, ""
        if text and HIGH_SURROGATES[0] <= text[-1] <= HIGH_SURROGATES[1]:
            text, self._half = text[:-1], text[-1]
        text = sound(text)
        if text:
            self._texts.append(text)
            self._size += len(text)
        if self._size > MAX_TEXT:
            raise TooBig(f"the text is above {MAX_TEXT} characters")
        return text

    def _fault(self, calls: tuple[ToolCall, ...]) -> ErrorKind | None:
        if self.finish_reason == "cancelled":
            return None
        if not self.finish_reason:
            return ErrorKind.CUT
        if calls or any(text.strip() for text in self._texts):
            return None
        if self.finish_reason == "content_filter":
            return ErrorKind.MODERATION
        if self._reasoning_seen or self.finish_reason == "length":
            return ErrorKind.REASONING_ONLY
        return ErrorKind.EMPTY


def transcript(document: JSON, model: str, started: float) -> Completion:
    """What was written down of a recording; a ValueError when there is no text."""
    text, usage = document.get("text"), as_dict(document.get("usage"))
    if not isinstance(text, str):
        raise ValueError("no text in the answer")
    return Completion(
        text=sound(text),
        finish_reason="stop",
        model=model,
        prompt_tokens=_count(usage.get("input_tokens")),
        completion_tokens=_count(usage.get("output_tokens")),
        latency_ms=round((time.monotonic() - started) * 1000),
        reasoning_seen=False,
    )


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


def whole_answer(document: JSON) -> JSON:
    """An answer that comes in one piece, as a chunk which says that it is the last."""
    if "choices" not in document:
        raise ErrorInAnswer(document)
    choice = first_choice(document)
    reason = choice.get("finish_reason") or "stop"
    return {**document, "choices": [{**choice, "finish_reason": reason}]}


def _text(content: object) -> str:
    """A text, or the texts of a list of parts: both are allowed."""
    if isinstance(content, list):
        return "".join(_text(as_dict(part).get("text")) for part in content)
    return content if isinstance(content, str) else ""


def _count(value: object) -> int | None:
    """A number of tokens, if it can be one."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < MAX_TOKENS_COUNTED else None
