"""Which handler an update belongs to: the only room besides transport/ that knows telebot."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from telebot import TeleBot, types, util

import texts
from handlers import commands, note_capture, note_files
from handlers.app import App
from handlers.contents import (
    clean,
    content_of,
    is_empty,
    is_export,
    is_forwarded,
    is_worth_keeping,
    replied_content,
    text_of,
)
from handlers.exchange import Reply, Request

COMMAND = re.compile(r"/([a-z0-9_]{1,64})(?:@(\w+))?(?:\s|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Route:
    """A handler and what it is to be given."""

    handler: Callable[[App, Request], Reply]
    request: Request
    writes: bool


class Router:
    """telebot picks the handler by the table of commands; running it is left to the caller."""

    def __init__(self, bot: TeleBot, username: str) -> None:
        self._bot = bot
        self._username = username.lower()
        self._found = threading.local()
        # Whatever somebody else wrote is no command.
        self._on_message(_is_forwarded_here, note_capture.offer)
        for command in commands.COMMANDS:
            self._on_message(
                partial(self._is_command, command.name), command.handler, command.writes
            )
        self._on_message(self._is_unknown_command, commands.unknown_command)
        self._on_message(lambda m: _is_private(m) and is_export(m), note_files.import_)
        self._on_message(lambda m: _is_private(m) and is_worth_keeping(m), note_capture.offer)
        self._on_message(lambda m: _is_private(m) and bool(text_of(m)), commands.plain_text)
        self._on_message(lambda m: _is_private(m) and not text_of(m), commands.not_text)
        bot.register_edited_message_handler(
            self._edited, content_types=util.content_type_media, func=_has_author
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
        return found

    def _on_message(
        self,
        fits: Callable[[types.Message], bool],
        handler: Callable[[App, Request], Reply],
        writes: bool = False,
    ) -> None:
        def pick(message: types.Message) -> None:
            self._found.route = Route(handler, self._request(message), writes)

        self._bot.register_message_handler(
            pick,
            content_types=util.content_type_media,
            func=lambda message: _has_author(message) and fits(message),
        )

    def _edited(self, message: types.Message) -> None:
        if self._command(message) in (None, "note_add"):
            self._found.route = Route(note_capture.edited, self._request(message), True)

    def _button(self, kind: commands.ButtonKind) -> Callable[[types.CallbackQuery], None]:
        def pick(call: types.CallbackQuery) -> None:
            data, _, owner = _data(call).rpartition("@")
            request = _button_request(call, data.partition(":")[2])
            if owner == str(call.from_user.id):
                self._found.route = Route(kind.handler, request, kind.writes)
            else:
                self._found.route = Route(_toast(texts.FOREIGN_BUTTON), request, False)

        return pick

    def _unknown_button(self, call: types.CallbackQuery) -> None:
        self._found.route = Route(_toast(texts.OLD_BUTTON), _button_request(call, ""), False)

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

    def _request(self, message: types.Message) -> Request:
        text = text_of(message)
        found = COMMAND.match(text)
        known = found and found[1].lower() in {command.name for command in commands.COMMANDS}
        if found is not None:
            # One separator goes; the text's own lines and spaces stay.
            text = text[found.end() :] if known else found[1]
        return Request(
            user_id=message.from_user.id,
            chat_id=message.chat.id,
            message_id=message.message_id,
            date=message.edit_date or message.date,
            private=_is_private(message),
            args=text,
            quoted=_quoted(message),
            name=clean(message.from_user.first_name or ""),
            content=content_of(message, message.from_user.id),
            replied=replied_content(message, message.from_user.id),
        )


def _quoted(message: types.Message) -> str:
    if message.quote is not None:
        return clean(message.quote.text or "")
    return text_of(message.reply_to_message) if message.reply_to_message is not None else ""


def _has_author(message: types.Message) -> bool:
    return message.from_user is not None


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
        user_id=call.from_user.id,
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
