"""What questions cost: how many were asked, and the tokens they took."""

from dataclasses import dataclass

from db import Database


@dataclass(frozen=True)
class Used:
    """A person's questions and tokens over some time."""

    questions: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


class Usage:
    """The table `usage`; moments are seconds since 1970, UTC."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def asked(self, user_id: int, moment: int) -> None:
        """Count a question when it is taken, whatever becomes of it."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT INTO usage (user_id, at, questions) VALUES (?, ?, 1)", (user_id, moment)
            )

    def not_asked(self, user_id: int) -> None:
        """The last question counted was dropped before anybody was asked."""
        with self._db.transaction() as connection:
            connection.execute(
                "DELETE FROM usage WHERE id = (SELECT id FROM usage WHERE user_id = ?"
                " AND questions ORDER BY at DESC, id DESC LIMIT 1)",
                (user_id,),
            )

    def record(self, user_id: int, moment: int, prompt_tokens: int, completion_tokens: int) -> None:
        """Add the tokens an answer took."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT INTO usage (user_id, at, prompt_tokens, completion_tokens)"
                " VALUES (?, ?, ?, ?)",
                (user_id, moment, prompt_tokens, completion_tokens),
            )

    def since(self, user_id: int, moment: int) -> Used:
        """What a person used from a moment on."""
        row = self._db.row(
            "SELECT coalesce(sum(questions), 0), coalesce(sum(prompt_tokens), 0),"
            " coalesce(sum(completion_tokens), 0) FROM usage WHERE user_id = ? AND at >= ?",
            user_id, moment,
        )  # fmt: skip
        return Used(*row)

    def everyone_since(self, moment: int) -> dict[int, Used]:
        """The same for everybody who used anything."""
        rows = self._db.rows(
            "SELECT user_id, sum(questions), sum(prompt_tokens), sum(completion_tokens)"
            " FROM usage WHERE at >= ? GROUP BY user_id",
            moment,
        )
        return {user_id: Used(*used) for user_id, *used in rows}

    def last_but(self, user_id: int, later: int, since: int, until: int) -> int | None:
        """When the question was asked that only `later` ones came after, within the bounds."""
        row = self._db.row(
            "SELECT at FROM usage WHERE user_id = ? AND questions AND at BETWEEN ? AND ?"
            " ORDER BY at DESC LIMIT 1 OFFSET ?",
            user_id, since, until, later,
        )  # fmt: skip
        return row["at"] if row else None

    def forget(self, before: int) -> None:
        """Drop what no limit and no summary looks at any more."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM usage WHERE at < ?", (before,))
