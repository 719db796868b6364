"""What the bot has asked people, so that a reply to it is taken for the answer."""

from db import Database

PROMPTS_KEPT = 1000  # of one person


class Prompts:
    """The table `prompts`: they stay when they were answered, for an answer may be corrected."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, user_id: int, message: tuple[int, int], kind: str, about: str) -> None:
        """Keep what the message (chat, id) asks this person; see `handlers.types.Prompt`."""
        with self._db.transaction() as connection:
            connection.execute(
                "REPLACE INTO prompts (user_id, chat_id, message_id, kind, about)"
                " VALUES (?, ?, ?, ?, ?)",
                (user_id, *message, kind, about),
            )
            connection.execute(
                "DELETE FROM prompts WHERE user_id = ?1 AND id <= (SELECT id FROM prompts"
                " WHERE user_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                (user_id, PROMPTS_KEPT),
            )

    def asked(self, user_id: int, message: tuple[int, int]) -> tuple[str, str] | None:
        """What a message asks this person: its kind and what about; None: nothing."""
        row = self._db.row(
            "SELECT kind, about FROM prompts WHERE chat_id = ? AND message_id = ? AND user_id = ?",
            *message, user_id,
        )  # fmt: skip
        return (row["kind"], row["about"]) if row else None
