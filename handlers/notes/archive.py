"""Notes in files: the formats of /note_export, and reading one of them back.

Both ways a file passes through a piece at a time, however large it is.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

import entities
from files import Attachment
from handlers.content import FILE_KINDS, UNSTORABLE
from storage.note_rows import Note
from storage.notes import MORE_FILES_MOST, TEXT_MOST

# Telegram takes files of 50 MB from bots but gives them 20 MB at most.
PART_BYTES = {"txt": 45_000_000, "md": 45_000_000, "json": 19_000_000}
FORMAT, VERSION = "notes-bot", 1
HEADS = {"json": f'{{"format": "{FORMAT}", "version": {VERSION}, "notes": [\n'}
TAILS = {"json": "\n]}\n"}
BETWEEN = {"json": ",\n"}

NAME_MOST = 256
MOMENT_MOST = 1 << 33  # the year 2242
NUMBER_MOST = 1 << 31
SIZE_MOST = 1 << 40  # bytes
FILE_ID = re.compile(r"[\w-]{0,256}", re.ASCII)
BLANKS = re.compile(r"[ \t\r\n]*")
CHUNK = 1 << 16  # characters read at once
ENTRY_MOST = 6 * TEXT_MOST + 10_000  # characters: each letter may be written as \u0431


class NotExportedError(Exception):
    """A file is no export of this bot."""


class Parts:
    """Temporary files, as many as the size of what is written demands."""

    def __init__(self, suffix: str, new_file: Callable[[str], Path]) -> None:
        self.paths: list[Path] = []
        self._suffix = suffix
        self._new_file = new_file
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
        self.paths.append(self._new_file(f".{self._suffix}"))
        self._file = self.paths[-1].open("w", encoding="utf-8")
        self._file.write(HEADS.get(self._suffix, ""))
        self._size = 0

    def _close(self) -> None:
        if self.paths:
            self._file.write(TAILS.get(self._suffix, ""))
            self._file.close()


def to_json(note: Note) -> str:
    """A note as a line of an export; what is not there is left out."""
    absent = (None, "", False, ())
    fields = {name: value for name, value in vars(note).items() if value not in absent}
    return json.dumps(fields, ensure_ascii=False, default=vars)


def check(path: Path) -> None:
    """Read a file to its end, so that nothing is taken from one that breaks off.

    Raises:
        NotExportedError: it is no JSON, or not of this format.
    """
    for _ in read(path):
        pass


def read(path: Path) -> Iterator[Note | None]:
    """The notes of an exported file one after another; None for an entry that is no note.

    Raises:
        NotExportedError: from here on it is no JSON, or not of this format.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            yield from map(_note, _entries(_JsonReader(file)))
        except (ValueError, RecursionError) as exc:
            raise NotExportedError from exc


def _entries(reader: "_JsonReader") -> Iterator[Any]:
    header: dict[str, Any] = {}
    reader.take("{")
    while True:
        key = reader.value()
        reader.take(":")
        if key == "notes":
            yield from reader.items()
        elif key not in ("format", "version"):
            raise NotExportedError
        header[key] = None if key == "notes" else reader.value()
        if reader.peek() != ",":
            break
        reader.take(",")
    reader.take("}")
    if reader.peek() or header != {"format": FORMAT, "version": VERSION, "notes": None}:
        raise NotExportedError


class _JsonReader:
    """JSON values one after another; a file that holds one above `ENTRY_MOST` is refused."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._decoder = json.JSONDecoder()
        self._text, self._at = "", 0

    def peek(self) -> str:
        """The next character that is not blank, "" at the end."""
        while True:
            self._at = BLANKS.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text) or not self._read_on():
                return self._text[self._at : self._at + 1]

    def take(self, char: str) -> None:
        """Go on behind a character that has to be here."""
        if self.peek() != char:
            raise NotExportedError
        self._at += 1

    def value(self) -> Any:
        """The next value as Python has it."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
                is_whole = end < len(self._text)  # a number might go on
            except ValueError:  # unless more of it helps, it is no JSON
                is_whole = False
            if is_whole:
                self._at = end
                return value
            if not self._read_on():
                raise NotExportedError

    def items(self) -> Iterator[Any]:
        """The values of an array."""
        self.take("[")
        if self.peek() != "]":
            yield self.value()
            while self.peek() == ",":
                self.take(",")
                yield self.value()
        self.take("]")

    def _read_on(self) -> bool:
        """Read more of the file, twice as much each time; False at its end."""
        rest = self._text[self._at :]
        if len(rest) > ENTRY_MOST:
            raise NotExportedError
        more = self._file.read(max(CHUNK, len(rest)))
        self._text, self._at = rest + more, 0
        return bool(more)


