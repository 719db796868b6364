"""Rules for hours and parts of the day. Builders take the values of their pattern, in order."""

from times.matching import Needs, rule
from times.pieces import IMPOSSIBLE, Clock, Part, Piece


def _exact(_at: object, minutes: int, daypart: str | None = None) -> Clock:
    return Clock(minutes, daypart or "")


def _bare_hour(_at: object, hour: int, daypart: str | None = None) -> Piece | None:
    if hour > 24:
        return None
    return Clock(hour * 60, daypart or "", loose=not daypart)


def _unit_hour(_at: object, hour: int, _unit: object, daypart: str | None = None) -> Piece | None:
    return _bare_hour(None, hour, daypart)


def _hour_minutes(
    _at: object, hour: int, _hours: object, minute: int, _minutes: object, daypart: str | None
) -> Piece | None:
    if hour > 23 or minute > 59:
        return IMPOSSIBLE
    return Clock(hour * 60 + minute, daypart or "", loose=not daypart)


def _hour_pair(_at: object, hour: int, minute: int, daypart: str | None = None) -> Piece | None:
    """«девять тридцать»: the minutes are a round number of two digits."""
    if hour > 23 or not 10 <= minute < 60:
        return None
    return Clock(hour * 60 + minute, daypart or "", loose=not daypart)


def _daypart_hour(hour: int, daypart: str) -> Piece | None:
    """«9 утра»; without a preposition «2 дня» is a length."""
    return Clock(hour * 60, daypart) if hour <= 24 and daypart != "day" else None


def _hours(_at: object, hours: tuple[int, ...]) -> Piece | None:
    """«в 9 и в 21», for a repetition."""
    if len(hours) < 2 or max(hours) > 23:
        return None
    return _times(None, tuple(hour * 60 for hour in hours))


def _times(_at: object, times: tuple[int, ...]) -> Piece | None:
    """«в 9:00 и 21:00»; a rule of RFC 5545 cannot hold times with different minutes."""
    if len(times) < 2 or len({time % 60 for time in times}) > 1:
        return None
    first, *others = sorted(set(times))
    return Clock(first, more=tuple(others))


def _one_oclock(_at: object, _hour: object, daypart: str | None) -> Piece:
    return Clock(60, daypart or "", loose=not daypart)


def _half_past(_at: object, minutes: int, daypart: str | None) -> Piece:
    return Clock(minutes, daypart or "", loose=not daypart)


def _less(
    _less: object, minutes: int, _unit: object, hour: int, daypart: str | None
) -> Piece | None:
    """«без четверти шесть», «без десяти шесть»."""
    if not 0 < minutes < 60 or not 1 <= hour <= 24:
        return None
    return Clock(hour * 60 - minutes, daypart or "", loose=not daypart)


def _quarter_of(_at: object, minutes: int, hour: int, daypart: str | None) -> Piece | None:
    """«четверть шестого»: 5:15."""
    if not 1 <= hour <= 12:
        return None
    return Clock(
        (hour - 1) * 60 + minutes if hour > 1 else 720 + minutes, daypart or "", not daypart
    )


def _past_hour(
    _at: object, minutes: int, _past: object, hour: int, daypart: str | None
) -> Piece | None:
    if minutes > 59 or hour > 23:
        return None
    return Clock(hour * 60 + minutes, daypart or "", loose=not daypart)


def _to_hour(
    _at: object, minutes: int, _to: object, hour: int, daypart: str | None
) -> Piece | None:
    return _less(None, minutes, None, hour, daypart)


def _beyond_hours(_at: object, number: int) -> Piece | None:
    """«завтра в 25»: beside a day it was meant for an hour."""
    return IMPOSSIBLE if 24 < number < 100 else None


def _this_part(which: int, name: str) -> Piece | None:
    return Part(name, today=True) if which == 0 else None


RULES = (
    rule("at? time daypart?", _exact),
    rule("at dotted_time daypart?", _exact),
    rule("at number !counted", _bare_hour, Needs.EDGE),
    rule("at number daypart", _bare_hour),
    rule("at number+ !counted", _hours, Needs.SERIES),
    rule("at? time+", _times, Needs.SERIES),
    rule("at number unit=hour daypart?", _unit_hour),
    rule("at number oclock daypart?", _unit_hour),
    rule("at? number unit=hour number unit=minute daypart?", _hour_minutes),
    rule("at number number daypart? !month !day_number", _hour_pair),
    rule("number daypart", _daypart_hour),
    rule("number oclock", lambda hour, _word: _bare_hour(None, hour)),
    rule("at one_oclock daypart?", _one_oclock),
    rule("one_oclock daypart", lambda _hour, daypart: Clock(60, daypart)),
    rule("at? half_past daypart?", _half_past),
    rule("less quarter unit=minute? number daypart?", _less),
    rule("less number unit=minute? number daypart?", _less),
    rule("less quarter unit=minute? one_oclock daypart?", _less),
    rule("less number unit=minute? one_oclock daypart?", _less),
    rule("at? quarter ordinal daypart?", _quarter_of),
    rule("number unit=minute ordinal daypart?", lambda m, _unit, h, d: _quarter_of(None, m, h, d)),
    rule("at? half past_hour number daypart?", _past_hour),
    rule("at? quarter past_hour number daypart?", _past_hour),
    rule("at? number past_hour number daypart?", _past_hour),
    rule("at? quarter to_hour number daypart?", _to_hour),
    rule("at? number to_hour number daypart?", _to_hour),
    rule("clock_word", Clock),
    rule("at? wrong_time", lambda _at, _time: IMPOSSIBLE),
    rule("at number", _beyond_hours, Needs.COMPANY),
    rule("part", Part),
    rule("on? bare_part", lambda _on, name: Part(name), Needs.COMPANY),
    rule("which bare_part", _this_part),
    rule("tonight", lambda name: Part(name, today=True)),
)
