"""What the emulated Telegram remembers: people, chats, messages, files, and settings of the bot."""

import mimetypes
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from .bot_api_rules import utf16_length
from .bot_api_webhook import Webhook

Json = dict[str, Any]

_COMMAND = re.compile(r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/<>])")


@dataclass(slots=True)
class StoredFile:
    """A file Telegram keeps; `size` may be announced larger than the content really is."""

    id: str
    name: str
    mime: str
    content: bytes
    size: int
    path: str

    @property
    def unique_id(self) -> str:
        return f"AgAD{self.id[-8:]}"


@dataclass(slots=True)
class Stored:
    """A message, its earlier versions, and the file in it. `wire` is replaced, never changed."""

    wire: Json
    by_bot: bool
    at: float
    history: list[Json] = field(default_factory=list)
    file: StoredFile | None = None


@dataclass(slots=True)
class Chat:
    info: Json
    messages: dict[int, Stored] = field(default_factory=dict)
    actions: list[tuple[float, str]] = field(default_factory=list)
    ids: Iterator[int] | None = None  # supergroups number their messages by themselves


class World:
    """Not thread-safe by itself: whoever holds it holds the lock."""

    def __init__(self, token: str, username: str, strict: bool, webhook: Webhook) -> None:
        self.strict = strict
        self.webhook = webhook
        self.bot_user: Json = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Notes",
            "username": username,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }
        shown = ("id", "is_bot", "first_name", "username")
        self.sender = {name: self.bot_user[name] for name in shown}  # as its messages show it
        self.people: dict[int, Json] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.unanswered: set[str] = set()  # callback and inline queries
        self.callback_answers: dict[str, Json] = {}
        self.inline_answers: dict[str, Json] = {}
        self.blocked: set[int] = set()
        self.entity_notes: list[str] = []
        self.albums = 0  # that the bot has sent
        self._message_ids = count(1)
        self._file_numbers = count(1)

    def user(self, user_id: int) -> Json:
        known = self.people.get(user_id, {})
        names = {"first_name": f"User{user_id}", "username": f"user{user_id}"}
        fields = {"id": user_id, "is_bot": False, **names, "language_code": "ru", **known}
        return {name: value for name, value in fields.items() if value is not None}

    def chat(self, chat_id: int, kind: str | None = None) -> Chat:
        """The chat, opened if it is new: a private one, or a supergroup for a negative id."""
        if chat_id not in self.chats:
            kind = kind or ("supergroup" if chat_id < 0 else "private")
            if kind == "private":
                user = self.user(chat_id)
                shown = ("id", "first_name", "last_name", "username")
                info = {name: user[name] for name in shown if name in user}
            else:
                info = {"id": chat_id, "title": f"Chat{chat_id}"}
            own_ids = count(1) if kind in ("supergroup", "channel") else None
            self.chats[chat_id] = Chat({**info, "type": kind}, ids=own_ids)
        return self.chats[chat_id]

    def next_message_id(self, chat: Chat) -> int:
        ids = chat.ids or self._message_ids
        return next(number for number in ids if number not in chat.messages)

    def keep(self, wire: Json, *, by_bot: bool, file: StoredFile | None = None) -> Stored:
        """Store a new message, or a new version of one."""
        messages = self.chats[wire["chat"]["id"]].messages
        stored = messages.get(wire["message_id"])
        if stored is None:
            stored = Stored(wire, by_bot, time.monotonic(), file=file)
            messages[wire["message_id"]] = stored
        stored.wire = wire
        stored.history.append(version(wire, time.monotonic()))
        return stored

    def add_file(
        self, content: bytes, name: str, mime: str | None = None, size: int | None = None
    ) -> StoredFile:
        number = next(self._file_numbers)
        mime = mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        file_id = f"BQACAgI{self.bot_user['id']}AAI{number:08d}"  # no other bot's
        suffix = name[name.rfind(".") :] if "." in name else ""
        path = f"documents/file_{number}{suffix}"
        size = len(content) if size is None else size
        file = StoredFile(file_id, name, mime, content, size, path)
        self.files[file_id] = file
        return file


def version(wire: Json, at: float) -> Json:
    """What of a message people see change, and when it came to be so."""
    shown = ("text", "entities", "caption", "caption_entities", "reply_markup")
    return {"at": at, **{name: wire[name] for name in shown if name in wire}}


def commands_in(text: str) -> list[Json]:
    """The bot_command entities Telegram finds in what a person writes."""
    return [
        {
            "offset": utf16_length(text[: found.start()]),
            "length": utf16_length(found[0]),
            "type": "bot_command",
        }
        for found in _COMMAND.finditer(text)
    ]


def quoted(message: Json) -> Json:
    """A message as it is shown in a reply: without the one it replies to in its turn."""
    return {
        name: value
        for name, value in message.items()
        if name != "reply_to_message" and not name.startswith("_")
    }
