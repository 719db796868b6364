"""Changing a reminder that waits: another time, a pause, an end that can be taken back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec

from handlers.buttons import button
from handlers.context import App
from handlers.reminders import cards
from handlers.types import Reply, Request
from storage.reminders import ReminderNotFoundError
from texts import reminders as texts
from times.reading import Reading

EVENING, MORNING = 19, 9  # o'clock

P = ParamSpec("P")
Pressed = Callable[Concatenate[App, Request, P], Reply]


def of_a_reminder(handler: Pressed[P]) -> Pressed[P]:
    """The handler, for which somebody is told if the reminder is no more."""

    @wraps(handler)
    def told(app: App, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Reply:
        try:
            return handler(app, request, *args, **kwargs)
        except ReminderNotFoundError:
            return Reply(toast=texts.UNKNOWN) if request.callback_id else Reply(texts.UNKNOWN)

    return told


@of_a_reminder
def press_edit(app: App, request: Request, number: int) -> Reply:
    """✏️: asks for the new time."""
    reminder = app.reminders.get(request.user_id, number)
    ask = texts.ask_series if reminder.rule else texts.ask_time
    words = ask(cards.about(app, reminder, cards.LINE_UNITS))
    choices = () if reminder.rule else cards.quick_choices("remind_to", number)
    keep = button(texts.KEEP, "remind_keep", number)
    return Reply(words, buttons=(*choices, (keep,)), edit=True)


@of_a_reminder
def press_open(app: App, request: Request, number: int) -> Reply:
    """The number in a list: the reminder with its buttons."""
    return cards.card(app, app.reminders.get(request.user_id, number))


@of_a_reminder
def press_keep(app: App, request: Request, number: int) -> Reply:
    """The question when to remind becomes the reminder again."""
    return cards.card(app, app.reminders.get(request.user_id, number), edit=True)


def press_to(app: App, request: Request, number: int, choice: str) -> Reply:
    """One of the quick choices for a reminder."""
    return moved(app, request, number, chosen(app, request.user_id, choice))


@of_a_reminder
def moved(app: App, request: Request, number: int, reading: Reading) -> Reply:
    """A reminder at other moments, and with another text if one was given.

    A series stays one: a single moment is not taken for it.
    """
    if app.reminders.get(request.user_id, number).rule and not reading.rule:
        return Reply(texts.SAY_SERIES)
    reminder = app.reminders.move(request.user_id, number, reading, reading.rest.strip())
    return cards.card(app, reminder, reading.assumed, edit=True, toast=texts.MOVED)


@of_a_reminder
def press_cancel(app: App, request: Request, number: int) -> Reply:
    """🗑: nothing is asked, for it can be taken back."""
    before = app.reminders.cancel(request.user_id, number, app.clock.now())
    undo = button(texts.UNDO, "remind_undo", number)
    words = texts.cancelled(cards.about(app, before, cards.LINE_UNITS))
    return Reply(words, buttons=((undo,),), edit=True)


@of_a_reminder
def press_undo(app: App, request: Request, number: int) -> Reply:
    """↩️: the reminder as it was."""
    restored = app.reminders.restore(request.user_id, number, app.clock.now())
    return cards.card(app, restored, edit=True)


@of_a_reminder
def press_pause(app: App, request: Request, number: int) -> Reply:
    """⏸: the series rests."""
    paused = app.reminders.pause(request.user_id, number)
    return cards.card(app, paused, edit=True, toast=texts.PAUSED)


@of_a_reminder
def press_resume(app: App, request: Request, number: int) -> Reply:
    """▶️: the series goes on."""
    resumed = app.reminders.resume(request.user_id, number, app.clock.now())
    return cards.card(app, resumed, edit=True, toast=texts.RESUMED)


def chosen(app: App, user_id: int, choice: str) -> Reading:
    """The moment of a quick choice, by somebody's own clock."""
    return Reading(CHOICES[choice](app.clock_of(user_id).moment()), "", "", frozenset())


def choice(text: str) -> str:
    """The name of a quick choice, as a button carries it; ValueError when it is none."""
    if text not in CHOICES:
        raise ValueError(text)
    return text


def _in_an_hour(now: datetime) -> datetime:
    # Not by the wall clock, which may be about to change.
    return datetime.fromtimestamp(now.timestamp() + 3600, now.tzinfo)


def _evening(now: datetime) -> datetime:
    today = _at(now, EVENING)
    return today if today > now else _at(now + timedelta(days=1), EVENING)


def _morning(now: datetime) -> datetime:
    return _at(now + timedelta(days=1), MORNING)


def _at(day: datetime, hour: int) -> datetime:
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


CHOICES = {"hour": _in_an_hour, "evening": _evening, "morning": _morning}
