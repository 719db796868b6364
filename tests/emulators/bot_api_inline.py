"""Inline queries: what the Bot API checks of an answer before anybody sees it."""

import re
from typing import Any

from .bot_api_errors import bad_request
from .bot_api_http import Call
from .bot_api_methods import TOO_OLD, Method
from .bot_api_rules import utf16_length
from .bot_api_world import Json, World

RESULTS_MOST = 50
OFFSET_BYTES = 64
ID_BYTES = 64
MESSAGE_UNITS, CAPTION_UNITS = 4096, 1024
FILE_FIELDS = ("photo", "document", "video", "mpeg4", "voice", "audio")

_START = re.compile(r"[A-Za-z0-9_-]{1,64}")


def answer_inline_query(world: World, call: Call) -> bool:
    query_id = str(call.params.get("inline_query_id", ""))
    if query_id not in world.unanswered:
        raise bad_request(TOO_OLD)
    results: list[Json] = call.params.get("results", [])
    if len(results) > RESULTS_MOST:
        raise bad_request("RESULTS_TOO_MUCH")
    if len({result["id"] for result in results}) != len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    for result in results:
        _check(world, result)
    if len(str(call.params.get("next_offset", "")).encode()) > OFFSET_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    button: Any = call.params.get("button")
    if button is not None and not _START.fullmatch(button.get("start_parameter", "")):
        raise bad_request("START_PARAM_INVALID")
    world.unanswered.remove(query_id)
    world.inline_answers[query_id] = call.params
    return True


def _check(world: World, result: Json) -> None:
    if not 1 <= len(result["id"].encode()) <= ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    content = result.get("input_message_content")
    if content is not None:
        text = content["message_text"].strip()
        if not 1 <= utf16_length(text) <= MESSAGE_UNITS:
            raise bad_request("MESSAGE_TOO_LONG" if text else "MESSAGE_EMPTY")
    if utf16_length(result.get("caption", "")) > CAPTION_UNITS:
        raise bad_request("MEDIA_CAPTION_TOO_LONG")
    for kind in FILE_FIELDS:
        if (file_id := result.get(f"{kind}_file_id")) is not None and file_id not in world.files:
            raise bad_request("wrong file identifier/HTTP URL specified")


METHODS: dict[str, Method] = {"answerInlineQuery": answer_inline_query}
