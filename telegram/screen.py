"""The terminal of the console: lines come in, texts go out, and neither cuts into the other."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TextIO

try:
    import termios
except ImportError:  # Windows
    termios = None  # type: ignore[assignment]

PROMPT = "> "
CLEAR_LINE = "\r\x1b[K"
MOST_LINE_BYTES = 1 << 20
# Nothing that a model writes may move the cursor or rename the window.
CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {ord("\n"), ord("\t")})


class Screen:
    """A person at a terminal, with a prompt and a history, or a pipe.

    `on_closed` is called once nobody reads the output any more.
    """

    def __init__(self, lines: TextIO, output: TextIO, on_closed: Callable[[], None]) -> None:
        self.interactive = lines.isatty() and output.isatty()
        self._lines = lines
        self._output = output
        self._on_closed = on_closed
        self._lock = threading.Lock()
        self._editor = _line_editor() if self.interactive else None
        self._mode = termios.tcgetattr(lines) if self.interactive and termios else None

    def lines(self) -> Iterator[str]:
        """What is typed or piped in, line by line, until the input ends."""
        with suppress(OSError):  # the terminal is gone
            yield from self._typed() if self.interactive else self._piped()

    def show(self, text: str) -> None:
        """Print a text; above what is being typed just now, if somebody is typing."""
        shown = text.translate(CONTROLS) + "\n"
        if self.interactive:
            typed = self._editor.get_line_buffer() if self._editor else ""
            shown = f"{CLEAR_LINE}{shown}{PROMPT}{typed}"
        try:
            with self._lock:
                self._output.write(shown)
                self._output.flush()
        except OSError:
            self._on_closed()

    def write(self, text: str) -> None:
        """`show`, for a log that takes this for a stream."""
        self.show(text.removesuffix("\n"))

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Give the terminal back as it was; whoever reads a line has changed its mode."""
        if self._mode is not None:
            with suppress(OSError, termios.error):
                termios.tcsetattr(self._lines, termios.TCSADRAIN, self._mode)

    def close_after(self, stopping: threading.Event) -> None:
        """`close` as soon as the program is told to stop."""
        stopping.wait()
        self.close()

    def _typed(self) -> Iterator[str]:
        while True:
            try:
                yield input(PROMPT)  # readline serves the process's own terminal only
            except EOFError:
                return

    def _piped(self) -> Iterator[str]:
        for raw in iter(lambda: self._lines.buffer.readline(MOST_LINE_BYTES), b""):
            yield _decoded(raw, self._lines.encoding).rstrip("\r\n")


def _line_editor() -> Any:
    """The module that gives `input` its history; loaded late: keys typed before are not in it."""
    with suppress(ImportError):
        import readline

        return readline
    return None


def _decoded(raw: bytes, encoding: str) -> str:
    """A line in UTF-8, in the encoding of the input or else in Windows' Cyrillic.

    UTF-8 first: other Russian text is hardly ever valid UTF-8, but UTF-8 passes for any other.
    """
    for name in ("utf-8", encoding):
        with suppress(UnicodeDecodeError):
            return raw.decode(name)
    return raw.decode("cp1251", "replace")
