"""Taking notes: /note_add, messages kept with their files, and notes that follow their message."""

from collections.abc import Sequence
from dataclasses import replace

from entities import joined, spliced, to_markdown
from handlers import plain_words
from handlers.buttons import button
from handlers.context import App
from handlers.notes import cards
from handlers.types import Attachment, Button, Content, Reply, Request
from storage.gatherings import Gathered
from storage.note_rows import Note, of_file
from storage.notes import NoteNotFoundError
from storage.turns import FULL_UNITS
from texts import note_edits as texts_edits
from texts import notes as texts
from utf16 import units


def add(app: App, request: Request) -> Reply:
    """/note_add: the text after the command with its own file, then the message it replies to."""
    own = request.content
    own_album, about = _album(app, request, own), _album(app, request, request.replied)
    replied = merged(about) if about else None
    files = files_of(own_album) or files_of(about)
    if request.args.strip() or files_of(own_album):
        number = keep(app, request, _remarked(request, replied), files)
        if _is_cut(request):
            _add_part(app, request, number)
    elif replied is None or not (replied.text.strip() or files):
        return Reply(texts.NOTE_EMPTY)
    else:
        number = keep(app, request, replied, files)
    _note_albums(app, request, number, [*own_album, *about])
    return cards.added(number)


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
    return saved(made.number if made else keep(app, request, content, files_of([content])))


def saved(number: int) -> Reply:
    """The offer, taken: a note was made."""
    words = texts.note_added(number)
    keys = (button(texts.BUTTON_OPEN, "note", number), *cards.kept_buttons(number))
    return Reply(words, buttons=(keys,), edit=True, toast=words)


def keep(app: App, request: Request, content: Content, files: Sequence[Attachment]) -> int:
    """Make a note of what a message holds, with these files; returns its number."""
    note = Note(
        0,
        content.text,
        app.clock.now() if request.callback_id else request.date,
        origin=content.origin,
        origin_at=content.origin_at,
        markdown=content.markdown,
        entities=content.entities,
        more_files=tuple(files[1:]),
        **of_file(files[0] if files else None),
    )
    return app.notes.keep(request.user_id, note, (request.chat_id, content.message_id))


def merged(contents: Sequence[Content]) -> Content:
    """What messages that belong together hold, as if it were one of them."""
    if len(contents) == 1:
        return contents[0]
    parts = ((content.text, content.entities) for content in contents)
    text, formatted = joined(parts, "\n\n")
    return replace(contents[0], text=text, entities=formatted)


def files_of(contents: Sequence[Content]) -> list[Attachment]:
    """The files of messages, in their order."""
    return [content.attachment for content in contents if content.attachment]


def extended(app: App, request: Request) -> bool:
    """Whether a text is the rest of a note that Telegram cut; then the note has it now."""
    message = (request.chat_id, request.message_id)
    number = app.notes.parts.goes_on(request.user_id, message, request.date)
    if number is None:
        return False
    note = app.notes.get(request.user_id, number)
    if note.deleted_at is not None:
        return False
    whole = _with_part(app, request, note)
    app.notes.edit(
        request.user_id,
        number,
        whole.text,
        note.edited_at,
        markdown=note.markdown,
        entities=whole.entities,
    )
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
    wished = plain_words.text_to_keep(request.args)
    if wished is not None:
        request = replace(request, args=wished)
    is_remark = _is_command(request) or wished is not None
    content = _remarked(request, request.replied) if is_remark else _uncommanded(request)
    if app.notes.parts.note_of(request.user_id, message) is not None:
        content = _with_part(app, request, note)
    if (note.text, note.entities) == (content.text, content.entities):
        return Reply()
    if not content.text.strip() and not note.file_id:
        return Reply(texts_edits.EDIT_EMPTY)
    edited_at = request.edited_at or request.date
    edit = app.notes.edit(
        request.user_id,
        note.number,
        content.text,
        edited_at,
        markdown=content.markdown,
        entities=content.entities,
    )
    app.notes.parts.reword(request.user_id, message, request.args)
    return cards.edited(note.number, edit)


def _with_part(app: App, request: Request, note: Note) -> Content:
    """A note with what this message brings or has brought, in its place.

    What follows the messages is the one that they are a remark on.
    """
    brought = app.notes.parts.texts(request.user_id, request.chat_id, note.number)
    before = "".join(brought.values())
    after = "".join((brought | {request.message_id: request.args}).values())
    is_as_brought = note.text.startswith(before)
    rest = note.text[len(before) :] if is_as_brought else ""
    start = "".join(text for number, text in brought.items() if number < request.message_id)
    formatted = spliced(
        note.entities if is_as_brought else (),
        units(start),
        units(brought.get(request.message_id, "")),
        (request.args, _own(request).entities),
    )
    marks = () if note.markdown else formatted
    return Content(0, after + rest, markdown=note.markdown, entities=marks)


def _add_part(app: App, request: Request, number: int) -> None:
    size = units(request.content.text if request.content else "")
    message = (request.chat_id, request.message_id)
    app.notes.parts.add(request.user_id, message, number, request.args, size, request.date)


def _remarked(request: Request, about: Content | None) -> Content:
    """The text after the command, and below it what it is a remark on."""
    replied, own = about or Content(request.message_id), _own(request)
    if replied.markdown and not _is_cut(request):
        own = replace(own, text=to_markdown(own.text, own.entities), entities=())
    whole = merged([own, replied])
    formatted = () if replied.markdown else whole.entities
    return replace(
        replied,
        message_id=request.message_id,
        text=whole.text or own.text,
        entities=formatted,
    )


def _own(request: Request) -> Content:
    """What was written, without the command."""
    formatted = request.content.formatted_end(request.args) if request.content else ()
    return Content(request.message_id, request.args, entities=formatted)


def _uncommanded(request: Request) -> Content:
    """What a message without a command holds: a list has no words of its own, only its content.

    In a group it is what was written without the bot's name.
    """
    is_whole = request.private and request.content is not None
    return request.content if is_whole and request.content is not None else _own(request)


def _is_cut(request: Request) -> bool:
    """Whether what was written may go on in the next message."""
    return units(request.content.text if request.content else "") >= FULL_UNITS


def _is_command(request: Request) -> bool:
    return request.content is not None and request.content.text.startswith("/")


def _album(app: App, request: Request, content: Content | None) -> list[Content]:
    """What a message holds, with the rest of its album as far as it was gathered."""
    if content is None:
        return []
    gathered = app.gatherings.of_album(request.user_id, content.album) if request.private else []
    album = {message.message_id: Content.from_json(message.content) for message in gathered}
    return [whole for _, whole in sorted((album | {content.message_id: content}).items())]


def _note_albums(app: App, request: Request, number: int, contents: Sequence[Content]) -> None:
    """These have become a note: they are not offered any more, and what is to come joins it."""
    if not request.private:
        return
    app.gatherings.save_number(request.user_id, (c.message_id for c in contents), number)
    own = request.content
    if own is not None and own.album:
        message = Gathered(own.message_id, own.album, own.to_json(), number)
        app.gatherings.add_kept(request.user_id, request.date, message)
