"""Rules for repetitions."""

from fractions import Fraction

from times.day_rules import MONTH_EDGES, date_of, month_days
from times.errors import Kind
from times.lengths import DAY_S, HOUR_S, MINUTE_S, offset
from times.matching import rule
from times.pieces import IMPOSSIBLE, Every, MonthDays, NthWeekday, Offset, Piece, Wrong
from times.repeats import FLOOR_S

SIZES = {"week": 7 * DAY_S, "day": DAY_S, "hour": HOUR_S, "minute": MINUTE_S}
TOO_OFTEN = Wrong(Kind.TOO_OFTEN)


def _every_length(length: Offset) -> Piece | None:
    """A repetition by its length, in the largest unit of which that is a whole number."""
    months, seconds = length.months, length.days * DAY_S + length.seconds
    if months:
        return _every_months(months) if not seconds else None
    if seconds < FLOOR_S:
        return TOO_OFTEN if seconds else Wrong(Kind.ZERO)
    for unit, size in SIZES.items():
        if seconds % size == 0:
            return Every(unit, seconds // size)
    return IMPOSSIBLE


def _every_months(months: int) -> Piece:
    return Every("year", months // 12) if months % 12 == 0 else Every("month", months)


def _every_other(number: int, unit: str) -> Piece | None:
    return _every_length(offset(Fraction(number), unit))


def _weekdays(days: tuple[int, ...]) -> Piece:
    return Every("week", weekdays=tuple(sorted(set(days))))


def _range(first: int, last: int) -> Piece | None:
    return _weekdays(tuple(range(first, last + 1))) if first < last else None


def _every_nth(number: int, weekday: int) -> Piece:
    """«каждый второй вторник» is each other one; the first and the last are of a month."""
    if number in (1, -1):
        return _nth_of_month(number, weekday)
    return Every("week", number, weekdays=(weekday,))


def _nth_of_month(number: int, weekday: int) -> Piece:
    return Every("month", date=NthWeekday(number, weekday)) if number <= 4 else IMPOSSIBLE


def _month_days(days: tuple[int, ...]) -> Piece:
    found = month_days(days)
    return Every("month", date=found) if found else IMPOSSIBLE


def _day_month(day: int, month: int) -> Piece:
    found = date_of(day, month)
    return Every("year", date=found) if found else IMPOSSIBLE


def _month_day(month: int, day: int) -> Piece:
    return _day_month(day, month)


def _edge_of_each(edge: str, unit: str) -> Piece | None:
    return Every("month", date=MonthDays((MONTH_EDGES[edge],))) if unit == "month" else None


def _last_of_each(last: int) -> Piece:
    return Every("month", date=MonthDays((last,)))


RULES = (
    rule("every|once_per span", _every_length),
    rule("every ordinal|other unit", _every_other),
    rule("every other weekday", lambda number, day: Every("week", number, (day,))),
    rule("repeat", Every),
    rule("repeat_months", _every_months),
    rule("every_part", lambda name: Every("day", part=name)),
    rule("days", _weekdays),
    rule("weekday dash weekday", _range),
    rule("every weekday+", _weekdays),
    rule("each weekday|weekdays+", _weekdays),
    rule("on? weekdays+", _weekdays),
    rule("every ordinal|last weekday", _every_nth),
    rule("every ordinal|last weekday of? unit=month", _nth_of_month),
    rule("on? ordinal|last weekday of? every unit=month", _nth_of_month),
    rule("every written_ordinal+", _month_days),
    rule("every ordinal+ day_number of? unit=month?", _month_days),
    rule("every ordinal+ of unit=month", _month_days),
    rule("every number+ day_number of? unit=month?", _month_days),
    rule("on? ordinal unit=day of? every unit=month", lambda day: _month_days((day,))),
    rule("on? ordinal+ day_number? of? every unit=month", _month_days),
    rule("on? number+ day_number of? every unit=month", _month_days),
    rule("every number|ordinal of? month", _day_month),
    rule("every month number|ordinal", _month_day),
    rule("edge every unit", _edge_of_each),
    rule("on? last unit=day of? every unit=month", _last_of_each),
    rule("every last unit=day of? unit=month", _last_of_each),
)
