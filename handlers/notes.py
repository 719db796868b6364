"""The /note_* commands."""

import re
import tempfile

import texts
from handlers.app import App
from handlers.exchange import Document, Job, Reply, Request
from storage.notes import Note, NoteNotFoundError

LIST_DEFAULT = 10
LIST_MOST = 50
FIND_MOST = 20
STATS_DEFAULT = 7
STATS_MOST = 366
LIST_CHARS = 3500  # a list of notes is shortened to about one message
PREVIEW_LEAST = 150
BAR_WIDTH = 20
MOMENT = "%d.%m.%Y %H:%M"


def add(app: App, request: Request) -> Reply:
    """/note_add: the text after the command, or the message it replies to."""
    text = request.args if request.args.strip() else request.quoted
    if not text.strip():
        return Reply(texts.NOTE_EMPTY)
    return Reply(texts.note_added(app.notes.add(request.user_id, text, request.date)))


def list_(app: App, request: Request) -> Reply:
    """/note_list [N]: the last N, newest first."""
    limit = whole(request.args, LIST_DEFAULT, LIST_MOST)
    if limit is None:
        return Reply(texts.list_limit_wrong(LIST_MOST))
    notes = app.notes.latest(request.user_id, limit)
    if not notes:
        return Reply(texts.NOTES_NONE)
    head = texts.notes_list_head(len(notes), app.notes.count(request.user_id))
    return Reply(_listing(app, head, notes))


def find(app: App, request: Request) -> Reply:
    """/note_find <part>: notes that contain it, newest first."""
    query = request.args.strip()
    if not query:
        return Reply(texts.FIND_EMPTY)
    found = app.notes.find(request.user_id, query, FIND_MOST + 1)
    if not found:
        return Reply(texts.found_none(_preview(query, PREVIEW_LEAST)))
    shown = found[:FIND_MOST]
    listing = _listing(app, texts.found_head(len(shown)), shown)
    more = f"\n\n{texts.found_more(FIND_MOST)}" if len(found) > FIND_MOST else ""
    return Reply(listing + more)


def show(app: App, request: Request) -> Reply:
    """/note <number>: the whole note."""
    number = _number(request.args)
    if number is None:
        return Reply(texts.SHOW_USAGE)
    try:
        note = app.notes.get(request.user_id, number)
    except NoteNotFoundError:
        return Reply(texts.note_unknown(number))
    return Reply(texts.note_row(note.number, _moment(app, note), note.text))


def edit(app: App, request: Request) -> Reply:
    """/note_edit <number> <text>."""
    given, _, text = _split_first_word(request.args)
    number = _number(given)
    if number is None:
        return Reply(texts.EDIT_USAGE)
    if not text.strip():
        return Reply(texts.EDIT_EMPTY)
    try:
        app.notes.edit(request.user_id, number, text, request.date)
    except NoteNotFoundError:
        return Reply(texts.note_unknown(number))
    return Reply(texts.note_edited(number))


def delete(app: App, request: Request) -> Reply:
    """/note_del <number>."""
    number = _number(request.args)
    if number is None:
        return Reply(texts.DELETE_USAGE)
    try:
        app.notes.delete(request.user_id, number)
    except NoteNotFoundError:
        return Reply(texts.note_unknown(number))
    return Reply(texts.note_deleted(number))


def count(app: App, request: Request) -> Reply:
    """/note_count."""
    return Reply(texts.you_have(app.notes.count(request.user_id)))


def export(app: App, request: Request) -> Reply:
    """/note_export: the file is made outside the transaction, by `make_export`."""
    if not app.notes.count(request.user_id):
        return Reply(texts.EXPORT_NONE)
    return Reply(jobs=(Job("export"),))


def make_export(app: App, request: Request, args: dict[str, str]) -> Reply:
    """Write all notes, oldest first, into a .txt file."""
    written = 0
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt", delete=False) as file:
        for note in app.notes.every(request.user_id):
            file.write(texts.export_row(note.number, _moment(app, note), note.text))
            written += 1
    name = f"notes-{app.clock.today():%Y-%m-%d}.txt"
    return Reply(texts.export_caption(written), document=Document(file.name, name))


def stats(app: App, request: Request) -> Reply:
    """/note_stats [days]: notes by local date."""
    days = whole(request.args, STATS_DEFAULT, STATS_MOST)
    if days is None:
        return Reply(texts.stats_days_wrong(STATS_MOST))
    dates = [app.clock.days_ago(ago) for ago in range(days - 1, -1, -1)]
    by_date = dict.fromkeys(dates, 0)
    for start, notes in app.notes.moments(request.user_id, app.clock.start_of(dates[0])):
        local = app.clock.local(start).date()
        if local in by_date:  # a note from a clock that runs ahead belongs to no day shown
            by_date[local] += notes
    most = max(by_date.values()) or 1
    bars = (
        f"{date:%d.%m} {'█' * -(-notes * BAR_WIDTH // most)} {notes}"
        for date, notes in by_date.items()
        if notes or days <= STATS_DEFAULT
    )
    return Reply("\n".join([texts.stats_head(days, sum(by_date.values())), *bars]))


def whole(given: str, default: int, most: int) -> int | None:
    """A number from 1 to `most`, `default` when nothing was given, None when it is neither."""
    given = given.strip()
    if not given:
        return default
    if re.fullmatch(r"\d{1,9}", given, re.ASCII) and 1 <= int(given) <= most:
        return int(given)
    return None


def _number(given: str) -> int | None:
    """The number of a note, with or without its #."""
    return whole(given.strip().removeprefix("#") or "-", 0, 10**9)


def _split_first_word(args: str) -> tuple[str, str, str]:
    """The first word, the one space after it and the rest, whose own spaces are kept."""
    found = re.match(r"\s*(\S+)(\s?)(.*)", args, re.DOTALL)
    return (found[1], found[2], found[3]) if found else ("", "", "")


def _moment(app: App, note: Note) -> str:
    return app.clock.local(note.created_at).strftime(MOMENT)


def _listing(app: App, head: str, notes: list[Note]) -> str:
    room = max(PREVIEW_LEAST, LIST_CHARS // len(notes))
    rows = [
        texts.note_row(note.number, _moment(app, note), _preview(note.text, room)) for note in notes
    ]
    shortened = any(len(note.text) > room for note in notes)
    return "\n\n".join([head, *rows, *([texts.NOTES_SHORTENED] if shortened else [])])


def _preview(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"
