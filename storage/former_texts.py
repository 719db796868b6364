"""What notes said before their last edit, so that it can be taken back."""

import json
import sqlite3
from dataclasses import replace

from storage import indexing
from storage.folding import fold
from storage.note_rows import Note


class EditKeptError(Exception):
    """An edit cannot be taken back: `kind` is undone, followed (by other edits) or forgotten."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def replace_text(
    connection: sqlite3.Connection, note_id: int, note: Note, undone: int | None
) -> int:
    """Give a note the text of this one and keep what it said; returns the number of the edit."""
    (edit,) = connection.execute(
        "INSERT INTO former_texts (note_id, edit, edited_at, undone, text, markdown, entities)"
        " SELECT id, 1, coalesce(?1, created_at), ?2, text, markdown, entities FROM notes"
        " WHERE id = ?3 ON CONFLICT (note_id) DO UPDATE SET edit = edit + 1,"
        " edited_at = excluded.edited_at, undone = excluded.undone, text = excluded.text,"
        " markdown = excluded.markdown, entities = excluded.entities RETURNING edit",
        (note.edited_at, undone, note_id),
    ).fetchone()
    marks = json.dumps(note.entities, ensure_ascii=False)
    indexing.unindex(connection, note_id)
    connection.execute(
        "UPDATE notes SET text = ?, folded = ?, edited_at = ?, markdown = ?, entities = ?"
        " WHERE id = ?",
        (note.text, fold(note.searched), note.edited_at, note.markdown, marks, note_id),
    )
    indexing.index(connection, note_id, note.searched)
    return int(edit)


def before(connection: sqlite3.Connection, note_id: int, note: Note, edit: int) -> Note:
    """The note with the text that it had before an edit.

    Raises:
        EditKeptError: the edit cannot be taken back any more.
    """
    row = connection.execute(
        "SELECT edit, undone, text, markdown, entities FROM former_texts WHERE note_id = ?",
        (note_id,),
    ).fetchone()
    if row is None or row["edit"] != edit:
        raise EditKeptError("undone" if row and row["undone"] == edit else "followed")
    if row["text"] is None:
        raise EditKeptError("forgotten")
    entities = tuple(json.loads(row["entities"]))
    return replace(note, text=row["text"], markdown=bool(row["markdown"]), entities=entities)


def forget(connection: sqlite3.Connection, until: int) -> None:
    """Erase what was replaced until then."""
    connection.execute(
        "UPDATE former_texts SET text = NULL, entities = '[]'"
        " WHERE text IS NOT NULL AND edited_at <= ?",
        (until,),
    )
