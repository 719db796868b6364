"""Which hour of the day a phrase means, and what had to be assumed for it."""

from datetime import datetime
from enum import Enum, auto

from times.pieces import Clock, Phrase

HOUR, HALF_DAY, DAY = 60, 12 * 60, 24 * 60  # minutes
USUAL = 9 * HOUR  # where no hour is said
# The hour that a part of the day means, and when the part ends.
PARTS = {
    "early": (7 * HOUR, 9 * HOUR),
    "morning": (9 * HOUR, 12 * HOUR),
    "noon": (13 * HOUR, 15 * HOUR),
    "day": (14 * HOUR, 18 * HOUR),
    "afternoon": (15 * HOUR, 18 * HOUR),
    "evening": (19 * HOUR, DAY),
    "late": (22 * HOUR, DAY),
    "night": (23 * HOUR, DAY),
}
# Hours of twelve in a part of the day: from, to, and what is to be added.
MORNING = ((HALF_DAY, 13 * HOUR, -HALF_DAY),)
DAYTIME = ((HOUR, 7 * HOUR, HALF_DAY),)
EVENING = ((HOUR, 13 * HOUR, HALF_DAY),)
SHIFTS = {
    "am": MORNING,
    "early": MORNING,
    "morning": MORNING,
    "noon": DAYTIME,
    "day": DAYTIME,
    "afternoon": DAYTIME,
    "pm": ((HOUR, HALF_DAY, HALF_DAY),),
    "evening": EVENING,
    "late": EVENING,
    "night": ((7 * HOUR, HALF_DAY, HALF_DAY), (HALF_DAY, 13 * HOUR, -HALF_DAY)),
}
# Half of the day for a bare hour: «в 3» is three in the afternoon, «в 6» six in the morning.
LOOSE = (HOUR, 6 * HOUR)
SMALL_HOURS = 6 * HOUR  # «сегодня ночью в 2» belongs to the next date


class Assumed(Enum):
    """What was not said and had to be decided."""

    PART_OF_DAY = auto()  # the hour of a part of the day: in the evening is 19:00
    TIME_OF_DAY = auto()  # the hour of a day: 09:00
    HALF_OF_DAY = auto()  # the half of the day: at 3 is 15:00
    NEXT = auto()  # the nearest one has passed: the next one


def hour(phrase: Phrase) -> tuple[int, frozenset[Assumed]]:
    """Minutes after midnight, up to 1440, and what was assumed."""
    part = phrase.part.name if phrase.part else ""
    if phrase.clock:
        return _clock(phrase.clock, part)
    if part:
        return PARTS[part][0], frozenset({Assumed.PART_OF_DAY})
    return USUAL, frozenset({Assumed.TIME_OF_DAY})


def later_today(phrase: Phrase, first: int, now: datetime) -> list[int]:
    """What else the phrase can mean when it says that it is today: minutes after midnight."""
    clock, part = phrase.clock, phrase.part.name if phrase.part else ""
    if clock is None:
        next_hour = (now.hour + 1) * HOUR
        return [next_hour] if first < next_hour < PARTS.get(part, (0, DAY))[1] else []
    if ((clock.daypart or part) == "night" and first < SMALL_HOURS) or first == 0:
        return [first + DAY]
    return [first + HALF_DAY] if clock.loose and not part and first < HALF_DAY else []


def in_half(minutes: int, part: str) -> int:
    """An hour of twelve in a part of the day: nine in the evening is 21:00."""
    shifts = (shift for start, end, shift in SHIFTS[part] if start <= minutes < end)
    return minutes + next(shifts, 0)


def _clock(clock: Clock, part: str) -> tuple[int, frozenset[Assumed]]:
    said = clock.daypart or part
    if said:
        return in_half(clock.minutes, said), frozenset()
    if clock.loose and LOOSE[0] <= clock.minutes < LOOSE[1]:
        return clock.minutes + HALF_DAY, frozenset({Assumed.HALF_OF_DAY})
    return clock.minutes, frozenset()
