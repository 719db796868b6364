"""Notes by the million against a thousand: the storage itself, without HTTP.

Run from the project's folder: python -m bench.notes
"""

import itertools
import random
import sqlite3
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.tools import machine, ms
from db import Database
from handlers.notes import archive
from scratch import Scratch
from storage.note_rows import Note
from storage.notes import Notes
from storage.paging import PageTurn, Place
from storage.search import Search
from tests.inside import Inside

SIZES = (1_000, 1_000_000)
OTHERS = 900  # a tenth of the notes is the user's, the rest belong to so many others
USER = 1
BATCH = 1_000
TIMES = 200
NOW = 1_700_000_000
MINUTE = 60
PAGE = 10

LETTERS = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф"
VOCABULARY = 50_000
COMMON, RARE = "молоко закупка", "ъёмкость"  # in a tenth and in a thousandth of the notes
RARE_EVERY, COMMON_EVERY, TAG_EVERY = 1_000, 10, 20

# What is searched for: (letters, common, rare, absent)
QUERIES = (
    ("1 буква", "о", "ъ", "ѫ"),
    ("2 буквы", "мо", "ъё", "ъъ"),
    ("3 буквы", "мол", "ъём", "ъъъ"),
    ("10 букв", "олоко заку", "мкость ёмк", "ъъъъъъъъъъ"),
)
QUESTION = "Сколько молока и какой ёмкости мы купили на прошлой закупке?"


@dataclass(frozen=True)
class Stand:
    """A database of notes and what is asked of it."""

    db: Database
    notes: Notes
    search: Search
    size: int
    build_s: float

    @property
    def megabytes(self) -> float:
        return self.db.path.stat().st_size / 1e6


def main() -> None:
    print(machine() + "\n")
    columns = []
    for size in SIZES:
        with _stand(size) as stand:
            columns.append(dict(_measured(stand)))
    heads = " | ".join(f"{size:,} заметок".replace(",", " ") for size in SIZES)
    print(f"| медиана / p95, мс | {heads} |\n|{' --- |' * (len(SIZES) + 1)}")
    for name in columns[0]:
        print(f"| {name} | " + " | ".join(column[name] for column in columns) + " |")


@contextmanager
def _stand(size: int) -> Iterator[Stand]:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(Path(folder) / "notes.db")
        notes = Notes(db)
        began = time.monotonic()
        fill(notes, size)
        taken = time.monotonic() - began
        with closing(sqlite3.connect(db.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        yield Stand(db, notes, Search(db), size, taken)
        db.close()


def fill(notes: Notes, size: int) -> None:
    """Write so many notes, a tenth of them the user's."""
    texts = _texts(random.Random(size))
    for batch in range(0, size, BATCH):
        user = USER if batch // BATCH % 10 == 0 else USER + 1 + batch // BATCH % OTHERS
        numbers = range(batch, min(batch + BATCH, size))
        notes.take_in(user, [Note(0, next(texts), NOW + n * MINUTE) for n in numbers], set())


def _texts(chance: random.Random) -> Iterator[str]:
    """Notes of 4–20 words, some words being far more common than others."""
    words = [
        "".join(chance.choices(LETTERS, range(len(LETTERS), 0, -1), k=chance.randint(2, 11)))
        for _ in range(VOCABULARY)
    ]
    weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))
    for number in itertools.count():
        text = " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(4, 20)))
        text += f" {COMMON}" * (number % COMMON_EVERY == 0)
        text += f" {RARE} ёмкость ъё" * (number % RARE_EVERY == 1)
        yield text + f" #тег{number % 7}" * (number % TAG_EVERY == 0)


def _measured(stand: Stand) -> Iterator[tuple[str, str]]:
    notes, search = stand.notes, stand.search
    yield "сборка, с", f"{stand.build_s:.1f}"
    yield "файл, МБ", f"{stand.megabytes:.0f}"
    texts = _texts(random.Random(0))
    now = NOW + stand.size * MINUTE
    yield "добавить", _timed(lambda: notes.add(USER, next(texts), now))
    yield "страница списка", _timed(lambda: notes.page(USER, PAGE))
    middle = PageTurn(older=True, place=Place(False, stand.size // 20))
    yield "страница из середины списка", _timed(lambda: notes.page(USER, PAGE, middle))
    for name, common, rare, absent in QUERIES:
        for kind, query in (("частое", common), ("редкое", rare), ("чего нет", absent)):
            yield f"найти, {name}: {kind}", _timed(lambda q=query: search.find(USER, q, PAGE))  # type: ignore[misc]
    yield "найти два слова", _timed(lambda: search.find(USER, COMMON, PAGE))
    yield "найти тег", _timed(lambda: search.find(USER, "#тег3", PAGE))
    with closing(Inside(stand.db.path.parent, OWNER_ID=str(USER))) as inside:
        for kind, words in (("", "новые"), ("молоко", "по слову"), ("ъё", "по двум буквам")):
            yield f"из чужого чата, {words}", _timed(lambda w=kind: _inline(inside, w))  # type: ignore[misc]
    yield "теги с числами", _timed(lambda: search.tags(USER))
    yield "сколько заметок", _timed(lambda: notes.count(USER))
    week = now - 7 * 24 * 60 * MINUTE
    yield "статистика за 7 дней", _timed(lambda: notes.moments(USER, week))
    yield "статистика за всё время", _timed(lambda: notes.moments(USER, 0))
    yield "отобрать для вопроса", _timed(lambda: search.relevant(USER, QUESTION))
    taken, megabytes = _export(stand)
    yield "выгрузить всё в .json, с", f"{taken:.1f}"
    yield "память на это, МБ", f"{megabytes:.1f}"


def _inline(inside: Inside, words: str) -> None:
    """An inline query from the moment that it comes until its answer is on its way."""
    query = {"id": "1", "from": inside.person(USER), "query": words, "offset": ""}
    inside.sent.clear()
    inside.feed({"inline_query": query})
    assert inside.sent


def _export(stand: Stand) -> tuple[float, float]:
    """Seconds that writing all notes takes, and the most memory that it took at once."""
    began = time.monotonic()
    _write(stand)
    taken = time.monotonic() - began
    tracemalloc.start()
    _write(stand)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return taken, peak / 1e6


def _write(stand: Stand) -> None:
    with closing(Scratch(stand.db.path.with_name("scratch"))) as scratch:
        parts = archive.Parts("json", scratch.new)
        parts.write(map(archive.to_json, stand.notes.every(USER)))


def _timed(act: Callable[[], object]) -> str:
    act()
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return ms(taken)


if __name__ == "__main__":
    main()
