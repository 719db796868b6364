"""An answer on the screen while it grows: the messages it makes are changed only where they
differ from what is shown."""

import threading
import time
from collections.abc import Callable

from telebot import types

from handlers.types import Request
from telegram import markdown
from telegram.delivery import Delivery
from telegram.splitting import Entities

Message = tuple[str, Entities]

EDITS_A_SECOND = 20.0  # over all chats: Telegram takes 30, and the final ones must get through


class LiveAnswer:
    """The messages of one answer. `shown` are the ids of those that are there already."""

    def __init__(
        self,
        delivery: Delivery,
        request: Request,
        shown: list[int],
        on_shown: Callable[[list[int]], None],
    ) -> None:
        self._delivery = delivery
        self._chat_id = request.chat_id
        self._reply_to = None if request.private or request.button_on else request.message_id
        self._ids = shown
        self._content: list[tuple[Message, bool]] = []  # of each id: what it shows, has it buttons
        self._on_shown = on_shown

    def show(self, messages: list[Message], markup: types.InlineKeyboardMarkup | None) -> None:
        """Make the chat show these messages, the buttons under the last one.

        Raises:
            ThrottledError, UnreachableError: some are not shown; the next call goes on from there.
            BlockedError: nobody reads them.
        """
        for number, message in enumerate(messages):
            last = number + 1 == len(messages)
            content = (message, last and markup is not None)
            if number < len(self._content) and self._content[number] == content:
                continue
            self._put(number, message, markup if last else None)
            self._content[number:] = [content, *self._content[number + 1 :]]
        while len(self._ids) > len(messages):
            self._delivery.delete(self._chat_id, self._ids.pop())
            self._on_shown(self._ids)
        del self._content[len(messages) :]

    def final(self, messages: list[Message], markup: types.InlineKeyboardMarkup | None) -> None:
        """As `show`, but the buttons are others now: the last message is sent in any case."""
        if self._content:
            self._content.pop()
        self.show(messages, markup)

    def _put(
        self, number: int, message: Message, markup: types.InlineKeyboardMarkup | None
    ) -> None:
        text, entities = message
        if number < len(self._ids):
            now = self._delivery.edit(self._chat_id, self._ids[number], text, entities, markup)
            if now == self._ids[number]:
                return
            self._ids[number] = now
        else:
            to = self._reply_to if number == 0 else None
            self._ids.append(self._delivery.send(self._chat_id, text, entities, markup, to))
        self._on_shown(self._ids)


class GrowingText:
    """Pieces of Markdown to the messages they make so far."""

    def __init__(self) -> None:
        self._text = ""

    def add(self, piece: str) -> None:
        """Add text to the end."""
        self._text += piece

    def messages(self) -> list[Message]:
        """What can be shown now."""
        return markdown.messages(self._text)


class EditBudget:
    """How many passing edits all answers together may make: those over it are left out."""

    def __init__(self, a_second: float = EDITS_A_SECOND) -> None:
        self._gap = 1.0 / a_second
        self._next = 0.0
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether an edit may be made now."""
        with self._lock:
            now = time.monotonic()
            # Up to a second's worth may come at once.
            self._next = max(self._next, now - 1.0)
            if self._next > now:
                return False
            self._next += self._gap
            return True
