"""Long work that updates asked for, kept until it is done."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass

from db import Database

LONGEST_WAIT_S = 10.0


@dataclass(frozen=True)
class StoredJob:
    """`request` and `args` are JSON; `reply` (JSON) is set once the result is known.

    `shown` (JSON) lists the ids of the messages in which it can be seen growing.

    `attempts` counts the starts that did not end, this one included, anew once there is a reply.
    """

    id: int
    lane: str
    kind: str
    request: str
    args: str
    reply: str | None
    sent_parts: int
    attempts: int
    shown: str


class Jobs:
    """The table `jobs`, for one bot."""

    def __init__(self, db: Database, bot_id: int) -> None:
        self._db = db
        self._bot_id = bot_id

    def add(
        self, update_id: int, lane: str, kind: str, request: str, args: str, after_s: float = 0.0
    ) -> None:
        """Store a job; called in the transaction that finishes or answers its update."""
        not_before = time.time() + after_s if after_s else 0.0
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT INTO jobs (bot_id, update_id, lane, kind, request, args, not_before)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (self._bot_id, update_id, lane, kind, request, args, not_before),
            )

    def waiting_lanes(self) -> list[str]:
        """Lanes with unfinished jobs."""
        rows = self._db.rows("SELECT DISTINCT lane FROM jobs WHERE bot_id = ?", self._bot_id)
        return [row["lane"] for row in rows]

    def due_in(self, lane: str) -> float | None:
        """Seconds until the lane's oldest job may begin; None when there is none."""
        row = self._db.row(
            "SELECT not_before FROM jobs WHERE bot_id = ? AND lane = ? ORDER BY id LIMIT 1",
            self._bot_id, lane,
        )  # fmt: skip
        # A clock that was set back must not hold a job for long.
        return min(max(0.0, row[0] - time.time()), LONGEST_WAIT_S) if row else None

    def backlog(self) -> int:
        """How many jobs are unfinished."""
        return int(self._db.row("SELECT count(*) FROM jobs WHERE bot_id = ?", self._bot_id)[0])

    def begin(self, lane: str, *, last_try: bool = False) -> StoredJob | None:
        """The lane's oldest job, its start counted; None when there is none.

        One that two deaths are counted against is begun only as a `last_try`.
        """
        with self._db.transaction() as connection:
            row = connection.execute(
                "UPDATE jobs SET attempts = attempts + 1 WHERE id ="
                " (SELECT min(id) FROM jobs WHERE bot_id = ? AND lane = ?)"
                " AND (attempts <> 2 OR reply IS NOT NULL OR ?)"
                " RETURNING id, lane, kind, request, args, reply, sent_parts, attempts, shown",
                (self._bot_id, lane, last_try),
            ).fetchone()
        return StoredJob(*row) if row else None

    def is_quiet(self) -> bool:
        """Whether nothing is unfinished but jobs that have only their last try left."""
        (busy,) = self._db.row(
            "SELECT EXISTS (SELECT 1 FROM updates INDEXED BY ix_updates_waiting"
            "               WHERE bot_id = ?1 AND done_at IS NULL)"
            " OR EXISTS (SELECT 1 FROM jobs"
            "            WHERE bot_id = ?1 AND (attempts <> 2 OR reply IS NOT NULL))",
            self._bot_id,
        )
        return not busy

    def is_suspected(self, lane: str) -> bool | None:
        """Whether the lane's oldest job has only its last try left; None when there is no job."""
        row = self._db.row(
            "SELECT attempts = 2 AND reply IS NULL FROM jobs WHERE bot_id = ? AND lane = ?"
            " ORDER BY id LIMIT 1",
            self._bot_id, lane,
        )  # fmt: skip
        return bool(row[0]) if row else None

    def pause(self, job_id: int) -> None:
        """Take the start back: the job waits again through no fault of its own."""
        self._change("attempts = max(attempts - 1, 0)", job_id)

    def answer(self, job_id: int, reply: str) -> None:
        """Store the result, so that the work is not done again if sending it is cut off."""
        self._change("reply = ?, attempts = 1", job_id, reply)

    def take_back(self, lanes: Iterable[str]) -> None:
        """Uncount the starts of what an orderly stop cuts off in these lanes."""
        with self._db.transaction() as connection:
            connection.executemany(
                "UPDATE jobs SET attempts = max(attempts - 1, 0) WHERE id ="
                " (SELECT min(id) FROM jobs WHERE bot_id = ? AND lane = ?)",
                [(self._bot_id, lane) for lane in lanes],
            )

    def acquit(self) -> None:
        """The culprit is found: the deaths that the others shared with it are not theirs."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE jobs SET attempts = 0 WHERE bot_id = ? AND reply IS NULL", (self._bot_id,)
            )

    def sent(self, job_id: int, parts: int) -> None:
        """Note how many parts of the reply have arrived."""
        self._change("sent_parts = ?", job_id, parts)

    def showing(self, job_id: int, message_ids: list[int]) -> None:
        """Note in which messages the result can be seen growing."""
        self._change("shown = ?", job_id, json.dumps(message_ids))

    def finish(self, job_id: int) -> None:
        """Done: the row goes."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM jobs WHERE id = ?", (job_id,))

    def _change(self, assignments: str, job_id: int, *values: object) -> None:
        with self._db.transaction() as connection:
            connection.execute(f"UPDATE jobs SET {assignments} WHERE id = ?", (*values, job_id))
