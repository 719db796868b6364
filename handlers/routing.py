"""Which handler an update belongs to: the only room besides telegram/ that knows telebot.

telebot picks, by filters that are registered here once: `command=` and `kind=` for messages,
`button=` for presses. A handler registered with telebot makes a Route of what it is given, and
running that is left to the caller.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from telebot import TeleBot, types, util
from telebot.custom_filters import AdvancedCustomFilter

from config import MOST_ID
from entities import within
from handlers import buttons, commands, links
from handlers.actions import Action, bound
from handlers.content import (
    answer_text,
    clean,
    content_of,
    is_captioned,
    is_empty,
    is_export,
    is_forwarded,
    is_heard,
    is_worth_keeping,
    readable_in,
    replied_content,
    text_of,
)
from handlers.context import Handler, Route
from handlers.parsing import COMMAND, number
from handlers.types import Content, Request
from utf16 import units

# An edit of these is followed; one of another command changes nothing that has been done.
EDITABLE_COMMANDS = ("note_add", "note", "ask", "note_ask", "remind")
CHECKLIST = "checklist"
COMES = ("new_chat_members", "group_chat_created")  # with the bot, perhaps
TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # turn the words around a name
NAME_CHARS = 128
NOTHING = ("", 0)


class Router:
    """Fills telebot with the tables of `commands` and asks it who is to handle an update."""

    def __init__(self, bot: TeleBot, bot_id: int, username: str) -> None:
        self._bot = bot
        self._bot_id = bot_id
        self._username = username
        self._mention = re.compile(rf"@{re.escape(username)}\b", re.IGNORECASE)
        kinds: dict[str, Callable[[types.Message], bool]] = {
            "added": self._is_added,
            "forwarded": _is_forwarded_here,
            "unknown_command": self._is_unknown_command,
            "answered": lambda m: self._is_question(m) and self._answered(m) != NOTHING,
            "export": lambda m: _is_private(m) and is_export(m) and not _has_words(m),
            "unreadable": lambda m: _is_private(m) and bool(m.document) and _has_words(m),
            "voice": lambda m: _is_private(m) and is_heard(m),
            "file": lambda m: _is_private(m) and readable_in(m) is not None,
            "album": lambda m: bool(
                m.media_group_id and readable_in(m) and not is_heard(m) and not text_of(m)
            ),
            "worth_keeping": lambda m: _is_private(m) and is_worth_keeping(m),
            "mention": lambda m: self._is_question(m) and not self._question(m),
            "question": self._is_question,
            "not_text": lambda m: _is_private(m) and not text_of(m),
            "edited": self._is_edited,
        }
        bot.add_custom_filter(_Filter("command", lambda m, name: self._command(m) == name))
        bot.add_custom_filter(_Filter("kind", lambda m, name: kinds[name](m)))
        bot.add_custom_filter(_Filter("button", lambda call, name: _press(call).action == name))
        any_content = {"content_types": [*util.content_type_media, *COMES, CHECKLIST]}
        for row in commands.COMMANDS:
            said = partial(self._said, row)
            bot.register_message_handler(said, **any_content, command=row.name)
        for row in commands.MESSAGES:
            said = partial(self._said, row)
            bot.register_message_handler(said, **any_content, kind=row.name)
        edited = partial(self._said, commands.EDITED)
        bot.register_edited_message_handler(edited, **any_content, kind=commands.EDITED.name)
        for row in commands.BUTTONS:
            pressed = partial(self._pressed, row)
            bot.register_callback_query_handler(pressed, func=None, button=row.name)
        old = partial(self._pressed, commands.OLD_BUTTON)
        bot.register_callback_query_handler(old, func=lambda call: True)

    def route(self, update: types.Update) -> Route | None:
        """The handler of an update with what it is to be given, None when it is not for us."""
        message = update.message or update.edited_message
        if message is not None and not _is_from_a_person(message):
            return None
        if message is not None and message.checklist is not None:
            message.content_type = CHECKLIST  # telebot reads it, but says of no kind
        found = (
            self._picked(update.message, self._bot.message_handlers)
            or self._picked(update.edited_message, self._bot.edited_message_handlers)
            or self._picked(update.callback_query, self._bot.callback_query_handlers)
        )
        return found if found is not None and _is_sound(found.request) else None

    def _picked(self, incoming: Any, registered: list[dict[str, Any]]) -> Route | None:
        """What the first handler makes whose filters telebot finds fitting.

        `TeleBot.process_new_updates` picks in the same way, but drops what a handler returns.
        """
        if incoming is None:
            return None
        for handler in registered:
            if self._bot._test_message_handler(handler, incoming):
                route: Route = handler["function"](incoming)
                return route
        return None

    def _said(self, row: Action, message: types.Message) -> Route:
        request = self._request(message)
        if row.name == "start" and request.private:
            row, request = _carried_by_link(row, request)
        return self._route(row, row.handler, request)

    def _pressed(self, row: Action, call: types.CallbackQuery) -> Route:
        """The row of the button with its arguments, if the button is theirs and they make sense."""
        press, request = _press(call), _press_request(call)
        if row is not commands.OLD_BUTTON and press.owner != str(request.user_id):
            row = commands.FOREIGN_BUTTON
        try:
            handler = bound(row, press.arguments)
        except ValueError:
            row, handler = commands.OLD_BUTTON, commands.OLD_BUTTON.handler
        return self._route(row, handler, request)

    def _route(self, row: Action, handler: Handler, request: Request) -> Route:
        """What is kept from groups is replaced in them by the way to the private chat."""
        if request.private or not commands.is_kept_from_groups(row):
            return Route(handler, request, row.writes, row.owner_only, row.name, row.quiet)
        # Links are made by anybody: none may carry what only the owner may do.
        is_carried = row.private_only and request.callback_id is None
        command = f"{row.name} {request.args}".strip() if is_carried else ""
        link = links.to_private_chat(self._username, command)
        return Route(partial(commands.only_in_private, link=link), request, False, row.owner_only)

    def _command(self, message: types.Message) -> str | None:
        """The command as it was typed, in lower case; None when it is none or another bot's.

        Whatever somebody else wrote is no command.
        """
        found = COMMAND.match(text_of(message))
        if found is None or (found[2] or self._username).lower() != self._username.lower():
            return None
        if _is_forwarded_here(message):
            return None
        typed = (found[1] + found[3]).lower()
        is_ours = _is_private(message) or found[2] is not None
        return commands.ALIASES.get(typed, typed) if is_ours else typed

    def _is_unknown_command(self, message: types.Message) -> bool:
        # In a group a command without @username may be meant for another bot.
        if self._command(message) is None:
            return False
        return _is_private(message) or "@" in text_of(message).split(maxsplit=1)[0]

    def _is_added(self, message: types.Message) -> bool:
        """Whether the bot came into a group, or a group was made with it."""
        newcomers = message.new_chat_members or ()
        is_made = bool(message.group_chat_created)
        return is_made or any(user.id == self._bot_id for user in newcomers)

    def _is_edited(self, message: types.Message) -> bool:
        """Whether what was edited may have been for us: groups edit much that was not.

        A place that is shared live is edited with each step.
        """
        if message.location is not None:
            return False
        command = self._command(message)
        if command is not None:
            return command in EDITABLE_COMMANDS
        return _is_private(message) or self._is_question(message)

    def _is_question(self, message: types.Message) -> bool:
        """In a group: a mention of the bot, or a reply to it."""
        text = text_of(message)
        if not text.strip() or COMMAND.match(text):
            return False
        answered = message.reply_to_message
        return (
            _is_private(message)
            or self._mention.search(text) is not None
            or (answered is not None and self._is_mine(answered))
        )

    def _question(self, message: types.Message) -> str:
        """The text without the bot's name, which in a group says only whom it is for."""
        text = text_of(message)
        return text if _is_private(message) else self._mention.sub("", text).strip()

    def _args(self, message: types.Message) -> str:
        """What follows the command; of an unknown command its name, of other texts all."""
        text = text_of(message)
        found = COMMAND.match(text)
        if found is None:
            return self._question(message)
        typed = found[1] + found[3]
        known = typed.lower() in {*commands.ALIASES, *(row.name for row in commands.COMMANDS)}
        # One separator goes; the text's own lines and spaces stay.
        return text[found.end() :] if known else typed

    def _request(self, message: types.Message) -> Request:
        replied, turn_id = self._replied(message)
        answered, answered_number = self._answered(message)
        return Request(
            **_sender(message.from_user),
            chat_id=message.chat.id,
            message_id=message.message_id,
            date=message.date,
            private=_is_private(message),
            args=self._args(message),
            quoted=replied.text if replied else "",
            edited_at=message.edit_date,
            content=content_of(message, message.from_user.id),
            replied=replied,
            replied_turn=turn_id,
            answered=answered,
            answered_number=answered_number,
            thread_id=_topic_of(message),
        )

    def _replied(self, message: types.Message) -> tuple[Content | None, int | None]:
        """What is replied to, and if that is a whole answer of the bot's, its turn.

        The buttons under an answer tell which turn it is.
        """
        content, answered = replied_content(message, message.from_user.id), message.reply_to_message
        if content is None or message.quote is not None or not self._is_mine(answered):
            return content, None
        turn_id = _turn_under(answered)
        if turn_id is None:
            return content, None
        text = answer_text(answered)
        return replace(
            content, text=text, entities=within(content.entities, 0, units(text))
        ), turn_id

    def _answered(self, message: types.Message) -> tuple[str, int]:
        """The first button under the message that is replied to, if it takes an answer of theirs,
        and the number it carries."""
        answered = message.reply_to_message
        if answered is None or not self._is_mine(answered):
            return NOTHING
        press = next(_presses_under(answered), None)
        if (
            press is None
            or press.action not in commands.ANSWERED
            or press.owner != str(message.from_user.id)
        ):
            return NOTHING
        with suppress(ValueError):
            return press.action, number(press.arguments.partition(":")[0])
        return NOTHING

    def _is_mine(self, message: types.Message) -> bool:
        return message.from_user is not None and message.from_user.id == self._bot_id


