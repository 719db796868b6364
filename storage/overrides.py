"""Settings of the whole bot that its owner has changed by a button."""

from collections.abc import Mapping

from db import Database


class Overrides:
    """The table `overrides`, kept in memory as well: it is asked for every question."""

    def __init__(self, db: Database) -> None:
        self._db = db
        rows = db.rows("SELECT name, value FROM overrides")
        self._texts: dict[str, str] = {row["name"]: row["value"] for row in rows}

    @property
    def texts(self) -> Mapping[str, str]:
        """What was set, as it would stand in .env: name to text."""
        return self._texts

    def set(self, name: str, text: str) -> None:
        """Let a setting have this value from now on."""
        with self._db.transaction() as connection:
            connection.execute("REPLACE INTO overrides (name, value) VALUES (?, ?)", (name, text))
        self._texts = self._texts | {name: text}
