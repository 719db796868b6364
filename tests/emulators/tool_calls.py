"""A model that calls tools, in OpenAI's shape or in GigaChat's, as the request has it.

    server.default = acts(call("save_note", text="молоко"), then="Записал.")
    server.script(calls(call("find_notes", query="отпуск"), call("list_reminders"), size=3))
    server.default = for_ever(call("find_notes", query="ещё"))

What it does depends on nothing but the request, so that a question asked again gets the same.
"""

import itertools
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .message_parts import text_of
from .model_behaviours import JSON, Answer

RESULTS = ("tool", "function")  # roles


@dataclass(frozen=True)
class Made:
    """A call: `arguments` is an object, or a text that goes out as it is."""

    name: str
    arguments: JSON | str


Round = Made | Sequence[Made] | Callable[[JSON], Sequence[Made]]


def call(name: str, **arguments: Any) -> Made:
    """A call as it should be, of a tool that may not exist."""
    return Made(name, arguments)


def broken(name: str, arguments: str = '{"text": "молок') -> Made:
    """A call with these arguments, whatever they are."""
    return Made(name, arguments)


@dataclass(frozen=True)
class Manner:
    """How a server writes calls down in OpenAI's shape.

    `size` is how many characters of arguments are in a piece, 0: all; `name_size` the same of the
    name. `index` is of each call ("each"), 0 for all ("zero") or missing (""). `ids` come in the
    first piece of a call ("first"), in all ("all") or never (""). With `names_repeated` the name
    stands in every piece. With `mixed` the pieces of several calls take turns, `together` puts
    whole calls into one list. With `as_object` arguments are no text.
    """

    size: int = 0
    name_size: int = 0
    index: str = "each"
    ids: str = "first"
    names_repeated: bool = False
    mixed: bool = False
    together: bool = False
    as_object: bool = False


def calls(
    *made: Made, text: str = "", manner: Manner | None = None, **how: Any
) -> Callable[[JSON], Answer]:
    """An answer that calls tools after `text`; `how` are fields of `Answer`."""

    def choose(request: JSON) -> Answer:
        if "functions" in request:
            message: JSON = {
                "function_call": {"name": made[0].name, "arguments": made[0].arguments},
                "functions_state_id": str(uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(request))),
            }
            deltas: Sequence[JSON] = [message]
            reason = "function_call"
        else:
            prefix = f"call_{len(request['messages'])}"
            rows = [_row(one, f"{prefix}_{n}") for n, one in enumerate(made)]
            message, reason = {"tool_calls": rows}, "tool_calls"
            deltas = list(_deltas(made, prefix, manner or Manner()))
        told = {"finish_reason": reason, **how}
        return Answer(text, message=message, deltas=deltas, **told)

    return choose


def acts(
    *rounds: Round, then: str | Callable[[JSON], str] = "Готово.", **how: Any
) -> Callable[[JSON], Answer]:
    """A model that calls tools round after round and then says something.

    A round is a call, several at once, or a function from the request to them. `how` goes to
    `calls`. One that is offered no tools says it at once.
    """

    def choose(request: JSON) -> Answer:
        planned = [_made(one, request) for one in rounds]
        if "functions" in request:  # there a round is one call
            planned = [[one] for one in itertools.chain(*planned)]
        done = _rounds_done(request)
        if (request.get("tools") or request.get("functions")) and done < len(planned):
            return calls(*planned[done], **how)(request)
        return Answer(then if isinstance(then, str) else then(request))

    return choose


def for_ever(*made: Made, **how: Any) -> Callable[[JSON], Answer]:
    """A model that never has enough, as long as it is offered tools."""

    def choose(request: JSON) -> Answer:
        is_offered = request.get("tools") or request.get("functions")
        return calls(*made, **how)(request) if is_offered else Answer("Больше не могу.")

    return choose


def found(text: str, *pages: tuple[str, str], **how: Any) -> Answer:
    """An answer that cites pages: (address, title) of each."""
    said = [
        {
            "type": "url_citation",
            "url_citation": {"url": url, "title": title, "start_index": 0, "end_index": len(text)},
        }
        for url, title in pages
    ]
    deltas = [{"annotations": [row]} for row in said]
    return Answer(text, message={"annotations": said}, deltas=deltas, **how)


def question_of(request: JSON) -> str:
    """What was asked last."""
    return next(text_of(m) for m in reversed(request["messages"]) if m["role"] == "user")


def results_of(request: JSON) -> list[str]:
    """What came of the calls of this question, oldest first."""
    return [m["content"] for m in _since_question(request) if m["role"] in RESULTS]


def names_offered(request: JSON) -> list[str]:
    """The names of the tools in a request."""
    listed = [tool["function"] for tool in request.get("tools", []) if "function" in tool]
    return [function["name"] for function in listed or request.get("functions", [])]


def _rounds_done(request: JSON) -> int:
    made = ("tool_calls", "function_call")
    return sum(any(name in m for name in made) for m in _since_question(request))


def _since_question(request: JSON) -> list[JSON]:
    messages = request["messages"]
    asked = max(n for n, message in enumerate(messages) if message["role"] == "user")
    return list(messages[asked + 1 :])


def _made(planned: Round, request: JSON) -> Sequence[Made]:
    if isinstance(planned, Made):
        return [planned]
    return planned(request) if callable(planned) else planned


def _written(made: Made) -> str:
    if isinstance(made.arguments, str):
        return made.arguments
    return json.dumps(made.arguments, ensure_ascii=False)


def _row(made: Made, call_id: str) -> JSON:
    function = {"name": made.name, "arguments": _written(made)}
    return {"id": call_id, "type": "function", "function": function}


def _deltas(made: Sequence[Made], prefix: str, manner: Manner) -> Iterator[JSON]:
    pieces = [list(_pieces(one, f"{prefix}_{n}", n, manner)) for n, one in enumerate(made)]
    if manner.together:
        yield {"tool_calls": list(itertools.chain(*pieces))}
        return
    in_turn = itertools.zip_longest(*pieces) if manner.mixed else pieces
    for piece in itertools.chain(*in_turn):
        if piece is not None:
            yield {"tool_calls": [piece]}


def _pieces(made: Made, call_id: str, number: int, manner: Manner) -> Iterator[JSON]:
    if manner.as_object:
        functions: list[JSON] = [{"name": made.name, "arguments": made.arguments}]
    else:
        written = _written(made)
        names, texts = _cut(made.name, manner.name_size), _cut(written, manner.size)
        functions = [{"name": name} for name in names]
        if manner.size:
            functions += [{"arguments": text} for text in texts]
        else:
            functions[-1]["arguments"] = written
    for place, function in enumerate(functions):
        piece: JSON = {"function": function}
        if manner.names_repeated:
            function["name"] = made.name
        if manner.index:
            piece["index"] = number if manner.index == "each" else 0
        if manner.ids == "all" or (manner.ids and not place):
            piece |= {"id": call_id, "type": "function"}
        yield piece


def _cut(text: str, size: int) -> list[str]:
    step = size or max(len(text), 1)
    return [text[start : start + step] for start in range(0, len(text), step)] or [""]
