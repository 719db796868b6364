"""Rules for hours and parts of the day."""

from times.hours import in_half
from times.matching import Needs, rule
from times.pieces import IMPOSSIBLE, Clock, Part, Piece


def _exact(minutes: int, daypart: str | None = None) -> Clock:
    return Clock(minutes, daypart or "")


def _loose(hour: int, minutes: int, daypart: str | None) -> Clock:
    """An hour that a number says: without a part of the day it may be meant for either half."""
    return Clock(hour * 60 + minutes, daypart or "", loose=not daypart)


def _hour(hour: int, daypart: str | None = None) -> Piece | None:
    return _loose(hour, 0, daypart) if hour <= 24 else None


def _hour_by_day(hour: int, daypart: str) -> Piece | None:
    """«9 утра»; without «в» «2 дня» is a length."""
    return _hour(hour, daypart) if daypart != "day" else None


def _hours(hours: tuple[int, ...]) -> Piece | None:
    """«в 9 и в 21», for a repetition."""
    return _times(tuple(hour * 60 for hour in hours)) if max(hours) < 24 else None


def _times(times: tuple[int, ...]) -> Piece | None:
    """«в 9:00 и 21:00»; a rule of RFC 5545 cannot hold times with different minutes."""
    if len(times) < 2 or len({time % 60 for time in times}) > 1:
        return None
    first, *others = sorted(set(times))
    return Clock(first, more=tuple(others))


def _hours_of_parts(*said: int | str) -> Piece | None:
    """«в 9 утра и в 9 вечера», for a repetition: hours and parts of the day by turns."""
    pairs = [(int(hour), str(part)) for hour, part in zip(said[::2], said[1::2], strict=True)]
    if any(hour > 24 for hour, _ in pairs):
        return None
    return _times(tuple(in_half(hour * 60, part) for hour, part in pairs))


def _hour_minutes(hour: int, minutes: int, daypart: str | None) -> Piece:
    if hour > 23 or minutes > 59:
        return IMPOSSIBLE
    return _loose(hour, minutes, daypart)


def _round_minutes(hour: int, minutes: int, daypart: str | None) -> Piece | None:
    """«девять тридцать»: minutes that are not said to be such have two digits."""
    return _loose(hour, minutes, daypart) if hour < 24 and 10 <= minutes < 60 else None


def _two_digits(hour: int, minutes: int, daypart: str | None) -> Piece | None:
    """«9 05»."""
    return _loose(hour, minutes, daypart) if hour < 24 else None


def _before(minutes: int, hour: int, daypart: str | None) -> Piece | None:
    """«без четверти шесть»; one is by day: 12:45, unless it is said to be night."""
    if not 0 < minutes < 60 or not 1 <= hour <= 24:
        return None
    return _loose(13 if hour == 1 else hour, -minutes, daypart)


def _past(minutes: int, hour: int, daypart: str | None) -> Piece | None:
    """Half past eight."""
    return _loose(hour, minutes, daypart) if minutes < 60 and hour < 24 else None


def _into(minutes: int, hour: int, daypart: str | None) -> Piece | None:
    """«четверть шестого»: of the sixth hour, so 5:15."""
    if minutes > 59 or not 1 <= hour <= 12:
        return None
    return _loose(hour - 1 if hour > 1 else 12, minutes, daypart)


def _beyond_hours(number: int) -> Piece | None:
    """«завтра в 25»: beside a day it was meant for an hour."""
    return IMPOSSIBLE if 24 < number < 100 else None


def _this_part(which: int, name: str) -> Piece | None:
    return Part(name, today=True) if which == 0 else None


RULES = (
    rule("at|on? time daypart?", _exact),
    rule("at dotted_time daypart?", _exact),
    rule("undated_time daypart?", _exact, Needs.EDGE),
    rule("at? time dash time", lambda start, _end: Clock(start)),
    rule("at? wrong_time", lambda: IMPOSSIBLE),
    rule("clock_word", Clock),
    rule("at number !counted", _hour, Needs.EDGE),
    rule("at number daypart", _hour),
    rule("on? number daypart", _hour_by_day),
    rule("at number unit=hour|oclock daypart?", _hour),
    rule("number oclock", _hour),
    rule("at one_oclock daypart?", _hour),
    rule("one_oclock daypart", _hour),
    rule("at? number unit=hour number unit=minute daypart?", _hour_minutes),
    rule("at number unit=hour? number daypart? !month !day_number", _round_minutes),
    rule("at number minutes daypart? !month !day_number !counted", _two_digits),
    rule("at? half_past daypart?", lambda minutes, daypart: _loose(0, minutes, daypart)),
    rule("less quarter|number unit=minute? number|one_oclock daypart?", _before),
    rule("at? quarter|number to_hour number daypart?", _before),
    rule("at? half|quarter|number past_hour number daypart?", _past),
    rule("at? quarter ordinal daypart?", _into),
    rule("at? number unit=minute ordinal daypart?", _into),
    rule("on number !counted !unit", _hour, Needs.COMPANY),
    rule("at number", _beyond_hours, Needs.COMPANY),
    rule("at number+ !counted", _hours, Needs.SERIES),
    rule("at? time+", _times, Needs.SERIES),
    rule("at? number daypart and at? number daypart", _hours_of_parts, Needs.SERIES),
    rule(
        "at? number daypart comma at? number daypart and at? number daypart",
        _hours_of_parts,
        Needs.SERIES,
    ),
    rule("part", Part),
    rule("on? bare_part", Part, Needs.COMPANY),
    rule("which bare_part", _this_part),
    rule("tonight", lambda name: Part(name, today=True)),
)
