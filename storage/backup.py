"""A copy of the whole database, made while others go on writing."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from glob import escape
from pathlib import Path

from db import Database

MOMENT = f"-{'[0-9]' * 4}-{'[0-9]' * 2}-{'[0-9]' * 2}-{'[0-9]' * 6}.db"  # as a pattern


class Backup:
    """Copies of one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def size(self) -> int:
        """How many bytes a copy will have at most."""
        pages = self._db.row("PRAGMA page_count")[0] - self._db.row("PRAGMA freelist_count")[0]
        return int(pages * self._db.row("PRAGMA page_size")[0])

    def write(self, target: Path) -> None:
        """Write a copy into an empty file.

        Raises:
            StorageError: it could not be read or written.
        """
        self._db.copy(target)
        # The task that asked for this copy is not done yet: restored, it would send one more.
        with closing(sqlite3.connect(target)) as copy, copy:
            copy.execute("DELETE FROM tasks WHERE kind IN ('backup', 'due_backup')")

    def keep(self, folder: Path, made_at: datetime, most: int) -> Path:
        """Write a copy into a folder under the name of its moment, and keep the last `most`.

        Raises:
            StorageError, OSError: there is no new copy, and the former ones are all there.
        """
        stem = self._db.path.stem
        for left in folder.glob(f".{escape(stem)}-*.part"):  # by a process that was killed
            left.unlink()
        path = folder / f"{stem}-{made_at:%Y-%m-%d-%H%M%S}.db"
        part = folder / f".{path.stem}.part"
        try:
            with open(part, "xb", opener=_private) as file:
                self.write(part)
                os.fsync(file)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        for old in sorted(folder.glob(escape(stem) + MOMENT))[:-most]:
            old.unlink()
        return path


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
