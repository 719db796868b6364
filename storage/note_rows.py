"""A note as the table holds it."""

import sqlite3
from dataclasses import dataclass, replace
from typing import Any

from files import Attachment
from storage import attachments

AUTHOR_SHIFT = 32  # the id of a note is author << 32 | number


@dataclass(frozen=True)
class Note:
    """Moments are seconds since 1970, UTC.

    `origin` and `origin_at` are who wrote the message that was kept, and when. `file_kind` is
    photo, document and the like, `file_id` Telegram's name for the file; both are empty without
    one. `more_files` come after it, at most nine. `deleted_at` says since when the note lies in the
    bin. With `markdown` the text is a model's, with its marks.
    """

    number: int
    text: str
    created_at: int
    edited_at: int | None = None
    pinned: bool = False
    markdown: bool = False
    origin: str = ""
    origin_at: int | None = None
    file_kind: str = ""
    file_id: str = ""
    deleted_at: int | None = None
    more_files: tuple[Attachment, ...] = ()


COLUMNS = (
    "n.number, n.text, n.created_at, n.edited_at, n.pinned, n.markdown, n.origin, n.origin_at,"
    " n.file_kind, n.file_id, n.deleted_at, n.more_files"
)
SELECT = f"SELECT {COLUMNS} FROM notes AS n"


def note_of(row: Any) -> Note:
    """The note in a row that begins with `COLUMNS`."""
    number, text, created_at, edited_at, pinned, markdown, *rest, more = row[:12]
    note = Note(number, text, created_at, edited_at, bool(pinned), bool(markdown), *rest)
    return replace(note, more_files=attachments.read(more)) if more != attachments.NONE else note


def author_of(connection: sqlite3.Connection, user_id: int) -> int | None:
    """The id of an author, None for a person who never wrote a note."""
    row = connection.execute("SELECT id FROM authors WHERE user_id = ?", (user_id,)).fetchone()
    return int(row["id"]) if row else None
