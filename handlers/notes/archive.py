"""Notes in files: the formats of /note_export, and reading one of them back."""

import json
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from storage.note_rows import Note

# Telegram takes files of 50 MB from bots but gives them 20 MB at most; a file that is to be read
# back is parsed as a whole, so it is smaller still.
PART_BYTES = {"txt": 45_000_000, "md": 45_000_000, "json": 8_000_000}
FORMAT, VERSION = "notes-bot", 1
HEADS = {"json": f'{{"format": "{FORMAT}", "version": {VERSION}, "notes": [\n'}
TAILS = {"json": "\n]}\n"}
BETWEEN = {"json": ",\n"}

TEXT_MOST = 10_000
NAME_MOST = 256
MOMENT_MOST = 1 << 33  # the year 2242
NUMBER_MOST = 1 << 31
FILE_KINDS = ("", "photo", "document", "voice", "audio", "video", "animation", "video_note")
FILE_ID = re.compile(r"[\w-]{0,256}", re.ASCII)
HOSTILE = re.compile("[\x00\ud800-\udfff]")  # what neither SQLite nor UTF-8 takes


class NotExportedError(Exception):
    """A file is no export of this bot."""


class Parts:
    """Temporary files, as many as the size of what is written demands."""

    def __init__(self, suffix: str) -> None:
        self.paths: list[Path] = []
        self._suffix = suffix
        self._size = 0

    def write(self, rows: Iterable[str]) -> int:
        """Write rows, none of them cut in two, and return how many; a failure leaves no files."""
        written = 0
        try:
            for row in rows:
                self._append(row)
                written += 1
            self._close()
        except BaseException:
            if self.paths:
                self._file.close()
            for path in self.paths:
                path.unlink(missing_ok=True)
            raise
        return written

    def _append(self, row: str) -> None:
        size = len(row.encode())
        if self.paths and self._size + size <= PART_BYTES[self._suffix]:
            self._file.write(BETWEEN.get(self._suffix, ""))
        else:
            self._close()
            self._open()
        self._file.write(row)
        self._size += size

    def _open(self) -> None:
        self._file = tempfile.NamedTemporaryFile(  # noqa: SIM115  # closed when the part is full
            "w", encoding="utf-8", suffix=f".{self._suffix}", delete=False
        )
        self.paths.append(Path(self._file.name))
        self._file.write(HEADS.get(self._suffix, ""))
        self._size = 0

    def _close(self) -> None:
        if self.paths:
            self._file.write(TAILS.get(self._suffix, ""))
            self._file.close()


def to_json(note: Note) -> str:
    """A note as a line of an export; what is not there is left out."""
    fields = {name: value for name, value in vars(note).items() if value not in (None, "", False)}
    return json.dumps(fields, ensure_ascii=False)


def read(content: bytes) -> tuple[list[Note], int]:
    """The notes of an exported file, and how many of its entries are none.

    Raises:
        NotExportedError: it is no JSON, or not of this format.
    """
    try:
        stored = json.loads(content)
    except (ValueError, RecursionError) as exc:
        raise NotExportedError from exc
    if not isinstance(stored, dict) or stored.get("format") != FORMAT:
        raise NotExportedError
    entries = stored.get("notes")
    if stored.get("version") != VERSION or not isinstance(entries, list):
        raise NotExportedError
    notes = [note for entry in entries if (note := _note(entry)) is not None]
    return notes, len(entries) - len(notes)


# field: (default, what it must be)
FIELDS: dict[str, tuple[Any, Callable[[Any], bool]]] = {
    "number": (None, lambda v: _is_whole(v, NUMBER_MOST)),
    "text": ("", lambda v: _is_text(v, TEXT_MOST)),
    "created_at": (None, lambda v: _is_whole(v, MOMENT_MOST)),
    "edited_at": (None, lambda v: v is None or _is_whole(v, MOMENT_MOST)),
    "pinned": (False, lambda v: isinstance(v, bool)),
    "origin": ("", lambda v: _is_text(v, NAME_MOST)),
    "origin_at": (None, lambda v: v is None or _is_whole(v, MOMENT_MOST)),
    "file_kind": ("", lambda v: v in FILE_KINDS),
    "file_id": ("", lambda v: isinstance(v, str) and FILE_ID.fullmatch(v) is not None),
}


def _note(entry: Any) -> Note | None:
    """An entry of an export as a note, None if a field of it is not what it must be."""
    if not isinstance(entry, dict) or not entry.keys() <= FIELDS.keys():
        return None
    fields = {name: entry.get(name, default) for name, (default, _) in FIELDS.items()}
    if not all(fits(fields[name]) for name, (_, fits) in FIELDS.items()):
        return None
    if bool(fields["file_kind"]) != bool(fields["file_id"]):
        return None
    return Note(**fields) if fields["text"].strip() or fields["file_id"] else None


def _is_whole(value: Any, most: int) -> bool:
    return type(value) is int and 0 < value < most


def _is_text(value: Any, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most and HOSTILE.search(value) is None
