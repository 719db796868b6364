"""Going back to a copy of the database; what was there before is kept beside it."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from db import DatabaseUnusableError, FileError, unusable_kind
from storage.inspection import examine, is_whole, unchanged

SIDES = ("-wal", "-shm")  # what SQLite keeps beside a database


class RestoreError(FileError):
    """Nothing was restored; the kinds are those of `texts.database.NOT_RESTORED`."""


@dataclass(frozen=True)
class Restored:
    """`kept` is where the former database is now, None when there was none."""

    notes: int | None
    kept: Path | None


def restore(copy: Path, db_path: Path, now: datetime) -> Restored:
    """Put a copy in the place of the database, which nobody may be using.

    Killed at any moment, it leaves at `db_path` either the former database or the restored one,
    and the former one whole under its new name before it is replaced.

    Raises:
        RestoreError: nothing has changed.
    """
    db_path = db_path.resolve()  # a link to the database stays one
    if not copy.is_file():
        raise RestoreError("no_copy", copy)
    if db_path.exists() and copy.samefile(db_path):
        raise RestoreError("same", copy)
    try:
        condition = examine(copy)
    except DatabaseUnusableError as exc:
        raise RestoreError(exc.kind, copy, **_rest(exc)) from exc
    if not condition.is_whole:
        raise RestoreError("corrupt", copy)
    try:
        fresh = _fresh(copy, db_path)
        kept = _keep(db_path, now) if db_path.exists() else None
        for side in SIDES:  # they would be taken for those of the restored database
            Path(f"{db_path}{side}").unlink(missing_ok=True)
        fresh.replace(db_path)
        _sync(db_path.parent)
    except OSError as exc:
        raise RestoreError("not_written", db_path, exc.strerror) from exc
    return Restored(condition.notes, kept)


def _rest(error: FileError) -> dict[str, object]:
    return {name: fact for name, fact in error.facts.items() if name != "path"}


def _fresh(copy: Path, db_path: Path) -> Path:
    """The copy as a file on the disk of the database, which its owner alone can read."""
    fresh = Path(f"{db_path}.restoring")
    fresh.unlink(missing_ok=True)  # of an attempt that was killed
    os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with unchanged(copy) as connection:
            connection.execute("VACUUM INTO ?", (str(fresh),))
        _sync(fresh)
    except BaseException as exc:
        fresh.unlink(missing_ok=True)
        if isinstance(exc, sqlite3.Error):
            raise RestoreError(unusable_kind(exc), copy, exc) from exc
        raise
    return fresh


def _keep(db_path: Path, now: datetime) -> Path:
    """Give the database and what belongs to it a second name each."""
    _empty_log(db_path)
    kept = _free(db_path.with_name(f"{db_path.name}.{now:%Y-%m-%d-%H%M%S}"))
    for side in (*SIDES, ""):
        source = Path(f"{db_path}{side}")
        if source.exists():
            _second_name(source, Path(f"{kept}{side}"))
    _sync(db_path.parent)
    return kept


def _empty_log(db_path: Path) -> None:
    """Bring what is in the write-ahead log into the file; one that is damaged is not touched."""
    with suppress(sqlite3.Error):
        with unchanged(db_path) as connection:
            if not is_whole(connection):
                return
        with closing(sqlite3.connect(db_path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _free(path: Path) -> Path:
    """The path, or one like it where there is no file yet."""
    number, free = 1, path
    while any(Path(f"{free}{side}").exists() for side in (*SIDES, "")):
        number, free = number + 1, path.with_name(f"{path.name}-{number + 1}")
    return free


def _second_name(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)
        _sync(target)


def _sync(path: Path) -> None:
    """See to it that a file, or the names in a folder, have reached the disk."""
    if path.is_dir() and os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
