"""Moments and repetitions as people say them; `times.reading` reads them back."""

from datetime import datetime, timedelta

from texts.en.counts import plural
from times.repeats import Repeat

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
_ORDINAL_ENDS = {1: "st", 2: "nd", 3: "rd"}
_SETS = {(0, 1, 2, 3, 4): "every weekday", (5, 6): "every weekend"}
_ON_SETS = {(0, 1, 2, 3, 4): "on weekdays", (5, 6): "on weekends"}
_UNITS = {
    "MINUTELY": "minute",
    "HOURLY": "hour",
    "DAILY": "day",
    "WEEKLY": "week",
    "MONTHLY": "month",
    "YEARLY": "year",
}
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def moment(at: datetime, now: datetime) -> str:
    """Wednesday, November 25, 09:00; the year where it is not this one."""
    year = "" if at.year == now.year else f", {at.year}"
    return f"{WEEKDAYS[at.weekday()]}, {_MONTHS[at.month - 1]} {at.day}{year}, {at:%H:%M}"


def in_how_long(at: datetime, now: datetime) -> str:
    """In the one or two units that matter: in 45 min, in 1 h 20 min, in 18 h."""
    left = timedelta(seconds=round(at.timestamp() - now.timestamp()))
    if left < _MINUTE:
        return f"in {max(left.seconds, 1)} s" if left > timedelta() else "now"
    if left < 3 * _HOUR:
        hours, minutes = divmod(round(left / _MINUTE), 60)
        said = (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "")
        return f"in {' '.join(filter(None, said))}"
    if left < 2 * _DAY:
        return f"in {round(left / _HOUR)} h"
    days = round(left / _DAY)
    if days < 60:
        return f"in {plural(days, 'day', 'days')}"
    if days < 730:
        return f"in {plural(round(days / 30.44), 'month', 'months')}"
    return f"in {plural(round(days / 365.25), 'year', 'years')}"


def every(rule: str, first: datetime) -> str:
    """A rule of `times.reading` by words: every Monday at 10:00."""
    repeat = Repeat.of(rule)
    if repeat.freq in ("MINUTELY", "HOURLY"):
        return _interval(repeat)
    times = repeat.times or (first.hour * 60 + first.minute,)
    hours = _listed([f"{time // 60}:{time % 60:02}" for time in times])
    return f"{_DAYS[repeat.freq](repeat)} at {hours}"


def _interval(repeat: Repeat) -> str:
    unit = _UNITS[repeat.freq]
    return f"every {unit}" if repeat.interval == 1 else f"every {repeat.interval} {unit}s"


def _weekly(repeat: Repeat) -> str:
    days = repeat.weekdays
    if repeat.interval == 1:
        return _SETS.get(days) or f"every {_listed([WEEKDAYS[day] for day in days])}"
    on = _ON_SETS.get(days) or f"on {_listed([f'{WEEKDAYS[day]}s' for day in days])}"
    return f"{_interval(repeat)} {on}"


def _monthly(repeat: Repeat) -> str:
    if repeat.nth:
        on = f"on the {_NTH[repeat.nth]} {WEEKDAYS[repeat.weekdays[0]]}"
    elif repeat.monthdays == (-1,):
        on = "on the last day"
    else:
        on = f"on the {_listed([_ordinal(31 if day < 0 else day) for day in repeat.monthdays])}"
    return f"{on} of every month" if repeat.interval == 1 else f"{_interval(repeat)} {on}"


def _yearly(repeat: Repeat) -> str:
    day = repeat.monthdays[0]
    return f"{_interval(repeat)} on {_MONTHS[repeat.month - 1]} {29 if day < 0 else day}"


_DAYS = {"DAILY": _interval, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}


def _ordinal(day: int) -> str:
    end = "th" if day in (11, 12, 13) else _ORDINAL_ENDS.get(day % 10, "th")
    return f"{day}{end}"


def _listed(items: list[str]) -> str:
    *others, last = items
    return f"{', '.join(others)} and {last}" if others else last
