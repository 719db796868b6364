"""Showing an answer as it comes: first words at once, then an edit now and then, then the end.

Before the first words, and between them, it says that it is at work, and at what.
"""

import contextvars
import logging
import math
import queue
import re
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial

from telebot import types

from handlers.types import GrowingReply, Reply, Request, Status
from telegram.api import (
    BlockedError,
    MovedError,
    RefusedError,
    TelegramError,
    ThrottledError,
)
from telegram.delivery import ACTION_EVERY_S, Delivery, markup_of, messages_of
from telegram.splitting import Entities
from telegram.throttle import Throttle
from texts import log as texts
from texts import waiting as texts_waiting
from utf16 import head

EDIT_EVERY_S = 1.0  # in a private chat
GROUP_EDIT_EVERY_S = 3.0
EDIT_SELDOM_S = 30.0
SECOND_EDIT_S = 0.5  # the first words are few: more may follow them sooner
ACTION_AFTER_S = 0.2  # words that come sooner need no announcement
SILENCE_S = 3.0  # before a message says that there are no words yet
STATUS_UNITS = 200
EDITS_A_SECOND = 20.0  # over all chats: Telegram takes 30, and the final ones must get through
WORD_WAIT_S = 1.0  # so long the rest of a word is waited for
WORD_CHARS = 60  # what is longer is no word
# After a space a word has ended; these scripts, from Thai to Chinese, have no spaces.
WORD_END = re.compile(
    r"\s|[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
    r"\U00020000-\U0003ffff]"
)
NO_WORDS = " \t\n0123456789.)#*_~`>|+-"  # marks of Markdown and numbers of a list

log = logging.getLogger(__name__)

Message = tuple[str, Entities]


