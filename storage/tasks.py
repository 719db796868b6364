"""Tasks: what Telegram sent, what is to be said, and long work, each kept until it is done."""

import json
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from db import Database

UPDATE, NOTICE = "update", "notice"  # the other kinds are those of handlers.commands.TASKS
KEPT_S = 48 * 3600  # Telegram repeats an unconfirmed update for 24 hours
WAITS = "attempts = 0 AND reply IS NULL AND done_at IS NULL"
COLUMNS = "id, source_id, kind, lane, due_at, body, reply, sent_parts, shown, attempts"


@dataclass(frozen=True)
class Incoming:
    """An update as it came: `body` is its JSON."""

    update_id: int
    chat_id: int
    body: str


@dataclass(frozen=True)
class StoredTask:
    """A task that is not done.

    `source_id` is the number of the update that it is or that asked for it. `body` is JSON: of the
    update as it came, for other kinds of the request and the arguments. `reply` (JSON) is set once
    its effect is committed, `sent_parts` of it have arrived, and `shown` (JSON) lists the ids of
    the messages in which it can be seen growing. `due_at` is seconds since 1970; 0 means at once.

    `attempts` counts the starts that did not end: the crashes that have interrupted it, and the
    one that is under way.
    """

    id: int
    source_id: int
    kind: str
    lane: str
    due_at: float
    body: str
    reply: str | None
    sent_parts: int
    shown: str
    attempts: int

    @property
    def waits(self) -> bool:
        """Whether nobody has begun it, nor answered it."""
        return self.attempts == 0 and self.reply is None

    @property
    def args(self) -> dict[str, Any]:
        """Of a task that somebody asked for: what its handler is given."""
        args: dict[str, Any] = json.loads(self.body)["args"]
        return args


