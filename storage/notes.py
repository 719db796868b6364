"""Notes: private to their author, numbered from 1 for each, no number used twice."""

from collections.abc import Iterator
from dataclasses import dataclass

from db import Database
from storage.folding import fold

AUTHOR_SHIFT = 32  # the id of a note is author << 32 | number
EXPORT_BATCH = 500
QUARTER_HOUR_S = 900  # every time zone is a whole number of quarter hours away from UTC


@dataclass(frozen=True)
class Note:
    """`created_at` and `edited_at` are seconds since 1970, UTC."""

    number: int
    text: str
    created_at: int
    edited_at: int | None = None


class NoteNotFoundError(Exception):
    """The author has no note with this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"no note number {number}")
        self.number = number


class Notes:
    """The tables `notes` and `authors`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, user_id: int, text: str, created_at: int) -> int:
        """Save a note and return its number."""
        with self._db.transaction() as connection:
            author, number = connection.execute(
                "INSERT INTO authors (user_id, last_number) VALUES (?, 1)"
                " ON CONFLICT (user_id) DO UPDATE SET last_number = last_number + 1"
                " RETURNING id, last_number",
                (user_id,),
            ).fetchone()
            connection.execute(
                "INSERT INTO notes (id, user_id, number, text, folded, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (author << AUTHOR_SHIFT | number, user_id, number, text, fold(text), created_at),
            )
        return int(number)

    def get(self, user_id: int, number: int) -> Note:
        """One note.

        Raises:
            NoteNotFoundError: the author has no such note.
        """
        row = self._db.row(f"{SELECT} WHERE user_id = ? AND number = ?", user_id, number)
        if row is None:
            raise NoteNotFoundError(number)
        return Note(*row)

    def edit(self, user_id: int, number: int, text: str, edited_at: int) -> None:
        """Replace the text of a note.

        Raises:
            NoteNotFoundError: the author has no such note.
        """
        with self._db.transaction() as connection:
            changed = connection.execute(
                "UPDATE notes SET text = ?, folded = ?, edited_at = ?"
                " WHERE user_id = ? AND number = ?",
                (text, fold(text), edited_at, user_id, number),
            ).rowcount
        if not changed:
            raise NoteNotFoundError(number)

    def delete(self, user_id: int, number: int) -> None:
        """Delete a note.

        Raises:
            NoteNotFoundError: the author has no such note.
        """
        with self._db.transaction() as connection:
            gone = connection.execute(
                "DELETE FROM notes WHERE user_id = ? AND number = ?", (user_id, number)
            ).rowcount
        if not gone:
            raise NoteNotFoundError(number)

    def latest(self, user_id: int, limit: int) -> list[Note]:
        """The last notes, newest first."""
        rows = self._db.rows(
            f"{SELECT} WHERE user_id = ? ORDER BY number DESC LIMIT ?", user_id, limit
        )
        return [Note(*row) for row in rows]

    def find(self, user_id: int, part: str, limit: int) -> list[Note]:
        """Notes that contain `part` in any case, ё and е being one letter; newest first."""
        rows = self._db.rows(
            f"{SELECT} WHERE user_id = ? AND instr(folded, ?) ORDER BY number DESC LIMIT ?",
            user_id, fold(part), limit,
        )  # fmt: skip
        return [Note(*row) for row in rows]

    def count(self, user_id: int) -> int:
        """How many notes the author has."""
        return int(self._db.row("SELECT count(*) FROM notes WHERE user_id = ?", user_id)[0])

    def every(self, user_id: int) -> Iterator[Note]:
        """All notes, oldest first, read in batches so that any number of them fits in memory."""
        number = 0
        while batch := self._db.rows(
            f"{SELECT} WHERE user_id = ? AND number > ? ORDER BY number LIMIT {EXPORT_BATCH}",
            user_id, number,
        ):  # fmt: skip
            yield from (Note(*row) for row in batch)
            number = batch[-1]["number"]

    def moments(self, user_id: int, since: int) -> list[tuple[int, int]]:
        """How many notes were made in each quarter of an hour: (its first second, notes)."""
        rows = self._db.rows(
            f"SELECT created_at / {QUARTER_HOUR_S} * {QUARTER_HOUR_S}, count(*) FROM notes"
            " WHERE user_id = ? AND created_at >= ? GROUP BY 1",
            user_id, since,
        )  # fmt: skip
        return [(start, notes) for start, notes in rows]


SELECT = "SELECT number, text, created_at, edited_at FROM notes"
