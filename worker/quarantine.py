"""Tasks that crashes of the process have interrupted: when such a task may run again."""

import threading
import time

from storage.tasks import StoredTask

# How long the process must have lived before a task runs that so many crashes have interrupted.
# A task cannot be running in five crashes before the process has lived 30 s in all: kills from
# outside that follow each other more quickly give up nobody, and what does kill the process
# does so again and again.
UPTIME_BEFORE_S = (0.0, 0.0, 3.0, 9.0, 18.0)
CRASHES_MOST = len(UPTIME_BEFORE_S)  # whatever was interrupted so often is set aside
FREE_CRASHES = 1  # a task interrupted by one crash runs again like any other
ALONE_WITHIN_S = 10.0
RUN_MOST_S = 600.0  # no answer and no upload takes longer: a task that does hangs
ASK_AGAIN_S = 0.2


class Quarantine:
    """Which tasks run, and which have to wait.

    Tasks interrupted by two crashes or more run one at a time, so that the next crash names its
    cause; for its last try a task waits until nothing else runs.
    """

    def __init__(self) -> None:
        self._born = time.monotonic()
        self._lock = threading.Lock()
        self._running: dict[int, float] = {}  # since when each task runs
        self._interrupted: int | None = None  # the one of them that crashes have interrupted

    def enter(self, task: StoredTask) -> float:
        """Let a task run and return 0, or return in how many seconds to ask again."""
        with self._lock:
            if FREE_CRASHES < task.attempts < CRASHES_MOST:
                if wait_s := self._wait_s(task):
                    return wait_s
                self._interrupted = task.id
            self._running[task.id] = time.monotonic()
            return 0.0

    def leave(self, task_id: int) -> None:
        """The task does not run any more."""
        with self._lock:
            self._running.pop(task_id, None)
            if self._interrupted == task_id:
                self._interrupted = None

    def cut_off(self) -> list[int]:
        """The ids of the running tasks that an orderly stop cuts off, without those that hang.

        A task that hangs is as bad as one that ends the process: its start counts like a crash.
        """
        hung_before = time.monotonic() - RUN_MOST_S
        with self._lock:
            return [task_id for task_id, since in self._running.items() if since > hung_before]

    def _wait_s(self, task: StoredTask) -> float:
        uptime, needed = time.monotonic() - self._born, UPTIME_BEFORE_S[task.attempts]
        if uptime < needed:
            return needed - uptime
        is_last_try = task.attempts + 1 == CRASHES_MOST
        wants_peace = is_last_try and uptime < needed + ALONE_WITHIN_S
        is_other_tried = self._interrupted not in (None, task.id)
        if is_other_tried or (wants_peace and self._running):
            return ASK_AGAIN_S
        return 0.0
