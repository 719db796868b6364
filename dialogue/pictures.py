"""The pictures that a model is shown: which ones, and on disk while it is asked."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from pathlib import Path

from files import Attachment, Files, FileUnavailableError
from llm.embedded import EmbeddedFile
from scratch import Scratch
from storage.turns import Turn
from texts import log as texts

IMAGE = "image"
REMEMBERED_TURNS = 3  # the pictures of so many turns before still go along
MOST = 10  # pictures of one request
BYTES_MOST = 20 * 1024 * 1024  # of one request
AT_ONCE = 8  # questions whose pictures are on disk; those of others wait
LOOK_EVERY_S = 0.5  # whether a question that waits was stopped
HEAD = 16  # bytes
# How the formats begin that every model with eyes knows.
SIGNATURES: tuple[tuple[slice, bytes, str], ...] = (
    (slice(3), b"\xff\xd8\xff", "image/jpeg"),
    (slice(8), b"\x89PNG\r\n\x1a\n", "image/png"),
    (slice(8, 12), b"WEBP", "image/webp"),
    (slice(4), b"GIF8", "image/gif"),
)

log = logging.getLogger(__name__)

Shown = Mapping[str, EmbeddedFile]  # by file_id


class NotPictureError(FileUnavailableError):
    """A file is none of the pictures that models know, whatever it is called."""


class PictureGate:
    """Where pictures are fetched from and kept; bounds how many are kept at once."""

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

    def fetch(self, file_id: str) -> EmbeddedFile:
        """A picture in a private file, which whoever asked for it deletes.

        Raises:
            FileUnavailableError, FileTooLargeError, NotPictureError.
        """
        path = self._scratch.new(".picture")
        try:
            self._files.fetch(file_id, path, BYTES_MOST)
            return EmbeddedFile(path, _media_type(path))
        except BaseException:
            path.unlink(missing_ok=True)
            raise


class FetchedPictures:
    """The pictures of one question, each fetched once; released as soon as they were sent."""

    def __init__(self, gate: PictureGate, is_stopped: Callable[[], bool]) -> None:
        self.failures: dict[str, FileUnavailableError] = {}  # by file_id
        self._gate = gate
        self._is_stopped = is_stopped
        self._has_slot = False
        self._kept: dict[str, EmbeddedFile] = {}

    def fetch(self, wanted: Iterable[Attachment]) -> Shown:
        """Those that are to be had; of the others `failures` tells why."""
        ids = [file.file_id for file in wanted]
        for file_id in ids:
            if file_id not in self._kept and file_id not in self.failures:
                self._fetch(file_id)
        return {file_id: self._kept[file_id] for file_id in ids if file_id in self._kept}

    def release(self) -> None:
        """Delete them and let another question have the slot."""
        kept, self._kept = self._kept, {}
        for picture in kept.values():
            picture.path.unlink(missing_ok=True)
        if self._has_slot:
            self._has_slot = False
            self._gate.leave()

    def _fetch(self, file_id: str) -> None:
        if not self._has_slot:
            self._has_slot = self._gate.enter(self._is_stopped)
        if not self._has_slot:
            return
        try:
            self._kept[file_id] = self._gate.fetch(file_id)
        except FileUnavailableError as error:
            log.info(texts.FILE_NOT_FETCHED, error)
            self.failures[file_id] = error


def pictures_of(turn: Turn) -> list[Attachment]:
    """What was sent with a question and can be seen."""
    return [file for file in turn.attachments if file.kind == IMAGE]


def are_remembered(earlier: Iterable[Turn]) -> bool:
    """Whether pictures of earlier turns, newest first, would still go along."""
    return any(pictures_of(turn) for turn in islice(earlier, REMEMBERED_TURNS))


def chosen(own: Iterable[Attachment], memory: Iterable[Turn]) -> list[Attachment]:
    """The pictures of a request: the question's, then those of its memory, newest turn first."""
    remembered = [f for turn in islice(memory, REMEMBERED_TURNS) for f in pictures_of(turn)]
    found, size = dict[str, Attachment](), 0
    for file in [*own, *remembered]:
        size += file.size if file.file_id not in found else 0
        if len(found) == MOST or size > BYTES_MOST:
            break
        found[file.file_id] = file
    return list(found.values())


def _media_type(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(HEAD)
    for where, signature, media_type in SIGNATURES:
        if head[where] == signature:
            return media_type
    raise NotPictureError(f"begins with {head[:4].hex()}")
