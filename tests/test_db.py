"""The file itself: what opening it promises, and units of work."""

import sqlite3
import stat
import threading
from pathlib import Path

import pytest

import db as db_module
from db import Database, DatabaseUnusableError


def test_the_file_is_for_its_owner_only(db: Database) -> None:
    with db.transaction() as connection:
        connection.execute("UPDATE models SET label = label")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in db.path.parent.iterdir()}
    assert modes == {0o600}


def test_a_transaction_is_all_or_nothing(db: Database) -> None:
    def half_done() -> None:
        with db.transaction() as connection:
            connection.execute("DELETE FROM models")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    assert db.row("SELECT count(*) FROM models")[0] == 10


def test_a_failed_part_is_undone_and_the_rest_stays(db: Database) -> None:
    def part() -> None:
        with db.transaction() as connection:
            connection.execute("DELETE FROM models WHERE id > 1")
            raise RuntimeError

    with db.transaction() as connection:
        connection.execute("DELETE FROM models WHERE id = 1")
        with pytest.raises(RuntimeError):
            part()
    assert db.row("SELECT count(*), min(id) FROM models")[:] == (9, 2)


def test_eight_threads_of_read_then_write_lose_nothing(db: Database) -> None:
    def work() -> None:
        for _ in range(50):
            with db.transaction() as connection:
                (seen,) = connection.execute(
                    "SELECT coalesce(max(last_number), 0) FROM authors"
                ).fetchone()
                connection.execute(
                    "INSERT INTO authors VALUES (1, 1, ?) ON CONFLICT DO UPDATE"
                    " SET last_number = excluded.last_number",
                    (seen + 1,),
                )

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.row("SELECT last_number FROM authors")[0] == 400


def test_a_durable_commit_is_synchronous(db: Database) -> None:
    def level(connection: sqlite3.Connection) -> int:
        return int(connection.execute("PRAGMA synchronous").fetchone()[0])

    with db.transaction(durable=True) as connection:
        assert level(connection) == 2  # FULL
    with db.transaction() as connection:
        assert level(connection) == 1  # NORMAL


def _not_sqlite(path: Path) -> None:
    path.write_bytes(b"these are not the pages of a database" * 100)


def _damaged(path: Path) -> None:
    Database(path).close()
    content = bytearray(path.read_bytes())
    content[4096 : len(content)] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)


def _newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=999")
    connection.close()


def _foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE something (id)")
    connection.close()


def _folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_not_sqlite, "не база SQLite"),
        (_damaged, "повреждён"),
        (_newer, "более новой версией"),
        (_foreign, "другой программы"),
        (_folder, "DB_PATH"),
    ],
)
def test_an_unusable_file_is_refused_in_plain_words(tmp_path: Path, spoil, words: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "notes.db"
    spoil(path)
    with pytest.raises(DatabaseUnusableError, match=words):
        Database(path)


def test_a_locked_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "notes.db"
    Database(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(db_module, "BUSY_TIMEOUT_S", 0.05)
    with pytest.raises(DatabaseUnusableError, match="занята"):
        Database(path)
    other.close()


def test_a_read_only_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "notes.db"
    Database(path).close()
    real = sqlite3.connect

    # File modes do not stop root, so the file is opened as SQLite opens what it may only read.
    def read_only(path: Path, **options: object) -> sqlite3.Connection:
        return real(f"file:{path}?mode=ro", uri=True, **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(sqlite3, "connect", read_only)
    with pytest.raises(DatabaseUnusableError, match="только для чтения"):
        Database(path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusableError, match="DB_PATH"):
        Database(tmp_path / "nowhere" / "notes.db")
