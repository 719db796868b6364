"""A reminder at its time, and what can be done about it then."""

from datetime import datetime, timedelta
from typing import Any

from handlers import digest
from handlers.buttons import Rows, button
from handlers.context import App
from handlers.formatting import RichText
from handlers.reminders import cards
from handlers.reminders.moving import of_a_reminder
from handlers.types import Reply, Request
from storage.reminders import DIGEST, Reminder
from texts import reminders as texts
from utf16 import CAPTION_UNITS

REMINDER = "reminder"  # the kind of task
LATE_S = 120  # a cloud function is woken once a minute
CAPTION_ROOM = CAPTION_UNITS - 200  # with what is said around it
MINUTES = {"10m": 10, "1h": 60}
TOMORROW = "tomorrow"


def say(app: App, request: Request, args: dict[str, Any]) -> Reply:
    """What was asked for at the moment `at`, unless the reminder was changed since it came due."""
    reminder = app.reminders.find(request.user_id, args["number"])
    at: int = args["at"]
    if reminder is None or reminder.cancelled or reminder.occasion_at != at:
        return Reply()
    if reminder.kind == DIGEST:
        return digest.make(app, request.user_id, at)
    rich = RichText()
    rich.add(texts.SIGN)
    if not request.private:
        _add_mention(app, request.user_id, rich)
    rich.add(cards.about(app, reminder, cards.TEXT_UNITS))
    note = cards.note_of(app, reminder)
    return Reply(
        rich.text,
        rich.entities,
        buttons=_buttons(reminder, at),
        footer=_lateness(app, request.user_id, at),
        attachment=note.file if note else None,
        more_attachments=note.more_files if note else (),
        as_reply=reminder.spot.message_id != 0,
    )


@of_a_reminder
def press_done(app: App, request: Request, number: int) -> Reply:
    """✅: this occasion is over; a series goes on."""
    reminder = app.reminders.finish(request.user_id, number)
    words = texts.done(cards.about(app, reminder, _room(request)))
    return Reply(words, edit=True, toast=texts.FINISHED)


@of_a_reminder
def press_snooze(app: App, request: Request, number: int, at: int, snooze: str) -> Reply:
    """+10 мин and the like: the same once more, later; a series stays where it is."""
    return snoozed(app, request, number, _snoozed_until(app, request.user_id, at, snooze))


@of_a_reminder
def snoozed(app: App, request: Request, number: int, until: int) -> Reply:
    """An occasion put off, with the buttons that put it off again."""
    reminder = app.reminders.snooze(request.user_id, number, until)
    words = cards.about(app, reminder, _room(request))
    when, left = cards.moment_of(app, request.user_id, until)
    return Reply(
        texts.snoozed(words, when, left),
        buttons=_buttons(reminder, reminder.occasion_at or until),
        edit=True,
        toast=texts.SNOOZED,
    )


def snooze_name(text: str) -> str:
    """The name of a snooze, as a button carries it; ValueError when it is none."""
    if text not in MINUTES and text != TOMORROW:
        raise ValueError(text)
    return text


def _snoozed_until(app: App, user_id: int, at: int, snooze: str) -> int:
    clock = app.clock_of(user_id)
    now = clock.now()
    if snooze in MINUTES:
        return now + MINUTES[snooze] * 60
    # The same time by the wall clock, whatever is done to the clocks tonight.
    time_of_day = clock.local(at).time()
    tomorrow = clock.today() + timedelta(days=1)
    return int(datetime.combine(tomorrow, time_of_day, clock.zone).timestamp())


def _room(request: Request) -> int:
    """How much of a text fits where a button was pressed: a note's file may stand there."""
    return CAPTION_ROOM if request.on_caption else cards.TEXT_UNITS


def _add_mention(app: App, user_id: int, rich: RichText) -> None:
    """Name the one who is reminded, so that Telegram tells them."""
    person = app.people.get(user_id)
    if person is not None and person.username:
        rich.add(texts.mention(person.username))
    else:
        name = (person.name if person else "") or str(user_id)
        user = {"id": user_id, "is_bot": False, "first_name": name}
        rich.add(name, "text_mention", user=user)
    rich.add(texts.AFTER_MENTION)


def _lateness(app: App, user_id: int, at: int) -> str:
    clock = app.clock_of(user_id)
    now = clock.now()
    return texts.late(clock.local(at), clock.local(now)) if now - at > LATE_S else ""


def _buttons(reminder: Reminder, at: int) -> Rows:
    done = button(texts.DONE, "remind_done", reminder.number)
    snoozes = [
        button(label, "remind_snooze", reminder.number, at, name)
        for name, label in texts.SNOOZES.items()
    ]
    return ((done,), tuple(snoozes))
