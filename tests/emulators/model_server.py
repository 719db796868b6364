"""A real HTTP server shaped as OpenRouter, or as any server of OpenAI's shape, that plays scripts.

Thinks nothing: what it answers to which request is the test's affair.

    with ModelServer() as server:
        server.script(error(503), answer("Привет!", pace=0.1))
        ...  # point a client at server.url
        assert server.requests[0].json["model"] == "test/model"
"""

import collections
import contextlib
import json
import socket
import socketserver
import ssl
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from http.client import responses as reasons
from http.server import BaseHTTPRequestHandler
from typing import Any, Self
from urllib.parse import parse_qsl

from requests.structures import CaseInsensitiveDict
from requests_toolbelt import MultipartDecoder
from urllib3.util.wait import wait_for_read

from .message_parts import message_fault
from .model_behaviours import (
    JSON,
    Answer,
    Behaviour,
    Body,
    Choice,
    Drop,
    SlowHeaders,
    answer,
    cut,
    echo,
    empty,
    error,
    error_200,
    html,
    json_body,
    keepalive_comments,
    midstream_error,
    not_json,
    reasoning_only,
    stall,
)
from .tool_shapes import tools_fault
from .waiting import WAIT_S

__all__ = [
    "Answer",
    "Behaviour",
    "Body",
    "Call",
    "Drop",
    "ModelServer",
    "Recorded",
    "SlowHeaders",
    "answer",
    "cut",
    "echo",
    "empty",
    "error",
    "error_200",
    "html",
    "json_body",
    "keepalive_comments",
    "midstream_error",
    "not_json",
    "reasoning_only",
    "stall",
]


