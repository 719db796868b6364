"""When to try again, and how often, shared by updates and jobs."""

import logging

from handlers.exchange import Request
from transport.telegram import TelegramError, Throttle, ThrottledError

ATTEMPTS = 3  # what has killed the process so often is not tried again
RETRY_FIRST_S = 0.5
RETRY_MOST_S = 30.0

log = logging.getLogger(__name__)


class Trouble:
    """How long to wait before the next try while the Bot API is unreachable."""

    def __init__(self, throttle: Throttle) -> None:
        self._throttle = throttle
        self._failures = 0

    def pause(self, error: TelegramError, chat_id: int) -> float:
        """Seconds until the chat's next try."""
        if isinstance(error, ThrottledError):
            self._throttle.hold(chat_id, error.retry_after)
            log.warning("Telegram просит подождать %s с в чате %s", error.retry_after, chat_id)
            return error.retry_after
        self._failures += 1
        log.warning("Telegram недоступен (%s), повторю", error)
        return float(min(RETRY_MOST_S, RETRY_FIRST_S * 2 ** min(self._failures, 10)))

    def over(self) -> None:
        """Something was sent: the next failure begins with a short pause again."""
        self._failures = 0


def lane_of(request: Request, kind: str) -> str:
    """Jobs of one kind are done one after another in each chat, different kinds side by side."""
    return f"{kind}:{request.chat_id}"
