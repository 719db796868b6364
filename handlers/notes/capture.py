"""Taking notes: /note_add, messages kept with their files, and notes that follow their message."""

from dataclasses import replace

from handlers.buttons import button
from handlers.context import App
from handlers.types import Attachment, Button, Content, Reply, Request
from storage.note_rows import Note
from storage.notes import NoteNotFoundError
from storage.turns import FULL_UNITS
from texts import notes as texts
from utf16 import units

COMMAND = "/note_add"
NO_FILE = Attachment("", "")


def add(app: App, request: Request) -> Reply:
    """/note_add: the text after the command with its own file, then the message it replies to."""
    own, replied = request.content, request.replied
    attachment = own.attachment if own else None
    if request.args.strip() or attachment:
        content = _remarked(request)
        number = _keep(app, request, content, attachment or content.attachment)
        if units(own.text if own else "") >= FULL_UNITS:
            _add_part(app, request, number)
        return _added(number)
    if replied is None or not (replied.text.strip() or replied.attachment):
        return Reply(texts.NOTE_EMPTY)
    return _added(_keep(app, request, replied, replied.attachment))


def offer(app: App, request: Request) -> Reply:
    """A message that people keep rather than ask about: forwarded, with a file, or a link."""
    return Reply(texts.SAVE_OFFER, buttons=((save_button(),),), as_reply=True)


def save_button() -> Button:
    """💾, under a reply to the message that it keeps."""
    return button(texts.BUTTON_SAVE, "save")


def press_save(app: App, request: Request) -> Reply:
    """💾: the message that the one with the button replies to becomes a note, once."""
    content = request.replied
    if content is None:
        return Reply(toast=texts.SAVE_LOST)
    made = app.notes.made_of(request.user_id, (request.chat_id, content.message_id))
    number = made.number if made else _keep(app, request, content, content.attachment)
    words = texts.note_added(number)
    buttons = ((button(texts.BUTTON_OPEN, "note", number),),)
    return Reply(words, buttons=buttons, edit=True, toast=words)


def extended(app: App, request: Request) -> bool:
    """Whether a text is the rest of a note that Telegram cut; then the note has it now."""
    message = (request.chat_id, request.message_id)
    number = app.notes.parts.goes_on(request.user_id, message, request.date)
    if number is None:
        return False
    note = app.notes.get(request.user_id, number)
    if note.deleted_at is not None:
        return False
    text = _with_part(app, request, note)
    app.notes.edit(request.user_id, number, text, note.edited_at, markdown=note.markdown)
    _add_part(app, request, number)
    return True


def made_of(app: App, request: Request) -> Note | None:
    """The note that was made of this message, or of several with this one among them."""
    message = (request.chat_id, request.message_id)
    number = app.notes.parts.note_of(request.user_id, message)
    if number is None:
        return app.notes.made_of(request.user_id, message)
    try:
        note = app.notes.get(request.user_id, number)
    except NoteNotFoundError:
        return None
    return note if note.deleted_at is None else None


def edited(app: App, request: Request) -> Reply:
    """A message was edited: the note made of it says the same."""
    note = made_of(app, request)
    if note is None:
        return Reply()
    message = (request.chat_id, request.message_id)
    content = _remarked(request) if _is_command(request) else Content(0, request.args)
    if app.notes.parts.note_of(request.user_id, message) is not None:
        content = Content(0, _with_part(app, request, note), markdown=note.markdown)
    if note.text == content.text:
        return Reply()
    if not content.text.strip() and not note.file_id:
        return Reply(texts.EDIT_EMPTY)
    edited_at = request.edited_at or request.date
    app.notes.edit(request.user_id, note.number, content.text, edited_at, markdown=content.markdown)
    app.notes.parts.reword(request.user_id, message, request.args)
    return Reply(texts.note_edited(note.number))


def _with_part(app: App, request: Request, note: Note) -> str:
    """The text of a note with what this message brings or has brought, in its place.

    What follows the messages is the one that they are a remark on.
    """
    parts = app.notes.parts.texts(request.user_id, request.chat_id, note.number)
    before = "".join(parts.values())
    after = "".join((parts | {request.message_id: request.args}).values())
    return after + (note.text[len(before) :] if note.text.startswith(before) else "")


def _add_part(app: App, request: Request, number: int) -> None:
    size = units(request.content.text if request.content else "")
    message = (request.chat_id, request.message_id)
    app.notes.parts.add(request.user_id, message, number, request.args, size, request.date)


def _remarked(request: Request) -> Content:
    """The text after the command, and below it what it is a remark on."""
    replied = request.replied or Content(request.message_id)
    text = "\n\n".join(text for text in (request.args, replied.text) if text.strip())
    return replace(replied, message_id=request.message_id, text=text or request.args)


def _is_command(request: Request) -> bool:
    return request.content is not None and request.content.text.lower().startswith(COMMAND)


def _keep(app: App, request: Request, content: Content, attachment: Attachment | None) -> int:
    file = attachment or NO_FILE
    made_at = app.clock.now() if request.callback_id else request.date
    note = Note(
        0,
        content.text,
        made_at,
        origin=content.origin,
        origin_at=content.origin_at,
        file_kind=file.kind,
        file_id=file.file_id,
        markdown=content.markdown,
    )
    return app.notes.keep(request.user_id, note, (request.chat_id, content.message_id))


def _added(number: int) -> Reply:
    return Reply(texts.note_added(number))
