"""Which handler an update belongs to: the only room besides telegram/ that knows telebot."""

import re
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from telebot import TeleBot, types, util

from handlers import commands, questions
from handlers.content import (
    clean,
    content_of,
    is_empty,
    is_export,
    is_forwarded,
    is_worth_keeping,
    replied_content,
    text_of,
)
from handlers.context import App, Handler, Route
from handlers.notes import capture, files
from handlers.types import Reply, Request
from texts import failures as texts

COMMAND = re.compile(r"/([a-z0-9_]{1,64})(?:@(\w+))?(?:\s|$)", re.IGNORECASE)
TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # turn the words around a name
NAME_CHARS = 128
MOST_ID = (1 << 52) - 1  # Telegram: at most 52 significant bits


class Router:
    """telebot picks the handler by the table of commands; running it is left to the caller."""

    def __init__(self, bot: TeleBot, bot_id: int, username: str) -> None:
        self._bot = bot
        self._bot_id = bot_id
        self._username = username.lower()
        self._mention = re.compile(rf"@{re.escape(username)}\b", re.IGNORECASE)
        self._found = threading.local()
        # Whatever somebody else wrote is no command.
        self._on_message(_is_forwarded_here, capture.offer)
        for command in commands.COMMANDS:
            self._on_message(
                partial(self._is_command, command.name),
                command.handler,
                writes=command.writes,
                owner_only=command.owner_only,
                command=command.name,
            )
        self._on_message(self._is_unknown_command, commands.unknown_command)
        self._on_message(lambda m: _is_private(m) and is_export(m), files.import_)
        self._on_message(lambda m: _is_private(m) and is_worth_keeping(m), capture.offer)
        self._on_message(self._is_question, questions.plain_text, writes=True)
        self._on_message(lambda m: _is_private(m) and not text_of(m), commands.not_text)
        bot.register_edited_message_handler(
            self._edited, content_types=util.content_type_media, func=_is_from_a_person
        )
        for kind in commands.BUTTONS:
            bot.register_callback_query_handler(
                self._button(kind), lambda call, kind=kind: _prefix(call) == kind.prefix
            )
        bot.register_callback_query_handler(self._unknown_button, lambda call: True)

    def route(self, update: types.Update) -> Route | None:
        """The handler for an update, or None when it is not for us."""
        self._found.route = None
        self._bot.process_new_updates([update])
        found: Route | None = self._found.route
        return found if found is not None and _is_sound(found.request) else None

    def _on_message(
        self, fits: Callable[[types.Message], bool], handler: Handler, **fields: Any
    ) -> None:
        self._bot.register_message_handler(
            partial(self._pick, handler, fields),
            content_types=util.content_type_media,
            func=lambda message: _is_from_a_person(message) and fits(message),
        )

    def _pick(self, handler: Handler, fields: dict[str, Any], message: types.Message) -> None:
        self._found.route = Route(handler, self._request(message), **fields)

    def _edited(self, message: types.Message) -> None:
        if self._command(message) in (None, "note_add", "ask", "note_ask"):
            self._pick(commands.edited, {"writes": True}, message)

    def _button(self, kind: commands.ButtonKind) -> Callable[[types.CallbackQuery], None]:
        def pick(call: types.CallbackQuery) -> None:
            data, _, owner = _data(call).rpartition("@")
            request = _button_request(call, data.partition(":")[2])
            if owner == str(call.from_user.id):
                self._found.route = Route(kind.handler, request, kind.writes, kind.owner_only)
            else:
                self._found.route = Route(_toast(texts.FOREIGN_BUTTON), request)

        return pick

    def _unknown_button(self, call: types.CallbackQuery) -> None:
        self._found.route = Route(_toast(texts.OLD_BUTTON), _button_request(call, ""))

    def _is_command(self, name: str, message: types.Message) -> bool:
        return self._command(message) == name

    def _command(self, message: types.Message) -> str | None:
        """The command's name in lower case; None when there is none or it is another bot's."""
        found = COMMAND.match(text_of(message))
        if found is None or (found[2] or self._username).lower() != self._username:
            return None
        return found[1].lower()

    def _is_unknown_command(self, message: types.Message) -> bool:
        # In a group a command without @username may be meant for another bot.
        if self._command(message) is None:
            return False
        return _is_private(message) or "@" in text_of(message).split(maxsplit=1)[0]

    def _is_question(self, message: types.Message) -> bool:
        """In a group: a mention of the bot, or a reply to it."""
        text = text_of(message)
        if not text.strip() or COMMAND.match(text):
            return False
        answered = message.reply_to_message
        return (
            _is_private(message)
            or self._mention.search(text) is not None
            or (
                answered is not None
                and answered.from_user is not None
                and answered.from_user.id == self._bot_id
            )
        )

    def _request(self, message: types.Message) -> Request:
        text = text_of(message)
        found = COMMAND.match(text)
        known = found and found[1].lower() in {command.name for command in commands.COMMANDS}
        if found is not None:
            # One separator goes; the text's own lines and spaces stay.
            text = text[found.end() :] if known else found[1]
        elif not _is_private(message):
            text = self._mention.sub("", text).strip()
        return Request(
            **_sender(message.from_user),
            chat_id=message.chat.id,
            message_id=message.message_id,
            date=message.date,
            private=_is_private(message),
            args=text,
            quoted=_quoted(message),
            edited_at=message.edit_date,
            content=content_of(message, message.from_user.id),
            replied=replied_content(message, message.from_user.id),
        )


def _is_from_a_person(message: types.Message) -> bool:
    """Anonymous admins of all groups write under one id, and so do channels: they are nobody."""
    user = message.from_user
    return user is not None and not user.is_bot and message.sender_chat is None


def _sender(user: types.User) -> dict[str, Any]:
    """Who a person is, each name in one line that cannot be mistaken for our own words."""
    name = TURNING.sub("", clean(f"{user.first_name or ''} {user.last_name or ''}"))
    username = str(user.username or "").lower()
    return {
        "user_id": user.id,
        "name": " ".join(name.split())[:NAME_CHARS],
        "username": username if re.fullmatch(r"\w{1,32}", username, re.ASCII) else None,
    }


def _is_sound(request: Request) -> bool:
    """Whether all numbers are such as Telegram gives and SQLite takes."""
    numbers = (request.user_id, request.chat_id, request.message_id, request.date)
    return all(type(number) is int and abs(number) <= MOST_ID for number in numbers)


def _quoted(message: types.Message) -> str:
    if message.quote is not None:
        return clean(message.quote.text or "")
    return text_of(message.reply_to_message) if message.reply_to_message is not None else ""


def _is_forwarded_here(message: types.Message) -> bool:
    return _is_private(message) and is_forwarded(message) and not is_empty(message)


def _is_private(message: types.Message) -> bool:
    return bool(message.chat.type == "private")


def _data(call: types.CallbackQuery) -> str:
    return clean(call.data or "")


def _prefix(call: types.CallbackQuery) -> str:
    return _data(call).partition(":")[0]


def _button_request(call: types.CallbackQuery, args: str) -> Request:
    message = call.message
    return Request(
        **_sender(call.from_user),
        chat_id=message.chat.id if message else call.from_user.id,
        message_id=message.message_id if message else 0,
        date=message.date if message else 0,
        private=message is None or _is_private(message),
        args=args,
        button_on=message.message_id if message else None,
        callback_id=call.id,
        replied=replied_content(message, call.from_user.id) if message else None,
    )


def _toast(text: str) -> Callable[[App, Request], Reply]:
    return lambda app, request: Reply(toast=text)
