"""One note: add, show, edit, delete, take back, pin."""

import re
from dataclasses import replace

from entities import Entities
from handlers.buttons import copying
from handlers.context import App
from handlers.formatting import RichText
from handlers.notes import capture, cards
from handlers.parsing import note_number
from handlers.types import Prompt, Reply, Request
from storage.former_texts import EditKeptError
from storage.note_rows import Note
from storage.notes import BIN_S, NoteNotFoundError
from texts import note_edits as texts
from texts import notes as texts_notes


def note(app: App, request: Request) -> Reply:
    """/note <number>: the whole note; with a text after it the new text, without one a new note."""
    given, _, text = _split_first_word(request.args)
    number = note_number(given)
    if number is not None:
        return edit(app, request) if text.strip() else press_open(app, request, number)
    if _is_any_number(given) and not text:
        return Reply(texts_notes.SHOW_USAGE)
    return capture.add(app, request) if given or request.replied else Reply(texts_notes.SHOW_USAGE)


def press_open(app: App, request: Request, number: int) -> Reply:
    """The button that opens a note."""
    try:
        note = app.notes.get(request.user_id, number)
    except NoteNotFoundError:
        return _unknown(request, number)
    if note.deleted_at is None:
        return cards.card(app.clock_of(request.user_id), note)
    if note.deleted_at <= app.clock.now() - BIN_S:
        return _unknown(request, number)
    return Reply(texts_notes.note_in_bin(number), buttons=(cards.undo(number),))


def edit(app: App, request: Request) -> Reply:
    """/note_edit <number> [text]: without the text it is asked for."""
    given, _, text = _split_first_word(request.args)
    number = note_number(given)
    if number is None:
        return Reply(texts.EDIT_USAGE)
    if text.strip():
        formatted = request.content.formatted_end(text) if request.content else ()
        return _edited(app, request, number, text, formatted)
    # A group is not shown what the note says.
    return press_edit(app, request, number) if request.private else Reply(texts.EDIT_EMPTY)


def answer_edit(app: App, request: Request, number: int) -> Reply:
    """The answer to ✏️: a reply with the new text."""
    answer = request.content
    if answer is None or answer.attachment or not answer.text.strip():
        return Reply(texts.edit_wants_text(number), prompt=_prompt(number))
    return _edited(app, request, number, answer.text, answer.entities)


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
    """✏️: the text to be copied, and the question for the new one, which will have no marks."""
    note = _kept(app, request, number)
    if note is None:
        return _unknown(request, number)
    text, rich = cards.text_of(note), RichText()
    if not text.strip():
        return Reply(prompt=_prompt(number))
    rich.add(texts.edit_now(number))
    copy = copying(texts.BUTTON_COPY, text)
    rich.add(text, "" if copy else "pre")
    return Reply(
        rich.text, rich.entities, buttons=((copy,),) if copy else (), prompt=_prompt(number)
    )


def press_unedit(app: App, request: Request, number: int, edit: int) -> Reply:
    """↩️ under an edit: the text that was there before it."""
    try:
        redone = app.notes.unedit(request.user_id, number, edit, app.clock.now())
    except NoteNotFoundError:
        return _unknown(request, number)
    except EditKeptError as error:
        return Reply(toast=texts.EDIT_KEPT[error.kind].format(number=number))
    return replace(cards.edited(number, redone, texts.edit_undone(number)), edit=True)


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
    note = app.notes.get(request.user_id, number)
    return cards.card(app.clock_of(request.user_id), note, edit=True, toast=restored)


def press_pin(app: App, request: Request, number: int) -> Reply:
    """📌: to the head of the list, or back from there."""
    note = _kept(app, request, number)
    if note is None:
        return _unknown(request, number)
    app.notes.pin(request.user_id, note.number, not note.pinned)
    toast = texts_notes.note_pinned(note.number, not note.pinned)
    changed = app.notes.get(request.user_id, note.number)
    card = cards.card(app.clock_of(request.user_id), changed, edit=True, toast=toast)
    return card if cards.can_replace(card, request) else Reply(toast=toast)


def _edited(app: App, request: Request, number: int, text: str, entities: Entities) -> Reply:
    edited_at = request.edited_at or request.date
    try:
        edit = app.notes.edit(request.user_id, number, text, edited_at, entities=entities)
    except NoteNotFoundError:
        return _unknown(request, number)
    return cards.edited(number, edit)


def _prompt(number: int) -> Prompt:
    asked = texts.edit_prompt(number)
    return Prompt(asked, "note_edit", str(number), texts.EDIT_PLACEHOLDER)


def _is_any_number(word: str) -> bool:
    """Whether a word was meant as a number of a note, though no note can have it."""
    return re.fullmatch(r"#?[-+]?\d+|#", word) is not None


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