# field: (default, what it must be)
FIELDS: dict[str, tuple[Any, Callable[[Any], bool]]] = {
    "number": (None, lambda v: _is_whole(v, NUMBER_MOST)),
    "text": ("", lambda v: _is_text(v, TEXT_MOST)),
    "created_at": (None, lambda v: _is_whole(v, MOMENT_MOST)),
    "edited_at": (None, lambda v: v is None or _is_whole(v, MOMENT_MOST)),
    "pinned": (False, lambda v: isinstance(v, bool)),
    "origin": ("", lambda v: _is_text(v, NAME_MOST)),
    "origin_at": (None, lambda v: v is None or _is_whole(v, MOMENT_MOST)),
    "file_kind": ("", lambda v: isinstance(v, str) and v in ("", *FILE_KINDS)),
    "file_id": ("", lambda v: isinstance(v, str) and FILE_ID.fullmatch(v) is not None),
    "markdown": (False, lambda v: isinstance(v, bool)),
    "entities": ([], lambda v: isinstance(v, list) and len(v) <= entities.MOST),
    "file_name": ("", lambda v: _is_text(v, NAME_MOST)),
    "file_size": (0, lambda v: _is_whole(v, SIZE_MOST, 0)),
    "duration": (0, lambda v: _is_whole(v, NUMBER_MOST, 0)),
    "more_files": ([], lambda v: _are_files(v)),
}
# The same of each of `more_files`.
FILE_FIELDS: dict[str, tuple[Any, Callable[[Any], bool]]] = {
    "kind": (None, lambda v: isinstance(v, str) and v in FILE_KINDS),
    "file_id": (None, lambda v: isinstance(v, str) and v != "" and bool(FILE_ID.fullmatch(v))),
    "filename": ("", lambda v: _is_text(v, NAME_MOST)),
    "size": (0, lambda v: _is_whole(v, SIZE_MOST, 0)),
    "duration": (0, lambda v: _is_whole(v, NUMBER_MOST, 0)),
}


def _note(entry: Any) -> Note | None:
    """An entry of an export as a note, None if a field of it is not what it must be."""
    fields = _fields(entry, FIELDS)
    if fields is None or bool(fields["file_kind"]) != bool(fields["file_id"]):
        return None
    more = fields.pop("more_files")
    if more and not fields["file_id"]:
        return None
    formatted = entities.kept(fields["text"], fields["entities"])
    if list(formatted) != fields["entities"]:
        return None
    fields["entities"] = formatted
    fields["more_files"] = tuple(Attachment(**(_fields(file, FILE_FIELDS) or {})) for file in more)
    return Note(**fields) if fields["text"].strip() or fields["file_id"] else None


def _fields(
    entry: Any, known: dict[str, tuple[Any, Callable[[Any], bool]]]
) -> dict[str, Any] | None:
    """What an object says of the fields that there are, None if one is not what it must be."""
    if not isinstance(entry, dict) or not entry.keys() <= known.keys():
        return None
    fields = {name: entry.get(name, default) for name, (default, _) in known.items()}
    return fields if all(fits(fields[name]) for name, (_, fits) in known.items()) else None


def _are_files(value: Any) -> bool:
    if not isinstance(value, list) or len(value) > MORE_FILES_MOST:
        return False
    return all(_fields(file, FILE_FIELDS) is not None for file in value)


def _is_whole(value: Any, most: int, least: int = 1) -> bool:
    return type(value) is int and least <= value < most


def _is_text(value: Any, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most and UNSTORABLE.search(value) is None
