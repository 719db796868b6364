"""One note: add, show, edit, delete, take back, pin."""

import re

from handlers.context import App
from handlers.formatting import RichText
from handlers.notes import cards
from handlers.parsing import note_number
from handlers.types import Reply, Request
from storage.note_rows import Note
from storage.notes import BIN_S, NoteNotFoundError
from texts import notes as texts_notes
from utf16 import MESSAGE_UNITS, units


def show(app: App, request: Request) -> Reply:
    """/note <number>: the whole note."""
    number = note_number(request.args)
    return Reply(texts_notes.SHOW_USAGE) if number is None else press_open(app, request, number)


def press_open(app: App, request: Request, number: int) -> Reply:
    """The button that opens a note."""
    try:
        note = app.notes.get(request.user_id, number)
    except NoteNotFoundError:
        return _unknown(request, number)
    if note.deleted_at is None:
        return cards.card(app, note)
    if note.deleted_at <= app.clock.now() - BIN_S:
        return _unknown(request, number)
    return Reply(texts_notes.note_in_bin(number), buttons=(cards.undo(number),))


def edit(app: App, request: Request) -> Reply:
    """/note_edit <number> <text>."""
    given, _, text = _split_first_word(request.args)
    number = note_number(given)
    if number is None:
        return Reply(texts_notes.EDIT_USAGE)
    if not text.strip():
        return Reply(texts_notes.EDIT_EMPTY)
    try:
        formatted = request.content.formatted_end(text) if request.content else ()
        app.notes.edit(request.user_id, number, text, request.date, entities=formatted)
    except NoteNotFoundError:
        return _unknown(request, number)
    return Reply(texts_notes.note_edited(number))


def delete(app: App, request: Request) -> Reply:
    """/note_del <number>."""
    number = note_number(request.args)
    if number is None:
        return Reply(texts_notes.DELETE_USAGE)
    try:
        app.notes.delete(request.user_id, number, app.clock.now())
    except NoteNotFoundError:
        return _unknown(request, number)
    return cards.deleted(number)


def count(app: App, request: Request) -> Reply:
    """/note_count."""
    return Reply(texts_notes.you_have(app.notes.count(request.user_id)))


def press_edit(app: App, request: Request, number: int) -> Reply:
    """✏️: the command with the text, ready to be copied; what is sent back will have no marks."""
    note = _kept(app, request, number)
    if note is None:
        return _unknown(request, number)
    command = f"/note_edit {note.number} {cards.text_of(note)}"
    rich = RichText()
    rich.add(texts_notes.edit_how(note.number))
    if units(rich.text + command) > MESSAGE_UNITS:
        command = f"/note_edit {note.number} "
    rich.add(command, "code")
    return Reply(rich.text, rich.entities)


def press_delete(app: App, request: Request, number: int) -> Reply:
    """🗑: nothing is asked, for it can be taken back."""
    note = _kept(app, request, number)
    if note is None:
        return _unknown(request, number)
    app.notes.delete(request.user_id, note.number, app.clock.now())
    return cards.deleted(note.number, edit=True)


def press_undo(app: App, request: Request, number: int) -> Reply:
    """↩️: the note as it was."""
    try:
        app.notes.restore(request.user_id, number, app.clock.now())
    except NoteNotFoundError:
        return _not_in_bin(app, request, number)
    restored = texts_notes.note_restored(number)
    if not request.private:  # a group is not shown what the note says
        return Reply(restored, edit=True, toast=restored)
    return cards.card(app, app.notes.get(request.user_id, number), edit=True, toast=restored)


def press_pin(app: App, request: Request, number: int) -> Reply:
    """📌: to the head of the list, or back from there."""
    note = _kept(app, request, number)
    if note is None:
        return _unknown(request, number)
    app.notes.pin(request.user_id, note.number, not note.pinned)
    toast = texts_notes.note_pinned(note.number, not note.pinned)
    changed = app.notes.get(request.user_id, note.number)
    card = cards.card(app, changed, edit=True, toast=toast)
    return card if cards.can_replace(card, request) else Reply(toast=toast)


def _kept(app: App, request: Request, number: int) -> Note | None:
    """The note of a button, unless it was deleted since."""
    try:
        note = app.notes.get(request.user_id, number)
    except NoteNotFoundError:
        return None
    return note if note.deleted_at is None else None


def _not_in_bin(app: App, request: Request, number: int) -> Reply:
    if _kept(app, request, number) is not None:
        return Reply(toast=texts_notes.note_not_deleted(number))
    return Reply(texts_notes.note_gone(number), edit=True, toast=texts_notes.note_gone(number))


def _unknown(request: Request, number: int) -> Reply:
    words = texts_notes.note_unknown(number)
    return Reply(toast=words) if request.callback_id else Reply(words)


def _split_first_word(args: str) -> tuple[str, str, str]:
    """The first word, the one space after it and the rest, whose own spaces are kept."""
    found = re.match(r"\s*(\S+)(\s?)(.*)", args, re.DOTALL)
    return (found[1], found[2], found[3]) if found else ("", "", "")
