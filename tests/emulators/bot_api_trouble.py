"""Trouble on demand: calls that fail, and limits on how fast a bot may write."""

import math
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from .bot_api_http import Call

DESCRIPTIONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running",
    500: "Internal Server Error",
    502: "Bad Gateway",
}
EPHEMERAL = ("sendChatAction", "sendMessageDraft")
JITTER = 0.1  # of a message: a bot that keeps a pace to the second must not be caught by jitter


@dataclass(slots=True, eq=False)
class Fault:
    """What happens to the next calls that match; `hits` counts those it happened to."""

    method: str
    chat_id: int | None
    status: int
    body: bytes | dict[str, Any] | None
    description: str | None
    retry_after: int | None
    times: int | None
    drop: bool
    after_effect: bool
    delay: float
    hits: int = 0

    def __post_init__(self) -> None:
        if self.retry_after is not None and self.status == 500:
            self.status = 429

    def matches(self, call: Call) -> bool:
        return (self.chat_id is None or call.chat_id == self.chat_id) and fnmatchcase(
            call.method, self.method
        )

    def words(self) -> str:
        if self.description is not None:
            return self.description
        if self.status == 429:
            return f"Too Many Requests: retry after {self.retry_after or 1}"
        return DESCRIPTIONS.get(self.status, "Internal Server Error")


@dataclass(frozen=True, slots=True)
class FloodViolation:
    """A message too many ("limit"), or one sent while a retry_after was still running ("early")."""

    kind: str
    method: str
    chat_id: Any
    at: float
    left_s: float


class Bucket:
    """Lets `burst` messages through at once and `rate` a second in the long run."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = float(burst), 0.0

    def wait_s(self, now: float) -> float:
        """0 when a message may pass now, which takes its place; else the seconds to wait."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens >= 1 - JITTER:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._rate


class Trouble:
    """Not thread-safe by itself: its owner holds the lock."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.violations: list[FloodViolation] = []
        self.too_many_requests = 0
        self._limits: tuple[float | None, float | None, float | None] = (None, None, None)
        self._burst, self._retry_after = 1, 0
        self._buckets: dict[Any, Bucket] = {}
        self._running: dict[Any, float] = {}  # until when a chat has a retry_after

    def take_fault(self, call: Call) -> Fault | None:
        for fault in self.faults:
            if fault.matches(call):
                fault.hits += 1
                if fault.times is not None and fault.hits >= fault.times:
                    self.faults.remove(fault)
                return fault
        return None

    def limit(
        self,
        per_chat_per_second: float | None,
        per_group_per_minute: float | None,
        overall_per_second: float | None,
        burst: int,
        retry_after: int,
    ) -> None:
        self._limits = (per_chat_per_second, per_group_per_minute, overall_per_second)
        self._burst, self._retry_after = burst, retry_after
        self._buckets.clear()

    def flooded(self, call: Call) -> int | None:
        """The retry_after to answer a call with, or None when it may pass."""
        if not counts(call):
            return None
        left = self._running.get(call.chat_id, 0.0) - call.at
        if left > 0:
            self._violate("early", call, left)
            return math.ceil(left) if any(self._limits) else None
        wait = max(
            (bucket.wait_s(call.at) for bucket in self._buckets_of(call.chat_id)), default=0.0
        )
        if wait <= 0:
            return None
        self._violate("limit", call, wait)
        return self._retry_after or math.ceil(wait)

    def answered_429(self, call: Call, retry_after: int, now: float) -> None:
        self.too_many_requests += 1
        if counts(call):
            self._running[call.chat_id] = now + retry_after

    def _buckets_of(self, chat_id: Any) -> list[Bucket]:
        per_chat, per_group, overall = self._limits
        group = isinstance(chat_id, int) and chat_id < 0
        wanted = [
            (("chat", chat_id), per_chat, self._burst),
            (("group", chat_id), per_group / 60 if per_group and group else None, per_group or 1),
            ("overall", overall, overall or 1),
        ]
        found = []
        for key, rate, burst in wanted:
            if rate is not None:
                if key not in self._buckets:
                    self._buckets[key] = Bucket(rate, max(1, int(burst)))
                found.append(self._buckets[key])
        return found

    def _violate(self, kind: str, call: Call, left: float) -> None:
        self.violations.append(FloodViolation(kind, call.method, call.chat_id, call.at, left))


def counts(call: Call) -> bool:
    """Messages and edits count against the limits, and nothing else."""
    return call.method.startswith(("send", "edit")) and call.method not in EPHEMERAL
