"""Has a document read by a process of its own."""

from dataclasses import dataclass
from pathlib import Path

from documents import process, reader
from documents.process import UnreadableError as UnreadableError


@dataclass(frozen=True)
class Document:
    """The text of a document; `share` is how much of the whole it is, from 0 to 1."""

    text: str
    share: float


def read(path: Path) -> Document:
    """The text of a file.

    Raises:
        UnreadableError: there is none, or to read it takes too much.
    """
    said = process.answer_of(reader.__file__, path)
    return Document(said["text"], said["share"])
