"""A proxy that asks for a password: pproxy, as a process, for HTTP and for SOCKS5 on one port."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.certificates import Authority
from tests.ports import free_port, listening

USER, PASSWORD = "bot", "pr0xy-secret"
SCHEMES = ("http", "socks5", "socks5h")


class Proxy:
    """A proxy that runs; `url` is how a client is told of it."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self.password = PASSWORD
        self._log = log

    def url(self, scheme: str) -> str:
        return f"{scheme}://{USER}:{self.password}@127.0.0.1:{self.port}"

    def connections(self, port: int, scheme: str = "") -> int:
        """How many connections it has made to a port, for clients of that scheme."""
        lines = self._log.read_text("utf-8").splitlines()
        ours = (line for line in lines if line.startswith(scheme.rstrip("h")))
        return sum(line.endswith(f" -> 127.0.0.1:{port}") for line in ours)


@contextmanager
def running_proxy(folder: Path, tls: Authority | None = None) -> Iterator[Proxy]:
    """Start a proxy that keeps its log in `folder`; with `tls` it is one of https alone."""
    port, log = free_port(), folder / "proxy.log"
    schemes = "http+ssl" if tls else "http+socks5"
    listen = f"{schemes}://127.0.0.1:{port}#{USER}:{PASSWORD}"
    # Without --auth 0 whoever knew the password once is let in for a month.
    command = [sys.executable, "-u", "-m", "pproxy", "-l", listen, "--auth", "0", "-v"]
    if tls:
        command += ["--ssl", f"{tls.leaf},{tls.leaf_key}"]
    with listening(command, port, log):
        yield Proxy(port, log)
