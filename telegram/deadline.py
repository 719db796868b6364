"""A limit to the whole of an answer; that of requests is one to each of its bytes."""

import functools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

SLOWEST = 1024  # bytes a second: what comes more slowly does not come

_current = threading.local()


class Deadline:
    """Shuts the socket of a call when its time is over, which wakes the thread that reads."""

    def __init__(self, seconds: float) -> None:
        self._due = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._is_due = False
        self._over = threading.Event()
        self._handle: socket.socket | None = None
        threading.Thread(target=self._watch, name="deadline", daemon=True).start()

    def extend(self, seconds: float) -> None:
        """Give the call so much longer."""
        self._due += seconds

    def attach(self, sock: socket.socket) -> None:
        """Make this the socket to shut."""
        with self._lock:
            self._close()
            # A descriptor of our own: urllib3 closes its own whenever it likes, and a number that
            # was closed may already be another's.
            self._handle = socket.fromfd(sock.fileno(), socket.AF_INET, socket.SOCK_STREAM)
            if self._is_due:
                self._shut()

    def end(self) -> None:
        """The call is over."""
        self._over.set()
        with self._lock:
            self._close()

    def _watch(self) -> None:
        while (left := self._due - time.monotonic()) > 0:
            if self._over.wait(left):
                return
        with self._lock:
            self._is_due = True
            self._shut()

    def _shut(self) -> None:
        if self._handle is not None:
            with suppress(OSError):  # closed by the other side
                self._handle.shutdown(socket.SHUT_RDWR)

    def _close(self) -> None:
        if self._handle is not None:
            self._handle.close()
        self._handle = None


@contextmanager
def within(seconds: float) -> Iterator[Deadline]:
    """A limit to the call that this thread makes inside the block, through an `Adapter`."""
    deadline = _current.deadline = Deadline(seconds)
    try:
        yield deadline
    finally:
        _current.deadline = None
        deadline.end()


def read(response: requests.Response, deadline: Deadline) -> bytes:
    """The body, however long it takes while it comes at more than `SLOWEST`.

    Raises:
        requests.ConnectionError: it came more slowly, or the connection broke.
    """
    body = bytearray()
    try:
        while part := response.raw.read(SLOWEST, decode_content=True):
            body += part
            deadline.extend(1.0)
    except urllib3.exceptions.HTTPError as error:
        raise requests.ConnectionError(error) from error
    return bytes(body)


class Adapter(HTTPAdapter):
    """Connections, through a proxy or not, whose calls a `Deadline` can end."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _make_shown(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        is_new = proxy not in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **kwargs)
        if is_new:
            _make_shown(manager)
        return manager


def _make_shown(manager: urllib3.PoolManager) -> None:
    pools = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: _shown(pool) for scheme, pool in pools.items()}


@functools.cache
def _shown(pool: type[Any]) -> type[Any]:
    """A kind of pool whose connections show their socket; there are four, with TLS and SOCKS."""
    connection = type("Shown", (_Shown, pool.ConnectionCls), {})
    return type("Pool", (pool,), {"ConnectionCls": connection})


class _Shown:
    """Shows the socket of a connection to the deadline of the call that uses it."""

    def request(self: Any, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:
            self.connect()
        deadline = getattr(_current, "deadline", None)
        if deadline is not None:
            deadline.attach(self.sock)
        super().request(*args, **kwargs)  # type: ignore[misc]
