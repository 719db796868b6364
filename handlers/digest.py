"""/digest: each morning what the day brings, and what was noted on it in years past."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from clock import Clock
from handlers.buttons import button, in_rows
from handlers.context import App
from handlers.formatting import preview
from handlers.notes import cards as note_cards
from handlers.reminders import cards
from handlers.types import Reply, Request
from storage.note_rows import Note
from storage.reminders import DIGEST, Spot
from texts import digest as texts
from texts import notes as texts_notes
from texts import times as texts_times
from times.reading import Reading

TIME = re.compile(r"([01]?\d|2[0-3])(?:[:.]([0-5]\d))?", re.ASCII)
DAILY = "FREQ=DAILY"
YEARS_MOST = 20
ROWS_MOST = 10
ROW_UNITS = 150


def digest(app: App, request: Request) -> Reply:
    """/digest [HH:MM | off]."""
    given = request.args.strip().lower()
    if not given:
        current = app.preferences.of(request.user_id).digest
        return Reply(texts.is_on(current) if current else texts.NONE)
    if given in texts.OFF_WORDS:
        set_time(app, request.user_id, None)
        return Reply(texts.OFF)
    found = TIME.fullmatch(given)
    if found is None:
        return Reply(texts.USAGE)
    at = time(int(found[1]), int(found[2] or 0))
    first = set_time(app, request.user_id, at)
    assert first is not None  # it was switched on
    now = app.clock_of(request.user_id).local(app.clock.now())
    return Reply(texts.set_for(f"{at:%H:%M}", texts_times.moment(first, now)))


def set_time(app: App, user_id: int, at: time | None) -> datetime | None:
    """Send somebody's digest at this time of their day, or none; returns when the next one comes.

    To be called in a transaction.
    """
    app.preferences.set(user_id, digest=at and f"{at:%H:%M}")
    if (before := app.reminders.digest(user_id)) is not None:
        app.reminders.cancel(user_id, before.number, app.clock.now())
    if at is None:
        return None
    clock = app.clock_of(user_id)
    now = clock.local(clock.now())
    first = datetime.combine(now.date(), at, clock.zone)
    if first <= now:
        first = datetime.combine(now.date() + timedelta(days=1), at, clock.zone)
    daily = Reading(first, DAILY, "", frozenset())
    app.reminders.add(user_id, Spot(user_id), "", daily, DIGEST)
    return first


def make(app: App, user_id: int, at: int) -> Reply:
    """The digest that was due at a moment: nothing when the day brings nothing.

    After days without the bot it is today's, unless that is still to come.
    """
    clock = app.clock_of(user_id)
    now, due = clock.local(clock.now()), clock.local(at)
    if due.date() != now.date() and now.time() < due.time():
        return Reply()
    today = now.date()
    waiting = list(_today(app, user_id, clock))
    notes = list(_years_ago(app, user_id, clock, today))
    if not waiting and not notes:
        return Reply()
    noted = [
        texts.note_row(
            clock.local(note.created_at).year,
            note.number,
            preview(" ".join(note_cards.body_of(note).split()), ROW_UNITS),
        )
        for note in notes
    ]
    lines = [texts.head(texts_times.moment(now, now)), *_section(texts.TODAY, waiting)]
    lines += _section(texts.YEARS_AGO, noted)
    opening = [button(texts_notes.note_button(n.number), "note", n.number) for n in notes]
    return Reply("\n".join(lines), buttons=in_rows(opening[:ROWS_MOST], 5))


def _section(head: str, rows: list[str]) -> list[str]:
    if not rows:
        return []
    more = [texts.more(len(rows) - ROWS_MOST)] if len(rows) > ROWS_MOST else []
    return ["", head, *rows[:ROWS_MOST], *more]


def _today(app: App, user_id: int, clock: Clock) -> Iterator[str]:
    tomorrow = clock.start_of(clock.today() + timedelta(days=1))
    for reminder in app.reminders.waiting(user_id, until=tomorrow):
        assert reminder.next_at is not None  # it is due until tomorrow
        words = " ".join(cards.about(app, reminder, ROW_UNITS).split())
        yield texts.reminder_row(f"{clock.local(reminder.next_at):%H:%M}", words)


def _years_ago(app: App, user_id: int, clock: Clock, today: date) -> Iterator[Note]:
    for years in range(1, YEARS_MOST + 1):
        try:
            day = today.replace(year=today.year - years)
        except ValueError:  # there was no 29 February
            continue
        since, until = clock.start_of(day), clock.start_of(day + timedelta(days=1))
        yield from app.notes.made_between(user_id, since, until, ROWS_MOST + 1)
