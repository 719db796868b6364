"""How a note is shown: as a row of a list, and whole with its buttons."""

from handlers.buttons import button
from handlers.context import App
from handlers.formatting import without_marks
from handlers.types import Attachment, Button, Reply
from storage.note_rows import Note
from texts import capture as texts_capture
from texts import notes as texts
from utf16 import MESSAGE_UNITS, units


def head_of(app: App, note: Note) -> str:
    """The line above a note: its number and when it was made."""
    return texts.note_head(note.number, app.clock.local(note.created_at), note.pinned)


def text_of(note: Note) -> str:
    """The text of a note without a model's marks."""
    return without_marks(note.text) if note.markdown else note.text


def body_of(note: Note) -> str:
    """The text of a note without a model's marks, its file named before it."""
    return with_file(note, text_of(note))


def with_file(note: Note, text: str) -> str:
    """A text of the note, its file named before it."""
    kind = texts.FILE_KINDS.get(note.file_kind, "")
    if note.more_files:
        kind = texts_capture.with_more_files(kind, len(note.more_files))
    return f"{kind} {text}".strip() if kind else text


def origin_of(app: App, note: Note) -> str:
    """Who wrote the message that was kept, and when."""
    sent_at = None if note.origin_at is None else app.clock.local(note.origin_at)
    return texts.note_origin(note.origin, sent_at)


def card(app: App, note: Note, *, edit: bool = False, toast: str = "") -> Reply:
    """A whole note with its file and its buttons; with `edit` instead of the text shown."""
    lines = [head_of(app, note)]
    if note.origin:
        lines.append(origin_of(app, note))
    file = Attachment(note.file_kind, note.file_id) if note.file_id and not edit else None
    head = "".join(f"{line}\n" for line in lines)
    return Reply(
        with_file(note, note.text) if note.markdown else head + body_of(note),
        markdown=note.markdown,
        head=head if note.markdown else "",
        buttons=(_buttons(note.number),),
        attachment=file,
        more_attachments=note.more_files if file else (),
        edit=edit,
        toast=toast,
    )


def fits_one_message(reply: Reply) -> bool:
    """Whether a card can be changed in its place."""
    return units(reply.head + reply.text) <= MESSAGE_UNITS


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
    )
