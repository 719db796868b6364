"""Going back to a copy: refused in plain words, or done whole, and nothing is ever lost."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from db import Database, back_up
from storage.notes import Notes
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.process import run_option
from tests.talk import ANNA, Talk

ROOT = Path(__file__).parents[1]
# Ends the process before the given one of the changes that restoring makes to the disk.
KILLED = """
import datetime, os, pathlib, sys
from storage.restore import restore
left = int(sys.argv[3])
def hook(event, args):
    global left
    if event in ("os.rename", "os.link", "os.remove", "sqlite3.connect"):
        left -= 1
        if left < 0:
            os._exit(9)
sys.addaudithook(hook)
restore(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), datetime.datetime.now())
"""


def _texts(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [text for (text,) in connection.execute("SELECT text FROM notes ORDER BY number")]


def _make(path: Path, *texts: str) -> Path:
    """A database as a killed bot leaves it: what was written last is in the log beside it."""
    folder = path.parent / "made"
    folder.mkdir()
    with closing(Database(folder / path.name)) as db:
        for text in texts:
            Notes(db).add(ANNA, text, 1)
        for file in folder.iterdir():
            shutil.copy(file, path.parent)
    shutil.rmtree(folder)
    return path


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    made = _make(tmp_path / "made.db", "из копии")
    back_up(made, tmp_path / "copy.db")
    for file in tmp_path.glob("made.db*"):
        file.unlink()
    return tmp_path / "copy.db"


def test_a_copy_takes_the_place_of_the_database_which_is_kept(
    start_bot: StartBot, api: BotApi, tmp_path: Path
) -> None:
    bot, anna = start_bot(), Talk(api, ANNA)
    anna("/note_add в копии")
    assert run_option(tmp_path, "--backup", "copy.db").returncode == 0
    anna("/note_add позже")
    done = run_option(tmp_path, "--restore", "copy.db")
    assert done.returncode == 2
    assert "уже работает другой запущенный бот" in done.stderr
    assert bot.notes(ANNA) == ["в копии", "позже"]
    bot.kill()
    before = (tmp_path / "copy.db").read_bytes()

    done = run_option(tmp_path, "--restore", "copy.db")
    assert (done.returncode, done.stderr) == (0, "")
    (kept,) = tmp_path.glob("notes.db.20*")
    assert done.stdout == (
        "База notes.db восстановлена из копии copy.db (1 заметка).\n"
        f"Прежняя база цела: {kept}\nЗапустите бота.\n"
    )
    assert _texts(kept) == ["в копии", "позже"]
    assert (tmp_path / "copy.db").read_bytes() == before
    assert stat.S_IMODE((tmp_path / "notes.db").stat().st_mode) == 0o600
    start_bot()
    assert anna("/note_count") == "У вас 1 заметка."


def test_a_copy_is_restored_where_no_database_was(copy: Path, tmp_path: Path) -> None:
    done = run_option(tmp_path, "--restore", "copy.db")
    assert "восстановлена" in done.stdout
    assert "Прежняя" not in done.stdout
    assert _texts(tmp_path / "notes.db") == ["из копии"]


def test_a_copy_with_a_log_beside_it_is_taken_whole(tmp_path: Path) -> None:
    copy = _make(tmp_path / "raw.db", "раз", "два")
    assert Path(f"{copy}-wal").stat().st_size
    assert run_option(tmp_path, "--restore", "raw.db").returncode == 0
    assert _texts(tmp_path / "notes.db") == ["раз", "два"]


def test_a_damaged_database_is_kept_with_what_belongs_to_it(copy: Path, tmp_path: Path) -> None:
    contents = {"notes.db": b"\xff" * 9000, "notes.db-wal": b"log", "notes.db-shm": b"index"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    assert run_option(tmp_path, "--restore", "copy.db").returncode == 0
    (kept,) = tmp_path.glob("notes.db.20*[0-9]")
    assert kept.read_bytes() == contents["notes.db"]
    assert Path(f"{kept}-wal").read_bytes() == b"log"
    assert _texts(tmp_path / "notes.db") == ["из копии"]


def test_each_former_database_has_a_name_of_its_own(copy: Path, tmp_path: Path) -> None:
    for _ in range(3):
        assert run_option(tmp_path, "--restore", "copy.db").returncode == 0
    assert len(list(tmp_path.glob("notes.db.20*"))) == 2


def test_killed_at_any_moment_it_leaves_one_database_or_the_other(
    copy: Path, tmp_path: Path
) -> None:
    seen, moment, done = [], 0, 9
    while done:
        folder = tmp_path / str(moment)
        folder.mkdir()
        path = _make(folder / "notes.db", "прежнее", "и последнее")
        arguments = [sys.executable, "-c", KILLED, str(copy), str(path), str(moment)]
        done = subprocess.run(arguments, cwd=ROOT, check=False, timeout=30).returncode
        assert done in (0, 9)
        seen.append(_texts(path))
        if seen[-1] == ["из копии"]:
            (kept,) = folder.glob("notes.db.20*[0-9]")
            assert _texts(kept) == ["прежнее", "и последнее"]
        again = run_option(folder, "--restore", str(copy))
        assert again.returncode == 0, again.stderr
        assert _texts(path) == ["из копии"]
        moment += 1
    assert moment > 5
    assert {tuple(texts) for texts in seen} == {("прежнее", "и последнее"), ("из копии",)}


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=999")


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE something (id)")
        connection.execute("PRAGMA user_version=3")


def _torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9000])


def _spoilt(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 4096, 2):
        content[page * 4096 : page * 4096 + 2000] = os.urandom(2000)
    path.write_bytes(content)


def _junk(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 99)


@pytest.mark.parametrize(
    ("spoil", "name", "words"),
    [
        (_newer, "copy.db", "более новой версией"),
        (_foreign, "copy.db", "не копия базы этого бота"),
        (_torn, "copy.db", "Копия copy.db повреждена"),
        (_spoilt, "copy.db", "Копия copy.db повреждена"),
        (_junk, "copy.db", "не база SQLite"),
        (Path.unlink, "copy.db", "нет. Проверьте имя"),
        (lambda path: path.write_bytes(b""), "copy.db", "не копия базы"),
        (lambda path: None, "notes.db", "это и есть база"),
        (lambda path: None, ".", "нет. Проверьте имя"),
    ],
)
def test_what_is_no_sound_copy_changes_nothing(
    copy: Path, tmp_path: Path, spoil: Callable[[Path], object], name: str, words: str
) -> None:
    _make(tmp_path / "notes.db", "прежнее")
    spoil(copy)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.db*")}
    done = run_option(tmp_path, "--restore", name)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert words in done.stderr
    after = {path.name: path.read_bytes() for path in tmp_path.glob("*.db*")}
    after.pop("notes.db.lock")
    assert after == before