class _Filter(AdvancedCustomFilter):  # type: ignore[misc]  # telebot is not checked
    """What telebot asks about an update: whether `fits` holds for a row of this name."""

    def __init__(self, key: str, fits: Callable[[Any, str], bool]) -> None:
        self.key = key
        self._fits = fits

    def check(self, update: Any, name: str) -> bool:
        return self._fits(update, name)


def _carried_by_link(start: Action, request: Request) -> tuple[Action, Request]:
    """The command that a link has brought from a group, with what was written after it."""
    name, _, args = links.command_in(request.args).partition(" ")
    for row in commands.COMMANDS:
        if row.name == name and row.private_only:
            return row, replace(request, args=args)
    return start, request


def _press(call: types.CallbackQuery) -> buttons.Press:
    return buttons.decode(clean(call.data or ""))


def _press_request(call: types.CallbackQuery) -> Request:
    message = call.message
    return Request(
        **_sender(call.from_user),
        chat_id=message.chat.id if message else call.from_user.id,
        message_id=message.message_id if message else 0,
        date=message.date if message else 0,
        private=message is None or _is_private(message),
        button_on=message.message_id if message else None,
        callback_id=call.id,
        on_caption=is_captioned(message),
        replied=replied_content(message, call.from_user.id) if message else None,
        thread_id=_topic_of(message) if message else None,
    )


