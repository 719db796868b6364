"""The tools that look into one's notes and write them."""

from dataclasses import replace
from datetime import timedelta

from acting.tool import Arguments, Asker, Outcome, Parameter, Stores, ToolKind, framed
from clock import Clock
from storage.note_rows import Note
from storage.notes import NoteNotFoundError
from texts import prompts as texts_prompts
from texts import tool_prompts as texts
from times import periods

TEXT_MOST = 8_000  # letters that a model may write
FOUND_MOST = 8
QUERY_MOST = 1_000
NUMBER_MOST = 10**9

NUMBER = Parameter("number", "integer", NUMBER_MOST)
TEXT = Parameter("text", "string", TEXT_MOST)


def save(stores: Stores, asker: Asker, given: Arguments, room: int) -> Outcome:
    """A new note."""
    text = given["text"]
    number = stores.notes.keep(asker.user_id, Note(0, text, asker.clock.now()))
    effect = {"kind": "note_saved", "number": number, "text": text}
    return Outcome(texts.note_saved(number), effect)


def edit_(stores: Stores, asker: Asker, given: Arguments, room: int) -> Outcome:
    """Another text for one's own note; the one that it had is kept to be put back."""
    number, text = given["number"], given["text"]
    note = kept(stores, asker, number)
    if note is None:
        return Outcome(texts.note_unknown(number))
    if len(note.text) > room:  # the model cannot have read all of it
        return Outcome(texts.note_too_long(number))
    if note.text == text:
        return Outcome(texts.note_same(number))
    edit = stores.notes.edit(asker.user_id, number, text, asker.clock.now(), markdown=note.markdown)
    effect = {"kind": "note_edited", "number": number, "edit": edit}
    return Outcome(texts.note_edited(number), effect)


def find(stores: Stores, asker: Asker, given: Arguments, room: int) -> Outcome:
    """The notes that bear upon some words, or the last ones."""
    query, user_id = given["query"], asker.user_id
    if query is None:
        found = stores.notes.page(user_id, FOUND_MOST).notes
    else:
        period = period_in(query, asker.clock)
        found = stores.search.relevant(user_id, query, FOUND_MOST, room, period)
    if not found:
        return Outcome(texts.NOTHING_FOUND)
    rows = "\n\n".join(_row(asker, note) for note in found)
    return Outcome(framed(rows[:room]), notes=tuple(note.number for note in found))


def read(stores: Stores, asker: Asker, given: Arguments, room: int) -> Outcome:
    """One note, as much of it as fits."""
    note = kept(stores, asker, given["number"])
    if note is None:
        return Outcome(texts.note_unknown(given["number"]))
    rest = len(note.text) - room
    cut = texts.more_letters(rest) if rest > 0 else ""
    shown = framed(_row(asker, replace(note, text=note.text[:room])))
    return Outcome(shown + cut, notes=(note.number,))


def period_in(text: str, clock: Clock) -> tuple[int, int] | None:
    """The time that a text names, as the search of notes wants it."""
    days = periods.period(text, clock.today())
    if days is None:
        return None
    first, last = days
    return clock.start_of(first), clock.start_of(last + timedelta(days=1))


def kept(stores: Stores, asker: Asker, number: int) -> Note | None:
    """A note of this person's that is not in the bin."""
    try:
        note = stores.notes.get(asker.user_id, number)
    except NoteNotFoundError:
        return None
    return note if note.deleted_at is None else None


def _row(asker: Asker, note: Note) -> str:
    made_at = asker.clock.local(note.created_at)
    return texts_prompts.note_for_model(note.number, made_at, note.text)


def _saved(stores: Stores, asker: Asker, given: Arguments) -> tuple[str, str]:
    return "", given["text"]


def _edited(stores: Stores, asker: Asker, given: Arguments) -> tuple[str, str]:
    note = kept(stores, asker, given["number"])
    return note.text if note else "", given["text"]


TOOLS = (
    ToolKind("save_note", save, (TEXT,), changes=_saved),
    ToolKind("edit_note", edit_, (NUMBER, TEXT), changes=_edited),
    ToolKind("find_notes", find, (Parameter("query", "string", QUERY_MOST, required=False),)),
    ToolKind("read_note", read, (NUMBER,)),
)
