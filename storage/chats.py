"""Groups that became supergroups and have had another id since."""

from db import Database


class Chats:
    """The table `chat_moves`, kept in memory as well: it is asked for every task."""

    def __init__(self, db: Database) -> None:
        self._db = db
        rows = db.rows("SELECT old_id, new_id FROM chat_moves")
        self._moves: dict[int, int] = {row["old_id"]: row["new_id"] for row in rows}

    def current(self, chat_id: int) -> int:
        """The id that a chat has now."""
        return self._moves.get(chat_id, chat_id)

    def move(self, old_id: int, new_id: int) -> None:
        """Let a chat go on under its new id, with its dialogues and those who asked for access.

        Messages are numbered anew there: what was made of an old one is found by it no more.
        """
        if self.current(old_id) == new_id:
            return
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT INTO chat_moves (old_id, new_id) VALUES (?, ?)"
                " ON CONFLICT (old_id) DO UPDATE SET new_id = excluded.new_id",
                (old_id, new_id),
            )
            connection.execute(
                "UPDATE turns SET chat_id = ?, message_id = 0 WHERE chat_id = ?", (new_id, old_id)
            )
            connection.execute(
                "UPDATE OR REPLACE dialogues SET chat_id = ? WHERE chat_id = ?", (new_id, old_id)
            )
            connection.execute("UPDATE people SET chat_id = ? WHERE chat_id = ?", (new_id, old_id))
            connection.execute(
                "UPDATE notes SET chat_id = NULL, message_id = NULL WHERE chat_id = ?", (old_id,)
            )
        self._moves[old_id] = new_id