class StreamedAnswer:
    """The messages of one answer: they grow with its text, then say the end of it.

    A thread reads the text, so that edits need not wait for it.
    """

    def __init__(
        self,
        delivery: Delivery,
        throttle: Throttle,
        budget: "EditBudget",
        request: Request,
        message_ids: list[int],
        on_shown: Callable[[list[int]], None],
        on_moved: Callable[[int], None],
        is_followed: Callable[[], bool] = lambda: False,
    ) -> None:
        """`message_ids` are those of the messages that are there already, from an earlier try.

        `on_shown` is given them whenever they have changed, `on_moved` the new id of a group that
        became a supergroup meanwhile. `is_followed`: another question waits for this answer to
        end, and it must be seen which of them is answered.
        """
        self._delivery = delivery
        self._throttle = throttle
        self._budget = budget
        self._request = request
        self._ids = message_ids
        self._on_shown = on_shown
        self._on_moved = on_moved
        self._is_followed = is_followed
        self._content: list[tuple[Message, bool]] = []  # of each id: what it shows, has it buttons
        self._pieces: queue.SimpleQueue[str | Status | None] = queue.SimpleQueue()
        self._failure: BaseException | None = None
        self._text = ""
        self._status = ""  # what is being done since the last word
        self._whole = 0  # characters up to the end of the last whole word
        self._shown = ("", "")  # the text and the status that are on the screen
        self._held_since = 0.0  # when the word began that is not whole yet
        self._has_begun = False
        self._every_s = EDIT_EVERY_S if request.private else GROUP_EDIT_EVERY_S
        self._due = math.inf  # when the next edit may be made
        self._action_due = math.inf

    def stream(self, reply: GrowingReply) -> None:
        """Show the text until it ends. What could not be shown is left to `finish`.

        Raises:
            whatever iterating over the pieces raises.
        """
        markup = markup_of(((reply.stop_button,),), self._request.user_id)
        # What is there already, a place in the queue or an earlier try, is true no longer.
        silence_s = self._every_s if self._ids else SILENCE_S
        now = time.monotonic()
        self._action_due, self._due = now + ACTION_AFTER_S, now + silence_s
        # The thread speaks the language that is spoken here.
        read = partial(contextvars.copy_context().run, self._read, reply.pieces)
        threading.Thread(target=read, name="answer", daemon=True).start()
        while self._take_pieces():
            text = self._whole_words()
            if not self._has_begun and text.strip(NO_WORDS):
                self._has_begun, self._due = True, 0.0  # the first words are shown at once
            self._keep_acting()
            view = self._view(text)
            if time.monotonic() < self._due or view == self._shown:
                continue
            if not self._try_to_show(view, markup):
                reply.stop()
        if self._failure is not None:
            raise self._failure

    def finish(self, messages: list[Message], markup: types.InlineKeyboardMarkup | None) -> None:
        """Make the chat show these messages, whatever it shows now.

        Raises:
            ThrottledError, UnreachableError: some are not shown; the next call goes on from there.
            BlockedError: nobody reads them.
        """
        if self._content:
            self._content.pop()  # its buttons are others now: it is sent in any case
        self._show(messages, markup)

    def _read(self, pieces: Iterable[str | Status]) -> None:
        try:
            for piece in pieces:
                self._pieces.put(piece)
        except BaseException as failure:  # it belongs to the thread that shows
            self._failure = failure
        self._pieces.put(None)

    def _take_pieces(self) -> bool:
        """Take in what has come, waiting until something is due; False at the end."""
        wait_s = self._next_due() - time.monotonic()
        new: list[str] = []
        try:
            piece = self._pieces.get(timeout=max(0.0, wait_s) if wait_s < math.inf else None)
            while piece is not None:
                if isinstance(piece, Status):
                    self._status = head(piece.text, STATUS_UNITS)
                else:
                    self._status = ""
                    new.append(piece)
                piece = self._pieces.get_nowait()
        except queue.Empty:
            self._add("".join(new))
            return True
        return False

    def _next_due(self) -> float:
        """The moment at which there is something to do even if no piece comes."""
        due = math.inf if self._has_begun else self._action_due
        if self._view(self._whole_words()) != self._shown:
            due = min(due, self._due)
        if self._whole < len(self._text) and not self._is_late():
            word_due = self._held_since + WORD_WAIT_S
            if self._has_begun:
                due = min(due, max(self._due, word_due))
            elif self._text.strip(NO_WORDS):
                due = min(due, word_due)
        return due

    def _add(self, text: str) -> None:
        is_new_word = self._whole == len(self._text)
        self._text += text
        whole = whole_words(self._text)
        if text and (is_new_word or whole > self._whole):
            self._whole, self._held_since = whole, time.monotonic()

    def _whole_words(self) -> str:
        """The text without a word that is still coming, unless that has taken long."""
        return self._text if self._is_late() else self._text[: self._whole]

    def _is_late(self) -> bool:
        return time.monotonic() >= self._held_since + WORD_WAIT_S

    def _view(self, text: str) -> tuple[str, str]:
        """What is to be on the screen: the text, and what is being done."""
        if self._has_begun:
            return text, self._status
        return "", self._status or texts_waiting.THINKING

    def _keep_acting(self) -> None:
        """Show «typing…» until the first words."""
        if not self._has_begun and time.monotonic() >= self._action_due:
            self._action_due = time.monotonic() + ACTION_EVERY_S
            self._delivery.act(self._request.place, "typing")

    def _try_to_show(
        self, view: tuple[str, str], markup: types.InlineKeyboardMarkup | None
    ) -> bool:
        """Show a text and a status if that may be now; False when nobody can read it any more."""
        chat_id, is_first = self._request.chat_id, self._due == 0.0
        throttled_s = self._throttle.remaining(chat_id)
        self._due = time.monotonic() + max(self._every_s, throttled_s)
        if throttled_s or not (self._budget.take() or is_first):
            return True
        already_shown, self._shown = self._shown, view
        try:
            self._show(_messages(*view), markup)
        except ThrottledError as error:
            self._throttle.hold(self._request.chat_id, error.retry_after)
            self._every_s = min(self._every_s * 2, EDIT_SELDOM_S)
            self._shown = already_shown
        except BlockedError as error:
            log.info(texts.CHAT_CLOSED, chat_id, error.description)
            return False
        except RefusedError as error:
            log.warning(texts.WORDS_REFUSED, error)
        except TelegramError as error:
            log.info(texts.WORDS_NOT_SHOWN, error)
            self._shown = already_shown
        # The pause is between the end of one call and the next, however long the call took.
        self._due = max(self._due, time.monotonic() + self._every_s / 2)
        if is_first and self._request.private and self._shown == view:
            self._due = time.monotonic() + SECOND_EDIT_S
        return True

    def _show(self, messages: list[Message], markup: types.InlineKeyboardMarkup | None) -> None:
        """Show the messages where the chat is now: in a supergroup the answer begins anew."""
        try:
            self._change(messages, markup)
        except MovedError as error:
            self._on_moved(error.chat_id)
            self._request = self._request.moved(error.chat_id)
            self._ids.clear()
            self._content.clear()
            self._change(messages, markup)

    def _change(self, messages: list[Message], markup: types.InlineKeyboardMarkup | None) -> None:
        """Change the messages where they differ from these; the buttons go under the last one."""
        for number, message in enumerate(messages):
            is_last = number + 1 == len(messages)
            content = (message, is_last and markup is not None)
            if number < len(self._content) and self._content[number] == content:
                continue
            self._put(number, message, markup if is_last else None)
            self._content[number:] = [content, *self._content[number + 1 :]]
        while len(self._ids) > len(messages):
            self._delivery.delete(self._request.chat_id, self._ids.pop())
            self._on_shown(self._ids)
        del self._content[len(messages) :]

    def _put(
        self, number: int, message: Message, markup: types.InlineKeyboardMarkup | None
    ) -> None:
        text, entities = message
        place = self._request.place
        if number < len(self._ids):
            now = self._delivery.edit(place, self._ids[number], text, entities, markup)
            if now == self._ids[number]:
                return
            self._ids[number] = now
        else:
            to = self._request.message_id if number == 0 and self._is_reply() else None
            self._ids.append(self._delivery.send(place, text, entities, markup, to))
        self._on_shown(self._ids)

    def _is_reply(self) -> bool:
        """Whether it would not be seen otherwise whom and what the bot answers."""
        request = self._request
        if request.button_on is not None:
            return False
        return not request.private or request.queued or self._is_followed()


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


def whole_words(text: str) -> int:
    """How much of a growing text ends with a whole word; all of it when it has no words."""
    for at in range(len(text) - 1, max(len(text) - WORD_CHARS, 0) - 1, -1):
        if WORD_END.match(text[at]):
            return at + 1
    return 0 if len(text) <= WORD_CHARS else len(text)


def _messages(text: str, status: str) -> list[Message]:
    """A text as far as it has come with a quiet last line, or the line alone."""
    return messages_of(Reply(text, markdown=True, footer=status) if text else Reply(status))
