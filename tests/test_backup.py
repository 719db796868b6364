"""Copies of the database: whole, private, made while others write, and good to go back to."""

import re
import shutil
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from db import BackupError, Database, back_up
from storage.notes import Notes
from tests.conftest import StartBot, StartInside
from tests.emulators.bot_api import BotApi
from tests.process import run_option
from tests.talk import ANNA, BORIS, Talk
from texts import database as texts_database


def _rows(path: Path) -> list[tuple[str, list[tuple[object, ...]]]]:
    """All that is in a database but what the bot writes at any time by itself."""
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND name NOT IN ('tasks', 'profile_texts') ORDER BY name"
        ).fetchall()
        rows = [
            (name, connection.execute(f"SELECT * FROM {name}").fetchall()) for (name,) in tables
        ]
    connection.close()
    return rows


def test_the_owner_gets_a_copy_and_the_bot_goes_on_from_it(
    start_bot: StartBot, api: BotApi, tmp_path: Path
) -> None:
    bot, anna, boris = start_bot(OWNER_ID=str(ANNA)), Talk(api, ANNA), Talk(api, BORIS)
    anna("/note_add моя\n  заметка")
    boris("/note_add чужая заметка")
    anna("/model 3")
    before = _rows(bot.database)
    assert anna("/backup").startswith("Копия базы на ")
    sent = api.sent(ANNA)[-1]
    assert sent["document"]["file_name"].endswith(".db")
    assert bot.stop() == 0

    restored = tmp_path / "restored"
    restored.mkdir()
    (restored / "notes.db").write_bytes(sent["_bytes"])
    assert _rows(restored / "notes.db") == before
    start_bot(folder=restored, OWNER_ID=str(ANNA))
    assert "моя\n  заметка" in anna("/note_list")
    assert boris("/note_count") == "У вас 1 заметка."
    assert anna("/note_add ещё") == "Сохранено: заметка #2."


def test_the_command_copies_a_running_bots_database(
    start_bot: StartBot, api: BotApi, tmp_path: Path
) -> None:
    bot, anna = start_bot(), Talk(api, ANNA)
    anna("/note_add раз")
    done = run_option(bot.folder, "--backup", "copy.db")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Копия базы: copy.db\n", "")
    copy = bot.folder / "copy.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert _rows(copy) == _rows(bot.database)
    assert anna("/note_add два") == "Сохранено: заметка #2."

    kept = copy.read_bytes()
    done = run_option(bot.folder, "--backup", "copy.db")
    assert done.returncode == 2
    assert done.stderr == "Файл copy.db уже есть, поверх него не пишу: назовите другой.\n"
    assert copy.read_bytes() == kept


def test_a_copy_made_while_others_write_is_of_one_moment(db: Database, tmp_path: Path) -> None:
    notes, ended, began = Notes(db), threading.Event(), threading.Event()

    def write() -> None:
        while not ended.is_set():
            with db.transaction():  # both or neither
                notes.add(ANNA, "слово " * 50, 1)
                notes.add(BORIS, "слово " * 50, 1)
            began.set()

    writer = threading.Thread(target=write)
    writer.start()
    began.wait(10)
    for number in range(20):
        target = tmp_path / f"copy-{number}.db"
        before = notes.count(ANNA)
        back_up(db.path, target)
        with sqlite3.connect(target) as connection:
            counts = dict(
                connection.execute("SELECT user_id, count(*) FROM notes GROUP BY 1").fetchall()
            )
        connection.close()
        assert counts[ANNA] == counts[BORIS] >= before
    ended.set()
    writer.join()
    assert notes.count(ANNA) > before


def test_a_copy_is_one_file(db: Database, tmp_path: Path) -> None:
    Notes(db).add(ANNA, "x", 1)
    folder = tmp_path / "copies"
    folder.mkdir()
    back_up(db.path, folder / "copy.db")
    assert [path.name for path in folder.iterdir()] == ["copy.db"]
    moved = folder / "moved.db"
    shutil.move(folder / "copy.db", moved)
    again = Database(moved)
    assert Notes(again).count(ANNA) == 1
    again.close()


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("nowhere.db", "copy.db", "базы .*nowhere.db нет"),
        ("notes.db", "no/such/folder.db", "Не получается создать"),
        ("notes.db", "notes.db", "уже есть"),
        ("junk.db", "copy.db", "Копия не получилась.*не база SQLite"),
    ],
)
def test_a_copy_that_cannot_be_is_refused_and_leaves_nothing(
    tmp_path: Path, source: str, target: str, words: str
) -> None:
    Database(tmp_path / "notes.db").close()
    (tmp_path / "junk.db").write_bytes(b"not a database at all" * 99)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BackupError) as caught:
        back_up(tmp_path / source, tmp_path / target)
    assert re.search(words, texts_database.not_copied(caught.value.kind, caught.value.facts))
    assert sorted(tmp_path.iterdir()) == before


def test_a_copy_too_big_for_telegram_names_the_other_way(
    start_inside: StartInside, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = start_inside(OWNER_ID=str(ANNA))
    monkeypatch.setattr("handlers.backup.MOST_BYTES", 1000)
    (said,) = inside.text(ANNA, "/backup")
    assert "python bot.py --backup" in said
    assert "50 МБ" in said


def test_a_file_that_is_mostly_free_makes_a_small_copy(
    start_inside: StartInside, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = start_inside(OWNER_ID=str(ANNA))
    with inside.db.transaction() as connection:
        connection.execute("CREATE TABLE ballast (filling)")
        connection.execute("INSERT INTO ballast VALUES (zeroblob(9000000))")
    monkeypatch.setattr("handlers.backup.MOST_BYTES", 2_000_000)
    (said,) = inside.text(ANNA, "/backup")
    assert "python bot.py --backup" in said
    assert list(inside.db.path.parent.glob("scratch/*")) == []
    with inside.db.transaction() as connection:
        connection.execute("DROP TABLE ballast")
    assert inside.db.path.stat().st_size > 2_000_000 or inside.db.row("PRAGMA freelist_count")[0]
    (said,) = inside.text(ANNA, "/backup")
    assert said.startswith("Копия базы на ")


def test_a_copy_that_fails_leaves_no_file(
    start_inside: StartInside, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    inside = start_inside(OWNER_ID=str(ANNA))
    monkeypatch.setattr("db._copy", _no_space)
    (said,) = inside.text(ANNA, "/backup")
    assert said.startswith("Не получилось выполнить")
    assert list((tmp_path / "scratch").iterdir()) == []


def _no_space(connection: sqlite3.Connection, target: Path) -> None:
    raise sqlite3.OperationalError("database or disk is full")
