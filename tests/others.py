"""Servers of OpenAI's shape that others wrote, where they are installed.

    pip install llmock                  LLMOCK=path/to/bin/llmock
    npm install @copilotkit/aimock      AIMOCK=path/to/node_modules/.bin/aimock

Without the variable they are looked for beside this Python and on the path.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from tests.emulators.waiting import WAIT_S

ANSWER = "Потому что Рэлей: " + "синий рассеивается сильнее. " * 20  # aimock's, about the sky
HEARD = "Купи молока"  # what aimock hears in every recording
SAVED = "Записал молоко и хлеб."
CALLS = [{"name": "save_note", "arguments": {"text": text}} for text in ("молоко", "хлеб")]
FIXTURES = [
    {"match": {"userMessage": "небо"}, "response": {"content": ANSWER}},
    {
        "match": {"userMessage": "запомни", "hasToolResult": False},
        "response": {
            "blocks": [
                {"type": "toolCall", **CALLS[0]},
                {"type": "text", "text": "Записываю."},
                {"type": "toolCall", **CALLS[1]},
            ]
        },
    },
    {"match": {"userMessage": "запомни", "hasToolResult": True}, "response": {"content": SAVED}},
    {"match": {"endpoint": "transcription"}, "response": {"transcription": {"text": HEARD}}},
]


def llmock(folder: Path) -> AbstractContextManager[str]:
    """Its base URL; skips the test when there is no llmock."""
    port = _free_port()
    serve = [_program("LLMOCK", "llmock"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    return _running(serve, port, folder)


def aimock(folder: Path) -> AbstractContextManager[str]:
    """Its base URL; skips the test when there is no aimock."""
    program, port = _program("AIMOCK", "aimock"), _free_port()
    (folder / "answers.json").write_text(json.dumps({"fixtures": FIXTURES}), "utf-8")
    config = {"llm": {"fixtures": str(folder / "answers.json")}}
    (folder / "aimock.json").write_text(json.dumps(config), "utf-8")
    return _running([program, "-c", "aimock.json", "-p", str(port)], port, folder)


def _program(variable: str, name: str) -> str:
    beside = Path(sys.executable).with_name(name)
    found = os.environ.get(variable) or (str(beside) if beside.exists() else shutil.which(name))
    if not found:
        pytest.skip(f"{name} is not installed; {variable} may say where it is")
    return found


@contextmanager
def _running(command: list[str], port: int, folder: Path) -> Iterator[str]:
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        until = time.monotonic() + WAIT_S
        while not _is_listening(port):
            assert process.poll() is None, (folder / "server.log").read_text("utf-8")
            assert time.monotonic() < until, "it does not listen"
            time.sleep(0.05)  # the program is not ours: there is no event to wait for
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(10)


def _is_listening(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])
