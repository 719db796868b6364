"""Saying a reply in Telegram: cut into messages, each sent once. Decides nothing about content."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from telebot import types

from handlers.exchange import Button, Document, Reply, Request
from transport.splitting import CAPTION_UNITS, split
from transport.telegram import BlockedError, RefusedError, Telegram
from utf16 import head

ACTION_EVERY_S = 4.0  # Telegram shows an action for five seconds

log = logging.getLogger(__name__)

Part = Callable[[], object]


class Delivery:
    """Turns replies into calls of the Bot API."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    def deliver(
        self, reply: Reply, request: Request, sent_parts: int, on_sent: Callable[[int], None]
    ) -> None:
        """Send the parts of a reply that have not arrived; `on_sent(n)` after all but the last.

        A part that Telegram refuses for good is logged and counts as sent.

        Raises:
            ThrottledError, UnreachableError: the rest is to be sent later.
        """
        parts = list(self._parts(reply, request))
        for number in range(sent_parts, len(parts)):
            try:
                parts[number]()
            except BlockedError as error:
                log.info("Чат %s закрыт для бота: %s", request.chat_id, error.description)
                return
            except RefusedError as error:
                log.warning("Telegram отказал: %s", error)
            if number + 1 < len(parts):
                on_sent(number + 1)

    @contextmanager
    def acting(self, chat_id: int, action: str) -> Iterator[None]:
        """Show «печатает…» and the like until the block ends."""
        ended = threading.Event()

        def keep_showing() -> None:
            while not ended.is_set():
                try:
                    self._telegram.action(chat_id, action)
                except Exception as error:  # a sign of life only: nothing depends on it
                    log.debug("Не показано «%s»: %s", action, error)
                ended.wait(ACTION_EVERY_S)

        thread = threading.Thread(target=keep_showing, name="action", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()

    def _parts(self, reply: Reply, request: Request) -> Iterator[Part]:
        chat_id = request.chat_id
        # In a group it must be seen whom the bot answers.
        seen = (request.private and not reply.as_reply) or request.button_on
        reply_to = None if seen else request.message_id
        if request.callback_id is not None:
            yield partial(self._telegram.answer_callback, request.callback_id, reply.toast)
        for number, document in enumerate(reply.documents):
            caption = reply.text if number == 0 else ""
            yield partial(self._send_document, chat_id, document, caption, reply_to)
        if reply.documents:
            return
        if reply.attachment is not None:
            kind, file_id = reply.attachment.kind, reply.attachment.file_id
            yield partial(self._telegram.send_kept, chat_id, kind, file_id, reply_to)
        messages = list(split(reply.text, reply.entities))
        markup = _markup(reply.buttons, request.user_id)
        for number, (text, entities) in enumerate(messages):
            under = markup if number + 1 == len(messages) else None
            if number == 0 and reply.edit and request.button_on is not None:
                yield partial(self._edit, chat_id, request.button_on, text, entities, under)
            else:
                to = reply_to if number == 0 else None
                yield partial(self._send, chat_id, text, entities, under, to)

    def _send(
        self,
        chat_id: int,
        text: str,
        entities: list[dict[str, Any]],
        markup: types.InlineKeyboardMarkup | None,
        reply_to: int | None,
    ) -> None:
        try:
            self._telegram.send(chat_id, text, entities, markup, reply_to)
        except BlockedError:
            raise
        except RefusedError as error:
            if not entities:
                raise
            log.warning("Разметка не принята, отправляю простым текстом: %s", error)
            self._telegram.send(chat_id, text, (), markup, reply_to)

    def _edit(
        self,
        chat_id: int,
        message_id: int,
        text: str,
        entities: list[dict[str, Any]],
        markup: types.InlineKeyboardMarkup | None,
    ) -> None:
        try:
            self._telegram.edit(chat_id, message_id, text, entities, markup)
        except BlockedError:
            raise
        except RefusedError as error:
            # Too old, deleted, or its markup not accepted: the words must arrive all the same.
            log.info("Сообщение не изменилось, отправляю новое: %s", error)
            self._send(chat_id, text, entities, markup, None)

    def _send_document(
        self, chat_id: int, document: Document, text: str, reply_to: int | None
    ) -> None:
        caption = head(text, CAPTION_UNITS)
        send = self._telegram.send_photo if document.picture else self._telegram.send_document
        send(chat_id, Path(document.path), document.filename, caption, reply_to)


def owned(data: str, user_id: int) -> str:
    """The data of a button that acts for this person only."""
    return f"{data}@{user_id}"


def _markup(
    buttons: tuple[tuple[Button, ...], ...], user_id: int
) -> types.InlineKeyboardMarkup | None:
    if not buttons:
        return None
    return types.InlineKeyboardMarkup(
        [
            [types.InlineKeyboardButton(b.text, callback_data=owned(b.data, user_id)) for b in row]
            for row in buttons
        ]
    )
