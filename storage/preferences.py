"""What people have set for themselves."""

import json
from dataclasses import dataclass
from typing import Any

from db import Database


@dataclass(frozen=True)
class Preferences:
    """One person's: None stands for what is usual.

    `language` is one of `texts.languages.LANGUAGES`, `timezone` a name of the IANA's. `plain_text`
    is what a text without a command is: "question" or "note". `footer` is the line under answers:
    "full", "short" or "off". `tools_off` names the tools that models may not use, `digest` is a
    time of day, "HH:MM". With `name_shared` models are told the first name.
    """

    language: str | None = None
    timezone: str | None = None
    plain_text: str = "question"
    footer: str = "full"
    tools_off: tuple[str, ...] = ()
    digest: str | None = None
    name_shared: bool = False


class PreferencesTable:
    """The table `preferences`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, user_id: int) -> Preferences:
        """Somebody's preferences."""
        row = self._db.row(
            "SELECT language, timezone, plain_text, footer, tools_off, digest, name_shared"
            " FROM preferences WHERE user_id = ?",
            user_id,
        )
        if row is None:
            return Preferences()
        stored = dict(row)
        return Preferences(
            **{
                **stored,
                "tools_off": tuple(json.loads(stored["tools_off"])),
                "name_shared": bool(stored["name_shared"]),
            }
        )

    def set(self, user_id: int, **changed: Any) -> None:
        """Change some of the fields of `Preferences`, by name."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT INTO preferences (user_id) VALUES (?) ON CONFLICT DO NOTHING", (user_id,)
            )
            for name, value in changed.items():
                stored = json.dumps(value, ensure_ascii=False) if name == "tools_off" else value
                connection.execute(STATEMENTS[name], (stored, user_id))


STATEMENTS = {
    name: f"UPDATE preferences SET {name} = ? WHERE user_id = ?"  # our own names
    for name in Preferences.__dataclass_fields__
}
