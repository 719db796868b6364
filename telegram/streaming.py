"""Showing an answer as it comes: first words at once, then an edit now and then, then the end."""

import logging
import queue
import threading
import time

from handlers.types import Answer, Request
from telegram.api import (
    BlockedError,
    RefusedError,
    TelegramError,
    Throttle,
    ThrottledError,
)
from telegram.delivery import Delivery, markup_of
from telegram.live import EditBudget, GrowingText, LiveAnswer

EDIT_EVERY_S = 1.0  # in a private chat
GROUP_EDIT_EVERY_S = 3.0
EDIT_SELDOM_S = 30.0
ACTION_AFTER_S = 0.2  # words that come sooner need no announcement
ACTION_EVERY_S = 4.0  # Telegram shows an action for five seconds

log = logging.getLogger(__name__)


class Speaker:
    """Shows answers that grow; shared by all of them."""

    def __init__(self, delivery: Delivery, throttle: Throttle) -> None:
        self.delivery = delivery
        self.throttle = throttle
        self.budget = EditBudget()

    def speak(self, answer: Answer, request: Request, live: LiveAnswer) -> None:
        """Show the answer until its pieces end. What could not be shown is left to the end.

        Raises:
            whatever iterating over the answer raises.
        """
        Speech(self, answer, request, live).run()


class Speech:
    """One answer being shown. A thread reads it, so that edits need not wait for pieces."""

    def __init__(
        self, speaker: Speaker, answer: Answer, request: Request, live: LiveAnswer
    ) -> None:
        self._speaker = speaker
        self._answer = answer
        self._request = request
        self._live = live
        self._pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._failure: BaseException | None = None
        self._text = GrowingText()
        self._markup = markup_of(((answer.stop_button(),),), request.user_id)
        self._every_s = EDIT_EVERY_S if request.private else GROUP_EDIT_EVERY_S
        self._begun = False  # there are words to show
        self._stale = False  # there are words that are not shown
        self._due = time.monotonic() + ACTION_AFTER_S  # when the next edit or action may be made

    def run(self) -> None:
        threading.Thread(target=self._read, name="answer", daemon=True).start()
        while self._hear():
            if time.monotonic() < self._due:
                continue
            if not self._begun:
                self._act()
            elif self._stale:
                self._show()
        if self._failure is not None:
            raise self._failure

    def _read(self) -> None:
        try:
            for piece in self._answer:
                self._pieces.put(piece)
        except BaseException as failure:  # it belongs to the thread that shows
            self._failure = failure
        self._pieces.put(None)

    def _hear(self) -> bool:
        """Take in what has come, waiting until something is due; False at the end."""
        waiting = not self._begun or self._stale
        timeout = max(0.0, self._due - time.monotonic()) if waiting else None
        try:
            piece = self._pieces.get(timeout=timeout)
            while piece is not None:
                self._text.add(piece)
                self._stale = True
                if not self._begun and piece.strip():
                    self._begun, self._due = True, 0.0  # the first words are shown at once
                piece = self._pieces.get_nowait()
        except queue.Empty:
            return True
        return False

    def _act(self) -> None:
        self._due = time.monotonic() + ACTION_EVERY_S
        self._speaker.delivery.act(self._request.chat_id, "typing")

    def _show(self) -> None:
        throttled = self._speaker.throttle.remaining(self._request.chat_id)
        first = self._due == 0.0
        self._due = time.monotonic() + max(self._every_s, throttled)
        if throttled or not (self._speaker.budget.take() or first):
            return
        self._stale = False
        try:
            self._live.show(self._text.messages(), self._markup)
        except ThrottledError as error:
            self._speaker.throttle.hold(self._request.chat_id, error.retry_after)
            self._every_s = min(self._every_s * 2, EDIT_SELDOM_S)
            self._stale = True
        except BlockedError as error:
            log.info("Чат %s закрыт для бота: %s", self._request.chat_id, error.description)
            self._answer.stop()
        except RefusedError as error:
            log.warning("Telegram отказал: %s", error)
        except TelegramError as error:
            log.info("Пока не показано: %s", error)
            self._stale = True
        # The pause is between the end of one call and the next, however long the call took.
        self._due = max(self._due, time.monotonic() + self._every_s / 2)
