"""The database as an object: fetched when it has changed, put back before anything is said."""

import threading
from pathlib import Path

from cloud.bucket import Bucket, ChangedError
from db import Database


class CloudDatabase:
    """An object that is a SQLite file, and the copy of it that is open here.

    All threads of an invocation share it. The copy stays open between invocations for as long as
    the object is still the one that it was made of.
    """

    def __init__(self, bucket: Bucket, key: str, folder: Path) -> None:
        self._bucket = bucket
        self._key = key
        self._path = folder / "notes.db"
        self._fetched = folder / "fetched.db"
        self._snapshot = folder / "snapshot.db"
        self._lock = threading.Lock()
        self._db: Database | None = None
        self._etag: str | None = None  # of the object that the copy is a later state of
        self._saved = 0  # commits of the copy that are in the object
        self.is_outdated = False  # somebody else has written the object since

    def open(self) -> Database:
        """The database as it is in the bucket; a new one when there is none.

        Raises:
            BucketError: the bucket does not give it.
            DatabaseUnusableError: it is no database of ours.
        """
        if self._db is not None and self._saved != self._db.commits:
            self.close()  # an invocation could not save what it had done: it is done again
        etag = self._bucket.fetch(self._key, self._fetched, self._etag)
        if self._db is None or etag is None or etag != self._etag:
            self.close()
            if etag is not None:
                self._fetched.replace(self._path)
            self._db = Database(self._path)
            self._etag, self._saved = etag, 0
        self.is_outdated = False
        return self._db

    def save(self) -> None:
        """Put what is committed into the bucket; one writing serves all who wait for it.

        Raises:
            ChangedError: the object is another one by now: all that was not saved is void.
            BucketError: it is not saved, perhaps later.
        """
        assert self._db is not None
        wanted = self._db.commits
        with self._lock:
            if self.is_outdated:
                raise ChangedError
            if self._saved >= wanted:
                return
            commits = self._db.commits
            self._db.snapshot(self._snapshot)
            try:
                with self._snapshot.open("rb") as file:
                    self._etag = self._bucket.put(self._key, file, self._etag)
            except ChangedError:
                self.is_outdated = True
                raise
            finally:
                self._snapshot.unlink()  # /tmp has no room for many copies
            self._saved = commits

    @property
    def commits(self) -> int:
        """How many units of work are done in the copy."""
        return self._db.commits if self._db is not None else 0

    @property
    def saved(self) -> int:
        """How many of them are in the bucket."""
        return self._saved

    def maintain(self) -> None:
        """Give back what the copy does not use; the object follows with the next saving."""
        if self._db is not None:
            self._db.maintain()

    def close(self) -> None:
        """Forget the copy, with what was not saved of it."""
        if self._db is not None:
            self._db.close()
        self._db, self._etag = None, None
        for path in self._path.parent.glob(f"{self._path.name}*"):
            path.unlink(missing_ok=True)
