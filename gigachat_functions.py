"""Tools in GigaChat's shape: functions, one call a message, results as JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from llm.provider import JSON
from llm.tool_calls import is_object
from llm.tools import Tool

Message = Mapping[str, Any]


def offered(tools: Sequence[Tool]) -> JSON:
    """What a request says of tools: the model decides whether it calls one."""
    functions = [tool.function for tool in tools]
    return {"functions": functions, "function_call": "auto"} if functions else {}


def shaped(messages: Sequence[Message]) -> list[JSON]:
    """Messages in GigaChat's shape: each call and its result one after the other."""
    return list(_shaped(messages))


def _shaped(messages: Sequence[Message]) -> Iterator[JSON]:
    for number, message in enumerate(messages):
        if message.get("tool_calls"):
            after = takewhile(lambda later: later["role"] == "tool", messages[number + 1 :])
            yield from _calls(message, {result["tool_call_id"]: result for result in after})
        elif message["role"] != "tool":  # those stand with their calls
            yield dict(message)


def _calls(message: Message, results: Mapping[str, Message]) -> Iterator[JSON]:
    """Several calls, which another model made, as one after the other."""
    content, state = message["content"], message.get("functions_state_id")
    for call in message["tool_calls"]:
        name, arguments = call["function"]["name"], json.loads(call["function"]["arguments"])
        yield {
            "role": "assistant",
            "content": content,
            "function_call": {"name": name, "arguments": arguments},
            **({"functions_state_id": state} if state else {}),
        }
        content = ""
        if call["id"] in results:
            text = _as_json(results[call["id"]]["content"])
            yield {"role": "function", "name": name, "content": text}


def _as_json(text: str) -> str:
    """A result as it must be; what is no JSON object is wrapped into one."""
    return text if is_object(text) else json.dumps({"result": text}, ensure_ascii=False)
