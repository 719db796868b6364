"""The days that a question is about: yesterday, last week, in October.

Questions look back: «в понедельник» is the last Monday before today, «в октябре» the last October
that has begun. Days and weeks to come are no period of anything that is kept.
"""

from collections.abc import Callable
from datetime import date, timedelta

from times import lengths
from times.calendar_days import last_of_month, monday_of, months_on
from times.day_rules import MONTH_DAYS, date_of
from times.matching import Matcher, rule
from times.pieces import Date, Offset
from times.words import words

Period = tuple[date, date]
Periods = Callable[[date], Period | None]

YEARS_TRIED = 9
WEEK = timedelta(days=7)
# The first and the last day of the thirds of a month.
THIRDS = {"start": (1, 10), "middle": (11, 20), "end": (21, 31)}


def period(text: str, today: date) -> Period | None:
    """The first and the last day, inclusive, of the first period that the text names."""
    known, at = words(text), 0
    while at < len(known):
        found = MATCHER.longest(known, at)
        if found:
            days = _resolved(found[0], today)
            if days and days[0] <= today:
                return days
            at = found[2]
        else:
            at += 1
    return None


def _resolved(named: Periods, today: date) -> Period | None:
    try:
        return named(today)
    except (ValueError, OverflowError):  # a year that the calendar does not have
        return None


def _away(days: int) -> Periods:
    return lambda today: _day(today + timedelta(days=days))


def _day(day: date) -> Period:
    return day, day


def _unit(which: int, unit: str) -> Periods | None:
    if unit not in UNITS:
        return None
    return lambda today: UNITS[unit](today, which)


def _week(today: date, ahead: int) -> Period:
    monday = monday_of(today, ahead)
    return monday, monday + WEEK - timedelta(days=1)


def _month(today: date, ahead: int) -> Period:
    first = months_on(today.replace(day=1), ahead)
    return first, last_of_month(first.year, first.month)


def _year(today: date, ahead: int) -> Period:
    return date(today.year + ahead, 1, 1), date(today.year + ahead, 12, 31)


UNITS = {"week": _week, "month": _month, "year": _year}


def _span_till_today(length: Offset) -> Periods | None:
    """«за последние 3 дня»: today is the third."""
    days = length.days or (1 if length.seconds else 0)
    return lambda today: (
        months_on(today, -length.months) - timedelta(days=days) + timedelta(days=1),
        today,
    )


def _ago(length: Offset) -> Periods:
    """A day of so many days ago; the week, month or year of so many of them ago."""
    if length.months:
        unit, number = ("year", 12) if length.months % 12 == 0 else ("month", 1)
        return lambda today: UNITS[unit](today, -length.months // number)
    if length.days and length.days % 7 == 0:
        return lambda today: _week(today, -length.days // 7)
    return lambda today: _day(today - timedelta(days=length.days))


def _named_month(month: int, year: int | None = None) -> Periods:
    return lambda today: _month(_begun(today, month, year), 0)


def _month_of_year(month: int, which: int) -> Periods:
    return lambda today: _month(date(today.year + which, month, 1), 0)


def _begun(today: date, month: int, year: int | None) -> date:
    return date(year or today.year - (month > today.month), month, 1)


def _named_year(year: int) -> Periods:
    return lambda today: (date(year, 1, 1), date(year, 12, 31))


def _weekday(weekday: int) -> Periods:
    return lambda today: _day(today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1))


def _which_weekday(which: int, weekday: int) -> Periods | None:
    if which > 0:
        return None
    return _weekday(weekday)


def _weekend(which: int | None) -> Periods | None:
    """The last Saturday and Sunday that have begun; «прошлые» those of an earlier week."""
    if which == 1:
        return None

    def days(today: date) -> Period:
        back = -1 if which == -1 or today.weekday() < 5 else 0
        saturday = monday_of(today, back) + timedelta(days=5)
        return saturday, saturday + timedelta(days=1)

    return days


def _date(day: int, month: int, year: int | None = None) -> Periods:
    return lambda today: _last_such(date_of(day, month, year), today)


def _month_date(month: int, day: int, year: int | None) -> Periods:
    return _date(day, month, year)


def _written(written: tuple[int, int, int]) -> Periods:
    year, month, day = written
    return lambda today: _last_such(date_of(day, month, year), today)


def _short(written: tuple[int, int]) -> Periods:
    return lambda today: _last_such(date_of(*written), today)


def _last_such(found: Date | None, today: date) -> Period | None:
    if found is None:
        return None
    years = [found.year] if found.year else range(today.year, today.year - YEARS_TRIED, -1)
    for year in years:
        day = min(found.day, MONTH_DAYS[found.month - 1])
        if day > last_of_month(year, found.month).day:
            continue
        if date(year, found.month, day) <= today:
            return _day(date(year, found.month, day))
    return None


def _third(edge: str, which: int | None) -> Periods:
    return lambda today: _cut(_month(today, which or 0), edge)


def _third_of(edge: str, month: int) -> Periods:
    return lambda today: _cut(_month(_begun(today, month, None), 0), edge)


def _cut(month: Period, edge: str) -> Period:
    first, last = THIRDS[edge]
    return month[0].replace(day=first), month[0].replace(day=min(last, month[1].day))


MATCHER = Matcher(
    (
        rule("during? away", _away),
        rule("during? which unit", _unit),
        rule("during year year_word", _named_year),
        rule("in year", _named_year),
        rule("past_span|within span", _span_till_today),
        rule("span ago", _ago),
        rule("during in_month|month year? year_word?", _named_month),
        rule("during in_month|month which unit=year", _month_of_year),
        rule("which month", lambda which, month: _named_month(month) if which < 0 else None),
        rule("during weekday", _weekday),
        rule("during? which weekday", _which_weekday),
        rule("during? which? weekend", _weekend),
        rule("on? number|ordinal of? month year? year_word?", _date),
        rule("on? month number|ordinal comma? year?", _month_date),
        rule("on? date", _written),
        rule("on? day_month", _short),
        rule("edge which? unit=month", _third),
        rule("edge month", _third_of),
    ),
    lengths.span,
)
