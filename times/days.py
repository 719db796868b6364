"""Which days a phrase can mean, the nearest first."""

from collections.abc import Iterator
from datetime import date, timedelta

from times.calendar_days import last_of_month, monday_of, months_on, nth_weekday
from times.day_rules import MONTH_EDGES
from times.errors import Kind, UnreadableTimeError
from times.pieces import (
    Away,
    Date,
    Day,
    Edge,
    MonthDays,
    NthWeekday,
    Phrase,
    Week,
    Weekdays,
    Weekend,
)

YEARS_TRIED = 9  # from 29 February to the next, over a year like 2100
MONTHS_TRIED = 13
YEAR_EDGES = {"start": (1, 1), "middle": (7, 1), "end": (12, 31), "last": (12, 31)}
WEEK_EDGES = {"start": 0, "middle": 2, "end": 4}
SATURDAY, SUNDAY = 5, 6


def days(phrase: Phrase, today: date) -> Iterator[date]:
    """The days, today's and later ones, and what is said to be past; at least the nearest.

    There is none for 29 February of a year that has none. Raises UnreadableTimeError when a date
    and its weekday disagree.
    """
    if phrase.date:
        return _checked(_dates(phrase.date, today), phrase.weekday)
    if phrase.weekday:
        ahead = phrase.week.ahead if phrase.week else phrase.weekday.ahead
        return _weekdays(phrase.weekday.days, ahead, today)
    if phrase.week:
        return _week(phrase.week, today)
    return (today + timedelta(days=number) for number in range(3))


def month_day(year: int, month: int, day: int) -> date | None:
    """The day of a month, -1 for the last; None when the month is shorter."""
    last = last_of_month(year, month)
    if day < 0:
        return last
    return last.replace(day=day) if day <= last.day else None


def _checked(dates: Iterator[date], weekday: Weekdays | None) -> Iterator[date]:
    """The dates; with a weekday the first of them, which must be on it."""
    if weekday is None:
        return dates
    first = next(dates, None)
    if first is None or first.weekday() not in weekday.days:
        raise UnreadableTimeError(Kind.IMPOSSIBLE)
    return iter([first])


def _weekdays(wanted: tuple[int, ...], ahead: int | None, today: date) -> Iterator[date]:
    start, length = (today, 14) if ahead is None else (monday_of(today, ahead), 7)
    nearest = (start + timedelta(days=number) for number in range(length))
    return (day for day in nearest if day.weekday() in wanted)


def _week(week: Week, today: date) -> Iterator[date]:
    monday = monday_of(today, week.ahead)
    if week.ahead:
        return iter([monday])
    return (today + timedelta(days=number) for number in range(7 - today.weekday()))


def _dates(piece: Day, today: date) -> Iterator[date]:
    match piece:
        case Away(number):
            return iter([today + timedelta(days=number)])
        case Date(day, month, year, ahead):
            year = year if ahead is None else today.year + ahead
            years = [year] if year else range(today.year, today.year + YEARS_TRIED)
            found = (month_day(each, month, day) for each in years)
            return (each for each in found if each and (year or each >= today))
        case MonthDays() | NthWeekday():
            return (each for each in _of_months(piece, today) if each >= today)
        case Edge():
            return _edges(piece, today)
        case Weekend(ahead):
            return _weekends(ahead, today)


def _of_months(piece: MonthDays | NthWeekday, today: date) -> Iterator[date]:
    for number in range(MONTHS_TRIED):
        month = months_on(today.replace(day=1), number)
        if isinstance(piece, NthWeekday):
            yield nth_weekday(month.year, month.month, piece.number, piece.weekday)
            continue
        found = (month_day(month.year, month.month, day) for day in piece.days)
        yield from sorted(filter(None, found))


def _edges(piece: Edge, today: date) -> Iterator[date]:
    """This week's, month's or year's edge and, if it is not said which, the next ones'."""
    for ahead in range(3) if piece.ahead is None else [piece.ahead]:
        if piece.unit == "week":
            yield monday_of(today, ahead) + timedelta(days=WEEK_EDGES[piece.edge])
        elif piece.unit == "month":
            month = months_on(today.replace(day=1), ahead)
            day = MONTH_EDGES.get(piece.edge, -1)
            yield last_of_month(month.year, month.month) if day < 0 else month.replace(day=day)
        else:
            yield date(today.year + ahead, *YEAR_EDGES[piece.edge])


def _weekends(ahead: int, today: date) -> Iterator[date]:
    for weeks in (ahead, ahead + 1):
        for weekday in (SATURDAY, SUNDAY):
            day = monday_of(today, weeks) + timedelta(days=weekday)
            if day >= today:
                yield day
