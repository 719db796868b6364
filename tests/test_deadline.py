"""A poll ends in time, whatever the server does: it answers nothing, or a byte now and then."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from telebot import apihelper

import telegram.deadline
import telegram.polling
import telegram.sender
from db import Database
from storage.tasks import Tasks
from telegram.api import Telegram, UnreachableError
from telegram.intake import Intake
from telegram.polling import Poller
from tests.certificates import Authority

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
EMPTY = b'{"ok":true,"result":[]}'
BIG = b'{"ok":true,"result":[' + b" " * 4000 + b"]}"
STEP_S = 0.2


class Server:
    """Reads a request and then does what the test says with the connection."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.over = threading.Event()
        self.behave: Callable[[socket.socket], None] = lambda connection: None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def trickle(
        self, connection: socket.socket, text: bytes, *, step: int = 1, at_once: bytes = b""
    ) -> None:
        connection.sendall(at_once)
        for at in range(0, len(text), step):
            if self.over.wait(STEP_S):
                return
            connection.sendall(text[at : at + step])
        self.over.wait()

    def close(self) -> None:
        self.over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _run(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                while connection.recv(65536):
                    self.asked.release()
                    self.behave(connection)
            except OSError:  # the client has ended it
                return


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("API_URL", "FILE_URL", "CUSTOM_REQUEST_SENDER"):  # of all bots of a process
        monkeypatch.setattr(apihelper, name, getattr(apihelper, name))
    server = Server()
    yield server
    server.close()


def length(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n" % len(body)


HANGS: dict[str, Callable[[Server, socket.socket], None]] = {
    "no answer": lambda server, connection: server.trickle(connection, b""),
    "a head that never ends": lambda server, connection: server.trickle(
        connection, HEAD + b"X-Long: " + b"x" * 10_000
    ),
    "a body that never ends": lambda server, connection: server.trickle(
        connection, BIG, at_once=HEAD + length(BIG)
    ),
    "chunks that never end": lambda server, connection: server.trickle(
        connection, b"1\r\n \r\n" * 100, at_once=HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    ),
}


@pytest.mark.parametrize("hang", HANGS.values(), ids=HANGS)
def test_a_poll_that_hangs_is_ended(
    server: Server, hang: Callable[[Server, socket.socket], None]
) -> None:
    server.behave = lambda connection: hang(server, connection)
    began = time.monotonic()
    with pytest.raises(UnreachableError):
        Telegram("1:t", server.url).get_updates(0, 1)
    lasted = time.monotonic() - began
    assert 1 <= lasted < 10
    assert "deadline" not in [thread.name for thread in threading.enumerate() if thread.is_alive()]


def test_an_answer_that_comes_slowly_but_comes_is_taken(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram.deadline, "SLOWEST", 100)
    monkeypatch.setattr(telegram.sender, "POLL_MARGIN_S", 0.0)

    def behave(connection: socket.socket) -> None:
        server.trickle(connection, BIG, step=400, at_once=HEAD + length(BIG))  # in 2 s

    server.behave = behave
    assert Telegram("1:t", server.url).get_updates(0, 1) == []


def test_the_poller_begins_anew_after_a_poll_that_hung(
    server: Server, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram.polling, "POLL_TIMEOUT_S", 1)
    monkeypatch.setattr(telegram.sender, "POLL_MARGIN_S", 0.0)
    server.behave = lambda connection: server.trickle(connection, HEAD * 100)
    recovered = threading.Event()
    pauses: list[float] = []
    intake = Intake(Tasks(db, 1), lambda lane: None, lambda updates: None)
    poller = Poller(Telegram("1:t", server.url), intake, recovered.set, lambda: None, pauses.append)
    poller.start()
    for _ in range(2):
        assert server.asked.acquire(timeout=20)
    server.behave = lambda connection: connection.sendall(HEAD + length(EMPTY) + EMPTY)
    assert recovered.wait(20)
    poller.stop()
    assert pauses[0] == 0, "polls are judged from the start on"
    assert len(pauses) >= 3


def test_an_answer_over_tls_can_be_ended_too(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    context = authority.context
    plain = server._serve

    def serve(connection: socket.socket) -> None:
        plain(context.wrap_socket(connection, server_side=True))

    monkeypatch.setattr(server, "_serve", serve)
    server.behave = lambda connection: server.trickle(connection, HEAD * 100)
    with pytest.raises(UnreachableError):
        Telegram("1:t", server.url.replace("http:", "https:")).get_updates(0, 1)
    assert server.asked.acquire(timeout=1)
