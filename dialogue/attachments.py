"""What was sent with a question: which files a model is given, and on disk while it is asked."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from documents import reading, scaling
from documents.reading import Document, UnreadableError
from files import DOWNLOAD_MOST, Attachment, Files, FileUnavailableError
from llm.embedded import EmbeddedFile
from llm.provider import JSON
from scratch import Scratch
from storage.turns import Turn
from texts import log as texts

IMAGE, DOCUMENT = "image", "document"  # kinds of attachments
REMEMBERED_TURNS = 3  # what was sent with so many turns before still goes along
MOST = 10  # files of one request
BYTES_MOST = DOWNLOAD_MOST  # of the pictures of one request
AT_ONCE = 8  # questions whose files are on disk; those of others wait
LOOK_EVERY_S = 0.5  # whether a question that waits was stopped
HEAD = 16  # bytes
# How the formats begin that every model with eyes knows.
SIGNATURES: tuple[tuple[slice, bytes, str], ...] = (
    (slice(3), b"\xff\xd8\xff", "image/jpeg"),
    (slice(8), b"\x89PNG\r\n\x1a\n", "image/png"),
    (slice(8, 12), b"WEBP", "image/webp"),
    (slice(4), b"GIF8", "image/gif"),
)
PDF = "application/pdf"

log = logging.getLogger(__name__)

FileError = FileUnavailableError | UnreadableError


@dataclass(frozen=True)
class Shown:
    """What the messages of a request hold of the files, by file_id: parts, or texts in frames."""

    parts: Mapping[str, JSON] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


class NotPictureError(FileUnavailableError):
    """A file is none of the pictures that models know, whatever it is called."""


class FileGate:
    """Where files are fetched from and kept; bounds how many questions have some at once."""

    def __init__(self, files: Files, scratch: Scratch) -> None:
        self._files = files
        self._scratch = scratch
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    def enter(self, is_stopped: Callable[[], bool]) -> bool:
        """Wait for a slot; False when the question was stopped meanwhile."""
        while not self._slots.acquire(timeout=LOOK_EVERY_S):
            if is_stopped():
                return False
        return True

    def leave(self) -> None:
        self._slots.release()

    def fetch(self, file_id: str) -> Path:
        """A private file, which whoever asked for it deletes.

        Raises:
            FileUnavailableError, FileTooLargeError.
        """
        path = self._scratch.new(".sent")
        try:
            self._files.fetch(file_id, path, DOWNLOAD_MOST)
            return path
        except BaseException:
            path.unlink(missing_ok=True)
            raise


class FetchedFiles:
    """The files of one question, each fetched and read once; released as soon as they were sent."""

    def __init__(self, gate: FileGate, is_stopped: Callable[[], bool]) -> None:
        self.failures: dict[str, FileError] = {}  # by file_id
        self.is_released = False
        self._gate = gate
        self._is_stopped = is_stopped
        self._has_slot = False
        self._paths: list[Path] = []
        self._pictures: dict[str, EmbeddedFile] = {}
        self._documents: dict[str, Document] = {}
        self._unread: dict[str, EmbeddedFile] = {}  # pdf files without a text

    def pictures(self, wanted: Iterable[Attachment]) -> dict[str, JSON]:
        """The parts of those that are to be had; of the others `failures` tells why."""
        parts = {}
        for file in wanted:
            self._load(file, self._load_picture)
            if picture := self._pictures.get(file.file_id):
                parts[file.file_id] = {"type": "image_url", "image_url": {"url": picture}}
        return parts

    def documents(self, wanted: Iterable[Attachment]) -> dict[str, Document]:
        """The texts of those that can be read; of the others `failures` tells why."""
        wanted = list(wanted)
        for file in wanted:
            self._load(file, self._load_document)
        found = {file.file_id: self._documents.get(file.file_id) for file in wanted}
        return {file_id: document for file_id, document in found.items() if document}

    def unread(self, wanted: Iterable[Attachment]) -> dict[str, JSON]:
        """The parts of pdf files of pictures only, for a provider that reads them."""
        return {
            file.file_id: {
                "type": "file",
                "file": {"filename": file.filename, "file_data": self._unread[file.file_id]},
            }
            for file in wanted
            if file.file_id in self._unread
        }

    def release(self) -> None:
        """Delete the files, forget what was read and let another question have the slot."""
        self.is_released = True
        for read in (self._pictures, self._documents, self._unread):
            read.clear()
        paths, self._paths = self._paths, []
        for path in paths:
            path.unlink(missing_ok=True)
        if self._has_slot:
            self._has_slot = False
            self._gate.leave()

    def _load(self, file: Attachment, load: Callable[[Attachment, Path], None]) -> None:
        file_id = file.file_id
        known = (self._pictures, self._documents, self.failures)
        if any(file_id in one for one in known):
            return
        self._has_slot = self._has_slot or self._gate.enter(self._is_stopped)
        if not self._has_slot:
            return
        try:
            self._paths.append(self._gate.fetch(file_id))
            load(file, self._paths[-1])
        except (FileUnavailableError, UnreadableError) as error:
            log.info(texts.FILE_NOT_READ, error)
            self.failures[file_id] = error

    def _load_picture(self, file: Attachment, path: Path) -> None:
        media_type = _media_type(path)
        if file.filename:  # sent as a file; of a photo Telegram has the right size
            scaling.scale_down(path)
            media_type = _media_type(path)
        self._pictures[file.file_id] = EmbeddedFile(path, media_type)

    def _load_document(self, file: Attachment, path: Path) -> None:
        try:
            self._documents[file.file_id] = reading.read(path)
        except UnreadableError as error:
            if error.kind == "no_text" and _head(path).startswith(b"%PDF"):
                self._unread[file.file_id] = EmbeddedFile(path, PDF)
            raise


def of_kind(kind: str, files: Iterable[Attachment]) -> list[Attachment]:
    """Those that a model makes this of."""
    return [file for file in files if file.kind == kind]


def have_pictures(turns: Iterable[Turn]) -> bool:
    """Whether there is something to see in turns."""
    return any(of_kind(IMAGE, turn.attachments) for turn in turns)


def chosen(kind: str, own: Iterable[Attachment], recent: Iterable[Turn]) -> list[Attachment]:
    """The files of a request: the question's, then those of the turns before, newest first."""
    remembered = [file for turn in recent for file in turn.attachments]
    found, size = dict[str, Attachment](), 0
    for file in of_kind(kind, [*own, *remembered]):
        size += file.size if file.file_id not in found else 0
        if len(found) == MOST or size > BYTES_MOST:
            break
        found[file.file_id] = file
    return list(found.values())


def _media_type(path: Path) -> str:
    head = _head(path)
    for where, signature, media_type in SIGNATURES:
        if head[where] == signature:
            return media_type
    raise NotPictureError(f"begins with {head[:4].hex()}")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)
