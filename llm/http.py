"""One call of a server over HTTP, and the means to end it from another thread.

Knows sockets, deadlines and bounds; does not know what is said over them.
"""

import contextlib
import enum
import math
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any, Self, TypeVar

import requests

from llm import connections

T = TypeVar("T")

MAX_BODY = 8 * 1024 * 1024  # bytes
KEPT_SESSIONS = 32
READ_SIZE = 16 * 1024
CONNECT_S = 10.0
SHUT_EVERY_S = 0.05


class End(enum.Enum):
    """Why a call was ended before its time."""

    CANCELLED = enum.auto()
    STALLED = enum.auto()
    LATE = enum.auto()


class Ended(Exception):
    """The call was ended from outside; `Call.reason` says why."""


class TooBig(Exception):
    """The body is larger than anybody should keep in memory."""


class Call:
    """A request and its answer, all retries together, which any thread can end.

    It ends early when `timeout_s` seconds are over, when nothing that counts has come for
    `stall_s` seconds, or when somebody calls `end`. To end it is to shut its socket, which wakes
    the reading thread wherever it is: connecting, shaking hands, waiting for headers, reading.
    Name resolution alone cannot be woken.
    """

    def __init__(self, timeout_s: float, stall_s: float = math.inf) -> None:
        self.reason: End | None = None
        self._timeout_s, self._stall_s = timeout_s, stall_s
        self._deadline = self._stall_due = math.inf
        self._changed = threading.Condition()
        self._socket: socket.socket | None = None
        self._handle: socket.socket | None = None

    def __enter__(self) -> Self:
        self._deadline = time.monotonic() + self._timeout_s
        self._stall_due = time.monotonic() + self._stall_s
        _watcher.add(self)
        return self

    def __exit__(self, *error: object) -> None:
        _watcher.remove(self)

    def end(self, reason: End) -> None:
        """End the call, from any thread, at any time; the first reason stays."""
        with self._changed:
            self._set_reason(reason)
            is_shut = self._shut()
        if not is_shut:
            _watcher.look_soon()

    def end_if_due(self, now: float) -> float:
        """End the call if its time is over; returns the moment to look again."""
        with self._changed:
            if now >= self._deadline:
                self._set_reason(End.LATE)
            elif now >= self._stall_due:
                self._set_reason(End.STALLED)
            elif self.reason is None:
                # `_stall_due` moves without a notice, so look at it now and then.
                return min(self._deadline, self._stall_due, now + self._stall_s / 4)
            return math.inf if self._shut() else now + SHUT_EVERY_S

    def remaining(self) -> float:
        """Seconds until the deadline."""
        return self._deadline - time.monotonic()

    def check(self) -> None:
        """Raise `Ended` if the call was ended."""
        if self.reason is not None:
            raise Ended

    def restart_stall(self) -> None:
        """Something that counts has come: begin counting silence anew, or raise `Ended`."""
        self.check()
        self._stall_due = time.monotonic() + self._stall_s

    def pause_stall(self) -> None:
        """The reader is busy: until `restart_stall`, silence is not the server's fault."""
        self._stall_due = math.inf

    def set_timeout(self, seconds: float) -> None:
        """Wait no longer than this for each of the bytes still to come."""
        if self._socket is not None:
            with contextlib.suppress(OSError):  # closed: the last bytes are here already
                self._socket.settimeout(seconds)

    def sleep(self, seconds: float) -> None:
        """Sleep, or raise `Ended` as soon as the call is ended."""
        self.pause_stall()
        with self._changed:
            self._changed.wait_for(lambda: self.reason is not None, seconds)
        self.restart_stall()

    def wait_for(self, work: Future[T]) -> T:
        """The result of another thread's work, or raise `Ended` as soon as the call is ended."""
        work.add_done_callback(lambda _: self._notify())
        with self._changed:
            self._changed.wait_for(lambda: self.reason is not None or work.done())
        self.check()
        return work.result()

    def attach(self, sock: socket.socket) -> None:
        """Make this socket the one to shut; called by the connection as it dials and sends."""
        with self._changed:
            self.check()
            self._close_handle()
            self._socket = sock
            # A descriptor of our own: the TLS layer detaches the plain socket, urllib3 closes
            # its own whenever it likes, and a number that was closed may already be another's.
            # TLS inside the TLS of a proxy does not know its family, and shutting needs none.
            self._handle = socket.fromfd(sock.fileno(), socket.AF_INET, socket.SOCK_STREAM)

    def detach(self) -> None:
        """Let go of the socket: it may now serve another call."""
        with self._changed:
            self._close_handle()

    def _close_handle(self) -> None:
        if self._handle is not None:
            self._handle.close()
        self._socket = self._handle = None

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _set_reason(self, reason: End) -> None:
        self.reason = self.reason or reason
        self._changed.notify_all()

    def _shut(self) -> bool:
        """Shut the socket; False when it is to be tried again.

        Linux wakes a connecting thread at once; other systems refuse to shut what is not
        connected yet.
        """
        if self._handle is None:
            return True
        with contextlib.suppress(OSError):
            self._handle.shutdown(socket.SHUT_RDWR)
            return True
        return False


