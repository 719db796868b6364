"""What Telegram sent and what is still to be done about it: the intake and the long jobs."""

import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass

from db import Database

KEPT_S = 48 * 3600  # Telegram repeats an unconfirmed update for 24 hours
COLUMNS = "update_id, chat_id, body, reply, sent_parts, attempts"  # those of Waiting


@dataclass(frozen=True)
class Stored:
    """An update as it came: `body` is its JSON."""

    update_id: int
    chat_id: int
    body: str


@dataclass(frozen=True)
class Waiting(Stored):
    """An update that is not done: `reply` (JSON) is set once its effect is committed.

    `attempts` counts the starts that did not end, this one included; they are counted anew once
    there is a reply, for then the effect is not what kills.
    """

    reply: str | None
    sent_parts: int
    attempts: int

    @property
    def is_notice(self) -> bool:
        """Nobody sent it: `body` is the JSON of the request it pretends to answer."""
        return self.update_id < 0


class Updates:
    """The table `updates`, for one bot: two bots number their updates independently."""

    def __init__(self, db: Database, bot_id: int) -> None:
        self._db = db
        self._bot_id = bot_id

    def store(self, updates: Iterable[Stored]) -> None:
        """Take updates in, each once, safe against power loss when this returns."""
        with self._db.transaction(durable=True) as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO updates (bot_id, update_id, chat_id, body)"
                " VALUES (?, ?, ?, ?)",
                [(self._bot_id, item.update_id, item.chat_id, item.body) for item in updates],
            )

    def add_notice(self, chat_id: int, body: str, reply: str) -> None:
        """Store what is to be said in a chat where nobody asked; in the transaction of its cause.

        It waits and is sent like the answered updates of that chat, under a number below 0.
        """
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT INTO updates (bot_id, update_id, chat_id, body, reply) SELECT ?1,"
                " min(coalesce(min(update_id), 0), 0) - 1, ?2, ?3, ?4 FROM updates"
                " WHERE bot_id = ?1",
                (self._bot_id, chat_id, body, reply),
            )

    def waiting_chats(self) -> list[int]:
        """Chats with unfinished updates."""
        rows = self._db.rows(
            "SELECT DISTINCT chat_id FROM updates INDEXED BY ix_updates_waiting"
            " WHERE bot_id = ? AND done_at IS NULL",
            self._bot_id,
        )
        return [row["chat_id"] for row in rows]

    def backlog(self) -> int:
        """How many updates are unfinished."""
        return int(
            self._db.row(
                "SELECT count(*) FROM updates WHERE bot_id = ? AND done_at IS NULL", self._bot_id
            )[0]
        )

    def begin(self, chat_id: int, *, unhandled_only: bool = False) -> Waiting | None:
        """The chat's oldest unfinished update, its start counted; None when there is none.

        With `unhandled_only` updates whose reply is only waiting to be sent are passed over.
        """
        with self._db.transaction() as connection:
            return self._begin(connection, chat_id, unhandled_only)

    def oldest(self, chat_id: int) -> Waiting | None:
        """The chat's oldest unfinished update, only looked at."""
        row = self._db.row(
            f"SELECT {COLUMNS} FROM updates INDEXED BY ix_updates_waiting"
            " WHERE bot_id = ? AND chat_id = ? AND done_at IS NULL ORDER BY update_id LIMIT 1",
            self._bot_id, chat_id,
        )  # fmt: skip
        return Waiting(*row) if row else None

    def suspects(self) -> list[Waiting]:
        """Unhandled updates that two deaths or more are counted against, oldest first."""
        rows = self._db.rows(
            f"SELECT {COLUMNS} FROM updates INDEXED BY ix_updates_waiting"
            " WHERE bot_id = ? AND done_at IS NULL AND reply IS NULL AND attempts > 1"
            " ORDER BY update_id",
            self._bot_id,
        )
        return [Waiting(*row) for row in rows]

    def count_start(self, update_id: int) -> None:
        """Count a start as `begin` does."""
        self._change("attempts = attempts + 1", update_id)

    def pause(self, update_id: int) -> None:
        """Take the start back: the update waits again through no fault of its own."""
        self._change("attempts = max(attempts - 1, 0)", update_id)

    def answer(self, update_id: int, reply: str) -> None:
        """Store what is to be said; called in the transaction of the effect it reports."""
        self._change("reply = ?, sent_parts = 0, attempts = 1", update_id, reply)

    def take_back(self, chats: Iterable[int]) -> None:
        """Uncount the starts of what an orderly stop cuts off in these chats."""
        with self._db.transaction() as connection:
            connection.executemany(
                "UPDATE updates SET attempts = attempts - 1 WHERE bot_id = ?1 AND update_id ="
                " (SELECT update_id FROM updates INDEXED BY ix_updates_waiting"
                "  WHERE bot_id = ?1 AND chat_id = ?2 AND done_at IS NULL AND attempts > 0"
                "  ORDER BY update_id LIMIT 1)",
                [(self._bot_id, chat_id) for chat_id in chats],
            )

    def acquit(self) -> None:
        """The culprit is found: the deaths that the others shared with it are not theirs."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE updates SET attempts = 0"
                " WHERE bot_id = ? AND done_at IS NULL AND reply IS NULL",
                (self._bot_id,),
            )

    def sent(self, update_id: int, parts: int) -> None:
        """Note how many parts of the reply have arrived."""
        self._change("sent_parts = ?", update_id, parts)

    def finish(self, update: Waiting, *, begin_next: bool = False) -> Waiting | None:
        """Done: only the number is kept, so that the update is never taken again.

        With `begin_next` the same transaction begins the chat's next update and returns it.
        """
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE updates SET done_at = ?, body = NULL, reply = NULL"
                " WHERE bot_id = ? AND update_id = ?",
                (int(time.time()), self._bot_id, update.update_id),
            )
            return self._begin(connection, update.chat_id, False) if begin_next else None

    def forget_old(self) -> None:
        """Drop what was done so long ago that Telegram cannot repeat it."""
        with self._db.transaction() as connection:
            connection.execute(
                "DELETE FROM updates WHERE done_at < ?", (int(time.time()) - KEPT_S,)
            )

    def _begin(
        self, connection: sqlite3.Connection, chat_id: int, unhandled_only: bool
    ) -> Waiting | None:
        row = connection.execute(
            "UPDATE updates SET attempts = attempts + 1 WHERE bot_id = ?1 AND update_id ="
            # Left to itself, SQLite would walk through all that was ever done.
            " (SELECT update_id FROM updates INDEXED BY ix_updates_waiting"
            "  WHERE bot_id = ?1 AND chat_id = ?2 AND done_at IS NULL"
            "  AND (reply IS NULL OR NOT ?3) ORDER BY update_id LIMIT 1)"
            f" RETURNING {COLUMNS}",
            (self._bot_id, chat_id, unhandled_only),
        ).fetchone()
        return Waiting(*row) if row else None

    def _change(self, assignments: str, update_id: int, *values: object) -> None:
        with self._db.transaction() as connection:
            connection.execute(
                f"UPDATE updates SET {assignments} WHERE bot_id = ? AND update_id = ?",
                (*values, self._bot_id, update_id),
            )
