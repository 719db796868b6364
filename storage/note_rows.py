"""A note as the table holds it."""

import json
import sqlite3
from dataclasses import astuple, dataclass, fields
from typing import Any

from entities import Entities, addresses
from files import Attachment
from storage import attachments

AUTHOR_SHIFT = 32  # the id of a note is author << 32 | number


@dataclass(frozen=True)
class Note:
    """Moments are seconds since 1970, UTC.

    `origin` and `origin_at` are who wrote the message that was kept, and when. `file_kind` is
    photo, document and the like, `file_id` Telegram's name for the file; both are empty without
    one, `file_size` is in bytes and `duration` in seconds, 0 where they are not known. `more_files`
    come after it, at most nine. `deleted_at` says since when the note lies in the bin. With
    `markdown` the text is a model's, with its marks; else `entities` are how Telegram formats it.
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
    entities: Entities = ()
    file_name: str = ""
    file_size: int = 0
    duration: int = 0

    @property
    def file(self) -> Attachment | None:
        """The file as it is sent again."""
        if not self.file_id:
            return None
        return Attachment(
            self.file_kind, self.file_id, self.file_name, self.file_size, self.duration
        )

    @property
    def files(self) -> tuple[Attachment, ...]:
        """All of its files."""
        return (self.file, *self.more_files) if self.file else ()

    @property
    def searched(self) -> str:
        """What search looks at: the text, where its hidden links lead, and the files' names."""
        names = [file.filename for file in self.files]
        return "\n".join(filter(None, (self.text, *addresses(self.entities), *names)))


NAMES = [field.name for field in fields(Note)]  # of the columns, too
COLUMNS = ", ".join(f"n.{name}" for name in NAMES)
SELECT = f"SELECT {COLUMNS} FROM notes AS n"


def of_file(file: Attachment | None) -> dict[str, Any]:
    """The fields of a note that say which file it has."""
    if file is None:
        return {}
    names = ("file_kind", "file_id", "file_name", "file_size", "duration")
    return dict(zip(names, astuple(file), strict=True))


def note_of(row: Any) -> Note:
    """The note in a row that begins with `COLUMNS`."""
    stored = dict(zip(NAMES, row, strict=False))
    flags = {name: bool(stored[name]) for name in ("pinned", "markdown")}
    marks, more = tuple(json.loads(stored["entities"])), attachments.read(stored["more_files"])
    return Note(**{**stored, **flags, "entities": marks, "more_files": more})


def author_of(connection: sqlite3.Connection, user_id: int) -> int | None:
    """The id of an author, None for a person who never wrote a note."""
    row = connection.execute("SELECT id FROM authors WHERE user_id = ?", (user_id,)).fetchone()
    return int(row["id"]) if row else None