class _Watcher:
    """One thread that ends the calls whose time is over."""

    def __init__(self) -> None:
        self._calls: set[Call] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._next_look = math.inf

    def add(self, call: Call) -> None:
        with self._changed:
            self._calls.add(call)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="llm-watch", daemon=True)
                self._thread.start()
            elif call.end_if_due(time.monotonic()) < self._next_look:
                self._changed.notify_all()

    def remove(self, call: Call) -> None:
        with self._changed:
            self._calls.discard(call)

    def look_soon(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                self._next_look = min((c.end_if_due(now) for c in self._calls), default=math.inf)
                wait_s = self._next_look - now
                self._changed.wait(wait_s if wait_s < threading.TIMEOUT_MAX else None)


_watcher = _Watcher()


class SessionPool:
    """Sessions kept alive, each used by one thread at a time, whose sockets a `Call` can reach.

    Threads come and go with the questions; to connect anew for each would cost a TLS handshake.
    """

    def __init__(self) -> None:
        self._idle: deque[requests.Session] = deque()

    @contextlib.contextmanager
    def send(
        self, call: Call, method: str, url: str, **request: Any
    ) -> Iterator[requests.Response]:
        """Send a request and give the response, its body unread; closed at the end.

        Raises:
            Ended, requests.RequestException, OSError.
        """
        call.check()
        session = self._take()
        try:
            with connections.shown_to(call):
                response = session.request(
                    method,
                    url,
                    timeout=(CONNECT_S, max(call.remaining(), 0.001)),
                    stream=True,
                    allow_redirects=False,
                    **request,
                )
            with response:
                yield response
        finally:
            call.detach()
            self._put_back(session)

    def _take(self) -> requests.Session:
        try:
            return self._idle.pop()  # the last one used: its connection is the least likely cut
        except IndexError:
            session = requests.Session()
            for scheme in ("http://", "https://"):
                session.mount(scheme, connections.Adapter(pool_connections=2, pool_maxsize=2))
            return session

    def _put_back(self, session: requests.Session) -> None:
        if len(self._idle) < KEPT_SESSIONS:
            self._idle.append(session)
        else:
            session.close()


def read(response: requests.Response, call: Call) -> Iterator[bytes]:
    """The body as it comes, in pieces of up to 16 KiB.

    Raises:
        Ended: the call was ended; its socket was shut, which alone looks like a good end.
        urllib3.exceptions.HTTPError: the connection broke.
    """
    while True:
        call.check()
        part: bytes = response.raw.read1(READ_SIZE, decode_content=True)
        call.check()
        if not part:
            return
        yield part


def read_whole(response: requests.Response, call: Call) -> bytes:
    """The whole body, up to 8 MiB.

    Raises:
        TooBig, and what `read` raises.
    """
    body = bytearray()
    for part in read(response, call):
        body += part
        if len(body) > MAX_BODY:
            raise TooBig(f"the body is above {MAX_BODY} bytes")
    return bytes(body)


def current_call() -> Call:
    """The call this thread is sending: for whoever signs a request and may have to wait."""
    call: Call = connections.holder()
    return call
