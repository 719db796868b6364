"""Runs a program of this folder in a process of its own, bounded in time, memory and output."""

import json
import os
import subprocess  # nosec B404
import sys
import threading
from pathlib import Path
from typing import Any

AT_ONCE = 2  # processes; others wait
LONGEST_S = 30.0
# What a process needs to start; the bot's settings and keys are not among it.
ENVIRONMENT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP")

KILLED_BY_TIME = (-24, -9)  # SIGXCPU, SIGKILL

_slots = threading.BoundedSemaphore(AT_ONCE)


class UnreadableError(Exception):
    """A file is of no use to us; `kind` says why: see `texts.files.UNREADABLE`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def answer_of(program: str, *arguments: Path) -> dict[str, Any]:
    """What a program says: it is given paths, and writes a JSON object to stdout.

    Raises:
        UnreadableError: it says so, or takes too much.
    """
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    # Whatever is installed here is there too, wherever the packages of this process lie.
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, "-sP", program, *map(str, arguments)]
    try:
        with _slots:
            done = subprocess.run(  # noqa: S603  # nosec B603: our own program
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                timeout=LONGEST_S,
                check=False,
            )
    except subprocess.TimeoutExpired as error:
        raise UnreadableError("slow") from error
    if not done.stdout:  # ended by its limits
        raise UnreadableError("slow" if done.returncode in KILLED_BY_TIME else "bomb")
    said: dict[str, Any] = json.loads(done.stdout)
    if "error" in said:
        raise UnreadableError(str(said["error"]))
    return said
