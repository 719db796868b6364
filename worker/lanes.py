"""Many lanes on few threads: what belongs to one lane is done in order, lanes do not wait for
each other. Knows nothing of what is done."""

import enum
import heapq
import itertools
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable

from texts import log as texts

IDLE_S = 10.0  # a thread without work ends after this time
ERROR_PAUSE_S = 5.0

log = logging.getLogger(__name__)


class Place(enum.Enum):
    """Where a lane is."""

    READY = enum.auto()  # for a thread that is free
    RUNNING = enum.auto()
    PARKED = enum.auto()  # until its next try
    NOWHERE = enum.auto()


class Lanes:
    """Runs `step(lane)` for each lane that was woken, never twice at once for the same lane.

    A step does one piece of work and says what is next: None, nothing is left; 0, there may be
    more; a number of seconds, try again then. What waits lies in the database: here is only the
    name of each lane that has something waiting.

    Nothing runs before `start`, unless the caller's own thread does it with `run_next`.
    """

    def __init__(self, name: str, step: Callable[[str], float | None]) -> None:
        self.steps = 0  # begun so far
        self._name = name
        self._step = step
        self._most = 0
        lock = threading.Lock()
        self._work_came = threading.Condition(lock)
        self._parked_changed = threading.Condition(lock)
        self._step_ended = threading.Condition(lock)
        self._ready: deque[str] = deque()
        self._queued: set[str] = set()  # the lanes in _ready
        self._running: set[str] = set()
        self._woken: set[str] = set()  # woken while running
        self._parked: list[tuple[float, int, str]] = []
        self._due: dict[str, float] = {}  # a lane's earliest time in _parked; others are stale
        self._order = itertools.count()
        self._threads = 0
        self._idle = 0
        self._stopping = False

    def start(self, threads: int) -> None:
        """Run the lanes on so many threads at the most."""
        with self._work_came:
            self._most = threads
            for _ in range(min(threads, len(self._ready))):
                self._add_thread()
        threading.Thread(target=self._keep_time, name=f"{self._name}-clock", daemon=True).start()

    def run_next(self) -> bool:
        """Run one step in this thread; False when no lane is ready."""
        with self._work_came:
            if not self._ready:
                return False
            lane = self._pop()
        self._run(lane)
        return True

    def parked_s(self) -> float | None:
        """Seconds until the first parked lane tries again; None when none is parked."""
        with self._work_came:
            return min(self._due.values()) - time.monotonic() if self._due else None

    def unpark_due(self) -> None:
        """Wake the parked lanes whose time has come."""
        with self._work_came:
            self._enqueue_due()

    def wake(self, lane: str) -> None:
        """There is work in this lane."""
        with self._work_came:
            self._enqueue(lane)

    def unpark(self) -> None:
        """Whatever the lanes were waiting for may be over: let all of them try again."""
        with self._work_came:
            parked, self._due = self._due, {}
            self._parked.clear()
            for lane in parked:
                self._enqueue(lane)

    def place(self, lane: str) -> Place:
        """Where a lane is at this moment."""
        with self._work_came:
            if lane in self._running:
                return Place.RUNNING
            if lane in self._queued:
                return Place.READY
            return Place.PARKED if lane in self._due else Place.NOWHERE

    def is_full(self) -> bool:
        """Every thread has a lane."""
        with self._work_came:
            return len(self._running) >= self._most

    def close(self) -> None:
        """Begin no more steps."""
        with self._work_came:
            self._stopping = True
            self._work_came.notify_all()
            self._parked_changed.notify()

    def drain(self, timeout_s: float) -> list[str]:
        """Wait for the steps that still run; returns the lanes whose step did not end in time."""
        with self._step_ended:
            self._step_ended.wait_for(lambda: not self._running, timeout_s)
            return list(self._running)

    def _enqueue(self, lane: str) -> None:
        if self._stopping or lane in self._queued:
            return
        if lane in self._running:
            self._woken.add(lane)
            return
        self._queued.add(lane)
        self._ready.append(lane)
        if self._idle >= len(self._ready):
            self._work_came.notify()
        elif self._threads < self._most:
            self._add_thread()

    def _add_thread(self) -> None:
        self._threads += 1
        threading.Thread(target=self._work, name=self._name, daemon=True).start()

    def _work(self) -> None:
        while (lane := self._take()) is not None:
            self._run(lane)

    def _run(self, lane: str) -> None:
        try:
            pause = self._step(lane)
        except Exception:
            # Steps handle what they expect; this is a fault, and must not stop the lane.
            log.exception(texts.LANE_FAILED, self._name)
            pause = ERROR_PAUSE_S
        self._put_back(lane, pause)

    def _take(self) -> str | None:
        """The next lane; None when the thread should end."""
        with self._work_came:
            self._idle += 1
            self._work_came.wait_for(lambda: self._ready or self._stopping, IDLE_S)
            self._idle -= 1
            if self._stopping or not self._ready:
                self._threads -= 1
                return None
            return self._pop()

    def _pop(self) -> str:
        lane = self._ready.popleft()
        self._queued.discard(lane)
        self._running.add(lane)
        self.steps += 1
        return lane

    def _put_back(self, lane: str, pause: float | None) -> None:
        with self._work_came:
            self._running.discard(lane)
            if self._stopping:
                self._step_ended.notify()
                return
            if lane in self._woken or pause == 0:
                # No thread need be told: this one takes the next lane itself.
                self._woken.discard(lane)
                self._queued.add(lane)
                self._ready.append(lane)
            elif pause is not None:
                self._park(lane, time.monotonic() + pause)

    def _park(self, lane: str, due: float) -> None:
        # A lane that is woken and parked again and again is not written down each time.
        if due < self._due.get(lane, math.inf):
            self._due[lane] = due
            heapq.heappush(self._parked, (due, next(self._order), lane))
            self._parked_changed.notify()

    def _keep_time(self) -> None:
        with self._parked_changed:
            while not self._stopping:
                self._enqueue_due()
                due = self._parked[0][0] - time.monotonic() if self._parked else None
                self._parked_changed.wait(due)

    def _enqueue_due(self) -> None:
        now = time.monotonic()
        while self._parked and self._parked[0][0] <= now:
            due, _, lane = heapq.heappop(self._parked)
            if self._due.get(lane) == due:
                del self._due[lane]
                self._enqueue(lane)
