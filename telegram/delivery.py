"""Saying a reply in Telegram: cut into messages, each sent once. Decides nothing about content."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeAlias, TypeVar

from telebot import types

from entities import joined
from handlers.buttons import Rows, encode
from handlers.types import Attachment, Button, Document, Place, Prompt, Reply, Request
from telegram import markdown
from telegram.api import ALBUM_KINDS, BlockedError, RefusedError, Telegram, TelegramError
from telegram.splitting import ENTITIES_MOST, Entities, most_important, split
from texts import capture as texts_capture
from texts import failures as texts
from texts import log as texts_log
from utf16 import CAPTION_UNITS, MESSAGE_UNITS, head, units

# Refusals of an edit for which there is nothing to change any more.
GONE = ("message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID")
ACTION_EVERY_S = 4.0  # Telegram shows an action for five seconds

log = logging.getLogger(__name__)

T = TypeVar("T")
Part = Callable[[], object]
Markup: TypeAlias = types.InlineKeyboardMarkup | types.ForceReply | None


class Delivery:
    """Turns replies into calls of the Bot API."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    def deliver(
        self,
        reply: Reply,
        request: Request,
        sent_parts: int,
        on_sent: Callable[[int], None],
        on_asked: Callable[[int], None] = lambda message_id: None,
    ) -> None:
        """Send the parts of a reply that have not arrived; `on_sent(n)` after all but the last.

        A part that Telegram refuses for good is logged and counts as sent. `on_asked` is given the
        id of the prompt's message.

        Raises:
            ThrottledError, UnreachableError: the rest is to be sent later.
        """
        parts = list(self._parts(reply, request, on_asked))
        for number in range(sent_parts, len(parts)):
            try:
                parts[number]()
            except BlockedError as error:
                log.info(texts_log.CHAT_CLOSED, request.chat_id, error.description)
                return
            except RefusedError as error:
                log.warning(texts_log.PART_REFUSED, error)
            if number + 1 < len(parts):
                on_sent(number + 1)

    @contextmanager
    def acting(self, place: Place, action: str) -> Iterator[None]:
        """Show an action such as upload_document, if any, until the block ends."""
        if not action:
            yield
            return
        ended = threading.Event()

        def keep_showing() -> None:
            while not ended.wait(ACTION_EVERY_S):
                self.act(place, action)

        self.act(place, action)
        threading.Thread(target=keep_showing, name="action", daemon=True).start()
        try:
            yield
        finally:
            ended.set()

    def act(self, place: Place, action: str) -> None:
        """Show an action for the next five seconds."""
        try:
            self._telegram.action(place.chat_id, action, place.thread_id)
        except TelegramError as error:  # a sign of life only: nothing depends on it
            log.debug(texts_log.ACTION_NOT_SHOWN, action, error)

    def _parts(
        self, reply: Reply, request: Request, on_asked: Callable[[int], None]
    ) -> Iterator[Part]:
        place = request.place
        # In a group it must be seen whom the bot answers.
        seen = (request.private and not reply.as_reply) or request.button_on
        reply_to = None if seen else request.message_id
        if request.callback_id:  # an empty one would be refused
            yield partial(self._telegram.answer_callback, request.callback_id, reply.toast)
        for number, document in enumerate(reply.documents):
            caption = reply.text if number == 0 else ""
            yield partial(self._send_document, place, document, caption, reply_to)
        if reply.documents:
            return
        messages = messages_of(reply)
        markup = markup_of(reply.buttons, request.user_id)
        if (file := captioned(reply, messages)) is not None:
            yield partial(self._send_captioned, place, file, *messages[0], markup, reply_to)
            return
        for files in albums(reply):
            yield partial(self._send_kept, place, files, reply_to)
        for number, (text, entities) in enumerate(messages):
            under = markup if number + 1 == len(messages) else None
            if number == 0 and reply.edit and request.button_on is not None:
                edit = partial(self.edit, is_caption=request.on_caption)
                yield partial(edit, place, request.button_on, text, entities, under)
            else:
                to = reply_to if number == 0 else None
                yield partial(self.send, place, text, entities, under, to)
        if reply.prompt is not None:
            yield partial(self._ask, place, reply.prompt, reply_to, on_asked)

    def send(
        self,
        place: Place,
        text: str,
        entities: Entities,
        markup: Markup,
        reply_to: int | None,
    ) -> int:
        """Send a message, as plain text if its entities are refused; returns its id."""
        return _marked_or_plain(
            entities,
            lambda kept: self._telegram.send(
                place.chat_id, text, kept, markup, reply_to, place.thread_id
            ),
        )

    def edit(
        self,
        place: Place,
        message_id: int,
        text: str,
        entities: Entities,
        markup: types.InlineKeyboardMarkup | None,
        is_caption: bool = False,
    ) -> int:
        """Change a message, or send it anew if that can't be done; returns its id."""
        try:
            _marked_or_plain(
                entities,
                lambda kept: self._telegram.edit(
                    place.chat_id, message_id, text, kept, markup, is_caption
                ),
            )
        except BlockedError:
            raise
        except RefusedError as error:
            log.info(texts_log.NOT_EDITED, error)
            return self.send(place, text, entities, markup, None)
        return message_id

    def delete(self, chat_id: int, message_id: int) -> None:
        """Delete a message of the bot's; one that can't be deleted stays."""
        try:
            self._telegram.delete(chat_id, message_id)
        except RefusedError as error:
            log.info(texts_log.NOT_DELETED, error)

    def _ask(
        self, place: Place, prompt: Prompt, reply_to: int | None, on_asked: Callable[[int], None]
    ) -> None:
        """Send a prompt; in a group only whoever it is a reply to is to answer it."""
        selective = reply_to is not None or None
        markup = types.ForceReply(
            selective=selective, input_field_placeholder=prompt.placeholder or None
        )
        on_asked(self.send(place, prompt.text, [], markup, reply_to))

    def _send_kept(self, place: Place, files: list[Attachment], reply_to: int | None) -> None:
        """Send an album; if it is refused, each file alone, and say how many are refused still."""
        if len(files) > 1:
            named = [(file.kind, file.file_id) for file in files]
            try:
                self._telegram.send_album(place.chat_id, named, reply_to, place.thread_id)
                return
            except BlockedError:
                raise
            except RefusedError as error:
                log.info(texts_log.ALBUM_REFUSED, error)
        refused = 0
        for file in files:
            try:
                self._telegram.send_file(
                    place.chat_id, file.kind, file.file_id,
                    reply_to=reply_to, thread_id=place.thread_id,
                )  # fmt: skip
            except BlockedError:
                raise
            except RefusedError as error:
                log.warning(texts_log.FILE_REFUSED, error)
                refused += 1
        if refused:
            self.send(place, texts_capture.files_unavailable(refused), [], None, reply_to)

    def _send_captioned(
        self,
        place: Place,
        file: Attachment,
        text: str,
        entities: Entities,
        markup: types.InlineKeyboardMarkup | None,
        reply_to: int | None,
    ) -> None:
        """Send a file that Telegram keeps, with its caption; if it keeps it no more, say so."""
        try:
            _marked_or_plain(
                entities,
                lambda kept: self._telegram.send_file(
                    place.chat_id, file.kind, file.file_id, "", text, kept, markup, reply_to,
                    place.thread_id,
                ),
            )  # fmt: skip
        except BlockedError:
            raise
        except RefusedError as error:
            log.warning(texts_log.FILE_REFUSED, error)
            parts = ((texts_capture.FILE_UNAVAILABLE, ()), (text, tuple(entities)))
            lost, marks = joined(parts, "\n\n")
            self.send(place, lost, list(marks), markup, reply_to)

    def _send_document(
        self, place: Place, document: Document, text: str, reply_to: int | None
    ) -> None:
        caption = head(text, CAPTION_UNITS)
        kind = "photo" if document.picture else "document"
        try:
            self._telegram.send_file(
                place.chat_id, kind, Path(document.path), document.filename, caption,
                reply_to=reply_to, thread_id=place.thread_id,
            )  # fmt: skip
        except BlockedError:
            raise
        except RefusedError as error:
            log.warning(texts_log.FILE_REFUSED, error)
            self.send(place, texts.FILE_REFUSED, [], None, reply_to)