def _topic_of(message: Any) -> int | None:
    """The topic of a forum that a message stands in; a thread of replies in a group is none."""
    # A message too old for Telegram to show has neither.
    in_topic = getattr(message, "is_topic_message", None)
    thread_id = getattr(message, "message_thread_id", None)
    return int(thread_id) if in_topic and type(thread_id) is int else None


def _is_from_a_person(message: types.Message) -> bool:
    """Anonymous admins of all groups write under one id, and so do channels: they are nobody."""
    user = message.from_user
    return user is not None and not user.is_bot and message.sender_chat is None


def _sender(user: types.User) -> dict[str, Any]:
    """Who a person is, each name in one line that cannot be mistaken for our own words."""
    name = TURNING.sub("", clean(f"{user.first_name or ''} {user.last_name or ''}"))
    username, code = str(user.username or "").lower(), str(user.language_code or "")
    return {
        "user_id": user.id,
        "name": " ".join(name.split())[:NAME_CHARS],
        "username": username if re.fullmatch(r"\w{1,32}", username, re.ASCII) else None,
        "language": code if re.fullmatch(r"[\w-]{2,16}", code, re.ASCII) else "",
    }


def _is_sound(request: Request) -> bool:
    """Whether all numbers are such as Telegram gives and SQLite takes."""
    replied_id = request.replied.message_id if request.replied else 0
    numbers = (
        request.user_id, request.chat_id, request.message_id, request.date,
        request.thread_id or 0, replied_id,
    )  # fmt: skip
    return all(type(number) is int and abs(number) <= MOST_ID for number in numbers)


def _turn_under(message: types.Message) -> int | None:
    """The turn that a message of the bot's answers, by its buttons."""
    for press in _presses_under(message):
        if press.action == "again":
            with suppress(ValueError):
                return number(press.arguments)
    return None


def _presses_under(message: types.Message) -> Iterator[buttons.Press]:
    """What the buttons under a message stand for."""
    keyboard = message.reply_markup.keyboard if message.reply_markup is not None else []
    for key in (key for row in keyboard for key in row):
        yield buttons.decode(clean(key.callback_data or ""))


def _is_forwarded_here(message: types.Message) -> bool:
    return _is_private(message) and is_forwarded(message) and not is_empty(message)


def _has_words(message: types.Message) -> bool:
    """Whether somebody has said something with a file; forwarded, it is what others say."""
    return bool(text_of(message).strip()) or is_forwarded(message)


def _is_private(message: types.Message) -> bool:
    return bool(message.chat.type == "private")
