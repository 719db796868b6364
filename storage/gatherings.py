"""Messages that came one right after another in a private chat, to be kept together."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from db import Database

PAUSE_S = 2  # from one message to the next; Telegram tells whole seconds
LONGEST_S = 10
MESSAGES_MOST = 100
KEPT_S = 7 * 24 * 3600


@dataclass(frozen=True)
class Gathered:
    """A message: `content` is JSON, `number` that of the note it has become, if it has."""

    message_id: int
    album: str
    content: str
    number: int | None


class Gatherings:
    """The tables `gatherings` and `gathered`.

    A gathering grows while its messages follow each other closely, until it is closed.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, user_id: int, message_id: int, sent_at: int, album: str, content: str) -> int:
        """Put a message into the gathering it belongs to, or into a new one; returns its id."""
        with self._db.transaction() as connection:
            row = connection.execute(
                "UPDATE gatherings SET last_at = ?1, last_id = ?2, messages = messages + 1"
                " WHERE id = (SELECT max(id) FROM gatherings WHERE user_id = ?3) AND NOT closed"
                " AND ?1 - last_at BETWEEN 0 AND ?4 AND ?1 - began_at <= ?5 AND messages < ?6"
                " RETURNING id",
                (sent_at, message_id, user_id, PAUSE_S, LONGEST_S, MESSAGES_MOST),
            ).fetchone()
            gathering_id = row["id"] if row else self._begin(user_id, message_id, sent_at)
            self._put(gathering_id, user_id, Gathered(message_id, album, content, None))
        return int(gathering_id)

    def add_kept(self, user_id: int, sent_at: int, message: Gathered) -> None:
        """Note a message that has become a note at once: the rest of its album belongs to it."""
        with self._db.transaction():
            gathering_id = self._begin(user_id, message.message_id, sent_at, closed=True)
            self._put(gathering_id, user_id, message)

    def close(self, gathering_id: int, user_id: int, last_id: int) -> bool:
        """Let a gathering grow no more; False when it has grown beyond this last message."""
        with self._db.transaction() as connection:
            return bool(
                connection.execute(
                    "UPDATE gatherings SET closed = 1 WHERE id = ? AND user_id = ? AND last_id = ?",
                    (gathering_id, user_id, last_id),
                ).rowcount
            )

    def messages(self, gathering_id: int, user_id: int) -> list[Gathered]:
        """The messages of a gathering, in their order."""
        return self._gathered("gathering_id = ? AND user_id = ?", gathering_id, user_id)

    def of_album(self, user_id: int, album: str) -> list[Gathered]:
        """The messages of an album that are kept here, in their order."""
        if not album:
            return []
        return self._gathered("user_id = ? AND album = ? AND album <> ''", user_id, album)

    def save_number(self, user_id: int, message_ids: Iterable[int], number: int) -> None:
        """These messages have become a note."""
        with self._db.transaction() as connection:
            connection.executemany(
                "UPDATE gathered SET number = ? WHERE user_id = ? AND message_id = ?",
                [(number, user_id, message_id) for message_id in message_ids],
            )

    def drop_album(self, user_id: int, album: str) -> None:
        """An album is something else than to be kept."""
        with self._db.transaction() as connection:
            connection.execute(
                "DELETE FROM gathered WHERE user_id = ? AND album = ? AND album <> ''",
                (user_id, album),
            )

    def forget_old(self, now: int) -> None:
        """Drop what was offered so long ago that nobody goes back to it."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM gatherings WHERE last_at < ?", (now - KEPT_S,))

    def _begin(self, user_id: int, message_id: int, sent_at: int, *, closed: bool = False) -> int:
        with self._db.transaction() as connection:
            begun = connection.execute(
                "INSERT INTO gatherings (user_id, began_at, last_at, last_id, closed)"
                " VALUES (?1, ?2, ?2, ?3, ?4)",
                (user_id, sent_at, message_id, closed),
            )
        return int(begun.lastrowid or 0)

    def _put(self, gathering_id: int, user_id: int, message: Gathered) -> None:
        with self._db.transaction() as connection:
            # Of another bot's, whose messages had the same numbers, nothing is left.
            connection.execute(
                "INSERT OR REPLACE INTO gathered VALUES (?, ?, ?, ?, ?, ?)",
                (
                    user_id,
                    message.message_id,
                    gathering_id,
                    message.album,
                    message.content,
                    message.number,
                ),
            )

    def _gathered(self, condition: str, *values: Any) -> list[Gathered]:
        rows = self._db.rows(
            "SELECT message_id, album, content, number FROM gathered"
            f" WHERE {condition} ORDER BY message_id",
            *values,
        )
        return [Gathered(*row) for row in rows]
