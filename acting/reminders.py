"""The tools that set one's reminders, list them and move them."""

from datetime import datetime
from typing import Any

from acting.tool import (
    Arguments,
    Asker,
    BadArgumentsError,
    Outcome,
    Parameter,
    Stores,
    ToolKind,
    framed,
)
from storage.reminders import Reminder, ReminderNotFoundError, Spot, TooManyRemindersError
from texts import times as texts_times
from texts import tool_prompts as texts
from times import reading
from times.reading import Reading, UnreadableTimeError

TEXT_MOST = 1_000  # letters
WHEN_MOST = 200
LISTED_MOST = 20
ROW_LETTERS = 200
NUMBER_MOST = 10**9

WHEN = Parameter("when", "string", WHEN_MOST)
NUMBER = Parameter("number", "integer", NUMBER_MOST)


def set_(stores: Stores, asker: Asker, given: Arguments, room: int) -> Outcome:
    """A new reminder, said where it was asked for."""
    read = _moment(asker, given["when"])
    try:
        spot = Spot(asker.chat_id, asker.thread_id)
        made = stores.reminders.add(asker.user_id, spot, given["text"], read)
    except TooManyRemindersError:
        return Outcome(texts.TOO_MANY_REMINDERS)
    effect = {"kind": "reminder_set", "number": made.number, "at": made.next_at}
    return Outcome(texts.reminder_set(made.number, _when(asker, made)), effect)


def list_(stores: Stores, asker: Asker, given: Arguments, room: int) -> Outcome:
    """What waits, next first."""
    waiting = stores.reminders.waiting(asker.user_id, LISTED_MOST)
    if not waiting:
        return Outcome(texts.NO_REMINDERS)
    rows = [
        texts.reminder_row(one.number, _when(asker, one), one.text[:ROW_LETTERS]) for one in waiting
    ]
    return Outcome(framed("\n".join(rows)[:room]))


def move(stores: Stores, asker: Asker, given: Arguments, room: int) -> Outcome:
    """Another time for one's reminder; the one that it had is kept to be put back."""
    number, read = given["number"], _moment(asker, given["when"])
    before = waiting(stores, asker, number)
    if before is None:
        return Outcome(texts.reminder_unknown(number))
    if before.rule and not read.rule:
        return Outcome(texts.REMINDER_SERIES)
    moved = stores.reminders.move(asker.user_id, number, read)
    effect = {
        "kind": "reminder_moved",
        "number": number,
        "at": moved.next_at,
        "before": {
            "first": _coming(before).isoformat(),
            "rule": before.rule,
            "snoozed": before.snoozed_at,
        },
    }
    return Outcome(texts.reminder_set(number, _when(asker, moved)), effect)


def waiting(stores: Stores, asker: Asker, number: int) -> Reminder | None:
    """A reminder of this person's that is still to come."""
    try:
        found = stores.reminders.get(asker.user_id, number)
    except ReminderNotFoundError:
        return None
    return found if found.next_at is not None and not found.kind else None


def earlier(asker: Asker, before: dict[str, Any]) -> Reading:
    """The moments of a reminder before it was moved."""
    first = datetime.fromisoformat(before["first"])
    zone = asker.clock.local(asker.clock.now()).tzinfo
    return Reading(first.astimezone(zone), before["rule"], "", frozenset())


def _moment(asker: Asker, when: str) -> Reading:
    now = asker.clock.local(asker.clock.now())
    try:
        return reading.read(when, now)
    except UnreadableTimeError as error:
        raise BadArgumentsError(texts.unread_time(when)) from error


def _when(asker: Asker, reminder: Reminder) -> str:
    """When a reminder comes next, and how it repeats."""
    rule = texts_times.every(reminder.rule, reminder.first) if reminder.rule else ""
    if reminder.next_at is None:
        return rule
    local, now = asker.clock.local(reminder.next_at), asker.clock.local(asker.clock.now())
    return ", ".join(filter(None, (rule, texts_times.moment(local, now))))


def _coming(reminder: Reminder) -> datetime:
    """The next moment of a reminder, by the clock of its own zone.

    Of a series it is that of the series: an occasion put off is no part of it.
    """
    at = reminder.due_at or reminder.next_at
    assert at is not None  # it waits
    return datetime.fromtimestamp(at, reminder.first.tzinfo)


def _set(stores: Stores, asker: Asker, given: Arguments) -> tuple[str, str]:
    return "", f"{given['text']} {given['when']}"


def _moved(stores: Stores, asker: Asker, given: Arguments) -> tuple[str, str]:
    before = waiting(stores, asker, given["number"])
    at = "" if before is None else str(before.next_at)
    return at, f"{at} {given['when']}"


TOOLS = (
    ToolKind("set_reminder", set_, (Parameter("text", "string", TEXT_MOST), WHEN), changes=_set),
    ToolKind("list_reminders", list_, ()),
    ToolKind("move_reminder", move, (NUMBER, WHEN), changes=_moved),
)
