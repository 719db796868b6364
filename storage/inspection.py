"""What a database's file is like, looked at without changing it."""

import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from db import VERSION, DatabaseUnusableError, unusable_kind

STEPS = 10_000  # of SQLite's machine between two looks at the time


@dataclass(frozen=True)
class Condition:
    """A database of this bot.

    `is_whole` is None when it took too long to find out. `owner_id`: who became the owner by
    coming first, `notes`: how many there are; None: the version knows of no such thing.
    """

    version: int
    is_whole: bool | None
    owner_id: int | None
    notes: int | None


def examine(path: Path, check_s: float = math.inf) -> Condition:
    """Look at a database; finding out whether it is whole may take `check_s` seconds.

    Raises:
        DatabaseUnusableError: it is damaged, of a newer version, or none of this bot.
    """
    try:
        with unchanged(path) as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version > VERSION:
                raise DatabaseUnusableError("newer", path, version=version, known=VERSION)
            if not version or _value(connection, "SELECT 1 FROM notes LIMIT 1", -1) == -1:
                raise DatabaseUnusableError("foreign", path)
            owner_id = _value(connection, "SELECT user_id FROM people WHERE role = 'owner'")
            notes = _value(connection, "SELECT count(*) FROM notes WHERE deleted_at IS NULL")
            return Condition(version, is_whole(connection, check_s), owner_id, notes)
    except sqlite3.Error as exc:
        raise DatabaseUnusableError(unusable_kind(exc), path, exc) from exc


@contextmanager
def unchanged(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that neither writes to the database nor makes files beside it."""
    has_log = Path(f"{path}-wal").exists()
    # Without a write-ahead log there is nothing to agree upon with others, and no file for it.
    how = "mode=ro" if has_log else "mode=ro&immutable=1"
    address = f"{path.resolve().as_uri()}?{how}"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
        yield connection


def is_whole(connection: sqlite3.Connection, check_s: float = math.inf) -> bool | None:
    """Whether nothing in the file is damaged; None: that takes longer than `check_s`."""
    deadline = time.monotonic() + check_s
    connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
    try:
        return bool(connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok")
    except sqlite3.OperationalError as exc:
        if exc.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return None
        raise
    finally:
        connection.set_progress_handler(None, 0)


def _value(connection: sqlite3.Connection, query: str, missing: int | None = None) -> int | None:
    """What a query finds first, None for nothing; `missing` when there is no such table."""
    try:
        row = connection.execute(query).fetchone()
    except sqlite3.OperationalError as exc:
        if exc.sqlite_errorcode == sqlite3.SQLITE_ERROR:
            return missing
        raise
    return row[0] if row else None
