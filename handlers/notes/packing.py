"""/note_export zip: notes with their files, in archives that are small enough to come back.

Each archive is a task of its own, which asks for the next one: however much there is, one part at
a time lies on the disk, and a process that is killed makes the part anew that was not sent yet.
"""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from clock import Clock
from files import DOWNLOAD_MOST, Attachment, FileTooLargeError, FileUnavailableError
from handlers.buttons import button
from handlers.context import App
from handlers.notes import archive
from handlers.types import Button, Document, Reply, Request, Task
from storage.note_rows import Note
from texts import note_files as texts
from texts import notes as texts_notes
from texts import questions as texts_questions

PART_BYTES = 19_000_000  # before it is packed; Telegram gives bots files of 20 MB
LARGEST = DOWNLOAD_MOST - 500_000  # of one file, which makes a part of its own
FILES_MOST = 500  # in a part: each that comes back is a message
BUSY_S = 2.0
NOTES_NAME, FOLDER = "notes.json", "files/"
SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")
SUFFIXES = {
    "photo": ".jpg",
    "voice": ".ogg",
    "audio": ".mp3",
    "video": ".mp4",
    "video_note": ".mp4",
    "animation": ".mp4",
}

Report = Callable[[str, Button], None]


def begin(app: App, request: Request) -> Reply:
    """/note_export zip."""
    app.packing.begin(request.user_id)
    task = Task("pack", {"from": 1, "file": 0, "part": 1, "done": 0})
    return Reply(texts.PACK_BEGINS, tasks=(task,))


def make_part(app: App, request: Request, args: dict[str, int], report: Report) -> Reply:
    """The task that makes one archive, from a file of a note on, as far as there is room."""
    with app.packing.enter() as is_free:
        if is_free:
            return _make(app, request, args, report)
    return Reply(tasks=(Task("pack", args, BUSY_S),))


def stop(app: App, request: Request) -> Reply:
    """⏹ under what tells of the work."""
    app.packing.stop(request.user_id)
    return Reply(toast=texts.STOPPING)


def stop_button() -> Button:
    """Ends the making or reading of archives."""
    return button(texts_questions.STOP_BUTTON, "stop_pack")


def _make(app: App, request: Request, args: dict[str, int], report: Report) -> Reply:
    part = Part(app.scratch.new)
    try:
        follows = _fill(part, app, request, args, report)
        part.close(app.bot_id)
    except BaseException:
        part.path.unlink()
        raise
    finally:
        part.drop_rows()
    if app.packing.is_stopped(request.user_id):
        part.path.unlink()
        return Reply(texts.PACK_STOPPED)
    if not part.notes:  # all of them were deleted in the meantime
        part.path.unlink()
        return Reply(texts_notes.EXPORT_NONE)
    return _sent(app.clock_of(request.user_id), args, part, follows)


def name_of(number: int, place: int, file: Attachment) -> str:
    """What a note's file is called in an archive; `place` counts its files from 0."""
    found = SUFFIX.search(file.filename)
    suffix = found[0].lower() if found else SUFFIXES.get(file.kind, "")
    return f"{FOLDER}{number}{f'-{place + 1}' if place else ''}{suffix}"


class Part:
    """An archive that is being filled; whoever makes one deletes `path`."""

    def __init__(self, new_file: Callable[[str], Path]) -> None:
        self.path = new_file(".zip")
        self.notes = self.files = 0
        self.missing: list[str] = []
        self._rows_path = new_file(".json")
        self._rows = self._rows_path.open("w", encoding="utf-8")
        self._rows.write(archive.HEADS["json"])
        self._zip = zipfile.ZipFile(self.path, "w")
        self._size = self._last = 0

    def has_room(self, size: int) -> bool:
        """Whether so many bytes more fit; an empty part takes whatever comes."""
        return not self.notes or (self._size + size <= PART_BYTES and self.files < FILES_MOST)

    def add_note(self, number: int, row: str) -> None:
        """Add a note, unless another of its files has brought it already."""
        if number != self._last:
            self._rows.write((archive.BETWEEN["json"] if self.notes else "") + row)
            self._size += len(row.encode())
            self.notes, self._last = self.notes + 1, number

    def add_file(self, path: Path, name: str) -> None:
        """Add a file as it is: those of Telegram are packed already."""
        self._zip.write(path, name)
        self._size += path.stat().st_size
        self.files += 1

    def close(self, bot_id: str) -> None:
        """Add the notes themselves and what is missing; the comment says whose file_ids it has."""
        self._rows.write(archive.TAILS["json"])
        self._rows.close()
        self._zip.write(self._rows_path, NOTES_NAME, zipfile.ZIP_DEFLATED)
        if self.missing:
            listed = texts.MISSING_HEAD + "".join(self.missing)
            self._zip.writestr(texts.MISSING_FILE, listed, zipfile.ZIP_DEFLATED)
        self._zip.comment = bot_id.encode()
        self._zip.close()

    def drop_rows(self) -> None:
        """Delete what is only needed while it is filled."""
        self._rows.close()
        self._zip.close()
        self._rows_path.unlink()


def _fill(
    part: Part, app: App, request: Request, args: dict[str, int], report: Report
) -> tuple[int, int] | None:
    """Add what fits; returns the note, and its file, with which the next part begins."""
    total = app.notes.count(request.user_id)
    for note in app.notes.every(request.user_id, args["from"] - 1):
        row = archive.to_json(note)
        first = args["file"] if note.number == args["from"] else 0
        for place, file in _files_from(note, first):
            if app.packing.is_stopped(request.user_id):
                return None
            report(texts.packing(args["done"] + part.notes, total), stop_button())
            wanted = file.size if file and file.size <= LARGEST else 0
            if not part.has_room(len(row.encode()) + wanted):
                return note.number, place
            if file is None:
                part.add_note(note.number, row)
            elif not _add_file(part, app, note, row, place, file):
                return note.number, place
    return None


def _files_from(note: Note, first: int) -> list[tuple[int, Attachment | None]]:
    """The files of a note with their places; None for one without."""
    files: tuple[Attachment | None, ...] = note.files or (None,)
    return [*enumerate(files)][first:]


def _add_file(part: Part, app: App, note: Note, row: str, place: int, file: Attachment) -> bool:
    """Add a note with one of its files; False when there is no room for it after all."""
    path = app.scratch.new(".file")
    try:
        if file.size > LARGEST:
            raise FileTooLargeError(f"{file.size} bytes")
        app.files.fetch(file.file_id, path, LARGEST)
        if not part.has_room(len(row.encode()) + path.stat().st_size):
            return False
        part.add_file(path, name_of(note.number, place, file))
    except FileUnavailableError as error:
        why = "large" if isinstance(error, FileTooLargeError) else "lost"
        shown = texts.shown(file.kind, file.filename, file.duration)
        part.missing.append(texts.missing_line(note.number, shown, why))
    finally:
        path.unlink()
    part.add_note(note.number, row)
    return True


def _sent(clock: Clock, args: dict[str, int], part: Part, follows: tuple[int, int] | None) -> Reply:
    name = f"notes-{clock.today():%Y-%m-%d}-{args['part']}.zip"
    missing = len(part.missing)
    tasks: tuple[Task, ...] = ()
    if follows is not None:
        done = args["done"] + part.notes - (follows[1] > 0)
        rest = {"from": follows[0], "file": follows[1], "part": args["part"] + 1, "done": done}
        tasks = (Task("pack", rest),)
    return Reply(
        texts.packed(args["part"], part.notes, part.files, missing, is_last=not tasks),
        documents=(Document(str(part.path), name),),
        tasks=tasks,
    )
