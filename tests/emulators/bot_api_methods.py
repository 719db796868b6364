"""The methods of the Bot API that send no messages: each takes the world and a call."""

import re
from collections.abc import Callable
from typing import Any

from .bot_api_errors import RefusedError, bad_request
from .bot_api_http import Call
from .bot_api_world import Chat, Json, StoredFile, World

Method = Callable[[World, Call], Any]

DOWNLOAD_LIMIT = 20 * 1024 * 1024
CALLBACK_TEXT_LIMIT = 200
ACTIONS = (
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document"
    " choose_sticker find_location record_video_note upload_video_note"
)
GIFTS = "unlimited_gifts limited_gifts unique_gifts premium_subscription gifts_from_channels"
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"

_COMMAND_NAME = re.compile(r"[a-z0-9_]{1,32}")


def get_me(world: World, call: Call) -> Json:
    return world.bot_user


def get_chat(world: World, call: Call) -> Json:
    return {
        **find_chat(world, call).info,
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS.split(), False),
    }


def get_file(world: World, call: Call) -> Json:
    file = world.files.get(str(call.params.get("file_id", "")))
    if file is None:
        raise bad_request("invalid file_id")
    if file.size > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return {**file_handle(file), "file_path": file.path}


def answer_callback_query(world: World, call: Call) -> bool:
    query_id = str(call.params.get("callback_query_id", ""))
    if query_id not in world.unanswered:
        raise bad_request(TOO_OLD)
    if len(str(call.params.get("text", ""))) > CALLBACK_TEXT_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    world.unanswered.remove(query_id)
    world.callback_answers[query_id] = call.params
    return True


def send_chat_action(world: World, call: Call) -> bool:
    action = call.params.get("action")
    if action not in ACTIONS.split():
        raise bad_request("wrong parameter action in request")
    writable_chat(world, call).actions.append((call.at, str(action)))
    return True


def set_my_commands(world: World, call: Call) -> bool:
    commands = call.params.get("commands", [])
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    world.commands[_commands_key(world, call)] = [_checked_command(item) for item in commands]
    return True


def get_my_commands(world: World, call: Call) -> list[Json]:
    return world.commands.get(_commands_key(world, call), [])


def delete_my_commands(world: World, call: Call) -> bool:
    world.commands.pop(_commands_key(world, call), None)
    return True


def find_chat(world: World, call: Call) -> Chat:
    """The chat of a call.

    Raises:
        RefusedError: none is named, or nobody has ever written from there.
    """
    if call.chat_id in (None, ""):
        raise bad_request("chat_id is empty")
    return _known_chat(world, call.chat_id)


def writable_chat(world: World, call: Call) -> Chat:
    """The chat of a call, unless the people there want nothing from the bot."""
    chat = find_chat(world, call)
    if chat.info["id"] in world.blocked:
        kind = chat.info["type"]
        if kind == "private":
            raise RefusedError(403, "Forbidden: bot was blocked by the user")
        raise RefusedError(403, f"Forbidden: bot was kicked from the {kind} chat")
    return chat


def file_handle(file: StoredFile) -> Json:
    return {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size}


def _known_chat(world: World, chat_id: object) -> Chat:
    try:
        return world.chats[int(str(chat_id))]
    except (KeyError, ValueError):
        raise bad_request("chat not found") from None


def _commands_key(world: World, call: Call) -> tuple[str, str]:
    scope = call.params.get("scope") or {"type": "default"}
    if not isinstance(scope, dict) or not isinstance(scope.get("type"), str):
        raise bad_request("can't parse BotCommandScope JSON object")
    if "chat_id" in scope:
        _known_chat(world, scope["chat_id"])
    named = ":".join(str(scope[name]) for name in ("type", "chat_id", "user_id") if name in scope)
    return named, str(call.params.get("language_code", ""))


def _checked_command(item: Any) -> Json:
    if not isinstance(item, dict) or not {"command", "description"} <= item.keys():
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = str(item["command"]).removeprefix("/"), str(item["description"])
    if not _COMMAND_NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _profile_text(suffix: str, field: str, limit: int) -> dict[str, Method]:
    """setMy… and getMy… of one text in the bot's profile."""

    def setter(world: World, call: Call) -> bool:
        text = str(call.params.get(field, ""))
        if len(text) > limit:
            raise bad_request(f"{field} is too long")
        world.profile[field, str(call.params.get("language_code", ""))] = text
        return True

    def getter(world: World, call: Call) -> Json:
        language = str(call.params.get("language_code", ""))
        return {field: world.profile.get((field, language), "")}

    return {f"setMy{suffix}": setter, f"getMy{suffix}": getter}


METHODS: dict[str, Method] = {
    "answerCallbackQuery": answer_callback_query,
    "deleteMyCommands": delete_my_commands,
    "getChat": get_chat,
    "getFile": get_file,
    "getMe": get_me,
    "getMyCommands": get_my_commands,
    "sendChatAction": send_chat_action,
    "setMyCommands": set_my_commands,
    **_profile_text("Name", "name", 64),
    **_profile_text("Description", "description", 512),
    **_profile_text("ShortDescription", "short_description", 120),
}