class Tasks:
    """The table `tasks`, for one bot: two bots number their updates independently."""

    def __init__(self, db: Database, bot_id: int) -> None:
        self._db = db
        self._bot_id = bot_id

    def take(self, updates: Iterable[Incoming]) -> None:
        """Take updates in, each once, safe against power loss when this returns."""
        with self._db.transaction(durable=True) as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO tasks (bot_id, source_id, kind, lane, body)"
                f" VALUES (?, ?, '{UPDATE}', ?, ?)",
                [(self._bot_id, u.update_id, chat_lane(u.chat_id), u.body) for u in updates],
            )

    def add(
        self,
        source_id: int,
        kind: str,
        lane: str,
        body: str,
        *,
        reply: str | None = None,
        after_s: float = 0.0,
        due_at: float | None = None,
    ) -> int:
        """Store a task that begins at a moment, or `after_s` seconds from now; in the transaction
        of its cause.

        What is to be done at once is done after all that its lane holds already. Returns its id.
        """
        if after_s:
            due_at = time.time() + after_s
        with self._db.transaction() as connection:
            added = connection.execute(
                "INSERT INTO tasks (bot_id, source_id, kind, lane, body, reply, due_at)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, coalesce(?7,"
                " (SELECT due_at FROM tasks INDEXED BY ix_tasks_by_lane"
                "  WHERE bot_id = ?1 AND lane = ?4 AND done_at IS NULL"
                "  ORDER BY due_at DESC LIMIT 1), 0))",
                (self._bot_id, source_id, kind, lane, body, reply, due_at),
            )
        return int(added.lastrowid or 0)

    def lanes(self, kind: str, after: float = -math.inf, until: float = math.inf) -> list[str]:
        """Lanes with unfinished tasks of this kind that are due after one moment, until another."""
        rows = self._db.rows(
            "SELECT DISTINCT lane FROM tasks INDEXED BY ix_tasks_by_time WHERE bot_id = ?"
            " AND kind = ? AND done_at IS NULL AND due_at > ? AND due_at <= ?",
            self._bot_id, kind, after, until,
        )  # fmt: skip
        return [row["lane"] for row in rows]

    def count(self, kind: str, until: float = math.inf) -> int:
        """How many tasks of this kind are unfinished and due until then."""
        (found,) = self._db.row(
            "SELECT count(*) FROM tasks INDEXED BY ix_tasks_by_time"
            " WHERE bot_id = ? AND kind = ? AND done_at IS NULL AND due_at <= ?",
            self._bot_id, kind, until,
        )  # fmt: skip
        return int(found)

    def planned(self, kind: str) -> list[tuple[int, str, float]]:
        """The unfinished tasks of this kind: number, lane, and when each is due."""
        rows = self._db.rows(
            "SELECT id, lane, due_at FROM tasks INDEXED BY ix_tasks_by_time"
            " WHERE bot_id = ? AND kind = ? AND done_at IS NULL",
            self._bot_id, kind,
        )  # fmt: skip
        return [tuple(row) for row in rows]

    def due(self, now: float) -> list[tuple[str, int]]:
        """Each lane with tasks that are due, and the number of its oldest; oldest first."""
        rows = self._db.rows(
            "SELECT lane, min(id) FROM tasks INDEXED BY ix_tasks_by_time"
            " WHERE bot_id = ? AND done_at IS NULL AND due_at <= ? GROUP BY lane ORDER BY min(id)",
            self._bot_id, now,
        )  # fmt: skip
        return [(lane, task_id) for lane, task_id in rows]

    def extent(self, now: float) -> tuple[int | None, int]:
        """The numbers of the oldest task that is due, if there is one, and of the newest of all."""
        oldest, newest = self._db.row(
            "SELECT (SELECT min(id) FROM tasks INDEXED BY ix_tasks_by_time"
            "  WHERE bot_id = ? AND done_at IS NULL AND due_at <= ?), (SELECT max(id) FROM tasks)",
            self._bot_id, now,
        )  # fmt: skip
        return oldest, newest or 0

    def head(self, lane: str, *, unanswered_only: bool = False) -> StoredTask | None:
        """The lane's next task: the one due first, of several the oldest.

        With `unanswered_only` tasks whose reply is only waiting to be sent are passed over.
        """
        row = self._db.row(
            # Left to itself, SQLite would walk through all that was ever done.
            f"SELECT {COLUMNS} FROM tasks INDEXED BY ix_tasks_by_lane"
            " WHERE bot_id = ? AND lane = ? AND done_at IS NULL AND (reply IS NULL OR NOT ?)"
            " ORDER BY due_at, id LIMIT 1",
            self._bot_id, lane, unanswered_only,
        )  # fmt: skip
        return StoredTask(*row) if row else None

    def get(self, task_id: int) -> StoredTask | None:
        """A task, None when it is done."""
        row = self._db.row(
            f"SELECT {COLUMNS} FROM tasks WHERE id = ? AND bot_id = ? AND done_at IS NULL",
            task_id, self._bot_id,
        )  # fmt: skip
        return StoredTask(*row) if row else None

    def in_lane(self, lane: str, most: int = -1) -> list[StoredTask]:
        """The unfinished tasks of a lane in their order, at most so many; -1 for all."""
        rows = self._db.rows(
            f"SELECT {COLUMNS} FROM tasks INDEXED BY ix_tasks_by_lane"
            " WHERE bot_id = ? AND lane = ? AND done_at IS NULL ORDER BY due_at, id LIMIT ?",
            self._bot_id, lane, most,
        )  # fmt: skip
        return [StoredTask(*row) for row in rows]

    def ahead_of(self, task: StoredTask) -> int:
        """How many unfinished tasks of its lane come before this one."""
        (found,) = self._db.row(
            "SELECT count(*) FROM tasks INDEXED BY ix_tasks_by_lane WHERE bot_id = ? AND lane = ?"
            " AND done_at IS NULL AND (due_at, id) < (?, ?)",
            self._bot_id, task.lane, task.due_at, task.id,
        )  # fmt: skip
        return int(found)

    def start(self, task: StoredTask) -> StoredTask:
        """Count a start; returns the task with what was said of it since it was read."""
        with self._db.transaction() as connection:
            reply, shown = connection.execute(
                "UPDATE tasks SET attempts = attempts + 1 WHERE id = ? RETURNING reply, shown",
                (task.id,),
            ).fetchone()
        return replace(task, reply=reply, shown=shown)

    def release(self, task_ids: Iterable[int]) -> None:
        """Uncount the starts of tasks that wait again through no fault of their own."""
        with self._db.transaction() as connection:
            connection.executemany(
                "UPDATE tasks SET attempts = max(attempts - 1, 0) WHERE id = ?",
                [(task_id,) for task_id in task_ids],
            )

    def answer(self, task_id: int, reply: str) -> None:
        """Store what is to be said, in the transaction of the effect it reports.

        The starts are counted anew: from here on the effect is not what ends the process.
        """
        self._change("reply = ?, sent_parts = 0, attempts = 1", task_id, reply)

    def sent(self, task_id: int, parts: int) -> None:
        """Note how many parts of the reply have arrived."""
        self._change("sent_parts = ?", task_id, parts)

    def showing(self, task_id: int, message_ids: list[int]) -> None:
        """Note in which messages the result can be seen growing."""
        self._change("shown = ?", task_id, json.dumps(message_ids))

    def promised(self, task_id: int, message_ids: list[int]) -> bool:
        """Note where a task that waits is announced; False when it has begun or is answered."""
        with self._db.transaction() as connection:
            return bool(
                connection.execute(
                    f"UPDATE tasks SET shown = ? WHERE id = ? AND {WAITS}",
                    (json.dumps(message_ids), task_id),
                ).rowcount
            )

    def answer_waiting(self, task_id: int, reply: str) -> bool:
        """Store what is said instead of doing a task; False when it does not wait any more."""
        with self._db.transaction() as connection:
            return bool(
                connection.execute(
                    f"UPDATE tasks SET reply = ? WHERE id = ? AND {WAITS}", (reply, task_id)
                ).rowcount
            )

    def finish(self, task_id: int) -> None:
        """Done: only the number is kept, so that no update is taken again."""
        self._change("done_at = ?, body = NULL, reply = NULL", task_id, int(time.time()))

    def reset_attempts(self) -> None:
        """Forget all crashes: their cause is known."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE tasks INDEXED BY ix_tasks_by_lane SET attempts = 0"
                " WHERE bot_id = ? AND done_at IS NULL AND attempts > 0",
                (self._bot_id,),
            )

    def forget_old(self) -> None:
        """Drop what was done so long ago that Telegram cannot repeat it."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM tasks WHERE done_at < ?", (int(time.time()) - KEPT_S,))

    def _change(self, assignments: str, task_id: int, *values: object) -> None:
        with self._db.transaction() as connection:
            connection.execute(f"UPDATE tasks SET {assignments} WHERE id = ?", (*values, task_id))


def chat_lane(chat_id: int) -> str:
    """What was written in a chat is done in order."""
    return f"chat:{chat_id}"


def work_lane(kind: str, chat_id: int, user_id: int, thread_id: int | None = None) -> str:
    """Long work of one kind is done in order for each person in a chat, other work beside it.

    The topics of a forum are as many chats.
    """
    lane = f"{kind}:{chat_id}:{user_id}"
    return lane if thread_id is None else f"{lane}:{thread_id}"


def is_chat_lane(lane: str) -> bool:
    """Whether it is the lane of a chat, not of long work."""
    return lane.startswith("chat:")


def chat_of(lane: str) -> int:
    """The chat whose tasks are in a lane."""
    return int(lane.split(":")[1])
