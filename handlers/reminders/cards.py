"""How a reminder is shown: as it was understood, and in a list."""

from collections.abc import Iterable

from handlers.buttons import Rows, button, in_rows
from handlers.context import App
from handlers.formatting import preview
from handlers.notes import cards as note_cards
from handlers.types import Button, Reply
from storage.note_rows import Note
from storage.notes import NoteNotFoundError
from storage.reminders import Reminder
from texts import reminders as texts
from texts import times as texts_times
from times.reading import Assumed

TEXT_UNITS = 3500  # with what is said around it, it fits into one message
LINE_UNITS = 200  # of its text where it is one of several


def card(
    app: App,
    reminder: Reminder,
    assumed: Iterable[Assumed] = (),
    *,
    edit: bool = False,
    toast: str = "",
) -> Reply:
    """When and of what it reminds, with the buttons that change it."""
    words = described(app, reminder, about(app, reminder, TEXT_UNITS))
    kinds = [kind.name for kind in assumed]
    return Reply(
        words,
        buttons=(_buttons(reminder),),
        footer=texts.assumed(kinds, f"{reminder.first:%H:%M}"),
        edit=edit,
        toast=toast,
    )


def described(app: App, reminder: Reminder, words: str) -> str:
    """Words with the moment for which they wait."""
    rule = texts_times.every(reminder.rule, reminder.first) if reminder.rule else ""
    if reminder.next_at is None:
        return texts.paused(rule, words) if reminder.paused else texts.over(words)
    when, left = moment_of(app, reminder.user_id, reminder.next_at)
    if rule and reminder.next_at == reminder.due_at:
        return texts.series(rule, when, left, words)
    return texts.once(when, left, words)


def about(app: App, reminder: Reminder, room: int) -> str:
    """What it reminds of, in at most so many units."""
    number = reminder.spot.note_number
    if number is None:
        return preview(reminder.text or texts.ABOUT_MESSAGE, room)
    note = note_of(app, reminder)
    body = note_cards.body_of(note) if note else texts.NOTE_GONE
    said = "\n".join(filter(None, [reminder.text, body]))
    return texts.about_note(number, preview(said, room))


def note_of(app: App, reminder: Reminder) -> Note | None:
    """The note it reminds of, unless that was deleted."""
    if reminder.spot.note_number is None:
        return None
    try:
        note = app.notes.get(reminder.user_id, reminder.spot.note_number)
    except NoteNotFoundError:
        return None
    return note if note.deleted_at is None else None


def moment_of(app: App, user_id: int, at: int) -> tuple[str, str]:
    """A moment as somebody reads it, and how long it is until then."""
    clock = app.clock_of(user_id)
    local, now = clock.local(at), clock.local(clock.now())
    return texts_times.moment(local, now), texts_times.in_how_long(local, now)


def quick_choices(action: str, number: int) -> Rows:
    """Moments that can be had by a press."""
    choices = [button(label, action, number, name) for name, label in texts.QUICK.items()]
    return in_rows(choices, 3)


def _buttons(reminder: Reminder) -> tuple[Button, ...]:
    number = reminder.number
    buttons = [button(texts.CHANGE, "remind_edit", number)]
    if reminder.paused:
        buttons.append(button(texts.RESUME, "remind_resume", number))
    elif reminder.rule:
        buttons.append(button(texts.PAUSE, "remind_pause", number))
    return (*buttons, button(texts.CANCEL, "remind_cancel", number))
