"""What a request that tells of tools must look like: OpenAI's shape, and GigaChat's."""

import json
import re
from collections.abc import Iterator
from typing import Any

JSON = dict[str, Any]
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
FIELDS = {"role", "content", "name", "tool_calls", "reasoning_details", "reasoning_content"}
WEB_SEARCH = "openrouter:web_search"


def tools_fault(request: JSON) -> str | None:
    """What is wrong with tools and calls in OpenAI's shape; None when all is well."""
    return next(_tools_faults(request), None)


def functions_fault(request: JSON) -> str | None:
    """What is wrong with functions and their calls in GigaChat's shape; None when all is well."""
    return next(_functions_faults(request), None)


def _tools_faults(request: JSON) -> Iterator[str]:
    for tool in request.get("tools", []):
        if tool.get("type") == "function":
            yield from _description_faults(tool["function"])
        elif tool.get("type") != WEB_SEARCH:
            yield f"no tool is of the type {tool.get('type')}"
    waiting: set[str] = set()
    for message in request["messages"]:
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                yield "a message of the role 'tool' must answer a call of the message before"
            waiting.discard(message["tool_call_id"])
            continue
        if waiting:
            yield f"calls without results: {sorted(waiting)}"
        calls = message.get("tool_calls", [])
        waiting = {call["id"] for call in calls}
        if len(waiting) < len(calls) or (calls == [] and "tool_calls" in message):
            yield "ids of calls must be there, each once"
        for call in calls:
            yield from _call_faults(call)
        if message.keys() - FIELDS:
            yield f"unknown fields: {sorted(message)}"
    if waiting:
        yield f"calls without results: {sorted(waiting)}"


def _call_faults(call: JSON) -> Iterator[str]:
    if call.keys() - {"extra_content"} != {"id", "type", "function"} or call["type"] != "function":
        yield f"a call of another shape: {call}"
    function = call["function"]
    if not NAME.fullmatch(function["name"]):
        yield f"no name of a function: {function['name']}"
    if not _is_object(function["arguments"]):
        yield f"arguments are no JSON object: {function['arguments']}"


def _description_faults(function: JSON) -> Iterator[str]:
    if function.keys() != {"name", "description", "parameters"}:
        yield f"a function of another shape: {sorted(function)}"
    if not NAME.fullmatch(function["name"]):
        yield f"no name of a function: {function['name']}"
    if not isinstance(function["parameters"], dict) or function["parameters"]["type"] != "object":
        yield f"parameters of {function['name']} are no schema of an object"


def _functions_faults(request: JSON) -> Iterator[str]:
    if "tools" in request:
        yield "unknown field: tools"
    if ("functions" in request) != ("function_call" in request):
        yield "functions and function_call go together"
    for function in request.get("functions", []):
        yield from _description_faults(function)
    called = ""
    for message in request["messages"]:
        if message["role"] not in ("system", "user", "assistant", "function"):
            yield f"no such role: {message['role']}"
        if "tool_calls" in message:
            yield "unknown field: tool_calls"
        if message["role"] == "function":
            if message.get("name") != called:
                yield "a result of a function must follow its call"
            if not _is_object(message["content"]):
                yield "a result must be a JSON object"
        elif called:
            yield f"no result of {called}"
        call = message.get("function_call")
        if call is not None and not isinstance(call["arguments"], dict):
            yield "arguments must be an object"
        called = call["name"] if call is not None else ""
    if called:
        yield f"no result of {called}"


def _is_object(text: object) -> bool:
    try:
        return isinstance(text, str) and isinstance(json.loads(text), dict)
    except ValueError:
        return False
