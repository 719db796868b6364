"""A repetition: its first moment and its rule."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from times.calendar_days import in_zone, is_later
from times.day_rules import MONTH_EDGES
from times.days import YEAR_EDGES, days
from times.errors import Kind, UnreadableTimeError
from times.hours import DAY, Assumed, hour
from times.moments import MOST_DAYS, near, once
from times.pieces import Away, Date, Edge, Every, MonthDays, NthWeekday, Part, Phrase
from times.repeats import FLOOR_S, Repeat, next_after

FREQUENCIES = {
    "minute": "MINUTELY",
    "hour": "HOURLY",
    "day": "DAILY",
    "week": "WEEKLY",
    "month": "MONTHLY",
    "year": "YEARLY",
}
UNIT_S = {
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "week": 7 * 86_400,
    "month": 30 * 86_400,
    "year": 365 * 86_400,
}
LAST_OF_FEBRUARY = 29
DAYS_OF_WEEK = 7

Series = tuple[datetime, str, frozenset[Assumed]]


def series(phrase: Phrase, every: Every, now: datetime) -> Series:
    """The first moment later than now, the rule, and what was assumed.

    Raises UnreadableTimeError.
    """
    length = every.interval * UNIT_S[every.unit]
    if length < FLOOR_S:
        raise UnreadableTimeError(Kind.TOO_OFTEN if every.interval else Kind.ZERO)
    if length > MOST_DAYS * UNIT_S["day"]:
        raise UnreadableTimeError(Kind.TOO_FAR)
    if every.unit in ("minute", "hour"):
        return _by_hours(phrase, every, now)
    return _by_days(phrase, every, now)


def _by_hours(phrase: Phrase, every: Every, now: datetime) -> Series:
    """From the moment that is said, or after one interval, in whole minutes."""
    rule = Repeat(FREQUENCIES[every.unit], every.interval).rule()
    said = replace(phrase, every=None)
    if said != Phrase():
        first, assumed = once(said, now)
        return first, rule, assumed
    whole = timedelta(microseconds=-(now.second * 1_000_000 + now.microsecond) % 60_000_000)
    length = timedelta(seconds=every.interval * UNIT_S[every.unit]) + whole
    return (now.astimezone(UTC) + length).astimezone(now.tzinfo), rule, frozenset()


def _by_days(phrase: Phrase, every: Every, now: datetime) -> Series:
    if every.part and not phrase.part:
        phrase = replace(phrase, part=Part(every.part))
    minutes, assumed = hour(phrase)
    start = _start(phrase, every, now.date())
    repeat = _repeat(phrase, every, start)
    if phrase.clock and phrase.clock.more:
        repeat = replace(repeat, times=(minutes, *phrase.clock.more))
    opening = datetime(start.year, start.month, start.day) + timedelta(minutes=minutes % DAY)
    wall = _first(opening, repeat, now)
    first = in_zone(wall, now.tzinfo)
    if first.replace(tzinfo=None, fold=0) != wall and not repeat.times:
        # Summer time moved the first one: the rule keeps the hour that was meant.
        repeat = replace(repeat, times=(minutes % DAY,))
    return near(first, now), repeat.rule(), assumed


def _first(opening: datetime, repeat: Repeat, now: datetime) -> datetime:
    """What the wall's clock shows at the first of the days; every second week is so from there."""
    rule = replace(repeat, interval=1).rule()
    seen = now.replace(tzinfo=UTC, fold=0)
    while (found := next_after(opening.replace(tzinfo=UTC), rule, seen)) is not None:
        wall = found.replace(tzinfo=None)
        if is_later(in_zone(wall, now.tzinfo), now):
            return wall
        seen = found
    raise UnreadableTimeError(Kind.IMPOSSIBLE)


def _start(phrase: Phrase, every: Every, today: date) -> date:
    """The day from which the series may begin: one that is said apart from its rule, or today."""
    starts = isinstance(phrase.date, Away) or (
        isinstance(phrase.date, Date) and every.unit != "year"
    )
    if not starts:
        return today
    start = next(days(phrase, today), None)
    if start is None or start < today:
        raise UnreadableTimeError(Kind.PAST if start else Kind.IMPOSSIBLE)
    return start


def _repeat(phrase: Phrase, every: Every, start: date) -> Repeat:
    weekdays = every.weekdays or (phrase.weekday.days if phrase.weekday else ())
    chosen = every.date or phrase.date
    unit = "week" if every.unit == "day" and weekdays else every.unit
    if unit in ("day", "week") and not isinstance(chosen, Away | Date | None):
        raise UnreadableTimeError(Kind.IMPOSSIBLE)
    frequency, interval = FREQUENCIES[unit], every.interval
    if unit == "day" or (len(weekdays) == DAYS_OF_WEEK and interval == 1):
        return Repeat("DAILY", interval)
    if unit == "week":
        return Repeat(frequency, interval, weekdays or (start.weekday(),))
    if isinstance(chosen, NthWeekday) and unit == "month":
        return Repeat(frequency, interval, (chosen.weekday,), nth=chosen.number)
    if unit == "month":
        return Repeat(frequency, interval, monthdays=_monthdays(chosen, weekdays, start))
    month, day = _month_day(chosen, start)
    return Repeat(frequency, interval, monthdays=(day,), month=month)


def _monthdays(chosen: object, weekdays: tuple[int, ...], start: date) -> tuple[int, ...]:
    match chosen:
        case MonthDays(days=found):
            return tuple(-1 if day == 31 else day for day in found)
        case Edge(edge, "month", _):
            return (MONTH_EDGES.get(edge, -1),)
        case Away() | Date() | None if not weekdays:
            return (-1 if start.day == 31 else start.day,)
    raise UnreadableTimeError(Kind.IMPOSSIBLE)


def _month_day(chosen: object, start: date) -> tuple[int, int]:
    match chosen:
        case Date(day, month):
            found = month, day
        case Edge(edge, "year", _):
            found = YEAR_EDGES[edge]
        case Away() | None:
            found = start.month, start.day
        case _:
            raise UnreadableTimeError(Kind.IMPOSSIBLE)
    return (2, -1) if found == (2, LAST_OF_FEBRUARY) else found
