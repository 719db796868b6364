"""Reminders in a bot that runs for itself: at their second, through ends, and in the cloud."""

import random
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from db import Database
from storage.reminders import Reminders, Spot
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.bucket import BucketServer
from tests.function_host import FunctionHost
from tests.talk import ANNA, Talk, buttons
from texts import reminders as texts
from times.reading import Reading

MOSCOW = ZoneInfo("Europe/Moscow")
USERS = range(1, 9)
EACH, ENDS = 6, 4
CALLS_BETWEEN = 12
SOON_S = 3  # within which half of them are due
DAILY = "FREQ=DAILY"


def _set(path: Path, user_id: int, text: str, at: float, rule: str = "") -> None:
    """A reminder in the database of a bot that does not run."""
    reading = Reading(datetime.fromtimestamp(int(at), MOSCOW), rule, "", frozenset())
    with closing(Database(path)) as db:
        Reminders(db).add(user_id, Spot(user_id), text, reading)


def test_it_is_said_not_before_its_second_and_once(anna: Talk, api: BotApi) -> None:
    shown = anna.message("/remind через 3 секунды чай")
    due_at = time.time() + 3 - (time.monotonic() - shown["_at"])
    said = api.wait_answer(ANNA, "⏰ чай")
    assert list(buttons(said)) == [texts.DONE, *texts.SNOOZES.values()]
    assert time.time() - (time.monotonic() - said["_at"]) > due_at - 1.5  # it is a whole second
    assert anna.press(said, texts.DONE) == texts.FINISHED
    api.wait(lambda _: anna.now(said)["text"] == "✅ чай")
    assert [m["text"] for m in api.sent(ANNA)].count("⏰ чай") == 0, "it was changed, not repeated"


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_no_end_of_the_process_loses_a_reminder(
    api: BotApi, start_bot: StartBot, tmp_path: Path, end: signal.Signals
) -> None:
    seed = random.randrange(10**6)
    rng = random.Random(seed)
    began = time.time()
    with closing(Database(tmp_path / "notes.db")) as db, db.transaction():
        for user in USERS:
            api.open_chat(user)
            for number in range(EACH):
                at = began - 60 if number % 2 else began + rng.uniform(0, SOON_S)
                moment = datetime.fromtimestamp(int(at), MOSCOW)
                reading = Reading(moment, DAILY if number < 2 else "", "", frozenset())
                Reminders(db).add(user, Spot(user), f"дело {number}", reading)
    bot = start_bot()
    for _ in range(ENDS):
        _wait_calls(api, rng.randrange(CALLS_BETWEEN))
        bot.send_signal(end)
        assert bot.wait() == (-signal.SIGKILL if end == signal.SIGKILL else 0), f"seed {seed}"
        bot.start(ready=end == signal.SIGTERM)
    expected = {f"⏰ дело {number}" for number in range(EACH)}
    api.wait(lambda a: all(set(_heard(a, user)) == expected for user in USERS), 60)
    bot.stop()
    for user in USERS:
        counts = _heard(api, user)
        most = ENDS + 1 if end == signal.SIGKILL else 1
        assert max(counts.values()) <= most, f"seed {seed}: {user} heard {counts}"
    waiting = "SELECT count(*), min(due_at) FROM reminders WHERE next_at IS NOT NULL"
    ((series, next_due),) = bot.query(waiting)
    assert (series, next_due > time.time()) == (2 * len(USERS), True)


def _wait_calls(api: BotApi, count: int) -> None:
    """Until the bot has made so many calls more."""
    reached = len(api.arrived) + count
    api.wait(lambda a: len(a.arrived) >= reached)


def _heard(api: BotApi, user_id: int) -> Counter[str]:
    """How often each thing was said, without the line that says how late it is."""
    return Counter(message["text"].partition("\n")[0] for message in api.sent(user_id))


def test_the_timer_of_the_cloud_function_says_what_is_due(
    api: BotApi, host: FunctionHost, bucket: BucketServer, tmp_path: Path
) -> None:
    api.open_chat(ANNA)
    _set(tmp_path / "made.db", ANNA, "зарядка", time.time() - 30, DAILY)
    bucket.write("notes.db", (tmp_path / "made.db").read_bytes())
    assert host.timer() is not None
    assert [message["text"] for message in api.sent(ANNA)] == ["⏰ зарядка"]
    host.timer()
    assert len(api.sent(ANNA)) == 1
    (tmp_path / "after.db").write_bytes(bucket.read("notes.db"))
    with closing(sqlite3.connect(tmp_path / "after.db")) as connection:
        ((next_at,),) = connection.execute("SELECT next_at FROM reminders").fetchall()
    assert 0 < next_at - time.time() < 86_400


def test_who_has_blocked_the_bot_holds_up_nobody(
    api: BotApi, start_bot: StartBot, tmp_path: Path
) -> None:
    for user in (1, 2):
        api.open_chat(user)
        _set(tmp_path / "notes.db", user, "дело", time.time() - 5)
    api.blocked_by(1)
    start_bot()
    api.wait_answer(2, "⏰ дело")
    assert api.sent(1) == []