@dataclass
class Recorded:
    """A request as it came; moments are `time.monotonic()`.

    `closed_at` is when the client was seen to close its end before the answer was over. `port`,
    the client's, tells connections apart.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    json: JSON
    at: float
    port: int
    closed_at: float | None = None


class ModelServer:
    """The server, as a context manager; `prefix` "/v1" makes it a plain server of OpenAI's shape.

    Questions are recorded in `requests`, everything else in `visits`.
    `default` answers when the script is over: a behaviour, or a function from the request's JSON
    to one. `pages` answers GET: from a path below the prefix to a JSON document or a behaviour.
    """

    def __init__(
        self,
        default: Choice | None = None,
        *,
        prefix: str = "/api/v1",
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.default: Choice = default or Answer()
        self.pages: dict[str, JSON | Behaviour] = {"/models": {"data": []}, "/key": {"data": {}}}
        self.requests: list[Recorded] = []
        self.visits: list[Recorded] = []
        self.prefix = prefix
        self._script: collections.deque[Choice] = collections.deque()
        self._changed = threading.Condition()
        self._server = _Server(self, ssl_context)
        scheme = "https" if ssl_context else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}{prefix}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()

    def script(self, *behaviours: Choice) -> None:
        """Add behaviours for the next questions, one each."""
        with self._changed:
            self._script.extend(behaviours)

    def wait(self, predicate: Callable[[], object], timeout: float = WAIT_S) -> bool:
        """Wait until the predicate holds; a TimeoutError after `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(predicate, timeout):
                raise TimeoutError("what was waited for did not happen")
        return True

    def record(self, request: Recorded) -> Behaviour:
        """Note a request down and choose the answer."""
        path = request.path.removeprefix(self.prefix)
        asked = request.method == "POST" and path == "/chat/completions"
        with self._changed:
            (self.requests if asked else self.visits).append(request)
            self._changed.notify_all()
        return self.answer(request) if asked else self.page(request, path)

    def answer(self, request: Recorded) -> Behaviour:
        """What to answer to a question."""
        if fault := message_fault(request.json) or self.tools_fault(request.json):
            return error(400, {"error": {"code": 400, "message": fault}})
        with self._changed:
            choice = self._script.popleft() if self._script else self.default
        return choice if hasattr(choice, "play") else choice(request.json)

    def tools_fault(self, request: JSON) -> str | None:
        """What is wrong with the tools in a question."""
        return tools_fault(request)

    def page(self, request: Recorded, path: str) -> Behaviour:
        """What to answer to anything else."""
        page = self.pages.get(path, error(404))
        return json_body(200, page, {}) if isinstance(page, dict) else page

    def closed(self, request: Recorded) -> None:
        """Note down that the client has closed its end."""
        with self._changed:
            request.closed_at = request.closed_at or time.monotonic()
            self._changed.notify_all()


class Gone(Exception):
    """The client closed its end, or the connection was dropped on purpose."""


class Call:
    """A request and the means to answer it."""

    def __init__(self, server: ModelServer, recorded: Recorded, connection: socket.socket) -> None:
        self.request = recorded.json
        self._server = server
        self._recorded = recorded
        self._connection = connection
        self._chunked = False
        self._unsent = b""

    def head(self, status: int, headers: Mapping[str, str], length: int | None = None) -> None:
        """Status and headers; without a length the body goes out in chunks."""
        self._chunked = length is None
        framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
        lines = [f"{name}: {value}" for name, value in headers.items()]
        first = f"HTTP/1.1 {status} {reasons.get(status, '')}"
        # Goes out with the first bytes of the body: one packet less for each answer.
        self._unsent = "\r\n".join([first, framing, *lines, "", ""]).encode("latin-1")

    def write(self, data: bytes) -> None:
        """A part of the body, on its way at once."""
        self.raw(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked and data else data)

    def finish(self) -> None:
        """The end of a body in chunks."""
        self.raw(b"0\r\n\r\n")

    def raw(self, data: bytes) -> None:
        """Bytes as they are."""
        data, self._unsent = self._unsent + data, b""
        try:
            self._connection.sendall(data)
        except OSError as exc:
            self._server.closed(self._recorded)
            raise Gone from exc

    def drop(self) -> None:
        """Break the connection off."""
        raise Gone

    def wait(self, seconds: float) -> None:
        """Sleep; raises `Gone` as soon as the client closes its end."""
        if seconds <= 0:
            return
        if self._unsent:
            self.raw(b"")
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not wait_for_read(self._connection, left):
                return
            if not _alive(self._connection):
                self._server.closed(self._recorded)
                raise Gone
            time.sleep(min(left, 0.01))  # the client says something: it is alive


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "_Server"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.headers.get("Content-Type", "")
        if kind == "application/x-www-form-urlencoded":
            request = dict(parse_qsl(body.decode()))
        elif kind.startswith("multipart/form-data"):
            request = fields_of(body, kind)
        else:
            request = json.loads(body) if body else {}
        recorded = Recorded(
            self.command,
            self.path,
            CaseInsensitiveDict(self.headers.items()),
            request,
            time.monotonic(),
            self.client_address[1],
        )
        behaviour = self.server.owner.record(recorded)
        try:
            behaviour.play(Call(self.server.owner, recorded, self.connection))
        except Gone:
            self.close_connection = True

    do_GET = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 512

    def __init__(self, owner: ModelServer, ssl_context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.owner = owner
        self._ssl_context = ssl_context
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self._ssl_context:
            # Hands are shaken by the first read, in the connection's own thread.
            connection = self._ssl_context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def fields_of(body: bytes, kind: str) -> JSON:
    """A form's fields: a text, or {"filename", "type", "content"} of a file."""
    fields: JSON = {}
    for part in MultipartDecoder(body, kind).parts:
        disposition = EmailMessage()
        disposition["Content-Disposition"] = part.headers[b"Content-Disposition"].decode()
        filename = disposition.get_filename()
        name = disposition.get_param("name", header="Content-Disposition")
        media_type = part.headers.get(b"Content-Type", b"").decode()
        fields[str(name)] = (
            {"filename": filename, "type": media_type, "content": part.content}
            if filename
            else part.content.decode()
        )
    return fields


def _alive(connection: socket.socket) -> bool:
    try:
        # The plain method, for that of a TLS socket refuses to peek.
        return socket.socket.recv(connection, 1, socket.MSG_PEEK) != b""
    except OSError:
        return False
