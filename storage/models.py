"""The model registry: which models there are and which one is active."""

from dataclasses import dataclass

from db import Database


@dataclass(frozen=True)
class Model:
    """A row of the registry: `key` is the provider's name for it, `label` is for people."""

    id: int
    key: str
    label: str
    active: bool


class NoModelsError(Exception):
    """The registry is empty."""


class Models:
    """The table `models`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def list_models(self) -> list[Model]:
        """All models in the order of their ids."""
        rows = self._db.rows("SELECT id, key, label, active FROM models ORDER BY id")
        return [Model(row["id"], row["key"], row["label"], bool(row["active"])) for row in rows]

    def get_active_model(self) -> Model:
        """The active model; with none active, the first one becomes it.

        Raises:
            NoModelsError: there are no models at all.
        """
        found = self._active()
        if found is not None:
            return found
        with self._db.transaction():
            first = self._db.row("SELECT min(id) AS id FROM models")["id"]
            if first is None:
                raise NoModelsError
            return self._active() or self.set_active_model(first)

    def set_active_model(self, model_id: int) -> Model:
        """Make a model the only active one, and return it.

        Raises:
            ValueError: there is no model with this id.
        """
        with self._db.transaction() as connection:
            # The unique index holds after each row, not after the statement: one UPDATE with
            # CASE WHEN over all rows fails whenever the new row comes before the old one.
            connection.execute("UPDATE models SET active = 0 WHERE active = 1")
            connection.execute("UPDATE models SET active = 1 WHERE id = ?", (model_id,))
            active = self._active()
            if active is None:
                raise ValueError(f"no model with id {model_id}")
            return active

    def _active(self) -> Model | None:
        row = self._db.row("SELECT id, key, label FROM models WHERE active = 1")
        return Model(row["id"], row["key"], row["label"], True) if row else None
