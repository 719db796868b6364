"""Notes: private to their author, numbered from 1 for each, no number used twice."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from db import Database
from entities import Entities
from files import Attachment
from storage import attachments, former_texts, indexing
from storage.folding import fold
from storage.note_parts import NoteParts
from storage.note_rows import AUTHOR_SHIFT, SELECT, Note, note_of
from storage.paging import Page, PageTurn, Place, turn_page

EXPORT_BATCH = 500
QUARTER_HOUR_S = 900  # every time zone is a whole number of quarter hours away from UTC
BIN_S = 30 * 24 * 3600  # a deleted note can be restored for this long
PURGE_BATCH = 500
SAME_SECOND_MOST = 1_000  # a file with more notes of one second must not hold up the others
TEXT_MOST = 1_000_000  # letters of a note that comes from a file
MORE_FILES_MOST = attachments.ALBUM_MOST - 1  # of a note, after its first
TAKEN_IN_MOST = 1_000_000  # a forged number must not use up those that are left


class NoteNotFoundError(Exception):
    """The author has no note with this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"no note number {number}")
        self.number = number


class Notes:
    """The tables `notes` and `authors`; what is written here can be searched for at once."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.parts = NoteParts(db)
        indexing.index_older_notes(db)

    def add(
        self, user_id: int, text: str, created_at: int, message: tuple[int, int] | None = None
    ) -> int:
        """Save a text and return its number; `message` (chat, id) is where it was written."""
        return self.keep(user_id, Note(0, text, created_at), message)

    def keep(self, user_id: int, note: Note, message: tuple[int, int] | None = None) -> int:
        """Save a note, whatever number it had, and return the number it has now."""
        with self._db.transaction() as connection:
            author, number = connection.execute(
                "INSERT INTO authors (user_id, last_number, notes) VALUES (?, 1, 1)"
                " ON CONFLICT (user_id) DO UPDATE"
                " SET last_number = last_number + 1, notes = notes + 1"
                " RETURNING id, last_number",
                (user_id,),
            ).fetchone()
            insert(connection, user_id, author << AUTHOR_SHIFT | number, note, message)
        return int(number)

    def take_in(self, user_id: int, notes: Iterable[Note], matched: set[int]) -> int:
        """Save those of exported notes that the author does not have; returns how many these are.

        A note keeps its number while nobody has had it here, else it gets the next one. One
        transaction for all: give them in batches. `matched` are the numbers here that notes of the
        same file have, so that two equal notes of one second stay two: empty for the first batch.
        """
        with self._db.transaction() as connection:
            author, last = connection.execute(
                "INSERT INTO authors (user_id) VALUES (?)"
                " ON CONFLICT (user_id) DO UPDATE SET user_id = user_id RETURNING id, last_number",
                (user_id,),
            ).fetchone()
            new = 0
            for note in notes:
                is_free = last < note.number <= TAKEN_IN_MOST  # and it was never taken in
                number = None if is_free else _same(connection, user_id, note, matched)
                if number is None:
                    number = note.number if is_free else last + 1
                    insert(connection, user_id, author << AUTHOR_SHIFT | number, note)
                    last, new = number, new + 1
                matched.add(number)
            connection.execute(
                "UPDATE authors SET last_number = ?, notes = notes + ? WHERE id = ?",
                (last, new, author),
            )
        return new

    def get(self, user_id: int, number: int) -> Note:
        """One note, or one that lies in the bin.

        Raises:
            NoteNotFoundError: the author has no such note.
        """
        row = self._db.row(f"{SELECT} WHERE user_id = ? AND number = ?", user_id, number)
        if row is None:
            raise NoteNotFoundError(number)
        return note_of(row)

    def has(self, user_id: int, number: int) -> bool:
        """Whether the author has this note, and not in the bin."""
        row = self._db.row(
            "SELECT 1 FROM notes WHERE user_id = ? AND number = ? AND deleted_at IS NULL",
            user_id, number,
        )  # fmt: skip
        return row is not None

    def made_of(self, user_id: int, message: tuple[int, int]) -> Note | None:
        """The note that the author made of a message."""
        row = self._db.row(
            f"{SELECT} WHERE chat_id = ? AND message_id = ? AND user_id = ?"
            " AND deleted_at IS NULL ORDER BY number DESC LIMIT 1",
            *message, user_id,
        )  # fmt: skip
        return note_of(row) if row else None

    def with_file(self, user_id: int, file_id: str) -> Note | None:
        """A note that has this file."""
        row = self._db.row(
            f"{SELECT} WHERE user_id = ?1 AND (file_id = ?2 OR instr(more_files, json_quote(?2)))"
            " AND deleted_at IS NULL LIMIT 1",
            user_id, file_id,
        )  # fmt: skip
        return note_of(row) if row else None

    def replace_file(self, user_id: int, file_id: str, file: Attachment) -> None:
        """Let notes have a file under another name; an export that has the old one is known."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE notes SET file_brought = file_id, file_id = ?, file_kind = ?"
                " WHERE user_id = ? AND file_id = ?",
                (file.file_id, file.kind, user_id, file_id),
            )
            for number, column in connection.execute(
                "SELECT number, more_files FROM notes WHERE user_id = ?"
                " AND instr(more_files, json_quote(?))",
                (user_id, file_id),
            ).fetchall():
                more = [
                    replace(other, kind=file.kind, file_id=file.file_id)
                    if other.file_id == file_id
                    else other
                    for other in attachments.read(column)
                ]
                connection.execute(
                    "UPDATE notes SET more_files = ? WHERE user_id = ? AND number = ?",
                    (attachments.written(more), user_id, number),
                )

    def edit(
        self,
        user_id: int,
        number: int,
        text: str,
        edited_at: int | None,
        *,
        markdown: bool = False,
        entities: Entities = (),
    ) -> int:
        """Replace the text of a note; with `markdown` it has a model's marks, else `entities`.

        Returns the number of the edit, by which `unedit` can take it back.

        Raises:
            NoteNotFoundError: the author has no such note, or it lies in the bin.
        """
        with self._db.transaction() as connection:
            note_id = _id(connection, user_id, number)
            note = replace(
                self.get(user_id, number), text=text, edited_at=edited_at, markdown=markdown,
                entities=entities,
            )  # fmt: skip
            return former_texts.replace_text(connection, note_id, note, undone=None)

    def unedit(self, user_id: int, number: int, edit: int, now: int) -> int:
        """Give a note the text that it had before an edit; returns the number of this new edit.

        Raises:
            NoteNotFoundError: the author has no such note, or it lies in the bin.
            EditKeptError: it cannot be taken back any more.
        """
        with self._db.transaction() as connection:
            note_id = _id(connection, user_id, number)
            note = replace(self.get(user_id, number), edited_at=now)
            former = former_texts.before(connection, note_id, note, edit)
            return former_texts.replace_text(connection, note_id, former, undone=edit)

    def add_file(self, user_id: int, number: int, file: Attachment) -> None:
        """Put a file after those that a note has, unless it has all that an album can have.

        Raises:
            NoteNotFoundError: the author has no such note, or it lies in the bin.
        """
        with self._db.transaction() as connection:
            note_id, note = _id(connection, user_id, number), self.get(user_id, number)
            if len(note.more_files) >= MORE_FILES_MOST:
                return
            more = replace(note, more_files=(*note.more_files, file))
            indexing.unindex(connection, note_id)
            connection.execute(
                "UPDATE notes SET more_files = ?, folded = ? WHERE id = ?",
                (attachments.written(more.more_files), fold(more.searched), note_id),
            )
            indexing.index(connection, note_id, more.searched)

    def pin(self, user_id: int, number: int, pinned: bool) -> None:
        """Put a note at the head of the list, or back in its row.

        Raises:
            NoteNotFoundError: the author has no such note, or it lies in the bin.
        """
        with self._db.transaction() as connection:
            note_id = _id(connection, user_id, number)
            connection.execute("UPDATE notes SET pinned = ? WHERE id = ?", (pinned, note_id))

    def delete(self, user_id: int, number: int, deleted_at: int) -> None:
        """Put a note into the bin.

        Raises:
            NoteNotFoundError: the author has no such note, or it lies in the bin already.
        """
        with self._db.transaction() as connection:
            note_id = _id(connection, user_id, number)
            indexing.unindex(connection, note_id)
            connection.execute(
                "UPDATE notes SET deleted_at = ? WHERE id = ?", (deleted_at, note_id)
            )
            _count(connection, user_id, -1)

    def restore(self, user_id: int, number: int, now: int) -> None:
        """Take a note out of the bin.

        Raises:
            NoteNotFoundError: it is not there, or has lain there for 30 days.
        """
        with self._db.transaction() as connection:
            row = connection.execute(
                "UPDATE notes SET deleted_at = NULL WHERE user_id = ? AND number = ?"
                " AND deleted_at > ? RETURNING id",
                (user_id, number, now - BIN_S),
            ).fetchone()
            if row is None:
                raise NoteNotFoundError(number)
            indexing.index(connection, row["id"], self.get(user_id, number).searched)
            _count(connection, user_id, 1)

    def purge(self, now: int) -> int:
        """Erase what has lain in the bin for 30 days, and return how many notes that were.

        What edits have replaced is kept as long.

        No word of them stays in the file, once its log has been written back (`Database.maintain`).
        Batches, because nobody else can write meanwhile.
        """
        purged: list[int] = []
        while True:
            with self._db.transaction() as connection:
                gone = connection.execute(
                    "DELETE FROM notes WHERE id IN"
                    f" (SELECT id FROM notes WHERE deleted_at <= ? LIMIT {PURGE_BATCH})"
                    " RETURNING id",
                    (now - BIN_S,),
                ).fetchall()
            purged += [note_id for (note_id,) in gone]
            if len(gone) < PURGE_BATCH:
                break
        self.parts.forget_old(now, BIN_S)
        with self._db.transaction() as connection:
            former_texts.forget(connection, until=now - BIN_S)
        if purged:
            indexing.erase_traces(self._db, purged)
        return len(purged)

    def page(self, user_id: int, size: int, turn: PageTurn | None = None) -> Page:
        """A page of all notes: the pinned first, then the newest."""

        def fetch(place: Place | None, older: bool, limit: int) -> list[Note]:
            sign, order = ("<", "DESC") if older else (">", "ASC")
            beside = f"AND (pinned, number) {sign} (?, ?)" if place else ""
            rows = self._db.rows(
                f"{SELECT} WHERE user_id = ? AND deleted_at IS NULL {beside}"
                f" ORDER BY pinned {order}, number {order} LIMIT ?",
                user_id, *((place.pinned, place.number) if place else ()), limit,
            )  # fmt: skip
            return [note_of(row) for row in rows]

        return turn_page(fetch, size, turn)

    def count(self, user_id: int) -> int:
        """How many notes the author has; kept rather than counted."""
        row = self._db.row("SELECT notes FROM authors WHERE user_id = ?", user_id)
        return int(row["notes"]) if row else 0

    def every(self, user_id: int, number: int = 0) -> Iterator[Note]:
        """The notes after a number, read in batches so that any number of them fits in memory."""
        while batch := self._db.rows(
            f"{SELECT} WHERE user_id = ? AND number > ? AND deleted_at IS NULL"
            f" ORDER BY number LIMIT {EXPORT_BATCH}",
            user_id, number,
        ):  # fmt: skip
            yield from map(note_of, batch)
            number = batch[-1]["number"]

    def made_between(self, user_id: int, since: int, until: int, limit: int) -> list[Note]:
        """The first notes made in a span of time, `until` not included; oldest first."""
        rows = self._db.rows(
            f"{SELECT} WHERE user_id = ? AND created_at >= ? AND created_at < ?"
            " AND deleted_at IS NULL ORDER BY created_at LIMIT ?",
            user_id, since, until, limit,
        )  # fmt: skip
        return [note_of(row) for row in rows]

    def moments(self, user_id: int, since: int) -> list[tuple[int, int]]:
        """How many notes were made in each quarter of an hour: (its first second, notes)."""
        rows = self._db.rows(
            f"SELECT created_at / {QUARTER_HOUR_S} * {QUARTER_HOUR_S}, count(*) FROM notes"
            " WHERE user_id = ? AND created_at >= ? AND deleted_at IS NULL GROUP BY 1",
            user_id, since,
        )  # fmt: skip
        return [(start, notes) for start, notes in rows]


