"""What the owner has been told that stands in the way of answers, until it is over."""

from db import Database


class Alerts:
    """The table `alerts`; an empty `model` stands for all models of the provider."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, provider: str, model: str, kind: str, moment: int) -> bool:
        """Note down a trouble that is told now; False when it has been told already."""
        with self._db.transaction() as connection:
            added = connection.execute(
                "INSERT OR IGNORE INTO alerts (provider, model, kind, told_at) VALUES (?, ?, ?, ?)",
                (provider, model, kind, moment),
            )
            return added.rowcount > 0

    def are_on(self, provider: str) -> bool:
        """Whether there is a trouble that is not over."""
        return self._db.row("SELECT 1 FROM alerts WHERE provider = ?", provider) is not None

    def end(self, provider: str, model: str) -> bool:
        """A model has answered: forget its troubles and its provider's; False: there were none."""
        if not self.are_on(provider):
            return False
        with self._db.transaction() as connection:
            over = connection.execute(
                "DELETE FROM alerts WHERE provider = ? AND model IN ('', ?)", (provider, model)
            )
            return over.rowcount > 0
