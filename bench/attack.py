"""A mixed attack: lying models, floods, kills, outages, strangers, all at once and for long.

Run from the project's folder: python -m bench.attack [--minutes 60] [--seed N]
Prints a table for docs/measurements.md; the exit status is 1 when a promise was broken.
"""

import argparse
import heapq
import itertools
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.lies import CATALOGUES, lying
from bench.mob import ALLOWED, IMPORTERS, OWNER, Mob
from bench.tools import machine, memory_mb
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer
from tests.process import BotProcess

UPDATES_A_SECOND = 8
FLOOD, FLOOD_A_SECOND = 400, 40
TICK_S = 0.05
SAMPLE_S = 60.0
KILLS_UNTIL, KILLS_FROM = 1 / 3, 5 / 6  # of the time: between them one process lives
SETTLE_S = 600.0
# What the log may show a traceback of: updates that no Telegram would send.
EXPECTED = ("Обновление",)


@dataclass(frozen=True)
class Sample:
    """The process at one moment; sizes in MB."""

    minute: float
    age_s: float
    memory: float
    threads: int
    descriptors: int
    db: float
    wal: float
    scratch: int
    waiting: int


class Attack:
    """One bot, those who attack it, and a timetable of what happens next."""

    def __init__(
        self, bot: BotProcess, api: BotApi, model: ModelServer, rng: random.Random
    ) -> None:
        self.mob = Mob(api, rng)
        self.samples: list[Sample] = []
        self.broken: list[str] = []
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._bot, self._api, self._model, self._rng = bot, api, model, rng
        self._planned: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._began = self._born = time.monotonic()
        self._minutes = 0.0
        self._ending: float | None = None  # since when the process has been told to stop
        self._flood = 0

    def run(self, minutes: float) -> None:
        """Attack for so long, then let the bot do what is left, and look."""
        self._minutes = minutes
        self._plan_all()
        acted, flooded = 0.0, 0.0
        while (now := time.monotonic() - self._began) < minutes * 60:
            while self._planned and self._planned[0][0] <= now:
                heapq.heappop(self._planned)[2]()
            self._watch()
            while acted < now:
                self.mob.act(heavy=self._rng.random() < 0.1)
                acted += 1 / UPDATES_A_SECOND
            flooded = max(flooded, now - TICK_S)
            while self._flood and flooded < now:
                self.mob.write()
                self._flood -= 1
                flooded += 1 / FLOOD_A_SECOND
            time.sleep(TICK_S)
        self._settle()

    # --- the timetable

    def _plan_all(self) -> None:
        for first, every, action in (
            (0.0, SAMPLE_S, self._sample), (7, 40, self._outage), (20, 110, self._flood_now),
            (25, 45, self._telegram_fails), (30, 90, self._reader), (50, 240, self._lock),
            (12, 60, self._catalogue), (15, 150, self.mob.export), (25, 150, self.mob.bring),
            (33, 100, self._kill), (70, 190, self._terminate), (55, 170, self._limits),
        ):  # fmt: skip
            self._repeat(float(first), float(every), action)

    def _repeat(self, first: float, every: float, action: Callable[[], None]) -> None:
        def act() -> None:
            action()
            pause = every if action == self._sample else every * self._rng.uniform(0.6, 1.4)
            self._later(pause, act)

        self._at(first, act)

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        self._at(time.monotonic() - self._began + seconds, action)

    def _at(self, moment: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._planned, (moment, next(self._order), action))

    # --- what happens

    def _outage(self) -> None:
        self.done["обрывов сети"] += 1
        self._api.outage()
        self._later(self._rng.uniform(1, 15), self._api.restore)

    def _telegram_fails(self) -> None:
        self.done["сбоев Telegram"] += 1
        rng, fail = self._rng, self._api.fail
        rng.choice((
            lambda: fail("*", status=502, body=b"<html>Bad Gateway</html>", times=100),
            lambda: fail("*", status=500, times=50),
            lambda: fail("*", status=200, delay=3.0, times=20),
            lambda: fail("send*", drop=True, delay=2.0, times=10),
            lambda: fail("*", drop=True, after_effect=True, times=10),
            lambda: fail("send*", retry_after=rng.randrange(1, 8), times=15),
            lambda: fail("edit*", retry_after=rng.randrange(1, 20), times=15),
            lambda: fail("getUpdates", retry_after=3, times=2),
            lambda: fail("getFile", status=500, times=5),
        ))()  # fmt: skip
        self._later(rng.uniform(5, 15), self._api.heal)

    def _limits(self) -> None:
        """For a while Telegram is as strict as it can be."""
        self.done["пределов Telegram"] += 1
        self._api.limit(
            per_chat_per_second=1, per_group_per_minute=20, overall_per_second=30, burst=5
        )
        self._later(40, self._api.limit)

    def _reader(self) -> None:
        """Somebody outside reads the database and does not end."""
        self.done["чужих читателей"] += 1
        reader = sqlite3.connect(self._bot.database, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM notes").fetchone()
        self._later(self._rng.uniform(20, 120), reader.close)

    def _lock(self) -> None:
        """Somebody outside writes into the database for seconds."""
        writer = sqlite3.connect(self._bot.database, isolation_level=None, timeout=0)
        try:
            writer.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            writer.close()
            return
        self.done["чужих замков"] += 1
        self._later(self._rng.uniform(3, 12), writer.close)

    def _catalogue(self) -> None:
        self._model.pages["/models"] = self._rng.choice(CATALOGUES)

    def _flood_now(self) -> None:
        self.done["наводнений"] += 1
        self._flood += FLOOD

    def _kill(self) -> None:
        if self._may_end():
            self.done["SIGKILL"] += 1
            self._bot.kill()
            self._start()

    def _terminate(self) -> None:
        if self._may_end():
            self.done["SIGTERM"] += 1
            self._bot.send_signal(signal.SIGTERM)
            self._ending = time.monotonic()

    def _may_end(self) -> bool:
        share = (time.monotonic() - self._began) / (self._minutes * 60)
        return self._ending is None and not KILLS_UNTIL < share < KILLS_FROM

    def _watch(self) -> None:
        """Start the process again when it has ended, and see whether it should have."""
        if not self._bot.is_over():
            if self._ending is not None and time.monotonic() - self._ending > 60:
                self.broken.append("SIGTERM did not end it within 60 s")
                self._bot.kill()
                self._start()
            return
        status = self._bot.wait()
        if self._ending is None or status != 0:
            self.broken.append(f"it ended by itself or badly, with {status}")
        self._start()

    def _start(self) -> None:
        self._ending = None
        self._bot.start(ready=False)
        self._born = time.monotonic()

    def _sample(self) -> None:
        self._note_refused()
        del self._api.arrived[:], self._model.requests[:], self._model.visits[:]
        try:
            sample = self._sampled()
        except (OSError, ValueError, sqlite3.Error):
            return  # it is just being ended, or its database is locked
        self.samples.append(sample)
        print(sample, f"updates {self.mob.updates}, pending {self._api.pending}", flush=True)

    def _sampled(self) -> Sample:
        process, database = Path(f"/proc/{self._bot.pid}"), self._bot.database
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        now = time.monotonic()
        return Sample(
            round((now - self._began) / 60, 1),
            round(now - self._born),
            round(memory_mb(self._bot.pid), 1),
            int(status["Threads"]),
            len([*(process / "fd").iterdir()]),
            _mb(database),
            _mb(database.with_name(f"{database.name}-wal")),
            len([*Path(f"{database}.tmp").glob("*")]),
            self._bot.query("SELECT count(*) FROM tasks WHERE done_at IS NULL")[0][0],
        )

    def _note_refused(self) -> None:
        calls = list(self._api.calls)
        del self._api.calls[: len(calls)]
        self.refused.update(
            f"{call.method}: {call.description}" for call in calls if call.status == 400
        )

    # --- the end

    def _settle(self) -> None:
        """End all trouble and wait until nothing is left to do."""
        while self._planned:
            _, _, action = heapq.heappop(self._planned)
            if getattr(action, "__name__", "") in ("close", "restore", "heal", "limit"):
                action()
        self._api.restore()
        until = time.monotonic() + SETTLE_S
        while self._left() and time.monotonic() < until:
            self._watch()
            time.sleep(0.5)
        self._sample()
        if left := self._left():
            self.broken.append(f"after {SETTLE_S:.0f} s not done: {left}")
        self.broken += self.mob.broken(self._bot)
        if (status := self._bot.stop()) != 0:
            self.broken.append(f"it ended with {status}")
        if [*Path(f"{self._bot.database}.tmp").glob("*")]:
            self.broken.append("temporary files are left")
        self.broken += [f"log: {fault}" for fault in faults(self._bot.log)]
        self.broken += [f"not in Telegram's specification: {v}" for v in self._api.spec_violations]

    def _left(self) -> str:
        try:
            kinds = self._bot.query("SELECT kind FROM tasks WHERE done_at IS NULL")
        except sqlite3.Error:
            return "database"
        waiting = Counter(kind for (kind,) in kinds)
        return f"{dict(waiting)}, {self._api.pending} updates" if kinds or self._api.pending else ""


def faults(log: str) -> Iterator[str]:
    """The tracebacks in a log that nothing excuses: the line before each, and its last one."""
    lines = log.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("Traceback") and not any(e in lines[number - 1] for e in EXPECTED):
            last = next((x for x in lines[number + 1 :] if not x.startswith((" ", "Trace"))), "")
            yield f"{lines[number - 1] if number else ''} … {last}"


def _mb(path: Path) -> float:
    return round(path.stat().st_size / 2**20, 1) if path.exists() else 0.0


def _print_table(samples: list[Sample]) -> None:
    steady = [s for s in samples if s.age_s > 1] or samples
    shown = [steady[0], steady[len(steady) // 2], steady[-1]]
    print(
        "\n| что | в начале | в середине | в конце | наибольшее |\n| --- | --- | --- | --- | --- |"
    )
    for name, words in (
        ("minute", "минута"), ("age_s", "процессу, с"), ("memory", "память, МБ"),
        ("threads", "потоков"), ("descriptors", "дескрипторов"), ("db", "база, МБ"),
        ("wal", "её -wal, МБ"), ("scratch", "временных файлов"), ("waiting", "задач в очереди"),
    ):  # fmt: skip
        values = [getattr(sample, name) for sample in shown]
        most = max(getattr(sample, name) for sample in samples)
        print(f"| {words} | {' | '.join(map(str, values))} | {most} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given = parser.parse_args()
    os.nice(10)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to stop"))  # the bot ends with it
    print(f"{machine()}\nseed {given.seed}, {given.minutes} min", flush=True)
    with tempfile.TemporaryDirectory() as folder, BotApi() as api, ModelServer(lying) as model:
        settings = {
            "OPENROUTER_API_KEY": "sk-or-attack",
            "OPENROUTER_BASE_URL": model.url,
            "OWNER_ID": str(OWNER),
            "ALLOWED_USERS": ",".join(map(str, (*ALLOWED, *IMPORTERS))),
            "STALL_SECONDS": "5",
            "LOG_LEVEL": "WARNING",
        }
        bot = BotProcess(Path(folder), api, settings).start()
        attack = Attack(bot, api, model, random.Random(given.seed))
        try:
            attack.run(given.minutes)
        finally:
            bot.kill()
            Path(f"{tempfile.gettempdir()}/attack-{given.seed}.log").write_text(bot.log, "utf-8")
    _print_table(attack.samples)
    print(f"\n{attack.mob.done}; " + ", ".join(f"{k} {n}" for k, n in attack.done.items()))
    print(
        "\nОтказы Telegram:",
        *(f"{n} × {words}" for words, n in attack.refused.most_common(20)),
        sep="\n",
    )
    print(f"\nНарушено: {len(attack.broken)}", *attack.broken[:100], sep="\n")
    sys.exit(1 if attack.broken else 0)


if __name__ == "__main__":
    main()
