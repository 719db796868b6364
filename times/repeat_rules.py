"""Rules for repetitions. Builders take the values of their pattern, in order."""

from times.day_rules import date_of, month_days
from times.errors import Kind
from times.lengths import DAY_S, HOUR_S, MINUTE_S
from times.matching import rule
from times.pieces import IMPOSSIBLE, Date, Every, MonthDays, NthWeekday, Offset, Piece, Wrong
from times.repeats import FLOOR_S


def every_span(_every: object, length: Offset) -> Piece | None:
    """A repetition by its length; the largest unit that it is a whole number of."""
    months, days, seconds = length.months, length.days, length.seconds
    if months and not days and not seconds:
        return Every("year", months // 12) if months % 12 == 0 else Every("month", months)
    if months:
        return None
    seconds += days * DAY_S
    for unit, size in (("week", 7 * DAY_S), ("day", DAY_S), ("hour", HOUR_S), ("minute", MINUTE_S)):
        if seconds and seconds % size == 0 and (unit != "week" or days):
            return Every(unit, seconds // size)
    return Wrong(Kind.TOO_OFTEN) if seconds < FLOOR_S else IMPOSSIBLE


def _every_other(_every: object, number: int, unit: str) -> Piece | None:
    return Every(unit, number) if unit != "second" else Wrong(Kind.TOO_OFTEN)


def _repeat(unit: str) -> Piece:
    return Every(unit)


def _every_weekday(_every: object, days: tuple[int, ...]) -> Piece:
    return Every("week", weekdays=tuple(sorted(set(days))))


def _days(days: tuple[int, ...]) -> Piece:
    return Every("week", weekdays=days)


def _days_range(first: int, _dash: object, last: int) -> Piece | None:
    return Every("week", weekdays=tuple(range(first, last + 1))) if first < last else None


def _every_nth(_every: object, number: int, weekday: int) -> Piece:
    """«каждый второй вторник» is each other one; the first and the last are of a month."""
    if number in (1, -1):
        return Every("month", date=NthWeekday(number, weekday))
    return Every("week", number, weekdays=(weekday,))


def _every_nth_of_month(_every: object, number: int, weekday: int, *_month: object) -> Piece:
    return Every("month", date=NthWeekday(number, weekday)) if number <= 4 else IMPOSSIBLE


def _nth_of_every_month(
    _on: object, number: int, weekday: int, _of: object, _every: object, _month: object
) -> Piece:
    return _every_nth_of_month(None, number, weekday)


def _every_month_day(_every: object, days: tuple[int, ...], *_rest: object) -> Piece:
    found = month_days(days)
    return Every("month", date=found) if isinstance(found, MonthDays) else IMPOSSIBLE


def _month_day_each(
    _on: object, days: tuple[int, ...], _word: object, _of: object, _every: object, _unit: object
) -> Piece:
    return _every_month_day(None, days)


def _every_date(_every: object, day: int, _of: object, month: int) -> Piece | None:
    found = date_of(day, month)
    return Every("year", date=found) if isinstance(found, Date) else IMPOSSIBLE


def _every_month_date(_every: object, month: int, day: int) -> Piece | None:
    return _every_date(None, day, None, month)


def _end_of_every(edge: str, _every: object, unit: str) -> Piece | None:
    day = {"start": 1, "middle": 15, "end": -1}[edge]
    return Every("month", date=MonthDays((day,))) if unit == "month" else None


def _last_day_each(*_said: object) -> Piece:
    return Every("month", date=MonthDays((-1,)))


RULES = (
    rule("every span", every_span),
    rule("once_per span", every_span),
    rule("every ordinal unit", _every_other),
    rule("every other unit", _every_other),
    rule("every other weekday", lambda _every, _other, day: Every("week", 2, (day,))),
    rule("repeat", _repeat),
    rule("every weekday+", _every_weekday),
    rule("each? weekdays+", _every_weekday),
    rule("days", _days),
    rule("weekday dash weekday", _days_range),
    rule("every ordinal weekday", _every_nth),
    rule("every last weekday", _every_nth),
    rule("every ordinal weekday of? unit=month", _every_nth_of_month),
    rule("every last weekday of? unit=month", _every_nth_of_month),
    rule("on? ordinal weekday of? every unit=month", _nth_of_every_month),
    rule("on? last weekday of? every unit=month", _nth_of_every_month),
    rule("every ordinal+ day_number? of? unit=month?", _every_month_day),
    rule("on? ordinal+ day_number? of? every unit=month", _month_day_each),
    rule(
        "on? number day_number of? every unit=month",
        lambda _on, day, *_: _every_month_day(0, (day,)),
    ),
    rule("every number of? month", _every_date),
    rule("every ordinal of? month", _every_date),
    rule("every month number", _every_month_date),
    rule("every month ordinal", _every_month_date),
    rule("edge every unit", _end_of_every),
    rule("on? last unit=day of? every unit=month", _last_day_each),
    rule("every last unit=day of? unit=month", _last_day_each),
    rule("every_part", lambda name: Every("day", part=name)),
)
