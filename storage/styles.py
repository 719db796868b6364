"""Styles: system prompts to choose from, and everybody's choice."""

from dataclasses import dataclass

from db import Database

DEFAULT = "default"
CUSTOM = "custom"


@dataclass(frozen=True)
class Style:
    """`key` is what is typed, `label` is for people, `prompt` is for the model."""

    key: str
    label: str
    prompt: str


class Styles:
    """The tables `styles` and `chosen_styles`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def list_styles(self) -> list[Style]:
        """All styles, the default one first."""
        rows = self._db.rows(
            "SELECT key, label, prompt FROM styles ORDER BY key <> ?, label", DEFAULT
        )
        return [Style(*row) for row in rows]

    def chosen(self, user_id: int) -> Style:
        """The person's style; the default one until they choose."""
        row = self._db.row(
            "SELECT style, '', prompt FROM chosen_styles WHERE user_id = ? AND style = ?",
            user_id, CUSTOM,
        ) or self._db.row(
            "SELECT key, label, styles.prompt FROM styles LEFT JOIN chosen_styles"
            " ON style = key AND user_id = ? WHERE user_id IS NOT NULL OR key = ?"
            " ORDER BY user_id IS NULL LIMIT 1",
            user_id, DEFAULT,
        )  # fmt: skip
        return Style(*row) if row else Style(DEFAULT, "", "")

    def choose(self, user_id: int, key: str) -> Style:
        """Choose a style of the table.

        Raises:
            ValueError: there is no such style.
        """
        with self._db.transaction():
            if self._db.row("SELECT 1 FROM styles WHERE key = ?", key) is None:
                raise ValueError(f"no style {key}")
            self._choose(user_id, key, None)
            return self.chosen(user_id)

    def choose_custom(self, user_id: int, prompt: str) -> None:
        """Use one's own prompt."""
        self._choose(user_id, CUSTOM, prompt)

    def _choose(self, user_id: int, key: str, prompt: str | None) -> None:
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT INTO chosen_styles VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
                " SET style = excluded.style, prompt = excluded.prompt",
                (user_id, key, prompt),
            )