def albums(reply: Reply) -> list[list[Attachment]]:
    """The files that go before a reply's text, those that may stand in one album together."""
    if reply.attachment is None:
        return []
    together: dict[object, list[Attachment]] = {}
    for number, file in enumerate((reply.attachment, *reply.more_attachments)):
        kinds = next((kinds for kinds in ALBUM_KINDS if file.kind in kinds), number)
        together.setdefault(kinds, []).append(file)
    return list(together.values())


def captioned(reply: Reply, messages: list[tuple[str, Entities]]) -> Attachment | None:
    """The file under which the words of a reply go, so that both are one message."""
    file = reply.attachment
    if file is None or file.kind == "video_note" or reply.more_attachments or len(messages) != 1:
        return None
    return file if units(messages[0][0]) <= CAPTION_UNITS else None


def messages_of(reply: Reply) -> list[tuple[str, Entities]]:
    """The messages that a reply's text makes, its footer in the last one."""
    if reply.markdown:
        messages = markdown.messages(reply.text, reply.head)
    else:
        messages = list(split(reply.text, reply.entities))
    return [*messages[:-1], *_with_footer(messages[-1], reply.footer)] if messages else []


def markup_of(buttons: Rows, user_id: int) -> types.InlineKeyboardMarkup | None:
    """Buttons that act for this person only."""
    if not buttons:
        return None
    return types.InlineKeyboardMarkup([[_key(b, user_id) for b in row] for row in buttons])


def _key(button: Button, user_id: int) -> types.InlineKeyboardButton:
    if button.url:
        return types.InlineKeyboardButton(button.text, url=button.url)
    if button.copied:
        copied = types.CopyTextButton(button.copied)
        return types.InlineKeyboardButton(button.text, copy_text=copied)
    return types.InlineKeyboardButton(button.text, callback_data=encode(button.data, user_id))


def _marked_or_plain(entities: Entities, call: Callable[[Entities], T]) -> T:
    """Make a call, once more without entities if it is refused with them."""
    try:
        return call(entities)
    except BlockedError:
        raise
    except RefusedError as error:
        if not entities or any(words in error.description for words in GONE):
            raise
        log.warning(texts_log.ENTITIES_REFUSED, error)
        return call([])


def _with_footer(message: tuple[str, Entities], footer: str) -> list[tuple[str, Entities]]:
    if not footer:
        return [message]
    text, entities = message[0].rstrip(), message[1]
    joined = f"{text}\n\n{footer}"
    quiet = {"type": "italic", "offset": units(text) + 2, "length": units(footer)}
    if units(joined) > MESSAGE_UNITS:
        return [message, (footer, [{**quiet, "offset": 0}])]
    kept = most_important(_within_text(entities, units(text)), ENTITIES_MOST - 1)
    return [(joined, [*kept, quiet])]


def _within_text(entities: Entities, size: int) -> Entities:
    """What is left of entities when the text loses the spaces at its end."""
    return [
        {**entity, "length": min(entity["length"], size - entity["offset"])}
        for entity in entities
        if entity["offset"] < size
    ]
