"""An archive of /note_export zip sent back: its notes, and their files.

A bot can send a file only if it has received or sent it itself. So a file from another bot's
archive is sent to the person's chat, without a sound, and the note keeps what it is called there.
"""

import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePath

from clock import Clock
from files import DOWNLOAD_MOST, FileTooLargeError, FileUnavailableError
from handlers.context import App
from handlers.notes import archive, capture, cards
from handlers.notes.archive import NotExportedError
from handlers.notes.files import take_in
from handlers.notes.packing import BUSY_S, NOTES_NAME, Report, name_of, stop_button
from handlers.types import Reply, Request, Task
from storage.note_rows import Note
from texts import note_files as texts
from texts import notes as texts_notes
from utf16 import CAPTION_UNITS, head

ENTRIES_MOST = 20_000  # what is in the archives among its files counted with them
UNPACKED_MOST = 64 * 1024 * 1024
ENTRY = b"PK\x01\x02"  # begins an entry of the list of what is inside
ENCRYPTED = 0x1
PIECE = 1 << 20
Members = Mapping[str, zipfile.ZipInfo]


class NotUnpackedError(Exception):
    """Nothing is taken from an archive; the kinds are those of `texts.note_files.NOT_UNPACKED`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def make_import(app: App, request: Request, args: dict[str, str], report: Report) -> Reply:
    """The task that takes notes and files out of an archive.

    Cut off in the middle it is done again: what was taken already is then not new.
    """
    with app.packing.enter() as is_free:
        if is_free:
            return _import(app, request, args["file_id"], report)
    return Reply(tasks=(Task("unpack", args, BUSY_S),))


def _import(app: App, request: Request, file_id: str, report: Report) -> Reply:
    path, rows = app.scratch.new(".zip"), app.scratch.new(".json")
    try:
        app.files.fetch(file_id, path, DOWNLOAD_MOST)
        with _opened(path) as (packed, members):
            _extract(packed, members[NOTES_NAME], rows)
            archive.check(rows)
            counts = take_in(app, request.user_id, rows)
            returned = 0, 0
            if packed.comment.decode("ascii", "replace") != app.bot_id:
                returned = _return_files(app, request, packed, members, rows, report)
        words = (texts_notes.imported(*counts), texts.unpacked(*returned))
        return Reply(" ".join(filter(None, words)))
    except FileTooLargeError:
        return _offered(app, request, texts.ARCHIVE_TOO_LARGE)
    except FileUnavailableError:
        return Reply(texts_notes.IMPORT_UNAVAILABLE)
    except NotExportedError:
        return _offered(app, request, texts.NOT_UNPACKED["foreign"])
    except NotUnpackedError as error:
        return _offered(app, request, texts.NOT_UNPACKED[error.kind])
    finally:
        path.unlink()
        rows.unlink()


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Members]]:
    """An archive, and what of it may be read, by name. Nothing is ever unpacked under such a name.

    Raises:
        NotUnpackedError: it is none of ours, or not sound.
    """
    if _entries(path) > ENTRIES_MOST:
        raise NotUnpackedError("bomb")
    if not zipfile.is_zipfile(path):
        raise NotUnpackedError("foreign")
    try:
        with zipfile.ZipFile(path) as packed:
            members = {info.filename: info for info in packed.infolist()}
            if NOTES_NAME not in members:
                raise NotUnpackedError("foreign")
            if any(info.flag_bits & ENCRYPTED for info in members.values()):
                raise NotUnpackedError("encrypted")
            if sum(info.file_size for info in packed.infolist()) > UNPACKED_MOST:
                raise NotUnpackedError("bomb")
            yield packed, members
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as exc:
        raise NotUnpackedError("broken") from exc


def _entries(path: Path) -> int:
    """How many files an archive may hold, at the most: looked up before a list is made of them."""
    found, last = 0, b""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            piece = last + piece
            found += piece.count(ENTRY)
            last = piece[-len(ENTRY) + 1 :]
    return found


def _return_files(
    app: App,
    request: Request,
    packed: zipfile.ZipFile,
    members: Members,
    rows: Path,
    report: Report,
) -> tuple[int, int]:
    """Let notes have files that this bot can send; returns how many have, and have not."""
    wanted = [
        (file, members[name])
        for note in archive.read(rows)
        if note is not None
        for place, file in enumerate(note.files)
        if (name := name_of(note.number, place, file)) in members
    ]
    returned = refused = 0
    for done, (file, member) in enumerate(wanted):
        if app.packing.is_stopped(request.user_id):
            break
        report(texts.unpacking(done, len(wanted)), stop_button())
        note = app.notes.with_file(request.user_id, file.file_id)
        if note is None:  # it has a file of this bot's already, or was deleted
            continue
        path = app.scratch.new(".file")
        try:
            _extract(packed, member, path)
            named = replace(file, filename=file.filename or PurePath(member.filename).name)
            caption, topic = _caption(app.clock_of(request.user_id), note), request.thread_id
            kept = app.files.put(request.chat_id, path, named, caption, topic)
            app.notes.replace_file(request.user_id, file.file_id, kept)
            returned += 1
        except FileUnavailableError:
            refused += 1
        finally:
            path.unlink()
    return returned, refused


def _extract(packed: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Write a file out of an archive: as much as it says at the most, or it is broken."""
    with packed.open(member) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)


def _caption(clock: Clock, note: Note) -> str:
    return head(f"{cards.head_of(clock, note)}\n{cards.text_of(note)}".rstrip(), CAPTION_UNITS)


def _offered(app: App, request: Request, words: str) -> Reply:
    return replace(capture.offer(app, request), text=words)
