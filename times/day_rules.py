"""Rules for days."""

from dataclasses import replace

from times.matching import Needs, rule
from times.pieces import (
    IMPOSSIBLE,
    PAST,
    Away,
    Date,
    Edge,
    MonthDays,
    NthWeekday,
    Piece,
    Week,
    Weekdays,
    Weekend,
)

MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
FEBRUARY, LEAP_DAY = 2, 29
MONTH_EDGES = {"start": 1, "middle": 15, "end": -1}


def date_of(day: int, month: int, year: int | None = None) -> Date | None:
    """A date, or None where there is no such."""
    if year == 0 or not 1 <= month <= 12 or not 1 <= day <= MONTH_DAYS[month - 1]:
        return None
    leap = year is None or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return None if (day, month) == (LEAP_DAY, FEBRUARY) and not leap else Date(day, month, year)


def month_days(days: tuple[int, ...]) -> MonthDays | None:
    """Days of a month, or None where there are no such."""
    return MonthDays(tuple(sorted(set(days)))) if all(1 <= day <= 31 for day in days) else None


def _day_month(day: int, month: int, year: int | None = None) -> Piece | None:
    return (date_of(day, month, year) or IMPOSSIBLE) if day < 100 else None


def _month_day(month: int, day: int, year: int | None = None) -> Piece | None:
    return _day_month(day, month, year)


def _written(written: tuple[int, int, int]) -> Piece:
    year, month, day = written
    return date_of(day, month, year) or IMPOSSIBLE


def _short(written: tuple[int, int]) -> Piece | None:
    return date_of(*written)


def _month_days(days: tuple[int, ...]) -> Piece:
    return month_days(days) or IMPOSSIBLE


def _month_one_day(day: int) -> Piece:
    return _month_days((day,))


def _bare_days(days: tuple[int, ...]) -> Piece | None:
    found = month_days(days)
    return replace(found, bare=True) if found else None


def _which_weekday(which: int, day: int) -> Piece:
    return PAST if which < 0 else Weekdays((day,), 1 if which else None)


def _which_unit(which: int, unit: str) -> Piece | None:
    if unit not in ("week", "month", "year"):
        return None
    if which < 0:
        return PAST
    if unit == "week":
        return Week(which)
    return Edge("start", unit, 1) if which else None


def _edge(edge: str, which: int | None, unit: str) -> Piece | None:
    if unit not in ("week", "month", "year"):
        return None
    return PAST if which == -1 else Edge(edge, unit, which)


def _edge_of_month(edge: str, month: int) -> Piece:
    last = MONTH_DAYS[month - 1] if month != FEBRUARY else LEAP_DAY - 1
    day = MONTH_EDGES[edge]
    return Date(last if day < 0 else day, month)


def _last_day(_last: int, which: int | None, unit: str) -> Piece | None:
    return _edge("last", which, unit) if unit in ("month", "year") else None


def _first_day(which: int | None, unit: str) -> Piece | None:
    return _edge("start", which, unit)


def _day_of_year(day: int, month: int, which: int) -> Piece:
    """«3 мая следующего года»."""
    if which < 0:
        return PAST
    return Date(day, month, ahead=which) if date_of(day, month) else IMPOSSIBLE


def _year_of_day(which: int, day: int, month: int) -> Piece:
    return _day_of_year(day, month, which)


def _nth(number: int, weekday: int) -> Piece:
    return NthWeekday(number, weekday) if number <= 4 else IMPOSSIBLE


def _weekend(which: int | None) -> Piece:
    return PAST if which == -1 else Weekend(which or 0)


RULES = (
    rule("on? away", lambda days: PAST if days < 0 else Away(days)),
    rule("on? date", _written),
    rule("on day_month", _short),
    rule("day_month", _short, Needs.EDGE),
    rule("on? number|ordinal of? month year? year_word?", _day_month),
    rule("on? month number|ordinal comma? year?", _month_day),
    rule("at in_month year? year_word?", lambda month, year: Date(1, month, year)),
    rule("in month year? year_word?", lambda month, year: Date(1, month, year)),
    rule("at year year_word", lambda year: Date(1, 1, year)),
    rule("in year", lambda year: Date(1, 1, year)),
    rule("on? number|ordinal+ day_number", _month_days),
    rule("on written_ordinal !counted !unit", _month_one_day, Needs.EDGE),
    rule("genitive_ordinal", _month_one_day, Needs.EDGE),
    rule("on? ordinal+", _bare_days, Needs.COMPANY),
    rule("on weekday+", Weekdays),
    rule("weekday", lambda day: Weekdays((day,)), Needs.COMPANY),
    rule("on? last weekday", _nth, Needs.SERIES),
    rule("on? which weekday", _which_weekday),
    rule("on? which unit", _which_unit),
    rule("edge which? unit", _edge),
    rule("edge month", _edge_of_month),
    rule("on? last unit=day of? which? unit", _last_day),
    rule("on? ordinal=1 unit=day of? which? unit", _first_day),
    rule("on? number|ordinal of? month of? which unit=year", _day_of_year),
    rule("on? which unit=year on? number|ordinal of? month", _year_of_day),
    rule("on? last unit=day", lambda last: MonthDays((last,)), Needs.COMPANY),
    rule("on? ordinal|last weekday of? unit=month", _nth),
    rule("on? ordinal weekday", _nth, Needs.COMPANY),
    rule("on? which? weekend", _weekend),
)
