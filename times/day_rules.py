"""Rules for days. Builders take the values of their pattern, in order."""

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


def _away(days: int) -> Piece:
    return PAST if days < 0 else Away(days)


def date_of(day: int, month: int, year: int | None = None) -> Piece:
    """A date, or that there is no such."""
    if not 1 <= month <= 12 or not 1 <= day <= MONTH_DAYS[month - 1]:
        return IMPOSSIBLE
    leap = year is None or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return IMPOSSIBLE if (day, month) == (29, 2) and not leap else Date(day, month, year)


def _full_date(_on: object, written: tuple[int, int, int]) -> Piece:
    year, month, day = written
    return date_of(day, month, year) if year > 0 else IMPOSSIBLE


def _short_date(_on: object, written: tuple[int, int]) -> Piece | None:
    found = date_of(*written)
    return found if isinstance(found, Date) else None


def _day_month(
    _on: object, day: int, _of: object, month: int, year: int | None, _year: object
) -> Piece | None:
    return date_of(day, month, year) if day < 100 else None


def _month_day(_on: object, month: int, day: int, _comma: object, year: int | None) -> Piece | None:
    return date_of(day, month, year) if day < 100 else None


def _month(_in: object, month: int, year: int | None, _year: object) -> Piece:
    return Date(1, month, year)


def _year_alone(_in: object, year: int, _word: object) -> Piece:
    return Date(1, 1, year)


def month_days(days: tuple[int, ...]) -> Piece:
    """Days of a month; the 31st is its last one in every month."""
    if not all(1 <= day <= 31 for day in days):
        return IMPOSSIBLE
    return MonthDays(tuple(-1 if day == 31 else day for day in days))


def _month_days(_on: object, days: tuple[int, ...], *_rest: object) -> Piece:
    found = month_days(days)
    # Once, the 31st is the 31st: of the next month that has it.
    return MonthDays(days) if isinstance(found, MonthDays) else found


def _weekdays(_on: object, days: tuple[int, ...]) -> Piece:
    return Weekdays(days)


def _which_weekday(_on: object, which: int, day: int) -> Piece:
    return PAST if which < 0 else Weekdays((day,), 1 if which else None)


def _which_unit(_on: object, which: int, unit: str) -> Piece | None:
    if unit not in ("week", "month", "year") or which == 0:
        return None
    if which < 0:
        return PAST
    return Week(1) if unit == "week" else Edge("start", unit, 1)


def _this_week(_on: object, _which: object, _unit: object) -> Piece:
    return Week(0)


def _edge(edge: str, which: int | None, unit: str) -> Piece | None:
    if unit not in ("week", "month", "year"):
        return None
    return PAST if which == -1 else Edge(edge, unit, which)


def _edge_of_month(edge: str, month: int) -> Piece:
    last = MONTH_DAYS[month - 1] if month != 2 else 28
    return Date({"start": 1, "middle": 15, "end": last}[edge], month)


def _last_day(_on: object, _last: object, _day: object, _of: object, unit: str) -> Piece | None:
    return Edge("last", unit) if unit in ("month", "year") else None


def _nth(_on: object, number: int, weekday: int, *_month: object) -> Piece:
    return NthWeekday(number, weekday) if number <= 4 else IMPOSSIBLE


def _weekend(_on: object, which: int | None, _word: object) -> Piece:
    return PAST if which == -1 else Weekend(which or 0)


RULES = (
    rule("away", _away),
    rule("on? date", _full_date),
    rule("on day_month", _short_date),
    rule("day_month", lambda written: _short_date(None, written), Needs.EDGE),
    rule("on? number of? month year? year_word?", _day_month),
    rule("on? ordinal of? month year? year_word?", _day_month),
    rule("on? month number comma? year?", _month_day),
    rule("on? month ordinal comma? year?", _month_day),
    rule("at in_month year? year_word?", _month),
    rule("in month year? year_word?", _month),
    rule("at year year_word", _year_alone),
    rule("in year", lambda _in, year: Date(1, 1, year)),
    rule("on? ordinal+ day_number", _month_days),
    rule("number day_number", lambda day, _word: _month_days(None, (day,))),
    rule("on written_ordinal !counted", lambda _on, day: _month_days(None, (day,)), Needs.EDGE),
    rule("ordinal", lambda day: _month_days(None, (day,)), Needs.COMPANY),
    rule("on weekday+", _weekdays),
    rule("weekday", lambda day: Weekdays((day,)), Needs.COMPANY),
    rule("on? which weekday", _which_weekday),
    rule("on? which unit", _which_unit),
    rule("on which=0 unit=week", _this_week),
    rule("edge which? unit", _edge),
    rule("edge month", _edge_of_month),
    rule("on? last unit=day of? unit", _last_day),
    rule("on? ordinal weekday of? unit=month", _nth),
    rule("on? last weekday of? unit=month", _nth),
    rule("on? ordinal weekday", _nth, Needs.COMPANY),
    rule("on? last weekday", _nth, Needs.COMPANY),
    rule("on? last unit=day", lambda _on, _last, _day: MonthDays((-1,)), Needs.COMPANY),
    rule("on? which? weekend", _weekend),
)
