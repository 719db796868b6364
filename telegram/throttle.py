"""Which chats have been written to too fast. Sends nothing itself."""

import threading
import time


class Throttle:
    """Which chats may not be written to, and until when."""

    def __init__(self) -> None:
        self._until: dict[int, float] = {}
        self._lock = threading.Lock()

    def hold(self, chat_id: int, seconds: float) -> None:
        """Telegram said 429 for this chat."""
        with self._lock:
            now = time.monotonic()
            self._until = {chat: until for chat, until in self._until.items() if until > now}
            self._until[chat_id] = max(self._until.get(chat_id, 0.0), now + seconds)

    def remaining(self, chat_id: int) -> float:
        """Seconds until the chat may be written to, 0 when it may be now."""
        return max(0.0, self._until.get(chat_id, 0.0) - time.monotonic())
