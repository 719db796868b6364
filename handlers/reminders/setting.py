"""Setting reminders: /remind, and buttons under notes."""

from handlers.context import App
from handlers.formatting import preview
from handlers.reminders import cards, moving
from handlers.types import Reply, Request
from storage.notes import NoteNotFoundError
from storage.reminders import WAITING_MOST, Spot, TooManyRemindersError
from texts import notes as texts_notes
from texts import reminders as texts
from times.reading import Reading, UnreadableTimeError, read
from utf16 import units


def remind(app: App, request: Request) -> Reply:
    """/remind <when> <what>, or with only the time in reply to what it is about."""
    if not request.args.strip():
        return Reply(texts.USAGE)
    return set_from_words(app, request, request.args)


def set_from_words(app: App, request: Request, words: str) -> Reply:
    """A reminder of what the words say, when they say; to be called in a transaction.

    What is not understood is asked back, with examples.
    """
    try:
        reading = read_for(app, request, words)
    except UnreadableTimeError as error:
        return Reply(texts.unread(error.kind.name))
    text, replied = reading.rest.strip(), request.replied
    if units(text) > cards.TEXT_UNITS:
        return Reply(texts.too_long(cards.TEXT_UNITS))
    if not text and replied is None:
        return Reply(texts.NO_TEXT)
    if not text and replied is not None:  # the message itself holds the rest, and is shown
        text = preview(replied.text.strip(), cards.TEXT_UNITS)
    spot = Spot(request.chat_id, request.thread_id, replied.message_id if replied else 0)
    return _added(app, request, spot, text, reading)


def press_note(app: App, request: Request, number: int) -> Reply:
    """⏰ under a note: asks when to remind of it."""
    return Reply(texts.ask_note_time(number), buttons=cards.quick_choices("remind_note_at", number))


def press_note_at(app: App, request: Request, number: int, choice: str) -> Reply:
    """One of the quick choices for a note."""
    return of_note(app, request, number, moving.chosen(app, request.user_id, choice))


def read_for(app: App, request: Request, words: str) -> Reading:
    """What somebody's words say about time, by their own clock.

    Raises:
        UnreadableTimeError.
    """
    return read(words, app.clock_of(request.user_id).moment())


def of_note(app: App, request: Request, number: int, reading: Reading) -> Reply:
    """A reminder of a note."""
    try:
        note = app.notes.get(request.user_id, number)
    except NoteNotFoundError:
        note = None
    if note is None or note.deleted_at is not None:
        words = texts_notes.note_unknown(number)
        return Reply(toast=words) if request.callback_id else Reply(words)
    spot = Spot(request.chat_id, request.thread_id, note_number=number)
    return _added(app, request, spot, reading.rest.strip(), reading)


def _added(app: App, request: Request, spot: Spot, text: str, reading: Reading) -> Reply:
    try:
        reminder = app.reminders.add(request.user_id, spot, text, reading)
    except TooManyRemindersError:
        return Reply(texts.too_many(WAITING_MOST))
    return cards.card(app, reminder, reading.assumed, edit=request.button_on is not None)
