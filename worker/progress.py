"""How far long work has come: one message that changes now and then, and is gone at the end."""

import logging
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from handlers.types import Button, Request
from telegram.api import TelegramError, ThrottledError
from telegram.delivery import Delivery, markup_of
from telegram.throttle import Throttle
from texts import log as texts

EVERY_S, GROUP_EVERY_S = 2.0, 5.0

log = logging.getLogger(__name__)


class Progress:
    """Called with what to show and the button that ends the work. Nothing depends on its arriving:
    it is a sign of life only."""

    def __init__(
        self,
        delivery: Delivery,
        throttle: Throttle,
        request: Request,
        shown: list[int],
        on_shown: Callable[[list[int]], None],
    ) -> None:
        """`shown` is the message of an earlier try, if any; `on_shown` is told of a new one."""
        self._delivery = delivery
        self._throttle = throttle
        self._request = request
        self._shown = shown
        self._on_shown = on_shown
        self._due = 0.0

    def __call__(self, text: str, stop_button: Button) -> None:
        now, chat_id = time.monotonic(), self._request.chat_id
        if now < self._due or self._throttle.remaining(chat_id):
            return
        self._due = now + (EVERY_S if self._request.private else GROUP_EVERY_S)
        place = self._request.place
        markup = markup_of(((stop_button,),), self._request.user_id)
        try:
            if self._shown:
                shown = self._delivery.edit(place, self._shown[0], text, [], markup)
            else:
                shown = self._delivery.send(place, text, [], markup, None)
        except ThrottledError as error:
            self._throttle.hold(chat_id, error.retry_after)
        except TelegramError as error:
            log.info(texts.WORDS_NOT_SHOWN, error)
        else:
            if self._shown != [shown]:
                self._shown = [shown]
                self._on_shown(self._shown)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        if not self._shown:
            return
        try:
            self._delivery.delete(self._request.chat_id, self._shown[0])
        except TelegramError as error:
            log.info(texts.NOT_DELETED, error)
