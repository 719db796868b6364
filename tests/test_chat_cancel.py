"""Streams that somebody stops, in every phase: each ends at once and leaves nothing open."""

import logging
import random
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
from requests import PreparedRequest
from requests.auth import AuthBase

from llm.client import ChatClient, ChatStream, ErrorKind, Provider, ProviderError
from llm.http import Call as HTTPCall
from llm.http import End
from openrouter_client import OpenRouter
from tests.emulators.model_server import (
    Answer,
    Behaviour,
    Call,
    ModelServer,
    SlowHeaders,
    answer,
    error,
    keepalive_comments,
    stall,
)
from tests.talk import QUESTION

LONG_S = 60.0  # longer than any test may take
SOON_S = 20.0  # and far from that, also on a busy machine


def ask(client: ChatClient) -> ChatStream:
    return client.chat_stream(QUESTION, model="test/model")


class Reading(threading.Thread):
    """Somebody who reads a stream in a thread of their own."""

    def __init__(self, stream: ChatStream) -> None:
        super().__init__(daemon=True)
        self.stream = stream
        self.pieces: list[str] = []
        self.heard = threading.Event()
        self.start()

    def run(self) -> None:
        for piece in self.stream:
            self.pieces.append(piece)
            self.heard.set()

    def ends(self, seconds: float = SOON_S) -> bool:
        self.join(seconds)
        return not self.is_alive()


