"""What a model wants done: its calls of tools, put together from the pieces they come in."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from llm.characters import short_name, sound, sound_json
from llm.http import TooBig
from llm.provider import JSON, as_dict

MAX_CALLS = 16  # in one answer; more are left out
MAX_TOOL_NAME = 64  # characters, as servers have it
MAX_ARGUMENTS = 20_000  # characters, of all calls together; what is more is cut off
MAX_RECEIVED = 400_000  # characters: a server that goes on beyond is not listened to any longer
MAX_EXTRA = 20_000  # characters, of each call
NO_NAME = re.compile(r"[^A-Za-z0-9_-]")
MADE_ID_CHARS = 9  # what the strictest of servers (Mistral's) want


@dataclass(frozen=True)
class ToolCall:
    """A call of a tool: `arguments` is the text that the model wrote, mostly a JSON object.

    It may be anything, broken JSON too. `id` is unique within the answer. `extra` is what
    Google's server wants back with the call.
    """

    id: str
    name: str
    arguments: str
    extra: JSON = field(default_factory=dict, hash=False)


@dataclass(eq=False)
class _Growing:
    id: str = ""
    name: str = ""
    pieces: list[str] = field(default_factory=list)
    extra: JSON = field(default_factory=dict)

    @property
    def arguments(self) -> str:
        return "".join(self.pieces)

    @property
    def is_complete(self) -> bool:
        """Whether the arguments are a whole JSON object."""
        return self.arguments.rstrip().endswith("}") and is_object(self.arguments)

    def is_echo_of(self, before: "_Growing") -> bool:
        """Whether it is but the name of the call before, said once more at the end of it."""
        return not self.id and not self.pieces and self.name == before.name


class CallAccumulator:
    """The calls so far. Servers differ in how they tell that a piece belongs to another call."""

    def __init__(self) -> None:
        self._calls: list[_Growing] = []
        self._by_index: dict[int, _Growing] = {}
        self._kept = 0  # characters of arguments
        self._received = 0

    def add(self, part: JSON) -> None:
        """Take in what a message or a delta says of calls.

        Raises:
            TooBig: the arguments are above 400,000 characters.
        """
        touched: list[_Growing] = []
        for piece in _pieces(part):
            function = as_dict(piece.get("function"))
            name, arguments = _text(function.get("name")), _argument_text(function.get("arguments"))
            call = self._owner(piece, name, touched)
            touched.append(call)
            if name and not call.pieces and name != call.name:
                call.name = (call.name + name)[:MAX_TOOL_NAME]
            self._add_arguments(call, arguments)
            call.extra = _extra(piece) or call.extra

    def calls(self) -> tuple[ToolCall, ...]:
        """The calls, once nothing more will come; those without a name are left out."""
        ids: set[str] = set()
        found = []
        for before, growing in pairwise([_Growing(), *self._calls]):
            call_id = growing.id
            if not call_id or call_id in ids:
                call_id = uuid.uuid4().hex[:MADE_ID_CHARS]
            if growing.name and not growing.is_echo_of(before):
                ids.add(call_id)
                name = NO_NAME.sub("_", growing.name)
                found.append(ToolCall(call_id, name, sound(growing.arguments), growing.extra))
        return tuple(found[:MAX_CALLS])

    def _owner(self, piece: JSON, name: str, touched: list[_Growing]) -> _Growing:
        """The call that a piece goes on with, or a new one."""
        call_id, index = _call_id(piece.get("id")), piece.get("index")
        by_id = next((c for c in self._calls if call_id and c.id == call_id), None)
        last = self._calls[-1] if self._calls else None
        if isinstance(index, int):
            call = self._by_index.get(index) or (None if name else by_id or last)
        else:
            call = by_id or last
        if call is None or _begins_another(call, call_id, name, call in touched):
            if last is not None and len(self._calls) > MAX_CALLS:
                return last  # the one too many takes in all that is left out
            call = _Growing()
            self._calls.append(call)
        call.id = call.id or call_id
        if isinstance(index, int):
            self._by_index[index] = call
        return call

    def _add_arguments(self, call: _Growing, arguments: str) -> None:
        self._received += len(arguments) + 1  # a piece counts, also an empty one
        if self._received > MAX_RECEIVED:
            raise TooBig(f"the arguments are above {MAX_RECEIVED} characters")
        kept = arguments[: MAX_ARGUMENTS - self._kept]
        if kept:
            self._kept += len(kept)
            call.pieces.append(kept)


def is_object(text: str) -> bool:
    """Whether a text is a JSON object."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _begins_another(call: _Growing, call_id: str, name: str, is_touched: bool) -> bool:
    """Whether a piece that names this call, by its index or by standing after it, begins another.

    Some servers number all calls 0 or not at all, some give no ids, some say the name or a new
    id with every piece.
    """
    if not name:
        return False
    if call_id and call.id:
        return call_id != call.id
    if is_touched:  # twice in one list
        return True
    if name != call.name:
        return bool(call.pieces)
    return call.is_complete


def _pieces(part: JSON) -> Iterator[JSON]:
    """The pieces of calls in a message or a delta, also in the shape that had one call."""
    listed = part.get("tool_calls")
    if isinstance(listed, list):
        yield from map(as_dict, listed)
    elif single := as_dict(part.get("function_call")):
        yield {"function": single}


def _call_id(value: object) -> str:
    found = short_name(value)
    return found if found == value else ""


def _extra(piece: JSON) -> JSON:
    found = as_dict(piece.get("extra_content"))
    fits = len(json.dumps(found)) <= MAX_EXTRA
    return as_dict(sound_json(found)) if found and fits else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _argument_text(value: object) -> str:
    """Arguments as a text: some servers send the object itself."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)
