"""The socket of systemd, as the bot that it started sees it."""

import select
import socket
from pathlib import Path


class Systemd:
    """The socket that systemd would listen at."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(10)
        self.path = str(path)

    def next(self) -> str:
        return self._socket.recv(1000).decode()

    def drain(self) -> None:
        """Forget what was said so far."""
        while not self.is_quiet():
            self.next()

    def is_quiet(self) -> bool:
        return not select.select([self._socket], [], [], 0)[0]

    def close(self) -> None:
        self._socket.close()