class Noticing(logging.Handler):
    """Waits for words in the client's log."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words
        self.noticed = threading.Event()
        self.log = logging.getLogger("llm.retry")

    def emit(self, record: logging.LogRecord) -> None:
        if self.words in record.getMessage():
            self.noticed.set()

    def __enter__(self) -> Self:
        self.log.addHandler(self)
        self.level_before = self.log.level
        self.log.setLevel(logging.INFO)
        return self

    def __exit__(self, *error: object) -> None:
        self.log.removeHandler(self)
        self.log.setLevel(self.level_before)


class HalfAnError:
    """A bad status whose body does not come."""

    def play(self, call: Call) -> None:
        call.head(500, {"Content-Type": "application/json"}, 100)
        call.write(b"{")
        call.wait(LONG_S)


PHASES = {
    "before the headers": (answer(delay=LONG_S), None),
    "amid the headers": (SlowHeaders(), None),
    "before the first word": (answer(first_delay=LONG_S), None),
    "amid signs of life": (keepalive_comments(9999, 0.01), None),
    "amid the answer": (stall(after=1, seconds=LONG_S), "Начало о"),
    "amid an error": (HalfAnError(), None),
}


@pytest.mark.parametrize(("way", "heard"), PHASES.values(), ids=PHASES)
def test_stopped_while_the_server_is_at_it(
    client: OpenRouter, server: ModelServer, way: Behaviour, heard: str | None
) -> None:
    server.script(way)
    reading = Reading(ask(client))
    server.wait(lambda: server.requests)
    if heard:
        assert reading.heard.wait(SOON_S)
    reading.stream.cancel()
    assert reading.ends()
    assert reading.stream.completion.finish_reason == "cancelled"
    assert reading.stream.completion.text == (heard or "")
    server.wait(lambda: server.requests[0].closed_at, SOON_S)
    assert client.chat_once(QUESTION, model="test/model")[0] == "Привет!"


def test_stopped_before_it_began(client: OpenRouter, server: ModelServer) -> None:
    stream = ask(client)
    stream.cancel()
    assert list(stream) == []
    assert stream.completion.finish_reason == "cancelled"
    assert server.requests == []


def test_stopped_while_it_waits_for_the_next_try(server: ModelServer) -> None:
    server.script(error(503))
    with Noticing("повтор через") as noticing:
        reading = Reading(ask(OpenRouter("sk-or-test", server.url, backoff_s=LONG_S)))
        assert noticing.noticed.wait(SOON_S)
    reading.stream.cancel()
    assert reading.ends()
    assert reading.stream.completion.finish_reason == "cancelled"


def test_stopped_while_it_connects() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):  # the queue is full now
            client = OpenRouter("sk-or-test", f"http://127.0.0.1:{port}/api/v1")
            _stop_once_dialled(client)


def test_stopped_while_hands_are_shaken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        _stop_once_dialled(OpenRouter("sk-or-test", f"https://127.0.0.1:{port}/api/v1"))


def _stop_once_dialled(client: OpenRouter) -> None:
    dialled = threading.Event()
    real = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        dialled.set()
        real(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        reading = Reading(ask(client))
        assert dialled.wait(SOON_S)
        assert not reading.ends(0.05)  # it hangs, as it should in this test
        reading.stream.cancel()
        assert reading.ends()
    assert reading.stream.completion.finish_reason == "cancelled"


def test_stopped_on_a_connection_that_served_before(
    client: OpenRouter, server: ModelServer
) -> None:
    list(ask(client))
    server.script(stall(after=1, seconds=LONG_S))
    stream = client.chat_stream(QUESTION, model="test/model", timeout_s=5 * SOON_S)
    started = time.monotonic()
    for _ in stream:
        threading.Timer(0.1, stream.cancel).start()  # when it waits for the next piece
    assert stream.completion.finish_reason == "cancelled"
    assert time.monotonic() - started < SOON_S
    first, second = server.requests
    assert first.port == second.port


def test_stopped_between_dialling_and_connecting() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.socket() as sock,
        HTTPCall(LONG_S) as call,
    ):
        call.attach(sock)
        call.end(End.CANCELLED)
        threading.Event().wait(0.1)  # let it try to shut what is not connected
        sock.settimeout(SOON_S)
        sock.connect(listening.getsockname())
        assert sock.recv(1) == b""
        call.detach()


def test_stopped_although_its_signature_needed_a_request_of_its_own(server: ModelServer) -> None:
    other = OpenRouter("sk-or-test", server.url)

    class Fetched(AuthBase):
        def __call__(self, request: PreparedRequest) -> PreparedRequest:
            other.get_json("/key")
            return request

    server.script(stall(after=1, seconds=LONG_S))
    client = ChatClient(Provider(name="Test", base_url=server.url, auth=Fetched()))
    reading = Reading(ask(client))
    assert reading.heard.wait(SOON_S)
    reading.stream.cancel()
    assert reading.ends()


def test_stopped_behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with ModelServer(prefix="http://models.test/v1") as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix(proxy.prefix))
        proxy.script(stall(after=1, seconds=LONG_S))
        reading = Reading(ask(OpenRouter("sk-or-test", "http://models.test/v1")))
        assert reading.heard.wait(SOON_S)
        reading.stream.cancel()
        assert reading.ends()
        proxy.wait(lambda: proxy.requests[0].closed_at, SOON_S)


def test_stopping_too_late_harms_nobody(client: OpenRouter, server: ModelServer) -> None:
    for _ in range(5):
        stream = ask(client)
        assert list(stream) == ["Привет!"]
        stream.cancel()
        assert stream.completion.finish_reason == "stop"
    assert len({request.port for request in server.requests}) == 1  # one connection served all


def test_stopping_at_any_moment_leaves_the_client_sound(
    client: OpenRouter, server: ModelServer
) -> None:
    server.default = Answer("Раз, два, три, четыре, пять", size=1, pace=0.0005)
    for _ in range(60):
        stream = ask(client)
        timer = threading.Timer(random.uniform(0, 0.02), stream.cancel)
        timer.start()
        text = "".join(stream)
        timer.join()
        assert "Раз, два, три, четыре, пять".startswith(text)
        assert stream.completion.finish_reason in ("stop", "cancelled")


def test_a_reader_who_leaves_closes_the_connection(client: OpenRouter, server: ModelServer) -> None:
    server.script(stall(after=1, seconds=LONG_S))
    for _ in ask(client):
        break
    server.wait(lambda: server.requests[0].closed_at, SOON_S)


# The same over TLS


class Anonymous(AuthBase):
    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        return request


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, its key in the same file."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        f" -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout {path} -out {path}.crt"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture
def tls(certificate: Path) -> Iterator[ModelServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ModelServer(ssl_context=context, prefix="/v1") as running:
        yield running


def test_over_tls(tls: ModelServer, certificate: Path) -> None:
    provider = Provider(name="Test", base_url=tls.url, auth=Anonymous(), verify=str(certificate))
    client = ChatClient(provider, backoff_s=0.001)
    assert list(ask(client)) == ["Привет!"]
    tls.script(stall(after=1, seconds=LONG_S))
    reading = Reading(ask(client))
    assert reading.heard.wait(SOON_S)
    reading.stream.cancel()
    assert reading.ends()
    tls.wait(lambda: tls.requests[-1].closed_at, SOON_S)
    assert list(ask(client)) == ["Привет!"]


def test_a_stranger_s_certificate_is_refused(tls: ModelServer) -> None:
    client = ChatClient(Provider(name="Test", base_url=tls.url, auth=Anonymous()))
    with pytest.raises(ProviderError) as caught:
        list(ask(client))
    assert (caught.value.kind, caught.value.status) == (ErrorKind.TLS, 0)
