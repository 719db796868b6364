"""The chat in the terminal, as a process of its own: pipes, encodings, a person who types."""

import io
import os
import pty
import re
import select
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from telegram.screen import Screen
from tests.emulators.model_server import ModelServer, answer
from tests.emulators.waiting import WAIT_S
from tests.process import BOT

COMMAND = [sys.executable, str(BOT), "--console"]
PATH = {"PATH": "/usr/bin:/bin"}


def _piped(folder: Path, typed: bytes, **environment: str) -> bytes:
    done = subprocess.run(
        COMMAND,
        cwd=folder,
        env=PATH | environment,
        input=typed,
        capture_output=True,
        timeout=WAIT_S,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def test_it_ends_when_nobody_reads_the_output_any_more(tmp_path: Path) -> None:
    process = subprocess.Popen(
        COMMAND,
        cwd=tmp_path,
        env=PATH,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()
    process.stdin.write(b"/help\n")
    process.stdin.flush()  # and it stays open
    assert process.wait(WAIT_S) == 0
    assert process.stderr.read() == b""
    process.stdin.close()
    process.stderr.close()


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("cp1251", "чай? ".encode("cp1251")),
        ("koi8-r", "чай? ".encode("koi8-r")),
        ("ascii", b"???? "),
        ("utf-8", "чай🍵 ".encode()),
    ],
)
def test_what_an_encoding_has_no_letter_for_is_a_question_mark(
    tmp_path: Path, encoding: str, shown: bytes
) -> None:
    typed = "/note_add чай🍵 end\n/note 1\n".encode()
    said = _piped(tmp_path, typed, PYTHONIOENCODING=encoding)
    assert shown + b"end" in said


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
@pytest.mark.parametrize("language", ["C", "en_US.UTF-8", ""])
def test_piped_russian_is_understood(tmp_path: Path, encoding: str, language: str) -> None:
    typed = "/note_add купить хлеб\n/note_find ХЛЕБ\n".encode(encoding)
    said = _piped(tmp_path, typed, LANG=language).decode()
    assert said.count("купить хлеб") == 1


def test_a_growing_answer_is_shown_once(tmp_path: Path, model: ModelServer) -> None:
    words = [f"слово{number} " for number in range(40)]
    model.default = answer("".join(words) + "конец", pace=0.1)
    typed = "/ask Что?\n".encode()
    said = _piped(
        tmp_path,
        typed,
        OPENROUTER_API_KEY="sk-or-test",
        OPENROUTER_BASE_URL=model.url,
        LOG_LEVEL="ERROR",
    ).decode()
    assert [said.count(word) for word in words] == [1] * len(words)
    assert said.count("Стоп") == 0


# --- a person at a terminal


class Terminal:
    """The console in a pseudo-terminal."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self._screen, terminal = pty.openpty()
        self._process = subprocess.Popen(
            COMMAND,
            cwd=folder,
            env=PATH | environment,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
        )
        self._terminal = terminal
        self._mode = termios.tcgetattr(terminal)
        self.shown = ""

    def type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def wait(self, words: str) -> str:
        """What was shown up to these words since the last time."""
        while words not in self.shown:
            ready, _, _ = select.select([self._screen], [], [], WAIT_S)
            assert ready, f"{words!r} is not in {self.shown!r}"
            self.shown += os.read(self._screen, 1 << 16).decode("utf-8", "replace")
        before, _, self.shown = self.shown.partition(words)
        return before + words

    def end(self) -> None:
        self.type("\x04")
        assert self._process.wait(WAIT_S) == 0
        assert termios.tcgetattr(self._terminal) == self._mode

    def close(self) -> None:
        self._process.kill()
        self._process.wait(WAIT_S)
        os.close(self._screen)
        os.close(self._terminal)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    started: list[Terminal] = []

    def start(**environment: str) -> Terminal:
        started.append(Terminal(tmp_path, **environment))
        started[0].wait("> ")
        return started[0]

    yield start
    for terminal in started:
        terminal.close()


def test_a_person_has_a_prompt_and_a_history(start: Callable[..., Terminal]) -> None:
    terminal = start()
    terminal.type("/note_add чай\n")
    terminal.wait("#1")
    terminal.type("\x1b[A\n")
    terminal.wait("#2")
    terminal.type("/note_list\n")
    assert terminal.wait("заметки:").count("У вас 2") == 1
    terminal.end()


def test_an_answer_does_not_cut_into_what_is_being_typed(start: Callable[..., Terminal]) -> None:
    terminal = start()
    terminal.type("/note_add раз\n/note_add дв")
    shown = terminal.wait("#1")
    shown += terminal.wait("> /note_add дв")
    assert re.search(r"\r\x1b\[K[^\n]*#1", shown)
    terminal.wait("⏰")  # the last button
    terminal.wait("> /note_add дв")
    terminal.type("а\n/note 2\n")
    terminal.wait("\nдва")
    terminal.wait("[4] ⏰")
    terminal.wait("> ")  # or the end would be typed before it is listened to
    terminal.end()


def test_the_log_stands_above_what_is_being_typed(start: Callable[..., Terminal]) -> None:
    terminal = start(OPENROUTER_API_KEY="sk-or-x", OPENROUTER_BASE_URL="http://127.0.0.1:1")
    terminal.type("/note_add дв")
    terminal.wait("WARNING")
    terminal.wait("> /note_add дв")
    terminal.type("\n")
    terminal.wait("#1")
    terminal.end()


def test_what_moves_the_cursor_is_not_shown() -> None:
    output = io.StringIO()
    Screen(io.StringIO(), output, lambda: None).show("a\x1b]0;owned\x07b\x9b2Jc\n\td\r")
    assert output.getvalue() == "a]0;ownedb2Jc\n\td\n"
