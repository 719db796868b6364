"""What whoever asks for the bot's health is told: facts, and nothing secret."""

from collections import deque
from collections.abc import Callable
from typing import Any

from db import StorageError


class Ages:
    """How long tasks have been known, without a clock for each: they are numbered as they come."""

    def __init__(self) -> None:
        self._marks: deque[tuple[int, float]] = deque()  # the newest number, and since when
        self._oldest_since: float | None = None

    def see(self, oldest: int | None, newest: int, now: float) -> None:
        """Take note of the numbers there are now: of the oldest task that is due, of the newest."""
        if not self._marks or newest > self._marks[-1][0]:
            self._marks.append((newest, now))
        while self._marks and (oldest is None or self._marks[0][0] < oldest):
            self._marks.popleft()
        self._oldest_since = self._marks[0][1] if self._marks else None

    def oldest_s(self, now: float) -> float | None:
        """The age of the oldest task that is due; None when none is due."""
        since = self._oldest_since
        return None if since is None else now - since


class Health:
    """The answer to `GET /health`: whether all is well, and the facts.

    `probe` writes to the database or raises StorageError. `is_alive` is the watchdog's verdict,
    `oldest_s` the age of the oldest task that is due, `last_s` the time since the last update.
    """

    def __init__(
        self,
        probe: Callable[[], None],
        is_alive: Callable[[], bool],
        oldest_s: Callable[[], float | None],
        last_s: Callable[[], float | None],
    ) -> None:
        self._probe, self._is_alive = probe, is_alive
        self._oldest_s, self._last_s = oldest_s, last_s

    def __call__(self) -> tuple[bool, dict[str, Any]]:
        is_writable = self._is_writable()
        facts = {
            "database": is_writable,
            "oldest_task_s": _rounded(self._oldest_s()),
            "last_update_s": _rounded(self._last_s()),
        }
        return is_writable and self._is_alive(), facts

    def _is_writable(self) -> bool:
        try:
            self._probe()
        except StorageError:
            return False
        return True


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
