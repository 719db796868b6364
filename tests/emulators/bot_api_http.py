"""The wire of the emulated Bot API: HTTP by hand, because the bot under test shares the machine.

It reads requests into `Call`s and writes replies; it knows nothing of chats or messages.
"""

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from email.utils import formatdate
from http.server import ThreadingHTTPServer
from socketserver import StreamRequestHandler
from typing import Any
from urllib.parse import unquote

Files = dict[str, tuple[str, bytes]]

MAX_LINE = 1 << 20  # parameters may travel in the query: 4,096 Cyrillic letters make 24 KB there
PHRASES = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    411: "Length Required",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
JSON_FIELDS = (  # names in one string keep these tables short
    "allowed_updates button caption_entities commands entities link_preview_options media"
    " menu_button message_ids reaction reply_markup reply_parameters results rich_message scope"
)
INTEGER_FIELDS = (
    "chat_id draft_id duration from_chat_id height length limit message_id message_thread_id"
    " max_connections offset timeout user_id width cache_time"
)
BOOLEAN_FIELDS = (
    "disable_content_type_detection disable_notification drop_pending_updates has_spoiler"
    " is_personal protect_content show_alert show_caption_above_media supports_streaming"
)


@dataclass(slots=True)
class Call:
    """One request of the bot.

    `params` are decoded: JSON fields into objects, chat and message ids into int, flags into bool;
    `files` are the uploaded parts, name to (file name, content). `at` is the monotonic time of
    arrival, `connection` the number of the TCP connection. `status` stays 0 until there is an
    answer, and for good when the connection was dropped instead; `result` is what a successful
    answer carried, `description` the words of a refusal.
    """

    method: str
    params: dict[str, Any]
    files: Files
    at: float
    query: str
    connection: int
    status: int = 0
    result: Any = None
    description: str = ""

    @property
    def chat_id(self) -> int | str | None:
        value = self.params.get("chat_id")
        return value if isinstance(value, (int, str)) else None

    @property
    def message_id(self) -> int:
        value = self.params.get("message_id")
        return value if isinstance(value, int) else 0

    def __str__(self) -> str:
        shown = {k: v if len(repr(v)) < 80 else f"{v!r:.80}…" for k, v in self.params.items()}
        return f"{self.at:.3f} {self.method} {shown} -> {self.status} {self.description}".rstrip()


@dataclass(slots=True)
class Incoming:
    """A request as it came off the wire, its body still undecoded."""

    target: str
    query: bytes
    content_type: str
    body: bytes
    connection: int
    at: float
    alive: Callable[[], bool] = field(repr=False)


@dataclass(slots=True)
class Reply:
    status: int
    body: bytes
    content_type: str = "application/json"
    date: float = field(default_factory=time.time)

    def wire(self) -> bytes:
        phrase = PHRASES.get(self.status, "Unknown")
        head = (
            f"HTTP/1.1 {self.status} {phrase}\r\nContent-Type: {self.content_type}\r\n"
            f"Date: {formatdate(self.date, usegmt=True)}\r\n"
            f"Content-Length: {len(self.body)}\r\nConnection: keep-alive\r\n\r\n"
        )
        return head.encode("latin-1") + self.body


Answer = Callable[[Incoming], Reply | None]


class Server(ThreadingHTTPServer):
    """Listens on a port of 127.0.0.1 and gives every request to `answer`; None resets the line."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, answer: Answer, listener: socket.socket) -> None:
        super().__init__(("127.0.0.1", 0), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_address = listener.getsockname()
        self.answer = answer
        self.connections: set[socket.socket] = set()
        self.server_activate()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Stop listening and break every connection, as a machine that went down would."""
        self.shutdown()
        self.server_close()
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def get_request(self) -> tuple[socket.socket, Any]:
        # Noted here and not by the handler's thread, so that `stop` misses none.
        connection, address = super().get_request()
        self.connections.add(connection)
        return connection, address

    def handle_error(self, request: object, client_address: object) -> None:
        """A peer that went away is no news here, and `answer` reports its own faults."""


def bound_socket(port: int = 0) -> socket.socket:
    """A socket that has the port but does not listen yet: connections to it are refused."""
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", port))
    return held


