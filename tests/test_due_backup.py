"""Backups by themselves: one when it is due, whatever happened meanwhile, and no silent failure."""

import sqlite3
import stat
import time
from contextlib import closing
from pathlib import Path

import pytest

import config
from handlers.backup import DUE
from tests.conftest import StartBot, StartInside
from tests.emulators.bot_api import BotApi
from tests.inside import Inside
from tests.talk import ANNA, BORIS, OWNER, Talk
from texts import database as texts

DAY = 86_400
LONG_AGO = "UPDATE tasks SET due_at = 1000 WHERE kind = 'due_backup' AND done_at IS NULL"


def _start(start_inside: StartInside, **settings: str) -> Inside:
    inside = start_inside(**{"OWNER_ID": str(OWNER), "BACKUP_EVERY": "1d", **settings})
    inside.service._backups.look()
    return inside


def _due(inside: Inside) -> list[float]:
    """In how many seconds each backup is due."""
    return [due_at - time.time() for _, _, due_at in inside.service._tasks.planned(DUE)]


def _come_due(inside: Inside) -> list[str]:
    """A backup is due at last; what the owner was told."""
    with inside.db.transaction() as connection:
        connection.execute(LONG_AGO)
    inside.sent.clear()
    inside.resume()
    inside.service._backups.look()
    return inside.said_to(OWNER)


def _sent_files(api: BotApi) -> list[bytes]:
    return [message["_bytes"] for message in api.sent(ANNA) if "document" in message]


def test_after_a_downtime_one_copy_comes(start_bot: StartBot, api: BotApi, tmp_path: Path) -> None:
    settings = {"OWNER_ID": str(ANNA), "BACKUP_EVERY": "1h"}
    bot, anna = start_bot(**settings), Talk(api, ANNA)
    anna("/note_add раз")
    api.wait(lambda _: bot.query("SELECT 1 FROM tasks WHERE kind = 'due_backup'"))
    bot.kill()
    with closing(sqlite3.connect(bot.database)) as connection, connection:
        connection.execute(LONG_AGO)
    api.fail("sendDocument", status=502, times=2)
    bot = start_bot(**settings)
    api.wait(lambda a: _sent_files(a), 30)
    waiting = "SELECT due_at FROM tasks WHERE kind = 'due_backup' AND done_at IS NULL"
    api.wait(lambda _: bot.query(waiting) and bot.query(waiting)[0][0] > time.time())
    assert 0 < bot.query(waiting)[0][0] - time.time() <= 3600
    bot.stop()
    start_bot(**settings)
    anna("/note_add два")
    (copy,) = _sent_files(api)
    (tmp_path / "copy.db").write_bytes(copy)
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        assert connection.execute("SELECT text FROM notes").fetchall() == [("раз",)]
        query = "SELECT count(*) FROM tasks WHERE kind = 'due_backup'"
        assert connection.execute(query).fetchone() == (0,)


def test_a_copy_killed_on_its_way_is_sent_after_the_restart(
    start_bot: StartBot, api: BotApi
) -> None:
    settings = {"OWNER_ID": str(ANNA), "BACKUP_EVERY": "1h"}
    bot, anna = start_bot(**settings), Talk(api, ANNA)
    anna("/help")
    api.wait(lambda _: bot.query("SELECT 1 FROM tasks WHERE kind = 'due_backup'"))
    bot.stop()
    with closing(sqlite3.connect(bot.database)) as connection, connection:
        connection.execute(LONG_AGO)
    api.fail("sendDocument", status=502, delay=60.0, times=None)
    bot = start_bot(**settings)
    api.wait(lambda a: any(call.method == "sendDocument" for call in a.arrived), 30)
    bot.kill()
    api.heal()
    start_bot(**settings)
    api.wait(lambda a: len(_sent_files(a)) == 1, 30)


def test_the_next_copy_is_due_when_the_settings_say_so(start_inside: StartInside) -> None:
    inside = _start(start_inside, BACKUP_EVERY="7d")
    assert _due(inside) == [pytest.approx(7 * DAY, abs=60)]
    inside.service._backups.look()
    assert len(_due(inside)) == 1
    (before,) = inside.service._tasks.planned(DUE)
    inside = _start(start_inside, BACKUP_EVERY="7d")
    assert inside.service._tasks.planned(DUE) == [before], "a restart changes nothing"
    assert _due(_start(start_inside, BACKUP_EVERY="12h")) == [pytest.approx(DAY / 2, abs=60)]
    inside = _start(start_inside, OWNER_ID=str(BORIS), BACKUP_EVERY="12h")
    assert [lane for _, lane, _ in inside.service._tasks.planned(DUE)] == [f"{DUE}:{BORIS}:{BORIS}"]
    assert _due(_start(start_inside, BACKUP_EVERY="off")) == []
    assert _due(_start(start_inside, OWNER_ID="")) == [], "nobody to send it to"


def test_a_folder_keeps_the_last_copies(start_inside: StartInside, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "notes-of-mine.db").write_text("x")
    (folder / ".notes-2025-01-01-000000.part").write_text("left by a killed process")
    inside = _start(start_inside, BACKUP_DIR=str(folder), BACKUP_KEEP="2")
    for _ in range(4):
        inside.now += DAY
        assert _come_due(inside) == []
    assert sorted(path.name for path in folder.iterdir()) == [
        "notes-2025-11-24-120000.db",
        "notes-2025-11-25-120000.db",
        "notes-of-mine.db",
    ]
    copy = folder / "notes-2025-11-25-120000.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_failure_is_told_once_and_once_that_it_is_over(
    start_inside: StartInside, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    inside = _start(start_inside, BACKUP_DIR=str(folder))
    folder.rename(tmp_path / "unplugged")
    (told,) = _come_due(inside)
    assert "не получилась" in told
    assert "BACKUP_DIR" in told
    assert _due(inside) == [pytest.approx(3600, abs=60)], "sooner than tomorrow"
    assert _come_due(inside) == []
    (tmp_path / "unplugged").rename(folder)
    assert _come_due(inside) == [texts.DUE_BACKUPS_AGAIN]
    assert _due(inside) == [pytest.approx(DAY, abs=60)]
    assert _come_due(inside) == []
    assert len(list(folder.iterdir())) == 1


def test_what_is_too_big_for_telegram_is_a_failure_with_a_remedy(
    start_inside: StartInside, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = _start(start_inside)
    monkeypatch.setattr("handlers.backup.MOST_BYTES", 1000)
    (told,) = _come_due(inside)
    assert "до 50 МБ" in told
    assert "BACKUP_DIR" in told
    assert _come_due(inside) == []
    monkeypatch.undo()
    (told,) = _come_due(inside)
    assert told.startswith(f"{texts.DUE_BACKUPS_AGAIN} Копия базы на ")


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("BACKUP_EVERY", "день", "every"),
        ("BACKUP_EVERY", "5m", "every"),
        ("BACKUP_EVERY", "0d", "every"),
        ("BACKUP_EVERY", "400d", "every"),
        ("BACKUP_EVERY", "1", "every"),
        ("BACKUP_DIR", "/no/such/folder", "no_folder"),
        ("BACKUP_KEEP", "0", "whole"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, name: str, value: str, kind: str) -> None:
    with pytest.raises(config.ConfigError) as caught:
        config.load({name: value}, tmp_path / ".env")
    assert [(m.setting, m.kind) for m in caught.value.mistakes] == [(name, kind)]
