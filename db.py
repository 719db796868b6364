"""The SQLite file: opening it, its versions, who may write when. Queries are in storage/."""

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).with_name("schema.sql")
# A script named 0002_something.sql brings an older file to version 2.
MIGRATIONS = {
    int(path.name[:4]): path for path in sorted(Path(__file__).parent.glob("migrations/*.sql"))
}
VERSION = max(MIGRATIONS, default=1)

BUSY_TIMEOUT_S = 5.0
# Once at work it is better to wait for another program's lock than to refuse what people write.
WRITE_TIMEOUT_S = 30.0
INCREMENTAL = 2  # PRAGMA auto_vacuum
FREE_SHARE = 8  # free pages are kept for what comes next while they are fewer than an eighth
VACUUM_PAGES = 500  # given back at once: others wait for the file no longer than that takes
STORAGE_RETRY_S = 5.0  # after a StorageError
WAL_PAGES = 4000  # 16 MB before it is written back: a fifth less work per note than SQLite's 1,000
QUICK_CHECK_BYTES = 16 * 1024 * 1024  # checking a file of this size takes some 20 ms


class FileError(Exception):
    """What is wrong with a file: a kind and its facts; `texts.database` has the sentences."""

    def __init__(self, kind: str, path: Path, reason: object = "", **facts: object) -> None:
        super().__init__(f"{kind}: {path} {reason}".rstrip())
        self.kind = kind
        self.facts = {"path": path, "reason": reason, **facts}


class DatabaseUnusableError(FileError):
    """The file cannot serve as the database; the kinds are those of `UNUSABLE`."""


class BackupError(FileError):
    """There is no copy of the database; the kinds are those of `NOT_COPIED`."""


class StorageError(Exception):
    """The file cannot be read or written just now: the disk is full or fails, or a lock is held.

    Nothing of the unit of work has happened; the same may well succeed later.
    """


class Database:
    """One SQLite file, shared by all threads of the process.

    SQLite lets one connection write at a time, so there is one that writes, behind a lock: threads
    queue fairly instead of polling a busy file. Readers take a connection of their own for the
    time of a query and see what was committed last.
    """

    def __init__(self, path: Path | str) -> None:
        """Open or create the file and bring it to the current version.

        Raises:
            DatabaseUnusableError: the file is read-only, locked, corrupt, too new, or no database.
        """
        self.path = Path(path)
        self._mine = threading.local()
        self._write_lock = threading.Lock()
        self._readers: deque[sqlite3.Connection] = deque()
        self.commits = 0  # transactions that have changed something since the file was opened
        try:
            _create_private(self.path)
            self._writer = self._connect()
            self._upgrade()
            self._writer.execute(f"PRAGMA busy_timeout={int(WRITE_TIMEOUT_S * 1000)}")
            self._identity = _identity(self.path)
        except sqlite3.Error as exc:
            raise DatabaseUnusableError(unusable_kind(exc), self.path, exc) from exc
        except OSError as exc:
            raise DatabaseUnusableError("no_access", self.path, exc.strerror) from exc

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """A unit of work: all of it is committed at the end, or nothing of it.

        Entered again in the same thread it is a part of the transaction under way, which can go on
        when the part fails and is undone. With `durable` the commit has reached the disk when the
        block ends, and no power loss can undo it; otherwise a power loss may undo the last
        commits, as a whole and in order.

        Raises:
            StorageError: the disk or another program is in the way; all is undone. Or the file is
                no longer where it was: what would be written then is lost with the process.
        """
        outer: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if outer is not None:
            with _savepoint(outer):
                yield outer
            return
        self._require_intact()
        with _translated(), self._write_lock, self._synchronous(durable):
            self._mine.connection = self._writer
            try:
                before = self._writer.total_changes
                self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
                self._writer.execute("COMMIT")
                self.commits += self._writer.total_changes != before
            except BaseException:
                with suppress(sqlite3.Error):  # what went wrong first is what counts
                    self._roll_back()
                raise
            finally:
                self._mine.connection = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read with: that of the transaction under way, or one of the readers."""
        joined: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if joined is not None:
            yield joined
            return
        with _translated():
            try:
                connection = self._readers.pop()
            except IndexError:
                self._require_intact()  # or another file would be read, or made
                connection = self._connect()
            try:
                yield connection
            finally:
                self._readers.append(connection)

    def rows(self, sql: str, *parameters: Any) -> list[Any]:
        """All rows of a query."""
        with self.reading() as connection:
            return connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, *parameters: Any) -> Any:
        """The first row of a query, or None."""
        with self.reading() as connection:
            return connection.execute(sql, parameters).fetchone()

    def probe(self) -> None:
        """Write, and change nothing.

        A connection of its own sees the write lock of another thread as that of a program.

        Raises:
            StorageError: the file cannot be written to, or somebody writes without end.
        """
        self._require_intact()
        with _translated(), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"PRAGMA user_version={VERSION}")
            connection.execute("COMMIT")

    def copy(self, target: Path) -> None:
        """Write the database as it is now into an empty file, while others go on writing.

        The copy is compact: it holds nothing of what was deleted.
        """
        with self.reading() as connection:
            _copy(connection, target)

    def snapshot(self, target: Path) -> None:
        """Write the database as it is now into a new file, page by page.

        Unlike a `copy` it holds what was deleted, and is made as quickly as a file is copied.
        """
        target.unlink(missing_ok=True)
        with self.reading() as connection, closing(sqlite3.connect(target)) as snapshot:
            snapshot.execute("PRAGMA synchronous=OFF")  # what is cut off by a kill is made anew
            connection.backup(snapshot)

    def is_intact(self) -> bool:
        """Whether the file that is open is still the one at the path."""
        return _identity(self.path) == self._identity

    def maintain(self) -> None:
        """Give the disk back what is not used: to be called every minute or so.

        The write-ahead log is written back and emptied, unless somebody is reading it just now:
        it does not wait for them. Free pages are taken off the end of the file in small steps.

        Raises:
            StorageError: as for a transaction.
        """
        self._require_intact()
        free = self.row("PRAGMA freelist_count")[0]
        if free > self.row("PRAGMA page_count")[0] // FREE_SHARE:
            for _ in range(0, free, VACUUM_PAGES):
                with _translated(), self._write_lock:
                    # execute() would take one step only: a page.
                    self._writer.executescript(f"PRAGMA incremental_vacuum({VACUUM_PAGES})")
        with _translated(), closing(self._connect(timeout_s=0.0)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file; waits for a transaction under way."""
        with self._write_lock:
            while self._readers:
                self._readers.pop().close()
            self._writer.close()

    def _require_intact(self) -> None:
        if not self.is_intact():
            raise StorageError(f"{self.path} was deleted or replaced")

    @contextmanager
    def _synchronous(self, durable: bool) -> Iterator[None]:
        self._roll_back()  # what a failing disk did not let the last one undo
        if not durable:
            yield
            return
        self._writer.execute("PRAGMA synchronous=FULL")
        try:
            yield
        finally:
            with suppress(sqlite3.Error):  # to stay FULL costs time, but no safety
                self._writer.execute("PRAGMA synchronous=NORMAL")

    def _roll_back(self) -> None:
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")

    def _connect(self, timeout_s: float | None = None) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path,
            timeout=BUSY_TIMEOUT_S if timeout_s is None else timeout_s,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # zeros over what was deleted
        connection.execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES}")
        return connection

    def _upgrade(self) -> None:
        with suppress(FileNotFoundError):
            if self.path.stat().st_size < QUICK_CHECK_BYTES:
                verdict = self._writer.execute("PRAGMA quick_check(1)").fetchone()[0]
                if verdict != "ok":
                    raise sqlite3.DatabaseError(verdict)
        # Shows at the start, not at the first note, that the file cannot be written to.
        self._writer.execute("BEGIN IMMEDIATE")
        version = self._writer.execute("PRAGMA user_version").fetchone()[0]
        tables = self._writer.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        self._writer.execute(f"PRAGMA user_version={int(version)}")
        self._writer.execute("COMMIT")
        if version > VERSION:
            raise DatabaseUnusableError("newer", self.path, version=version, known=VERSION)
        if version == 0 and tables:
            raise DatabaseUnusableError("foreign", self.path)
        scripts = MIGRATIONS if version else {VERSION: SCHEMA}
        for number, script in scripts.items():
            if number > version:
                self._run_script(script.read_text("utf-8"), number)
        self._make_shrinkable()

    def _make_shrinkable(self) -> None:
        """Once in a file's life: let free pages be given back, and erase what was deleted so far.

        20 s for a million notes. Without room for a second copy of the file it stays as it is.
        """
        if self._writer.execute("PRAGMA auto_vacuum").fetchone()[0] != INCREMENTAL:
            self._writer.execute(f"PRAGMA auto_vacuum={INCREMENTAL}")
            with suppress(sqlite3.OperationalError):
                self._writer.execute("VACUUM")

    def _run_script(self, script: str, version: int) -> None:
        """Run a script and mark the version it makes, both or neither."""
        try:
            # executescript commits whatever was open before it, so it begins and ends itself.
            self._writer.executescript(
                f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version={version};\nCOMMIT;"
            )
        except sqlite3.Error:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise


@contextmanager
def _savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # a full disk has rolled back everything already
            connection.execute("ROLLBACK TO part")
        raise
    finally:
        if connection.in_transaction:
            connection.execute("RELEASE part")


def back_up(source: Path, target: Path) -> None:
    """Copy a database, in use or not, into a new file that its owner alone can read.

    Raises:
        BackupError: nothing was copied, and `target` is as it was.
    """
    if not source.is_file():
        raise BackupError("no_source", source)
    try:
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as exc:
        raise BackupError("exists", target) from exc
    except OSError as exc:
        raise BackupError("no_target", target, exc.strerror) from exc
    try:
        # Never creates a database, and leaves the version of an older one as it is.
        address = f"{source.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S)) as connection:
            _copy(connection, target)
    except BaseException as exc:
        target.unlink(missing_ok=True)
        if isinstance(exc, sqlite3.Error):
            raise BackupError(unusable_kind(exc), source, exc) from exc
        raise


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    # Of one moment: what others write meanwhile is not seen.
    connection.execute("VACUUM INTO ?", (str(target),))
    with closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")  # one file that needs no other beside it


# Errors of the environment (disk, lock, damage); other errors of SQLite are mistakes in the code.
ENVIRONMENT_KINDS = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_CANTOPEN: "cannot_open",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_IOERR: "io",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_NOMEM: "other",
    sqlite3.SQLITE_NOTADB: "no_database",
    sqlite3.SQLITE_READONLY: "read_only",
}


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as exc:
        if getattr(exc, "sqlite_errorcode", 0) & 0xFF in ENVIRONMENT_KINDS:
            raise StorageError(f"{exc.sqlite_errorname}: {exc}") from exc
        raise


def _create_private(path: Path) -> None:
    """Make the file readable by its owner only; SQLite gives its -wal and -shm the same mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def unusable_kind(error: sqlite3.Error) -> str:
    """The kind of an error while opening, for a FileError.

    SQLite gives no code when `quick_check` finds damage.
    """
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return ENVIRONMENT_KINDS.get(code & 0xFF, "other")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
