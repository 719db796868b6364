"""One HTTP exchange under way, and the means to end it from another thread.

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
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection

T = TypeVar("T")

MAX_BODY = 8 * 1024 * 1024  # bytes
KEPT_SESSIONS = 32
READ_SIZE = 16 * 1024
CONNECT_S = 10.0
SHUT_EVERY_S = 0.05


class End(enum.Enum):
    """Why an exchange was ended before its time."""

    CANCELLED = enum.auto()
    STALLED = enum.auto()
    LATE = enum.auto()


class Ended(Exception):
    """The exchange was ended from outside; `Exchange.reason` says why."""


class TooBig(Exception):
    """The body is larger than anybody should keep in memory."""


class Exchange:
    """One question and its answer, all tries together. A thread of its own watches over it.

    The watcher is the only one who ends things: at the total deadline, when nothing was heard
    for `stall_s` seconds, or because somebody called `end`. It shuts the socket, which wakes the
    reading thread wherever it is: connecting, shaking hands, waiting for headers, reading. Name
    resolution alone cannot be woken.
    """

    def __init__(self, timeout_s: float, stall_s: float = math.inf) -> None:
        self.reason: End | None = None
        self._timeout_s, self._stall_s = timeout_s, stall_s
        self._deadline = self._stall_due = math.inf
        self._over = False
        self._wake = threading.Condition()
        self._socket: socket.socket | None = None
        self._handle: socket.socket | None = None

    def __enter__(self) -> Self:
        self._deadline = time.monotonic() + self._timeout_s
        self._stall_due = time.monotonic() + self._stall_s
        threading.Thread(target=self._watch, name="exchange-watch", daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        with self._wake:
            self._over = True
            self._wake.notify_all()

    def end(self, reason: End) -> None:
        """End the exchange, from any thread, at any time; the first reason stays."""
        with self._wake:
            self.reason = self.reason or reason
            self._wake.notify_all()

    def remaining(self) -> float:
        """Seconds until the deadline."""
        return self._deadline - time.monotonic()

    def check(self) -> None:
        """Raise `Ended` if the exchange was ended."""
        if self.reason is not None:
            raise Ended

    def heard(self) -> None:
        """Something that counts has come: put the stall off, or raise `Ended`."""
        self.check()
        self._stall_due = time.monotonic() + self._stall_s

    def not_listening(self) -> None:
        """The reader is busy elsewhere: until `heard`, silence is not the server's fault."""
        self._stall_due = math.inf

    def hurry(self, seconds: float) -> None:
        """Wait no longer than this for each of the bytes still to come."""
        if self._socket is not None:
            with contextlib.suppress(OSError):  # closed: the last bytes are here already
                self._socket.settimeout(seconds)

    def sleep(self, seconds: float) -> None:
        """Sleep, or raise `Ended` as soon as the exchange is ended."""
        self._stall_due = math.inf
        with self._wake:
            self._wake.wait_for(lambda: self.reason is not None, seconds)
        self.heard()

    def wait_for(self, work: Future[T]) -> T:
        """The result of work done by another thread, or raise `Ended` as soon as that is due."""
        work.add_done_callback(lambda _: self._look_again())
        with self._wake:
            self._wake.wait_for(lambda: self.reason is not None or work.done())
        self.check()
        return work.result()

    def hold(self, sock: socket.socket) -> None:
        """Make this socket the one to shut; called by the connection as it dials and sends."""
        with self._wake:
            self.check()
            self.release()
            self._socket = sock
            # A descriptor of our own: the TLS layer detaches the plain socket, urllib3 closes
            # its own whenever it likes, and a number that was closed may already be another's.
            self._handle = socket.fromfd(sock.fileno(), sock.family, sock.type)

    def release(self) -> None:
        """Let go of the socket: it may now serve another exchange."""
        with self._wake:
            if self._handle is not None:
                self._handle.close()
            self._socket = self._handle = None

    def _look_again(self) -> None:
        with self._wake:
            self._wake.notify_all()

    def _watch(self) -> None:
        with self._wake:
            while not self._over and self.reason is None:
                now = time.monotonic()
                if now >= self._deadline:
                    self.reason = End.LATE
                elif now >= self._stall_due:
                    self.reason = End.STALLED
                else:
                    # `_stall_due` moves without a notice, so look at it now and then.
                    due = min(self._deadline, self._stall_due, now + self._stall_s / 4)
                    self._wake.wait(due - now)
            self._wake.notify_all()
            self._shut()

    def _shut(self) -> None:
        """Shut the socket.

        Linux wakes a connecting thread at once; other systems refuse to shut what is not
        connected yet, so they are asked again until it is.
        """
        for _ in range(int(CONNECT_S / SHUT_EVERY_S)):
            if self._over or self._handle is None:
                return
            with contextlib.suppress(OSError):
                self._handle.shutdown(socket.SHUT_RDWR)
                return
            self._wake.wait(SHUT_EVERY_S)


