"""The indexes of search: what of a note goes into them and how it is taken out again."""

import json
import sqlite3
from collections.abc import Iterable

from db import Database
from storage.folding import fold
from storage.note_rows import AUTHOR_SHIFT, COLUMNS, note_of
from storage.stemming import stems, tags

BLOCK_SHIFT = 8  # 256 notes with one letter in one of them are looked through in 0.2 ms
MERGE_PAGES = 200  # some 10 ms


def index(connection: sqlite3.Connection, note_id: int, text: str) -> None:
    """Make a note that is in the table be found, by the text that search looks at."""
    connection.execute(
        "INSERT INTO note_trigrams (rowid, folded) SELECT id, folded FROM notes WHERE id = ?",
        (note_id,),
    )
    connection.execute(
        "INSERT INTO note_stems (rowid, stems) VALUES (?, ?)", (note_id, _terms(note_id, text))
    )
    connection.execute(
        FILL_BLOCK,
        (note_id >> BLOCK_SHIFT, json.dumps(sorted(letters(fold(text))))),
    )


def unindex(connection: sqlite3.Connection, note_id: int) -> None:
    """Let a note be found no more; called while the table still holds its old text.

    `block_letters` keeps what it had: it says where letters may be.
    """
    connection.execute(
        "INSERT INTO note_trigrams (note_trigrams, rowid, folded)"
        " SELECT 'delete', id, folded FROM notes WHERE id = ?",
        (note_id,),
    )
    connection.execute("DELETE FROM note_stems WHERE rowid = ?", (note_id,))


def erase_traces(db: Database, gone: Iterable[int]) -> None:
    """Rewrite the indexes so that nothing of notes deleted for good (ids) is left in them.

    FTS5 only marks as deleted what it is to forget, until it merges the parts that hold it. This
    merges all of them, in steps of a few hundredths of a second: others can write in between.
    """
    for block in sorted({note_id >> BLOCK_SHIFT for note_id in gone}):
        _refill(db, block)
    for table in ("note_trigrams", "note_stems"):
        pages = -MERGE_PAGES  # negative: all parts, however unlike in size
        while _merge(db, table, pages):
            pages = MERGE_PAGES


def index_older_notes(db: Database) -> None:
    """Index the notes of a file that is older than the indexes."""
    with db.transaction() as connection:
        if db.row(MISSING)[0]:
            for *note, note_id in connection.execute(
                f"SELECT {COLUMNS}, n.id FROM notes AS n WHERE n.deleted_at IS NULL"
            ):
                index(connection, note_id, note_of(note).searched)


def _refill(db: Database, block: int) -> None:
    """Let a block have the letters of the notes that are in it now."""
    with db.transaction() as connection:
        connection.execute("DELETE FROM block_letters WHERE block = ?", (block,))
        connection.executemany(
            FILL_BLOCK,
            (
                (block, json.dumps(sorted(letters(folded))))
                for (folded,) in connection.execute(
                    "SELECT folded FROM notes WHERE id BETWEEN ? AND ? AND deleted_at IS NULL",
                    (block << BLOCK_SHIFT, (block + 1 << BLOCK_SHIFT) - 1),
                ).fetchall()
            ),
        )


def _merge(db: Database, table: str, pages: int) -> bool:
    """Merge parts of an index; False when nothing is left to be merged."""
    with db.transaction() as connection:
        before = connection.total_changes
        connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('merge', ?)", (pages,))
        return connection.total_changes - before > 1  # FTS5's own sign: the command itself is one


def letters(folded: str) -> set[str]:
    """The letters and the pairs of letters of a folded text; a query's words hold no blanks."""
    words = folded.split()
    pairs = {word[at : at + 2] for word in words for at in range(len(word) - 1)}
    return pairs | {letter for word in words for letter in word}


def author_term(author: int, word: str) -> str:
    """A word as the index holds it.

    With the author in it ranking counts their own notes only, and never reads another's.
    """
    return f"{author}_{word}"


def _terms(note_id: int, text: str) -> str:
    author = note_id >> AUTHOR_SHIFT
    return " ".join(author_term(author, word) for word in [*stems(text), *tags(text)])


FILL_BLOCK = (
    "INSERT OR IGNORE INTO block_letters (block, letters) SELECT ?, value FROM json_each(?)"
)
MISSING = (
    "SELECT EXISTS (SELECT 1 FROM notes WHERE deleted_at IS NULL)"
    " AND NOT EXISTS (SELECT 1 FROM note_stems)"
)