class _Handler(StreamRequestHandler):
    disable_nagle_algorithm = True
    rbufsize = 1 << 16
    server: Server
    connection: socket.socket
    _numbers = iter(range(1, 1 << 62))

    def handle(self) -> None:
        number = next(self._numbers)
        try:
            while (incoming := self._read(number)) is not None:
                reply = self.server.answer(incoming)
                if reply is None:
                    self._reset()
                    return
                self.connection.sendall(reply.wire())
        except OSError:
            return
        finally:
            self.server.connections.discard(self.connection)

    def _read(self, number: int) -> Incoming | None:
        parts = self.rfile.readline(MAX_LINE).split()
        if len(parts) != 3:
            return None
        at = time.monotonic()
        length, content_type = 0, ""
        while (line := self.rfile.readline(MAX_LINE)) not in (b"\r\n", b"\n", b""):
            name, _, value = line.partition(b":")
            match name.lower():
                case b"content-length":
                    length = int(value)
                case b"content-type":
                    content_type = value.strip().decode("latin-1")
                case b"transfer-encoding":
                    refusal = b'{"ok":false,"error_code":411,"description":"Length Required"}'
                    self.connection.sendall(Reply(411, refusal).wire())
                    return None
        body = self.rfile.read(length) if length else b""
        if len(body) < length:
            return None
        target, _, query = parts[1].partition(b"?")
        path = unquote(target.decode("latin-1"))
        return Incoming(path, query, content_type, body, number, at, self._alive)

    def _alive(self) -> bool:
        try:
            return self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def _reset(self) -> None:
        # With a linger time of zero the close is a reset: no answer, and no polite goodbye either.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def read_params(incoming: Incoming) -> tuple[dict[str, Any], Files]:
    """Parameters and files of a request, from the query and from a body of any allowed kind."""
    params: dict[str, Any] = dict(_form(incoming.query)) if incoming.query else {}
    files: Files = {}
    if incoming.body:
        kind = incoming.content_type.partition(";")[0].strip().lower()
        if kind == "application/json":
            decoded = _from_json(incoming.body.decode("utf-8", "surrogateescape"))
            params |= decoded if isinstance(decoded, dict) else {}
        elif kind == "multipart/form-data":
            _read_multipart(incoming.content_type, incoming.body, params, files)
        else:
            params.update(_form(incoming.body))
    for name, value in params.items():
        if isinstance(value, str) and (convert := _CONVERT.get(name)) is not None:
            params[name] = convert(value)
    return params, files


_ESCAPES = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")


def _form(raw: bytes) -> list[tuple[str, str]]:
    pairs = (pair.partition(b"=") for pair in raw.split(b"&") if pair)
    return [(_unquote(name), _unquote(value)) for name, _, value in pairs]


def _unquote(raw: bytes) -> str:
    # A run of escapes at a time, blanks included: urllib goes letter by letter, and a long Russian
    # text would take it milliseconds.
    if b"%" not in raw:
        raw = raw.replace(b"+", b" ")
    else:
        raw = raw.replace(b"+", b"%20")
        raw = _ESCAPES.sub(lambda run: bytes.fromhex(run[0].replace(b"%", b"").decode()), raw)
    return raw.decode("utf-8", "surrogateescape")


def _read_multipart(content_type: str, body: bytes, params: dict[str, Any], files: Files) -> None:
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    if not isinstance(boundary, str):
        return
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1"))[1:]:
        if part.startswith(b"--"):
            return
        head, _, content = part.partition(b"\r\n\r\n")
        name, filename = _disposition(head)
        if name and filename is None:
            params[name] = content.decode("utf-8", "surrogateescape")
        elif name:
            files[name] = (filename or "", content)


_NAME = re.compile(r'[;\s]name="?([^";\r\n]*)')
_FILENAME = re.compile(r'[;\s]filename=(?:"([^"]*)|([^;\r\n]*))')  # telebot quotes none
_FILENAME_ENCODED = re.compile(r"[;\s]filename\*=utf-8''([^;\s]+)", re.IGNORECASE)


def _disposition(head: bytes) -> tuple[str, str | None]:
    text = head.decode("utf-8", "replace")
    name = _NAME.search(text)
    encoded, plain = _FILENAME_ENCODED.search(text), _FILENAME.search(text)
    filename = None
    if encoded:
        filename = unquote(encoded[1])
    elif plain:
        filename = (plain[1] or plain[2]).replace("%22", '"')
    return (name[1] if name else ""), filename


def _from_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text  # whoever needs the object says what is wrong with it


def _to_int(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text


def _to_bool(text: str) -> bool | str:
    return {"true": True, "1": True, "yes": True, "false": False, "0": False}.get(
        text.lower(), text
    )


_CONVERT: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(JSON_FIELDS.split(), _from_json),
    **dict.fromkeys(INTEGER_FIELDS.split(), _to_int),
    **dict.fromkeys(BOOLEAN_FIELDS.split(), _to_bool),
}
