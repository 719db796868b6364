"""Server-sent events from bytes, as the standard has them (WHATWG HTML, 9.2.6)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from llm.http import TooBig

MAX_EVENT = 1024 * 1024  # bytes
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Event:
    """`data` are the bytes of all its data lines. `ended`: the stream did not break off in it."""

    name: str
    data: bytes
    ended: bool = True


def events(parts: Iterable[bytes]) -> Iterator[Event]:
    """The events with data in a body that comes in parts of any size.

    What stands at the end without an empty line behind it is given too, as not `ended`: the
    standard drops it, but some servers leave the last line feeds out.

    Raises:
        TooBig: an event or a line is above 1 MiB.
    """
    name, data, size = "", list[bytes](), 0
    for line in _lines(parts):
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            data.append(value)
            size += len(value)
            _check_size(size)
        elif field == b"event":
            name = value.decode(errors="replace")
        elif not line:
            if data:
                yield Event(name, b"\n".join(data))
            name, data, size = "", [], 0
    if data:
        yield Event(name, b"\n".join(data), ended=False)


def _lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Lines without their ends (LF, CR or CRLF), the byte order mark left out."""
    rest, is_first, after_cr = b"", True, False
    for part in parts:
        if after_cr:
            part = part.removeprefix(b"\n")  # the other half of a CRLF
        after_cr = part.endswith(b"\r")
        *lines, rest = (rest + part + b"|").splitlines()  # the mark keeps an empty rest
        rest = rest[:-1]
        _check_size(len(rest))
        for line in lines:
            yield line.removeprefix(BOM) if is_first else line
            is_first = False
    if rest:
        yield rest.removeprefix(BOM) if is_first else rest


def _check_size(size: int) -> None:
    if size > MAX_EVENT:
        raise TooBig(f"an event of the stream is above {MAX_EVENT} bytes")
