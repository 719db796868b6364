"""Connections, through a proxy or not, whose socket is shown to whoever may have to shut it."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any, Protocol

import socks
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.contrib.socks import SOCKSConnection


class Holder(Protocol):
    """Is shown the socket of each connection that its thread dials or uses again."""

    def attach(self, sock: socket.socket) -> None: ...


# Whom this thread sends for: urllib3 has no way to hand it to a connection.
_current = threading.local()


@contextlib.contextmanager
def shown_to(holder: Holder) -> Iterator[None]:
    """What this thread sends inside the block shows its sockets to `holder`."""
    outer = getattr(_current, "holder", None)  # signing a request may need one of its own
    _current.holder = holder
    try:
        yield
    finally:
        _current.holder = outer


def holder() -> Any:
    """Whom this thread sends for."""
    return _current.holder


class _Reachable(HTTPConnection):
    """Shows its socket to its call, before it connects and whenever it is used again."""

    def _new_conn(self) -> socket.socket:
        host, port = self._first_hop()
        failure = OSError(f"no address for {host}")
        for family, kind, protocol, _, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        ):
            sock: socket.socket = self._make_socket(family, kind, protocol)
            try:
                _current.holder.attach(sock)
                sock.settimeout(self.timeout)
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                self._dial(sock, address)
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
        _current.holder.attach(self.sock)
        super().request(*args, **kwargs)

    def _first_hop(self) -> tuple[Any, Any]:
        return self.host, self.port

    def _make_socket(self, family: int, kind: int, protocol: int) -> Any:
        return socket.socket(family, kind, protocol)

    def _dial(self, sock: Any, address: Any) -> None:
        sock.connect(address)


class _ReachableTLS(_Reachable, HTTPSConnection):
    pass


class _ReachableSOCKS(_Reachable, SOCKSConnection):
    """Through a SOCKS proxy: the socket is shown before it greets the proxy."""

    def _first_hop(self) -> tuple[Any, Any]:
        return self._socks_options["proxy_host"], self._socks_options["proxy_port"]

    def _make_socket(self, family: int, kind: int, protocol: int) -> Any:
        return socks.socksocket(family, kind, protocol)

    def _dial(self, sock: Any, address: Any) -> None:
        through = self._socks_options
        sock.set_proxy(
            through["socks_version"],
            *address[:2],
            rdns=through["rdns"],
            username=through["username"],
            password=through["password"],
        )
        sock.connect((self.host, self.port))


class _ReachableSOCKSTLS(_ReachableSOCKS, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Reachable


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _ReachableTLS


class _PoolSOCKS(HTTPConnectionPool):
    ConnectionCls = _ReachableSOCKS


class _PoolSOCKSTLS(HTTPSConnectionPool):
    ConnectionCls = _ReachableSOCKSTLS


_POOLS = {"http": _Pool, "https": _PoolTLS}
_POOLS_SOCKS = {"http": _PoolSOCKS, "https": _PoolSOCKSTLS}


class Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        is_http = type(manager) is ProxyManager
        manager.pool_classes_by_scheme = _POOLS if is_http else _POOLS_SOCKS
        return manager
