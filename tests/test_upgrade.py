"""A database of the version before, left by a killed bot: all that was unfinished is done."""

import json
import sqlite3
import time
from pathlib import Path

import pytest
import requests

from db import Database
from storage.turns import Turns
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer, echo
from tests.talk import ANNA, BORIS, GROUP, said
from texts import notes as texts_notes

KILLED = Path(__file__).parent / "data" / "killed_6.sql"
OWNER, GALYA = 1, 444
NOTES_IN_A_ROW = 12
PROMISED = "Вопрос принят. Отвечу, как только закончу с предыдущим."
TAKEN, DONE = 880000003, 880000002  # numbers of updates in that database


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """The database of the killed bot, as if that had been just now."""
    path = tmp_path / "notes.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(KILLED.read_text("utf-8"))
    now = int(time.time())
    connection.execute("UPDATE turns SET asked_at = ?", (now,))
    connection.execute("UPDATE updates SET done_at = ? WHERE done_at", (now,))
    connection.close()
    return path


def _growing(api: BotApi, database: Path) -> int:
    """The message in which the answer was growing; returns its id."""
    api.open_chat(ANNA)
    call = {"chat_id": ANNA, "text": "Начало ответа, к"}
    sent = requests.post(f"{api.url}/bot{api.token}/sendMessage", json=call, timeout=10).json()
    message_id = int(sent["result"]["message_id"])
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE jobs SET shown = ? WHERE shown <> '[]'", (f"[{message_id}]",))
    connection.close()
    return message_id


def test_all_that_a_killed_bot_left_is_done_as_promised(
    api: BotApi, model: ModelServer, start_bot: StartBot, killed: Path
) -> None:
    model.default = echo
    growing = _growing(api, killed)
    for user in (OWNER, BORIS, GALYA):
        api.open_chat(user)
    bot = start_bot(OWNER_ID=str(OWNER), ALLOWED_USERS="111,222,444")
    api.wait(lambda _: bot.query("SELECT 1 FROM tasks WHERE done_at IS NULL") == [])

    first, *others = api.sent(ANNA)
    assert (first["message_id"], first["text"].splitlines()[0]) == (growing, "расскажи")
    assert sorted(said(message).splitlines()[0] for message in others) == sorted(
        ["а ещё?", PROMISED, texts_notes.note_added(3)]
    )
    assert len(model.requests) == 2

    tail, *rest = [said(m) for m in api.sent(BORIS) if "document" not in m]
    assert set(tail) == {"щ"}, "the first part had arrived"
    assert rest[0] == texts_notes.note_added(4)
    assert rest[1].startswith("Заметка #1 удалена")
    (export,) = [m["_bytes"].decode() for m in api.sent(BORIS) if "document" in m]
    assert "вторая #дом" in export

    assert [said(message) for message in api.sent(GALYA)] == [
        texts_notes.note_added(number) for number in range(1, NOTES_IN_A_ROW + 1)
    ]
    assert bot.notes(GALYA) == [f"залп {number}" for number in range(NOTES_IN_A_ROW)]

    (notice,) = api.sent(OWNER)
    assert said(notice) == "Стучится User333 (@user333, id 333). Пустить?"
    assert notice["reply_markup"]["inline_keyboard"][0][0]["callback_data"].startswith("allow:333")
    assert "Traceback" not in bot.log


def test_what_was_done_before_the_upgrade_is_not_done_again(
    api: BotApi, model: ModelServer, start_bot: StartBot, killed: Path
) -> None:
    message = {
        "message_id": 1,
        "date": int(time.time()),
        "chat": {"id": BORIS, "type": "private", "first_name": "Boris"},
        "from": {"id": BORIS, "is_bot": False, "first_name": "Boris"},
        "text": "/note_add снова",
    }
    for user in (OWNER, ANNA, BORIS, GALYA):
        api.open_chat(user)
    for number in (DONE, TAKEN):
        api.push_raw({"update_id": number, "message": message})
    bot = start_bot(OWNER_ID=str(OWNER), ALLOWED_USERS="111,222,444")
    api.wait_confirmed(TAKEN)
    api.wait(lambda _: bot.query("SELECT 1 FROM tasks WHERE done_at IS NULL") == [])
    assert "снова" not in bot.notes(BORIS)


def test_what_was_asked_before_topics_were_told_apart_is_remembered_outside_of_them(
    killed: Path,
) -> None:
    with sqlite3.connect(killed) as connection:
        for number, question in ((8, "забытое"), (9, "прежнее")):
            connection.execute(
                "INSERT INTO turns (id, chat_id, user_id, message_id, question, quoted, asked_at,"
                " tail_units, answer) VALUES (?, ?, ?, 1, ?, '', 0, 7, 'ответ')",
                (number, GROUP, ANNA, question),
            )
        connection.execute("INSERT INTO dialogues VALUES (?, ?, 8)", (GROUP, ANNA))
    connection.close()
    database = Database(killed)
    turns = Turns(database)
    for topic, known in ((None, ["прежнее"]), (77, [])):
        turn = turns.get(turns.add(GROUP, ANNA, 2, "новое", "", 0, 5, thread_id=topic), ANNA)
        assert turn is not None
        assert [one.question for one in turns.memory(turn)] == known
    assert [
        turn.id for id_ in (8, 9) if (turn := turns.get(id_, ANNA)) and turns.is_current(turn)
    ] == [9]
    database.close()


def test_crashes_counted_by_the_version_before_give_up_nobody(killed: Path) -> None:
    with sqlite3.connect(killed) as connection:
        connection.execute("UPDATE updates SET attempts = 9 WHERE done_at IS NULL")
        connection.execute("UPDATE jobs SET attempts = 3")
    connection.close()
    database = Database(killed)
    rows = database.rows("SELECT kind, lane, body, attempts FROM tasks WHERE done_at IS NULL")
    database.close()
    assert {row["attempts"] for row in rows} == {2}
    lanes = {row["lane"] for row in rows}
    assert {"question:111:111", "queue_notice:111:111", "export:222:222", "chat:444"} <= lanes
    assert all(json.loads(row["body"]) for row in rows)
