"""The database's file while the bot runs: kept small, and missed when it is gone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from db import Database
from storage.notes import BIN_S, Notes
from telegram.delivery import Delivery
from tests.conftest import StartBot, StartInside
from tests.emulators.bot_api import BotApi
from tests.talk import ANNA, BORIS, OWNER, Talk
from texts import database as texts
from worker.upkeep import Upkeep


def _moved(path: Path) -> None:
    elsewhere = path.with_name("elsewhere")
    elsewhere.mkdir()
    for file in path.parent.glob("notes.db*"):
        file.rename(elsewhere / file.name)


def _bring_back(path: Path) -> None:
    for file in path.with_name("elsewhere").iterdir():
        file.rename(path.with_name(file.name))


def _replaced(path: Path) -> None:
    _moved(path)
    Database(path).close()


@pytest.mark.parametrize("lose", [_moved, _replaced])
def test_the_owner_is_told_that_the_file_is_gone_and_that_it_is_back(
    start_bot: StartBot, api: BotApi, lose: Callable[[Path], None]
) -> None:
    bot, anna, boris = start_bot(OWNER_ID=str(ANNA)), Talk(api, ANNA), Talk(api, BORIS)
    anna("/help")
    boris("/note_add раз")
    before = len(api.sent(ANNA))
    lose(bot.database)
    api.fail("sendMessage", status=502, chat_id=ANNA)  # it is said again
    api.wait_answer(ANNA, texts.lost("notes.db"), timeout=60)
    api.text(BORIS, "/note_add два")
    api.wait_answer(BORIS, "неполадка с диском", timeout=20)
    assert api.pending == 1, "not confirmed"
    _bring_back(bot.database)
    api.wait_answer(ANNA, texts.BACK, timeout=60)
    api.wait_answer(BORIS, "заметка #2", timeout=20)
    assert bot.notes(BORIS) == ["раз", "два"]
    said = [message["text"] for message in api.sent(ANNA)[before:]]
    assert said == [texts.lost("notes.db"), texts.BACK]
    assert "Traceback" not in bot.log


def test_the_write_ahead_log_is_emptied_once_a_minute(db: Database) -> None:
    now = 0.0
    upkeep = Upkeep(db, Delivery(None), lambda: OWNER, lambda: now)  # type: ignore[arg-type]
    seen = []
    for now in (0.0, 59.0, 60.0):  # noqa: B007
        Notes(db).add(ANNA, "слово", 1)
        upkeep.look()
        seen.append(Path(f"{db.path}-wal").stat().st_size > 0)
    assert seen == [False, True, False]


def test_what_was_purged_is_gone_from_the_write_ahead_log_too(start_inside: StartInside) -> None:
    inside = start_inside(OWNER_ID=str(OWNER))
    inside.text(OWNER, "/note_add сокровенное")
    inside.app.notes.delete(OWNER, 1, int(inside.now))
    inside.now += BIN_S
    inside.service._forget_old()
    for path in inside.db.path.parent.glob("notes.db*"):
        assert "сокровенное".encode() not in path.read_bytes()
