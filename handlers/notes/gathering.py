"""Messages that come together, as when several are forwarded: one offer, one press keeps them all.

An album is one note with all its files. Only in private chats, and only for whoever may come in.
"""

from collections.abc import Iterable

from handlers.buttons import button
from handlers.context import App
from handlers.notes import capture
from handlers.types import Button, Content, Reply, Request, Task
from storage.gatherings import Gathered
from storage.notes import NoteNotFoundError
from texts import buttons as texts_buttons
from texts import capture as texts
from texts import notes as texts_notes

WAIT_S = 1.5  # for the next message

Messages = list[Gathered]  # that become one note


def sent(app: App, request: Request) -> Reply:
    """A message that people keep rather than ask about: alone it gets an offer of its own."""
    content = request.content
    assert content is not None
    if joins_note(app, request):
        return Reply()
    is_alone = not content.album and content.origin_at is None
    return capture.offer(app, request) if is_alone else gather(app, request)


def gather(app: App, request: Request) -> Reply:
    """Put a message beside those just before it; offered is the whole once no more come."""
    content = request.content
    assert content is not None
    gathering_id = app.gatherings.add(
        request.user_id, request.message_id, request.date, content.album, content.to_json()
    )
    args = {"gathering": gathering_id, "last": request.message_id}
    return Reply(tasks=(Task("gathering", args, WAIT_S),))


def joins_note(app: App, request: Request) -> bool:
    """Whether an album has become a note before this file of it came; now the note has it too."""
    content = request.content
    if content is None or content.attachment is None:
        return False
    album = app.gatherings.of_album(request.user_id, content.album)
    number = next((message.number for message in album if message.number), None)
    if number is None:
        return False
    try:
        app.notes.add_file(request.user_id, number, content.attachment)
    except NoteNotFoundError:
        return False
    return True


def closed(app: App, request: Request, gathering_id: int, last_id: int) -> list[Messages]:
    """The notes that can be made of a gathering; none while it has grown beyond its last message.

    It is complete then: what comes next begins another.
    """
    if not app.gatherings.close(gathering_id, request.user_id, last_id):
        return []
    return _notes_in(_unsaved(app.gatherings.messages(gathering_id, request.user_id)))


def offer(gathering_id: int, notes: int) -> Reply:
    """One offer for several notes."""
    save_all = button(texts.save_all(notes), "gathered", gathering_id)
    return Reply(texts_notes.SAVE_OFFER, buttons=((save_all,),), as_reply=True)


def save_button(gathering_id: int) -> Button:
    """💾, under the offer of a single note made of several messages."""
    return button(texts_notes.BUTTON_SAVE, "gathered", gathering_id)


def press_save(app: App, request: Request, gathering_id: int) -> Reply:
    """💾 under the offer, or ↩️ under what was cancelled: all become notes, or are so again."""
    messages = app.gatherings.messages(gathering_id, request.user_id)
    if not messages:
        return Reply(toast=texts_buttons.OLD)
    before = _numbers(messages)
    new = [_keep(app, request, together) for together in _notes_in(_unsaved(messages))]
    restored = [number for number in before if _restore(app, request.user_id, number)]
    numbers = before + new
    if not new and not restored:
        return Reply(toast=texts.saved_already(_in_ranges(numbers)))
    if len(numbers) == 1:
        return capture.saved(numbers[0])
    words = texts.saved(len(numbers), _in_ranges(numbers))
    cancel = button(texts.BUTTON_CANCEL, "ungather", gathering_id)
    return Reply(words, buttons=((cancel,),), edit=True, toast=words)


def press_cancel(app: App, request: Request, gathering_id: int) -> Reply:
    """↩️ under what was saved: all of it goes into the bin."""
    numbers = _numbers(app.gatherings.messages(gathering_id, request.user_id))
    cancelled = [number for number in numbers if _delete(app, request.user_id, number)]
    if not cancelled:
        return Reply(toast=texts.CANCELLED_ALREADY if numbers else texts_buttons.OLD)
    undo = button(texts_notes.BUTTON_UNDO, "gathered", gathering_id)
    words = texts.cancelled(len(cancelled), _in_ranges(cancelled))
    return Reply(words, buttons=((undo,),), edit=True)


def _keep(app: App, request: Request, together: Messages) -> int:
    contents = [Content.from_json(message.content) for message in together]
    number = capture.keep(app, request, capture.merged(contents), capture.files_of(contents))
    app.gatherings.save_number(
        request.user_id, (message.message_id for message in together), number
    )
    return number


def _notes_in(messages: Iterable[Gathered]) -> list[Messages]:
    """Messages by the note that they become: an album is one."""
    notes: dict[str | int, Messages] = {}
    for message in messages:
        notes.setdefault(message.album or message.message_id, []).append(message)
    return list(notes.values())


def _unsaved(messages: Messages) -> Messages:
    return [message for message in messages if message.number is None]


def _numbers(messages: Messages) -> list[int]:
    return sorted({message.number for message in messages if message.number is not None})


def _in_ranges(numbers: list[int]) -> str:
    """Ascending numbers: #3, #5–#8."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1] = [ranges[-1][0], number]
        else:
            ranges.append([number])
    return ", ".join("–".join(f"#{end}" for end in ends) for ends in ranges)


def _restore(app: App, user_id: int, number: int) -> bool:
    """Whether a note was in the bin, from where it is back now."""
    try:
        app.notes.restore(user_id, number, app.clock.now())
    except NoteNotFoundError:
        return False
    return True


def _delete(app: App, user_id: int, number: int) -> bool:
    try:
        app.notes.delete(user_id, number, app.clock.now())
    except NoteNotFoundError:
        return False
    return True
