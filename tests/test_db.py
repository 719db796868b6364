"""The file itself: what opening it promises, and units of work."""

import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import db as db_module
from db import Database, DatabaseUnusableError, StorageError
from texts import database as texts_database

FIRST_SCHEMA = Path(__file__).parent / "data" / "schema_1.sql"


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


def _fill(db: Database) -> None:
    with db.transaction() as connection:
        connection.execute("CREATE TABLE ballast (filling)")
        connection.execute("INSERT INTO ballast VALUES (zeroblob(1000000))")


def test_a_full_disk_undoes_all_and_later_all_is_well(db: Database) -> None:
    pages = db.row("PRAGMA page_count")[0]
    db._writer.execute(f"PRAGMA max_page_count={pages + 10}")  # as a disk that is nearly full
    for durable in (False, True):
        with pytest.raises(StorageError, match="SQLITE_FULL"), db.transaction(durable=durable):
            _fill(db)
    assert db.row("SELECT count(*) FROM sqlite_master WHERE name = 'ballast'")[0] == 0
    db._writer.execute("PRAGMA max_page_count=1000000")
    _fill(db)
    assert db.row("SELECT count(*) FROM ballast")[0] == 1


def test_a_lock_held_by_another_is_a_failure_that_passes(db: Database) -> None:
    db._writer.execute("PRAGMA busy_timeout=10")
    other = sqlite3.connect(db.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="locked"), db.transaction():
        pass
    other.close()
    with db.transaction() as connection:
        connection.execute("UPDATE models SET label = label")


