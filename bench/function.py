"""A note and a question through the cloud function, by the number of notes in the database.

moto's server is the bucket, so what a real network adds is not in it: a bucket in the same region
answers a small request in some ten milliseconds.

Run from the project's folder: python -m bench.function [NOTES…]
"""

import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.notes import NOW, USER, fill
from bench.tools import machine, memory_mb
from db import Database
from storage.notes import Notes
from tests.emulators.bot_api import BotApi
from tests.emulators.bucket import BucketServer
from tests.emulators.model_server import ModelServer, answer
from tests.function_host import FunctionHost

SIZES = (100, 10_000, 100_000)
TIMES = 7
numbers = itertools.count(1)


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    columns = [dict(_measured(size)) for size in sizes]
    print(machine() + "\n")
    heads = " | ".join(f"{size:,} заметок".replace(",", " ") for size in sizes)
    print(f"| медиана / наибольшее, с | {heads} |\n|{' --- |' * (len(sizes) + 1)}")
    for name in columns[0]:
        print(f"| {name} | " + " | ".join(column[name] for column in columns) + " |")


def _measured(size: int) -> Iterator[tuple[str, str]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        BotApi() as api,
        ModelServer() as model,
        BucketServer() as bucket,
        FunctionHost(Path(folder), api, model, bucket) as host,
    ):
        model.default = answer("Ответ.")
        database = _database(Path(folder) / "filled.db", size)
        bucket.write("notes.db", database)
        yield "файл базы, МБ", f"{len(database) / 1e6:.1f}"
        api.text(USER, "/start")
        for name, text in (("заметка", "/note_add купить молоко"), ("вопрос", "/ask Сколько?")):
            for kind, prepare in (("холодный", host.end_instances), ("тёплый", lambda: None)):
                answered, ended = _timed(api, host, text, prepare)
                yield f"{name}, {kind} вызов: до ответа", _seconds(answered)
                yield f"{name}, {kind} вызов: весь", _seconds(ended)
        yield "таймер, когда делать нечего", _seconds([_idle(host) for _ in range(TIMES)])
        yield "память экземпляра, МБ", f"{max(map(memory_mb, host.pids())):.0f}"


def _database(path: Path, size: int) -> bytes:
    with closing(Database(path)) as db:
        fill(Notes(db), size)
        db.maintain()  # nothing stays in the write-ahead log
    return path.read_bytes()


def _timed(
    api: BotApi, host: FunctionHost, text: str, prepare: Callable[[], None]
) -> tuple[list[float], list[float]]:
    """Seconds from the event to the last words of the answer, and to the end of the call."""
    answered, ended = [], []
    for _ in range(TIMES):
        prepare()
        before = len(api.calls)
        began = time.monotonic()
        assert host.post(_update(text)) == 200
        ended.append(time.monotonic() - began)
        said = [c for c in api.calls[before:] if c.method in ("sendMessage", "editMessageText")]
        answered.append(said[-1].at - began)
    return answered, ended


def _idle(host: FunctionHost) -> float:
    began = time.monotonic()
    host.timer()
    return time.monotonic() - began


def _update(text: str) -> dict[str, Any]:
    number = next(numbers)
    message = {
        "message_id": 10_000 + number,
        "date": NOW,
        "chat": {"id": USER, "type": "private"},
        "from": {"id": USER, "is_bot": False, "first_name": "Анна"},
        "text": text,
    }
    return {"update_id": 1_000_000 + number, "message": message}


def _seconds(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} / {max(values):.2f}"


if __name__ == "__main__":
    main()
