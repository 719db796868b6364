"""Days of the calendar and moments of the wall's clock. Pure arithmetic."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, tzinfo


def on_wall(day: date, minutes: int, zone: tzinfo | None) -> datetime:
    """The moment when the wall's clock of the zone shows that: minutes after the day's midnight.

    What summer time leaves out is moved forward by the gap; of what comes twice, the first.
    """
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    return in_zone(wall, zone)


def in_zone(wall: datetime, zone: tzinfo | None) -> datetime:
    """The same for a naive moment."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)


def is_later(moment: datetime, other: datetime) -> bool:
    """Compared as moments: in one zone Python compares what the clocks show."""
    return moment.timestamp() > other.timestamp()


def last_of_month(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def months_on(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return min_day(year, month + 1, day.day)


def min_day(year: int, month: int, day: int) -> date:
    """The day of the month, or the month's last one."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def monday_of(day: date, weeks: int = 0) -> date:
    """The Monday of the week so many weeks after the day's own."""
    return day + timedelta(days=7 * weeks - day.weekday())


def nth_weekday(year: int, month: int, number: int, weekday: int) -> date:
    """The first to fourth weekday of a month; -1 is the last."""
    if number < 0:
        last = last_of_month(year, month)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
