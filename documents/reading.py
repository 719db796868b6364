"""Has a document read by a process of its own, which is bounded in time, memory and output."""

import json
import os
import subprocess  # nosec B404
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from documents import reader

AT_ONCE = 2  # processes; others wait
LONGEST_S = 30.0
# What a process needs to start; the bot's settings and keys are not among it.
ENVIRONMENT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP")

KILLED_BY_TIME = (-24, -9)  # SIGXCPU, SIGKILL

_slots = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Document:
    """The text of a document; `share` is how much of the whole it is, from 0 to 1."""

    text: str
    share: float


class UnreadableError(Exception):
    """A document has no text for us; `kind` says why: see `texts.files.UNREADABLE`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def read(path: Path) -> Document:
    """The text of a file.

    Raises:
        UnreadableError: there is none, or to read it takes too much.
    """
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    # Whatever is installed here is there too, wherever the packages of this process lie.
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, "-sP", str(Path(reader.__file__)), str(path)]
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
    said = json.loads(done.stdout)
    if "error" in said:
        raise UnreadableError(str(said["error"]))
    return Document(said["text"], said["share"])
