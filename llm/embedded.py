"""Files inside a request's JSON: written in base64 as they are sent, never whole in memory."""

import base64
import contextlib
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

PIECE = 3 * 16 * 1024  # bytes; a multiple of three, so that pieces of base64 can be joined


@dataclass(frozen=True)
class EmbeddedFile:
    """Stands in a request's JSON for a text: the file's bytes in base64.

    As a URL it begins with `data:` and the type of media.
    """

    path: Path
    media_type: str
    is_url: bool = True
    name: str = ""

    @property
    def prefix(self) -> str:
        return f"data:{self.media_type};base64," if self.is_url else ""

    def __len__(self) -> int:
        """How many bytes it is in the request."""
        return len(self.prefix) + -(-self.path.stat().st_size // 3) * 4

    def __iter__(self) -> Iterator[bytes]:
        yield self.prefix.encode()
        with self.path.open("rb") as file:
            while piece := file.read(PIECE):
                yield base64.b64encode(piece)


class Body:
    """A request's body, made of bytes and files; can be sent several times."""

    def __init__(self, parts: Sequence[bytes | EmbeddedFile]) -> None:
        self._parts = parts

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            if isinstance(part, bytes):
                yield part
            else:
                yield from part


class Multipart(Protocol):
    """A form with a file, read as it is sent: requests-toolbelt's MultipartEncoder."""

    @property
    def content_type(self) -> str: ...


@contextlib.contextmanager
def multipart(file: EmbeddedFile, name: str, **fields: str) -> Iterator[Multipart]:
    """A form with these fields and the file, under this name."""
    from requests_toolbelt import MultipartEncoder  # 30 ms that most starts can do without

    with file.path.open("rb") as content:
        form: Multipart = MultipartEncoder({**fields, "file": (name, content, file.media_type)})
        yield form


def json_body(document: Any) -> bytes | Body:
    """A document as JSON, with each `EmbeddedFile` in it as a text."""
    files: dict[str, EmbeddedFile] = {}

    def mark(value: object) -> str:
        if not isinstance(value, EmbeddedFile):
            raise TypeError(f"{type(value).__name__} is no JSON")
        name = uuid.uuid4().hex  # nothing that people write can be mistaken for it
        files[name] = value
        return name

    # A Russian letter takes two bytes so, and six in ASCII; half a character is nobody's word.
    rest = json.dumps(document, default=mark, ensure_ascii=False)
    parts: list[bytes | EmbeddedFile] = []
    for name, file in files.items():  # in the order in which they stand in the text
        before, _, rest = rest.partition(name)
        parts += [_utf8(before), file]
    return Body([*parts, _utf8(rest)]) if parts else _utf8(rest)


def _utf8(text: str) -> bytes:
    return text.encode(errors="replace")
