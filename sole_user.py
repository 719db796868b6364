"""The lock that keeps a second bot, or whatever replaces the file, off a database in use."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from filelock import Timeout as Timeout

from db import DatabaseUnusableError


@contextmanager
def sole_user(db_path: Path) -> Iterator[None]:
    """Hold the lock that a second bot on the same file, by whatever name, would need.

    Raises:
        Timeout: a bot is at work on the database.
        DatabaseUnusableError: the lock's file cannot be made.
    """
    try:
        lock = FileLock(lock_path(db_path), timeout=0, mode=0o600)
        lock.acquire()
    except OSError as error:
        if isinstance(error, Timeout):
            raise
        raise DatabaseUnusableError("no_lock", db_path, error.strerror) from error
    with lock:
        yield


def is_in_use(db_path: Path) -> bool:
    """Whether a bot is at work on the database; makes no file."""
    if not lock_path(db_path).exists():
        return False
    try:
        with sole_user(db_path):
            return False
    except Timeout:
        return True
    except DatabaseUnusableError:  # of another user of the machine
        return False


def lock_path(db_path: Path) -> Path:
    """The lock's file; the running bot shows by its time of change that it is alive."""
    return Path(f"{db_path.resolve()}.lock")
