"""A database that fails: refused in plain words at the start, outlived later."""

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer, answer
from tests.process import BotProcess
from tests.talk import ANNA, BORIS
from texts import failures as texts
from texts import notes as texts_notes

LONG = "ж" * 4000
ROOM = 1_000_000
NOTES = 200


def _mounted(folder: Path, *options: str) -> bool:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)], capture_output=True, check=False
    )
    return done.returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with room for a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not _mounted(folder, "-o", f"size={ROOM}"):
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_confirms_nothing_that_is_not_stored(
    api: BotApi, model: ModelServer, start_bot: StartBot, small_disk: Path
) -> None:
    model.default = answer("Ответ.")
    bot = start_bot(DB_PATH=str(small_disk / "notes.db"))
    api.text(BORIS, "/note_add до")
    api.wait_answer(BORIS, texts_notes.note_added(1))
    ballast = small_disk / "ballast"
    _fill(ballast)
    for number in range(NOTES):
        api.text(ANNA, f"/note_add {number} {LONG}")
    api.wait_answer(ANNA, "неполадка с диском")
    assert api.pending > 0, "not stored, not confirmed"
    api.text(BORIS, "/ask вопрос")
    assert not bot.is_over()
    _check_nothing_is_lost(api, bot)
    subprocess.run(["mount", "-o", "remount,size=50m", str(small_disk)], check=True)
    api.wait(lambda a: not a.pending)
    api.wait_answer(ANNA, texts_notes.note_added(NOTES))
    api.wait_answer(BORIS, "Ответ.")
    assert bot.notes(ANNA) == [f"{number} {LONG}" for number in range(NOTES)]
    said = [message["text"] for message in api.sent(ANNA)]
    assert [text for text in said if "заметка" in text] == [
        texts_notes.note_added(number) for number in range(1, NOTES + 1)
    ]
    assert len(said) - NOTES <= 2, "told, but not again and again"
    assert texts.SET_ASIDE not in said
    assert "Traceback" not in bot.log


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 4096):
                pass
        except OSError:
            return


def _check_nothing_is_lost(api: BotApi, bot: BotProcess) -> None:
    """Whatever Telegram was told to forget is in the database."""
    (known,) = bot.query("SELECT count(*) FROM tasks WHERE kind = 'update'")[0]
    assert known >= NOTES + 2 - api.pending


def _newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=999")
    connection.close()


def _torn(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)


def _foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE something (id)")
    connection.close()


def _folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_newer, "более новой версией"),
        (_torn, "не база SQLite или файл повреждён"),
        (_foreign, "другой программы"),
        (_folder, "Не получается открыть"),
    ],
)
def test_an_unusable_database_is_refused_at_the_start(
    start_bot: StartBot, tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    spoil(tmp_path / "notes.db")
    _assert_refused(start_bot(ready=False), words)


def test_a_locked_database_is_refused_at_the_start(start_bot: StartBot, tmp_path: Path) -> None:
    start_bot().stop()
    other = sqlite3.connect(tmp_path / "notes.db", isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    _assert_refused(start_bot(ready=False), "занята другой программой")
    other.close()


def test_a_read_only_disk_is_refused_at_the_start(start_bot: StartBot, small_disk: Path) -> None:
    path = str(small_disk / "notes.db")
    start_bot(DB_PATH=path).stop()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    _assert_refused(start_bot(ready=False, DB_PATH=path), "Проверьте DB_PATH и права")


def test_a_full_disk_is_refused_at_the_start(start_bot: StartBot, small_disk: Path) -> None:
    _fill(small_disk / "ballast")
    bot = start_bot(ready=False, DB_PATH=str(small_disk / "notes.db"))
    _assert_refused(bot, "")


def _assert_refused(bot: BotProcess, words: str) -> None:
    assert bot.wait() == 2
    assert words in bot.log
    assert "Traceback" not in bot.log
    assert bot.log.strip()
