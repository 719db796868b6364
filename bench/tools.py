"""What the measurements share: a bot beside its servers, its memory, medians and percentiles."""

import os
import platform
import statistics
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer
from tests.process import BotProcess

MEMORY_EVERY_S = 0.01


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


def memory_mb(pid: int, what: str = "VmRSS") -> float:
    """The resident memory of a process; with "VmHWM" the most that it ever was (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) / 1024
    raise ValueError(pid)


class PeakMemory:
    """Looks at the processes that a process starts; a context manager.

    `children` is the most that they had at one moment, in MB, `together` with the process itself.
    """

    def __init__(self, pid: int) -> None:
        self.children = self.together = 0.0
        self._pid = pid
        self._program = _program(pid)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(MEMORY_EVERY_S):
            own = memory_mb(self._pid)
            children = sum(map(self._child_mb, self._children()))
            self.children = max(self.children, children)
            self.together = max(self.together, own + children)

    def _children(self) -> Iterator[int]:
        for path in Path(f"/proc/{self._pid}/task").glob("*/children"):
            with suppress(OSError):  # a thread that has ended
                yield from map(int, path.read_text("ascii").split())

    def _child_mb(self, pid: int) -> float:
        # Until it runs its own program, a child shares the memory of the one that starts it.
        with suppress(OSError, ValueError):  # it has ended
            return memory_mb(pid, "VmHWM") if _program(pid) != self._program else 0.0
        return 0.0


def _program(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


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
