"""What the bot has said of itself in its profile, to be told from what its owner wrote there."""

from db import Database


class ProfileTexts:
    """The table `profile_texts`, as far as it concerns one bot.

    A text is named by its `field`, description or short_description, and the `code` of its
    language, "" for all that have none of their own.
    """

    def __init__(self, db: Database, bot_id: int) -> None:
        self._db = db
        self._bot_id = bot_id

    def ours(self, field: str, code: str) -> str | None:
        """What the bot set last, None if it never did."""
        row = self._db.row(
            "SELECT text FROM profile_texts WHERE bot_id = ? AND field = ? AND code = ?",
            self._bot_id, field, code,
        )  # fmt: skip
        return str(row["text"]) if row else None

    def remember(self, field: str, code: str, text: str) -> None:
        """Keep what the bot has set."""
        with self._db.transaction() as connection:
            connection.execute(
                "REPLACE INTO profile_texts (bot_id, field, code, text) VALUES (?, ?, ?, ?)",
                (self._bot_id, field, code, text),
            )
