"""Long work that updates asked for, kept until it is done."""

from collections.abc import Iterable
from dataclasses import dataclass

from db import Database


@dataclass(frozen=True)
class StoredJob:
    """`request` and `args` are JSON; `reply` (JSON) is set once the result is known.

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


class Jobs:
    """The table `jobs`, for one bot."""

    def __init__(self, db: Database, bot_id: int) -> None:
        self._db = db
        self._bot_id = bot_id

    def add(self, update_id: int, lane: str, kind: str, request: str, args: str) -> None:
        """Store a job; called in the transaction that finishes or answers its update."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT INTO jobs (bot_id, update_id, lane, kind, request, args)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (self._bot_id, update_id, lane, kind, request, args),
            )

    def waiting_lanes(self) -> list[str]:
        """Lanes with unfinished jobs."""
        rows = self._db.rows("SELECT DISTINCT lane FROM jobs WHERE bot_id = ?", self._bot_id)
        return [row["lane"] for row in rows]

    def backlog(self) -> int:
        """How many jobs are unfinished."""
        return int(self._db.row("SELECT count(*) FROM jobs WHERE bot_id = ?", self._bot_id)[0])

    def must_wait(self) -> bool:
        """Whether an update that shared two deaths has its last try still before it."""
        return bool(
            self._db.row(
                "SELECT EXISTS (SELECT 1 FROM updates INDEXED BY ix_updates_waiting"
                " WHERE bot_id = ? AND done_at IS NULL AND reply IS NULL AND attempts > 1)",
                self._bot_id,
            )[0]
        )

    def begin(self, lane: str) -> StoredJob | None:
        """The lane's oldest job, its start counted; None when there is none."""
        with self._db.transaction() as connection:
            row = connection.execute(
                "UPDATE jobs SET attempts = attempts + 1 WHERE id ="
                " (SELECT min(id) FROM jobs WHERE bot_id = ? AND lane = ?)"
                " RETURNING id, lane, kind, request, args, reply, sent_parts, attempts",
                (self._bot_id, lane),
            ).fetchone()
        return StoredJob(*row) if row else None

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

    def sent(self, job_id: int, parts: int) -> None:
        """Note how many parts of the reply have arrived."""
        self._change("sent_parts = ?", job_id, parts)

    def finish(self, job_id: int) -> None:
        """Done: the row goes."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM jobs WHERE id = ?", (job_id,))

    def _change(self, assignments: str, job_id: int, *values: object) -> None:
        with self._db.transaction() as connection:
            connection.execute(f"UPDATE jobs SET {assignments} WHERE id = ?", (*values, job_id))
