"""Notes in files: /note_export, and an exported file sent back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from clock import Clock
from entities import to_markdown, with_addresses
from handlers.context import App
from handlers.notes import archive, capture, cards, packing
from handlers.notes.archive import NotExportedError
from handlers.types import Document, FileTooLargeError, FileUnavailableError, Reply, Request, Task
from storage.note_rows import Note
from texts import note_files as texts_files
from texts import notes as texts

FORMATS = ("txt", "md", "json", "zip")
DOWNLOAD_MOST = 20 * 1024 * 1024  # of the Bot API
# Saved at once: others wait for the database no longer than that takes.
BATCH_NOTES, BATCH_LETTERS = 100, 100_000


def export(app: App, request: Request) -> Reply:
    """/note_export [txt|md|json|zip]: the files are made outside the transaction."""
    wanted = request.args.strip().lower().removeprefix(".") or FORMATS[0]
    if wanted not in FORMATS:
        return Reply(texts.EXPORT_USAGE)
    if not app.notes.count(request.user_id):
        return Reply(texts.EXPORT_NONE)
    if wanted == "zip":
        return packing.begin(app, request)
    return Reply(tasks=(Task("export", {"format": wanted}),))


def make_export(app: App, request: Request, args: dict[str, str]) -> Reply:
    """Write all notes, oldest first."""
    wanted = args["format"]
    clock = app.clock_of(request.user_id)
    parts = archive.Parts(wanted, app.scratch.new)
    written = parts.write(_row(clock, note, wanted) for note in app.notes.every(request.user_id))
    if not written:  # the last note was deleted in the meantime
        return Reply(texts.EXPORT_NONE)
    name = f"notes-{clock.today():%Y-%m-%d}"
    several = len(parts.paths) > 1
    documents = tuple(
        Document(str(path), f"{name}-{part}.{wanted}" if several else f"{name}.{wanted}")
        for part, path in enumerate(parts.paths, 1)
    )
    caption = texts.export_caption(written)
    return Reply(
        f"{caption} {texts.EXPORT_HOW_BACK}" if wanted == "json" else caption,
        documents=documents,
    )


def import_(app: App, request: Request) -> Reply:
    """A .json or .zip file: fetched and read outside the transaction."""
    file = request.content.attachment if request.content else None
    is_packed = file is not None and file.filename.lower().endswith(".zip")
    if not file or file.size > DOWNLOAD_MOST:
        if is_packed:
            return replace(capture.offer(app, request), text=texts_files.ARCHIVE_TOO_LARGE)
        return Reply(texts.IMPORT_TOO_LARGE)
    app.packing.begin(request.user_id)
    return Reply(tasks=(Task("unpack" if is_packed else "import", {"file_id": file.file_id}),))


def make_import(app: App, request: Request, args: dict[str, str]) -> Reply:
    """Save the notes of a file that are not here yet.

    Cut off in the middle it is done again: what was saved already is then the same.
    """
    path = app.scratch.new(".json")
    try:
        app.files.fetch(args["file_id"], path, DOWNLOAD_MOST)
        archive.check(path)
        return Reply(texts.imported(*take_in(app, request.user_id, path)))
    except FileTooLargeError:
        return Reply(texts.IMPORT_TOO_LARGE)
    except FileUnavailableError:
        return Reply(texts.IMPORT_UNAVAILABLE)
    except NotExportedError:
        return replace(capture.offer(app, request), text=texts.IMPORT_FOREIGN)
    finally:
        path.unlink(missing_ok=True)


def take_in(app: App, user_id: int, path: Path) -> tuple[int, int, int]:
    """How many notes of a file are new, were here already, and are none."""
    new = same = refused = 0
    matched: set[int] = set()
    for batch in _batches(archive.read(path)):
        notes = [note for note in batch if note is not None]
        added = app.notes.take_in(user_id, notes, matched)
        new, same = new + added, same + len(notes) - added
        refused += len(batch) - len(notes)
    return new, same, refused


def _batches(notes: Iterator[Note | None]) -> Iterator[list[Note | None]]:
    batch: list[Note | None] = []
    letters = 0
    for note in notes:
        batch.append(note)
        letters += len(note.text) if note else 0
        if len(batch) >= BATCH_NOTES or letters >= BATCH_LETTERS:
            yield batch
            batch, letters = [], 0
    if batch:
        yield batch


def _row(clock: Clock, note: Note, wanted: str) -> str:
    if wanted == "json":
        return archive.to_json(note)
    head = cards.head_of(clock, note)
    if wanted == "md":
        body = cards.with_file(note, to_markdown(note.text, note.entities))
    else:
        body = cards.with_file(note, with_addresses(cards.text_of(note), note.entities))
    if note.origin:
        body = f"{cards.origin_of(clock, note)}\n{body}"
    return f"## {head}\n\n{body}\n\n" if wanted == "md" else f"{head}\n{body}\n\n"
