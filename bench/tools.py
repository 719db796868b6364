"""What the measurements share: a bot beside its servers, its memory, medians and percentiles."""

import os
import platform
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer
from tests.process import BotProcess


@dataclass(frozen=True)
class Stand:
    """A running bot and the servers it talks to."""

    api: BotApi
    model: ModelServer
    bot: BotProcess


@contextmanager
def stand(
    prepare: Callable[[Path], None] = lambda database: None, **settings: str
) -> Iterator[Stand]:
    """Start a bot on a fresh database, or on what `prepare` writes; it is killed at the end."""
    with (
        tempfile.TemporaryDirectory() as folder,
        BotApi() as api,
        ModelServer() as model,
    ):
        own = {
            "OPENROUTER_API_KEY": "sk-or-bench",
            "OPENROUTER_BASE_URL": model.url,
            "LOG_LEVEL": "WARNING",
            "ALLOWED_USERS": "*",
        }
        prepare(Path(folder) / "notes.db")
        bot = BotProcess(Path(folder), api, {**own, **settings}).start()
        try:
            yield Stand(api, model, bot)
        finally:
            bot.kill()


def memory_mb(pid: int) -> float:
    """The resident memory of a process (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ValueError(pid)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return statistics.quantiles(values, n=100)[94]


def ms(values: Sequence[float]) -> str:
    """Seconds as «median / p95» in milliseconds."""
    return f"{statistics.median(values) * 1000:.1f} / {p95(values) * 1000:.1f}"


def machine() -> str:
    """The machine in a few words."""
    names = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    cpu = next((n.split(":")[1].strip() for n in names if n.startswith("model name")), "CPU")
    return (
        f"{cpu}, ядер: {os.cpu_count()}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def row(name: str, value: str, reach: str = "") -> None:
    """Print a row of the table."""
    print(f"| {name} | {value} | {reach} |", flush=True)