def insert(
    connection: sqlite3.Connection,
    user_id: int,
    note_id: int,
    note: Note,
    message: tuple[int, int] | None = None,
) -> None:
    """Put a note into the table under an id, and into the indexes."""
    number = note_id & (1 << AUTHOR_SHIFT) - 1
    values = (
        note_id, user_id, number, note.text, fold(note.searched), note.created_at, note.edited_at,
        note.pinned, note.origin, note.origin_at, note.file_kind, note.file_id, note.markdown,
        attachments.written(note.more_files), _json(note.entities), note.file_name,
        note.file_size, note.duration,
        *(message or (None, None)),
    )  # fmt: skip
    connection.execute(
        "INSERT INTO notes (id, user_id, number, text, folded, created_at, edited_at, pinned,"
        " origin, origin_at, file_kind, file_id, markdown, more_files, entities, file_name,"
        " file_size, duration, chat_id, message_id)"
        f" VALUES ({_marks(values)})",
        values,
    )
    indexing.index(connection, note_id, note.searched)


def _json(entities: Entities) -> str:
    return json.dumps(entities, ensure_ascii=False)


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)


def _id(connection: sqlite3.Connection, user_id: int, number: int) -> int:
    row = connection.execute(
        "SELECT id FROM notes WHERE user_id = ? AND number = ? AND deleted_at IS NULL",
        (user_id, number),
    ).fetchone()
    if row is None:
        raise NoteNotFoundError(number)
    return int(row["id"])


