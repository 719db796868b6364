"""The messages of notes whose text Telegram cut into several."""

from db import Database
from storage.turns import FULL_UNITS, JOIN_S


class NoteParts:
    """The table `note_parts`; a message is named by its chat and its id.

    All is written in the transaction of the note that changes with it.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(
        self,
        user_id: int,
        message: tuple[int, int],
        number: int,
        text: str,
        units: int,
        sent_at: int,
    ) -> None:
        """Note what a message has brought to a note; `units` is the length of the whole message."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT INTO note_parts (chat_id, message_id, user_id, number, text, units,"
                " sent_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*message, user_id, number, text, units, sent_at),
            )

    def goes_on(self, user_id: int, message: tuple[int, int], sent_at: int) -> int | None:
        """The number of the note that this message continues, None when it continues none.

        The message before must be full, and just sent.
        """
        row = self._db.row(
            "SELECT number, units, sent_at FROM note_parts WHERE chat_id = ? AND user_id = ?"
            " AND message_id < ? ORDER BY message_id DESC LIMIT 1",
            message[0], user_id, message[1],
        )  # fmt: skip
        if row is None or row["units"] < FULL_UNITS:
            return None
        return int(row["number"]) if 0 <= sent_at - row["sent_at"] <= JOIN_S else None

    def note_of(self, user_id: int, message: tuple[int, int]) -> int | None:
        """The number of the note that this message is a part of."""
        row = self._db.row(
            "SELECT number FROM note_parts WHERE chat_id = ? AND message_id = ? AND user_id = ?",
            *message, user_id,
        )  # fmt: skip
        return int(row["number"]) if row else None

    def texts(self, user_id: int, chat_id: int, number: int) -> dict[int, str]:
        """What each message brought to a note, by its id and in order."""
        rows = self._db.rows(
            "SELECT message_id, text FROM note_parts WHERE chat_id = ? AND user_id = ?"
            " AND number = ? ORDER BY message_id",
            chat_id, user_id, number,
        )  # fmt: skip
        return {row["message_id"]: row["text"] for row in rows}

    def reword(self, user_id: int, message: tuple[int, int], text: str) -> None:
        """A message was edited."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE note_parts SET text = ?"
                " WHERE chat_id = ? AND message_id = ? AND user_id = ?",
                (text, *message, user_id),
            )

    def forget_old(self, now: int, kept_s: int) -> None:
        """Drop messages that nobody can edit any more."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM note_parts WHERE sent_at <= ?", (now - kept_s,))
