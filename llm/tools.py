"""Tools: how they are described to a model, and how their use is told to it afterwards.

Knows no tool and runs none.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from llm.completion import Completion
from llm.provider import JSON
from llm.sources import Source as Source
from llm.tool_calls import ToolCall as ToolCall
from llm.tool_calls import is_object

MAX_SHOWN = 500  # characters of arguments that are no JSON object, as the model sees them again


@dataclass(frozen=True)
class Tool:
    """What a model may call: `parameters` is a JSON schema of type object."""

    name: str
    description: str
    parameters: JSON

    @property
    def function(self) -> JSON:
        """It as all providers have it."""
        return {
            "name": self.name,
            "description": self.description,
            "parameters": self.parameters,
        }


def called(completion: Completion) -> JSON:
    """The message that says what the model called; a `result` for each of the calls follows it."""
    message: JSON = {
        "role": "assistant",
        "content": completion.text,
        "tool_calls": [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": _readable(call.arguments)},
                **({"extra_content": call.extra} if call.extra else {}),
            }
            for call in completion.calls
        ],
        **completion.thoughts,
    }
    return message | ({"functions_state_id": completion.state} if completion.state else {})


def result(call: ToolCall, text: str) -> JSON:
    """The message that tells the model what came of a call."""
    return {"role": "tool", "tool_call_id": call.id, "name": call.name, "content": text}


def without(messages: Iterable[Mapping[str, Any]], *names: str) -> list[JSON]:
    """Messages without these fields, which their reader does not know."""
    return [
        {name: value for name, value in message.items() if name not in names}
        for message in messages
    ]


def _readable(arguments: str) -> str:
    """Arguments that servers take: some read them again, and refuse all that is no object."""
    if is_object(arguments):
        return arguments
    shown = {"invalid_json": arguments[:MAX_SHOWN]} if arguments.strip() else {}
    return json.dumps(shown, ensure_ascii=False)
