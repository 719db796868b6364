"""Reminders: how late they are said while very many wait, and what notes take meanwhile.

Run from the project's folder: python -m bench.reminders
"""

import statistics
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.tools import Stand, machine, ms, p95, row, stand
from db import Database
from storage.reminders import Reminders, Spot
from tests.emulators.bot_api import BotApi
from times.reading import Reading

WAITING, USERS = 100_000, 1_000
DUE, SPAN_S = 1_000, 60  # so many of them within so long
START_S = 20  # for the bot to be at work before the first of them is due
NOTE_EVERY_S = 0.1
NOTING = 20_000  # users who write notes are numbered from there
DAY = 86_400


def main() -> None:
    print(f"{machine()}\n\n| что | сколько | надо |\n| --- | --- | --- |")
    due: dict[int, int] = {}  # whom at which second

    def prepare(database: Path) -> None:
        began = time.monotonic()
        _fill(database, due)
        print(f"| {WAITING} напоминаний записаны за, с | {time.monotonic() - began:.0f} | |")

    with stand(prepare) as one:
        for user in due:
            one.api.open_chat(user)
        before, meanwhile = _notes(one, max(due.values()) + 5, min(due.values()))
        late = _lateness(one.api, due)
    row(f"опоздание {DUE} напоминаний за {SPAN_S} с: медиана, мс", _ms(statistics.median(late)))
    row("они же: 95 из 100 не позже, мс", _ms(p95(late)))
    row("они же: самое позднее, мс", _ms(max(late)), "< 1000")
    row("они же: раньше срока", str(sum(seconds < 0 for seconds in late)), "0")
    row("заметка до того: медиана / p95, мс", ms(before))
    row("заметка в это время: медиана / p95, мс", ms(meanwhile))


def _fill(database: Path, due: dict[int, int]) -> None:
    now = int(time.time())
    soon = 0
    with closing(Database(database)) as db, db.transaction():
        reminders = Reminders(db)
        for number in range(WAITING - DUE):
            user = 1 + number % USERS
            at = now + DAY + number * 300  # over a year
            _add(reminders, user, at)
        soon = int(time.time()) + START_S
        for number in range(DUE):
            user = 1 + number % USERS
            due[user] = soon + number * SPAN_S // DUE
            _add(reminders, user, due[user])


def _add(reminders: Reminders, user: int, at: int) -> None:
    reading = Reading(datetime.fromtimestamp(at, ZoneInfo("UTC")), "", "", frozenset())
    reminders.add(user, Spot(user), "позвонить маме", reading)


def _notes(one: Stand, until: float, since: float) -> tuple[list[float], list[float]]:
    """Seconds that each note took before reminders were due, and meanwhile."""
    before: list[float] = []
    meanwhile: list[float] = []
    while (now := time.time()) < until:
        taken = before if now < since else meanwhile
        taken.append(_note_s(one, NOTING + (len(before) + len(meanwhile)) % 10))
        time.sleep(NOTE_EVERY_S)
    return before, meanwhile


def _note_s(one: Stand, user: int) -> float:
    sent = len(one.api.sent(user))
    began = time.monotonic()
    one.api.text(user, "/note_add заметка")
    return float(one.api.wait_sent(user, sent + 1)[-1]["_at"]) - began


def _lateness(api: BotApi, due: dict[int, int]) -> list[float]:
    wall = time.time() - time.monotonic()
    return [api.wait_answer(user, "позвонить маме")["_at"] + wall - at for user, at in due.items()]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f}"


if __name__ == "__main__":
    main()
