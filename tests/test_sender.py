"""How a call travels to the Bot API: who signs it, and whose certificates are trusted."""

import json
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from telegram.api import Telegram, UnreachableError
from telegram.sender import Sender
from tests.certificates import Authority

ME = {"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "Бот", "username": "a_bot"}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    signed: str | None

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        type(self).signed = self.headers["Authorization"]
        body = json.dumps(ME).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def _server(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a Bot API that knows one answer; it serves one connection."""
    with HTTPServer(("127.0.0.1", 0), _Handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        yield server.server_port
        thread.join(10)


def _username(url: str) -> str:
    return str(Telegram("1:token", url, Sender(url)).get_me().username)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def test_a_password_in_the_address_signs_every_call() -> None:
    with _server() as port:
        assert _username(f"http://anna:p%40ss@127.0.0.1:{port}") == "a_bot"
    assert _Handler.signed == "Basic " + b64encode(b"anna:p@ss").decode()


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_bundle_of_the_environment_is_trusted(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(authority.bundle))
    with _server(authority.context) as port:
        assert _username(f"https://127.0.0.1:{port}") == "a_bot"


def test_without_it_a_server_of_that_authority_is_not(authority: Authority) -> None:
    with _server(authority.context) as port, pytest.raises(UnreachableError, match="SSLError"):
        _username(f"https://127.0.0.1:{port}")


def test_a_bundle_that_is_not_there_is_no_crash(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "nowhere.pem"))
    with pytest.raises(UnreachableError):
        _username("https://127.0.0.1:1")