class Wires:
    """Sessions kept alive, each used by one thread at a time, which an `Exchange` can reach.

    Threads come and go with the questions; to connect anew for each would cost a TLS handshake.
    """

    def __init__(self) -> None:
        self._idle: deque[requests.Session] = deque()

    @contextlib.contextmanager
    def send(
        self, exchange: Exchange, method: str, url: str, **request: Any
    ) -> Iterator[requests.Response]:
        """Send a request and give the response, its body unread; closed at the end.

        Raises:
            Ended, requests.RequestException, OSError.
        """
        exchange.check()
        session = self._take()
        try:
            with _sending(exchange):
                response = session.request(
                    method,
                    url,
                    timeout=(CONNECT_S, max(exchange.remaining(), 0.001)),
                    stream=True,
                    allow_redirects=False,
                    **request,
                )
            with response:
                yield response
        finally:
            exchange.release()
            self._put_back(session)

    def _take(self) -> requests.Session:
        try:
            return self._idle.pop()  # the last one used: its connection is the least likely cut
        except IndexError:
            session = requests.Session()
            for scheme in ("http://", "https://"):
                session.mount(scheme, _Adapter(pool_connections=2, pool_maxsize=2))
            return session

    def _put_back(self, session: requests.Session) -> None:
        if len(self._idle) < KEPT_SESSIONS:
            self._idle.append(session)
        else:
            session.close()


def read(response: requests.Response, exchange: Exchange) -> Iterator[bytes]:
    """The body as it comes, in pieces of up to 16 KiB.

    Raises:
        Ended: the exchange was ended; its socket was shut, which alone looks like a good end.
        urllib3.exceptions.HTTPError: the connection broke.
    """
    while True:
        exchange.check()
        part: bytes = response.raw.read1(READ_SIZE, decode_content=True)
        exchange.check()
        if not part:
            return
        yield part


def read_whole(response: requests.Response, exchange: Exchange) -> bytes:
    """The whole body, up to 8 MiB.

    Raises:
        TooBig, and what `read` raises.
    """
    body = bytearray()
    for part in read(response, exchange):
        body += part
        if len(body) > MAX_BODY:
            raise TooBig(f"the body is above {MAX_BODY} bytes")
    return bytes(body)


# The exchange this thread is sending: urllib3 has no way to hand it to a connection.
_current = threading.local()


def sending() -> Exchange:
    """The exchange this thread is sending: for whoever signs a request and may have to wait."""
    exchange: Exchange = _current.exchange
    return exchange


@contextlib.contextmanager
def _sending(exchange: Exchange) -> Iterator[None]:
    outer = getattr(_current, "exchange", None)  # signing a request may need one of its own
    _current.exchange = exchange
    try:
        yield
    finally:
        _current.exchange = outer


class _Reachable(HTTPConnection):
    """Shows its socket to the exchange, before it connects and whenever it is used again."""

    def _new_conn(self) -> socket.socket:
        failure = OSError(f"no address for {self.host}")
        for family, kind, protocol, _, address in socket.getaddrinfo(
            self.host, self.port, type=socket.SOCK_STREAM
        ):
            sock = socket.socket(family, kind, protocol)
            try:
                _current.exchange.hold(sock)
                sock.settimeout(self.timeout)
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.connect(address)
                return sock
            except OSError as exc:
                failure = exc
                sock.close()
            except BaseException:
                sock.close()
                raise
        raise failure

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:
            self.connect()
        _current.exchange.hold(self.sock)
        super().request(*args, **kwargs)


class _ReachableTLS(_Reachable, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Reachable


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _ReachableTLS


_POOLS = {"http": _Pool, "https": _PoolTLS}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        if type(manager) is ProxyManager:  # a SOCKS proxy has connections of its own
            manager.pool_classes_by_scheme = _POOLS
        return manager
