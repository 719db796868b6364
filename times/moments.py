"""The next moment that a phrase means."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from times.calendar_days import in_zone, is_later, monday_of, months_on, on_wall
from times.days import days
from times.errors import Kind, UnreadableTimeError
from times.hours import Assumed, hour, later_today
from times.pieces import Away, Offset, Phrase

MOST_DAYS = 3660  # ahead: ten years and a little
MONTH_DAYS, DAY_S = 30, 86_400

Moment = tuple[datetime, frozenset[Assumed]]


def once(phrase: Phrase, now: datetime) -> Moment:
    """The moment, later than now, and what was assumed. Raises UnreadableTimeError."""
    if phrase.offset:
        return _after(phrase, phrase.offset, now)
    today_said = bool(phrase.part and phrase.part.today) or phrase.date == Away(0)
    minutes, assumed = hour(phrase)
    hours = [minutes, *(later_today(phrase, minutes, now) if today_said else [])]
    if phrase.part and phrase.part.today and not phrase.date:
        phrase = replace(phrase, date=Away(0))
    wrong = Kind.IMPOSSIBLE  # 29 February of a year that has none
    for number, day in enumerate(days(phrase, now.date())):
        wrong = Kind.PAST
        for each in hours:
            moment = on_wall(day, each, now.tzinfo)
            if is_later(moment, now):
                moved = number > 0 or each != minutes
                return near(moment, now), assumed | ({Assumed.NEXT} if moved else set())
    raise UnreadableTimeError(wrong)


def near(moment: datetime, now: datetime) -> datetime:
    """The moment, unless it is too far ahead."""
    if moment.timestamp() - now.timestamp() > MOST_DAYS * DAY_S:
        raise UnreadableTimeError(Kind.TOO_FAR)
    return moment


def _after(phrase: Phrase, offset: Offset, now: datetime) -> Moment:
    """So much later; with an hour or a weekday, at that hour of that day or of that week's day."""
    if offset == Offset():
        raise UnreadableTimeError(Kind.ZERO)
    length = offset.months * MONTH_DAYS + offset.days + offset.seconds / DAY_S
    if length > MOST_DAYS:
        raise UnreadableTimeError(Kind.TOO_FAR)
    if not (phrase.clock or phrase.part or phrase.weekday):
        return _later(offset, now), frozenset()
    day = months_on(now.date(), offset.months) + timedelta(days=offset.days)
    if phrase.weekday:
        day = monday_of(day) + timedelta(days=phrase.weekday.days[0])
    minutes, assumed = hour(phrase)
    moment = on_wall(day, minutes, now.tzinfo)
    if not is_later(moment, now):
        raise UnreadableTimeError(Kind.PAST)
    return moment, assumed


def _later(offset: Offset, now: datetime) -> datetime:
    """Days and months by the wall's clock, hours and less by the time that passes."""
    moment = now
    if offset.months or offset.days:
        day = months_on(now.date(), offset.months) + timedelta(days=offset.days)
        wall = datetime.combine(day, now.time().replace(fold=0))
        moment = in_zone(wall, now.tzinfo)
    part_of_second = timedelta(microseconds=-moment.microsecond % 1_000_000)  # never early
    length = timedelta(seconds=offset.seconds) + part_of_second
    return (moment.astimezone(UTC) + length).astimezone(now.tzinfo)