def _same(
    connection: sqlite3.Connection, user_id: int, note: Note, matched: set[int]
) -> int | None:
    """The number that an exported note has here: edited since, or under another number, too."""
    numbered = connection.execute(
        "SELECT number FROM notes WHERE user_id = ?1 AND number = ?2 AND created_at = ?3"
        " AND deleted_at IS NULL"
        " AND (text = ?4 AND ?5 IN (file_id, file_brought)"
        " OR edited_at IS NOT NULL OR ?6 IS NOT NULL)",
        (user_id, note.number, note.created_at, note.text, note.file_id, note.edited_at),
    )
    alike = connection.execute(
        "SELECT number FROM (SELECT number, text, file_id, file_brought FROM notes"
        " WHERE user_id = ?1 AND created_at = ?2 AND deleted_at IS NULL LIMIT ?5)"
        " WHERE text = ?3 AND ?4 IN (file_id, file_brought) ORDER BY number",
        (user_id, note.created_at, note.text, note.file_id, SAME_SECOND_MOST),
    )
    return next((number for (number,) in chain(numbered, alike) if number not in matched), None)


def _count(connection: sqlite3.Connection, user_id: int, change: int) -> None:
    connection.execute("UPDATE authors SET notes = notes + ? WHERE user_id = ?", (change, user_id))