def test_a_mistake_of_ours_is_no_failure_of_the_disk(db: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        db.rows("SELECT * FROM nowhere")
    with pytest.raises(sqlite3.IntegrityError), db.transaction() as connection:
        connection.execute("INSERT INTO models (key, label) SELECT key, label FROM models")


def test_eight_threads_of_read_then_write_lose_nothing(db: Database) -> None:
    def work() -> None:
        for _ in range(50):
            with db.transaction() as connection:
                (seen,) = connection.execute(
                    "SELECT coalesce(max(last_number), 0) FROM authors"
                ).fetchone()
                connection.execute(
                    "INSERT INTO authors (id, user_id, last_number) VALUES (1, 1, ?)"
                    " ON CONFLICT DO UPDATE"
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
    with pytest.raises(DatabaseUnusableError) as caught:
        Database(path)
    assert words in texts_database.unusable(caught.value.kind, caught.value.facts)
    assert str(path) in texts_database.unusable(caught.value.kind, caught.value.facts)


def test_a_locked_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "notes.db"
    Database(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(db_module, "BUSY_TIMEOUT_S", 0.05)
    with pytest.raises(DatabaseUnusableError, match="busy"):
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
    with pytest.raises(DatabaseUnusableError, match="read_only"):
        Database(path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusableError, match="no_access"):
        Database(tmp_path / "nowhere" / "notes.db")


def _shape(path: Path) -> dict[str, object]:
    """Tables with their columns, and indexes with theirs, however they came to be."""
    with sqlite3.connect(path) as connection:
        names = connection.execute(
            "SELECT type, name, tbl_name FROM sqlite_master ORDER BY name"
        ).fetchall()
        shape: dict[str, object] = {"version": connection.execute("PRAGMA user_version").fetchone()}
        for kind, name, table in names:
            pragma = "table_xinfo" if kind == "table" else "index_xinfo"
            rows = connection.execute(f"SELECT * FROM pragma_{pragma}(?)", (name,)).fetchall()
            shape[f"{kind} {name} of {table}"] = rows
    connection.close()
    return shape


MODELS = (
    "SELECT id, key, label, provider, context_length, free, available, tools FROM models"
    " ORDER BY id"
)


def test_the_oldest_file_and_a_blank_one_come_to_the_same_shape(tmp_path: Path) -> None:
    old, blank = tmp_path / "old.db", tmp_path / "blank.db"
    with sqlite3.connect(old) as connection:
        connection.executescript(FIRST_SCHEMA.read_text("utf-8"))
        connection.executescript(
            "INSERT INTO authors VALUES (7, 111, 3);"
            "INSERT INTO notes VALUES (7 << 32 | 3, 111, 3, 'Ёж', 'еж', 1700000000, NULL);"
            "UPDATE models SET active = id = 4; PRAGMA user_version=1;"
        )
    connection.close()
    for path in (old, blank):
        Database(path).close()
    assert _shape(old) == _shape(blank)
    with sqlite3.connect(old) as connection:
        assert connection.execute("SELECT number, text FROM notes").fetchall() == [(3, "Ёж")]
        assert connection.execute("SELECT id FROM models WHERE active").fetchall() == [(4,)]
        migrated = connection.execute(MODELS).fetchall()
    connection.close()
    with sqlite3.connect(blank) as connection:
        assert connection.execute(MODELS).fetchall() == migrated
    connection.close()


def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, broken = tmp_path / "notes.db", tmp_path / "9999_broken.sql"
    Database(path).close()
    before = _shape(path)
    broken.write_text("CREATE TABLE half (id); SELECT nonsense;", "utf-8")
    monkeypatch.setattr(db_module, "MIGRATIONS", {9999: broken})
    monkeypatch.setattr(db_module, "VERSION", 9999)
    with pytest.raises(DatabaseUnusableError):
        Database(path)
    assert _shape(path) == before


def test_a_lock_of_some_seconds_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db_module, "BUSY_TIMEOUT_S", 0.05)  # that of the start
    with closing(Database(tmp_path / "notes.db")) as db:
        other = sqlite3.connect(db.path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.5, other.rollback)
        release.start()
        with db.transaction() as connection:
            connection.execute("UPDATE models SET label = 'дождалась' WHERE id = 1")
        release.join()
        other.close()
        assert db.row("SELECT label FROM models WHERE id = 1")[0] == "дождалась"


def test_a_write_that_timed_out_has_not_happened(db: Database) -> None:
    db._writer.execute("PRAGMA busy_timeout=10")
    with closing(sqlite3.connect(db.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError), db.transaction() as connection:
            connection.execute("DELETE FROM models")
    assert db.row("SELECT count(*) FROM models")[0] == 10


def _delete_file(path: Path) -> None:
    path.unlink()


def _replace_file(path: Path) -> None:
    other = path.with_name("other.db")
    Database(other).close()
    other.replace(path)


@pytest.mark.parametrize("lose", [_delete_file, _replace_file])
def test_a_file_that_is_gone_takes_no_writes(db: Database, lose: Callable[[Path], None]) -> None:
    assert db.is_intact()
    kept = db.path.with_name("kept.db")
    kept.hardlink_to(db.path)
    lose(db.path)
    assert not db.is_intact()
    with pytest.raises(StorageError, match="replaced"), db.transaction():
        pass
    with pytest.raises(StorageError, match="replaced"):
        db.maintain()
    with pytest.raises(StorageError, match="replaced"):
        db.rows("SELECT 1")  # a new reader would open whatever is there now
    kept.replace(db.path)  # put back
    assert db.is_intact()
    with db.transaction() as connection:
        connection.execute("UPDATE models SET label = label")


def _wal_bytes(db: Database) -> int:
    return db.path.with_name("notes.db-wal").stat().st_size


def test_the_log_shrinks_when_a_reader_leaves(db: Database) -> None:
    with closing(sqlite3.connect(db.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM models").fetchall()
        for _ in range(20):
            with db.transaction() as connection:
                connection.execute("CREATE TABLE ballast (filling)")
                connection.execute("INSERT INTO ballast VALUES (zeroblob(1000000))")
                connection.execute("DROP TABLE ballast")
        db.maintain()  # waits for nobody
        assert _wal_bytes(db) > 20_000_000
        reader.execute("COMMIT")
    db.maintain()
    assert _wal_bytes(db) == 0


@pytest.mark.parametrize("older", [False, True])
def test_the_file_gives_space_back(tmp_path: Path, older: bool) -> None:
    path = tmp_path / "notes.db"
    if older:  # as a file was made before it could shrink
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(FIRST_SCHEMA.read_text("utf-8"))
            connection.execute("PRAGMA user_version=1")
    with closing(Database(path)) as db:
        small = path.stat().st_size
        for fill in (True, False):
            with db.transaction() as connection:
                if fill:
                    connection.execute("CREATE TABLE ballast (filling)")
                    connection.execute("INSERT INTO ballast VALUES (zeroblob(30000000))")
                else:
                    connection.execute("DROP TABLE ballast")
            db.maintain()
            assert (path.stat().st_size > 30_000_000) == fill
        assert path.stat().st_size < small + 2_000_000


def test_an_older_file_forgets_what_it_once_held(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete=OFF")
        connection.executescript(FIRST_SCHEMA.read_text("utf-8"))
        connection.execute("PRAGMA user_version=1")
        connection.execute("INSERT INTO authors VALUES (7, 111, 3)")
        connection.execute(
            "INSERT INTO notes VALUES (7 << 32 | 3, 111, 3, 'секретик', 'секретик', 1, NULL)"
        )
        connection.execute("DELETE FROM notes")
    assert "секретик".encode() in path.read_bytes()
    Database(path).close()
    assert "секретик".encode() not in path.read_bytes()
