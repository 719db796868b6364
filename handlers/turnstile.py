"""How many archives are made or read at once, and whose work is to stop."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2  # each has some 40 MB on the disk, and questions need the other threads


class Packing:
    """The archives of everybody. What is stopped is kept in memory only."""

    def __init__(self) -> None:
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._stopped: set[int] = set()

    @contextmanager
    def enter(self) -> Iterator[bool]:
        """Whether there is a free place; it is kept until the block ends."""
        is_free = self._slots.acquire(blocking=False)
        try:
            yield is_free
        finally:
            if is_free:
                self._slots.release()

    def begin(self, user_id: int) -> None:
        """Somebody asks for something new: what was stopped before does not count."""
        self._stopped.discard(user_id)

    def stop(self, user_id: int) -> None:
        """Let somebody's archive go no further."""
        self._stopped.add(user_id)

    def is_stopped(self, user_id: int) -> bool:
        return user_id in self._stopped
