"""How a note is shown: as a row of a list, and whole with its buttons."""

from clock import Clock
from handlers.buttons import button
from handlers.formatting import RichText, without_marks
from handlers.types import Button, Reply, Request
from storage.note_rows import Note
from texts import capture as texts_capture
from texts import note_edits as texts_edits
from texts import note_files as texts_files
from texts import notes as texts
from utf16 import CAPTION_UNITS, MESSAGE_UNITS, units


def head_of(clock: Clock, note: Note) -> str:
    """The line above a note: its number and when it was made."""
    return texts.note_head(note.number, clock.local(note.created_at), note.pinned)


def text_of(note: Note) -> str:
    """The text of a note without a model's marks."""
    return without_marks(note.text) if note.markdown else note.text


def body_of(note: Note) -> str:
    """The text of a note without a model's marks, below the name of its file."""
    return with_file(note, text_of(note))


def with_file(note: Note, text: str) -> str:
    """A text of the note, below the name of its file."""
    return f"{file_of(note)}{text}".rstrip("\n") if note.file_id else text


def file_of(note: Note) -> str:
    """A line that names the file of a note; "" when it has none."""
    if not note.file_id:
        return ""
    shown = texts_files.shown(note.file_kind, note.file_name, note.duration)
    if note.more_files:
        shown = texts_capture.with_more_files(shown, len(note.more_files))
    return f"{shown}\n"


def origin_of(clock: Clock, note: Note) -> str:
    """Who wrote the message that was kept, and when."""
    sent_at = None if note.origin_at is None else clock.local(note.origin_at)
    return texts.note_origin(note.origin, sent_at)


def card(clock: Clock, note: Note, *, edit: bool = False, toast: str = "") -> Reply:
    """A whole note with its file and its buttons; with `edit` instead of the text shown."""
    rich = RichText()
    rich.add(f"{head_of(clock, note)}\n")
    if note.origin:
        rich.add(f"{origin_of(clock, note)}\n")
    rich.add(file_of(note))
    head = rich.text
    if not note.markdown:
        rich.add_formatted(note.text, note.entities)
    return Reply(
        note.text if note.markdown else rich.text,
        () if note.markdown else rich.entities,
        markdown=note.markdown,
        head=head if note.markdown else "",
        buttons=(_buttons(note.number),),
        attachment=None if edit else note.file,
        more_attachments=() if edit else note.more_files,
        edit=edit,
        toast=toast,
    )


def can_replace(reply: Reply, request: Request) -> bool:
    """Whether a card can be shown in the place of the one whose button was pressed."""
    most = CAPTION_UNITS if request.on_caption else MESSAGE_UNITS
    return units(reply.head + reply.text) <= most


def added(number: int) -> Reply:
    """A note was made."""
    return Reply(texts.note_added(number), buttons=(kept_buttons(number),))


def edited(number: int, edit: int, words: str = "") -> Reply:
    """A note has another text since this edit, which can be taken back."""
    undo_edit = button(texts_edits.UNDO, "unedit", number, edit)
    return Reply(words or texts_edits.note_edited(number), buttons=((undo_edit,),))


def kept_buttons(number: int) -> tuple[Button, ...]:
    """What can be done at once with a note that was just made."""
    return (
        button(texts.BUTTON_EDIT, "edit", number),
        button(texts.BUTTON_DELETE, "del", number),
        button(texts.BUTTON_REMIND, "remind_note", number),
    )


def deleted(number: int, *, edit: bool = False) -> Reply:
    """A note went into the bin."""
    return Reply(texts.note_deleted(number), buttons=(undo(number),), edit=edit)


def undo(number: int) -> tuple[Button, ...]:
    """The button that takes a note out of the bin."""
    return (button(texts.BUTTON_UNDO, "undo", number),)


def _buttons(number: int) -> tuple[Button, ...]:
    return (
        button(texts.BUTTON_EDIT, "edit", number),
        button(texts.BUTTON_DELETE, "del", number),
        button(texts.BUTTON_PIN, "pin", number),
        button(texts.BUTTON_REMIND, "remind_note", number),
    )
