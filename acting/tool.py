"""What a tool is: its name, what it is given, and what it does. Knows no tool."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from clock import Clock
from llm.characters import sound
from storage.notes import Notes
from storage.reminders import Reminders
from storage.search import Search
from texts import tool_prompts as texts

MARK_LETTERS = 12

Arguments = dict[str, Any]


class BadArgumentsError(Exception):
    """What the model has given is no use; the text, which it is told, says why."""


@dataclass(frozen=True)
class Stores:
    """What tools read and change; all of it belongs to the person for whom they work."""

    notes: Notes
    search: Search
    reminders: Reminders


@dataclass(frozen=True)
class Asker:
    """For whom a tool works: never anybody whom a model names.

    `chat_id` and the topic `thread_id` are where they asked.
    """

    user_id: int
    chat_id: int
    clock: Clock
    thread_id: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a call: `said` is for the model, `effect` what was changed (JSON).

    `notes` are the numbers of the notes that `said` tells of.
    """

    said: str
    effect: dict[str, Any] | None = None
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Parameter:
    """`most` is the length of a text or the value of a number."""

    name: str
    kind: Literal["string", "integer"]
    most: int
    required: bool = True

    def read(self, given: Arguments) -> Any:
        """The argument, None when it is missing and may be.

        Raises:
            BadArgumentsError.
        """
        value = given.get(self.name)
        if isinstance(value, str):  # JSON can spell what cannot be stored
            value = sound(value)
        if value is None or (isinstance(value, str) and not value.strip()):
            if self.required:
                raise BadArgumentsError(texts.missing(self.name))
            return None
        if self.kind == "string":
            return self._text(value)
        return self._number(value)

    def _text(self, value: object) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise BadArgumentsError(texts.wrong_kind(self.name))
        if len(value) > self.most:
            raise BadArgumentsError(texts.too_long(self.name, self.most))
        return value

    def _number(self, value: object) -> int:
        """A number; models also write "12" and "#12"."""
        if isinstance(value, str):
            digits = value.strip().removeprefix("#")
            is_number = digits.isascii() and digits.isdigit() and len(digits) <= len(str(self.most))
            value = int(digits) if is_number else None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= self.most:
            raise BadArgumentsError(texts.wrong_kind(self.name))
        return value


@dataclass(frozen=True)
class ToolKind:
    """A row of the table of tools. `run` is given the arguments by name, and the room in letters.

    One that `writes` changes something of the person's. `changes` gives the texts before and after
    it, for whoever judges whether the person has asked for that.
    """

    name: str
    run: Callable[[Stores, Asker, Arguments, int], Outcome]
    parameters: tuple[Parameter, ...]
    changes: Callable[[Stores, Asker, Arguments], tuple[str, str]] | None = None

    @property
    def writes(self) -> bool:
        return self.changes is not None

    def read(self, arguments: str) -> Arguments:
        """The arguments of a call, checked.

        Raises:
            BadArgumentsError.
        """
        try:
            given = json.loads(arguments or "{}")
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            raise BadArgumentsError(texts.NO_OBJECT)
        return {parameter.name: parameter.read(given) for parameter in self.parameters}

    def described(self) -> dict[str, Any]:
        """The JSON schema of its arguments."""
        words = texts.PARAMETERS[self.name]
        return {
            "type": "object",
            "properties": {
                one.name: {"type": one.kind, "description": words[one.name]}
                for one in self.parameters
            },
            "required": [one.name for one in self.parameters if one.required],
        }


def mark(text: str) -> str:
    """What a frame around a text ends with: the text cannot hold it, for it is made of the text."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:MARK_LETTERS]


def framed(text: str) -> str:
    """Something that people have written, for a model that is not to obey it."""
    return texts.framed(text, mark(text))
