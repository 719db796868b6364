"""What the grammar finds: pieces of a phrase about time, each with the slot that it fills.

Moments of a day are minutes after midnight, weekdays are 0 (Monday) to 6.
"""

from dataclasses import dataclass
from typing import ClassVar

from times.errors import Kind


@dataclass(frozen=True)
class Clock:
    """An hour; `loose` when a bare number says it: «в 3» may be meant for the afternoon.

    `more` are the other hours of a series: each day at 9 and at 21.
    """

    slot: ClassVar = "clock"
    minutes: int
    daypart: str = ""
    loose: bool = False
    more: tuple[int, ...] = ()


@dataclass(frozen=True)
class Part:
    """A part of the day, on this very day if `today`."""

    slot: ClassVar = "part"
    name: str
    today: bool = False


@dataclass(frozen=True)
class Offset:
    """So much after now; days and months by the wall's calendar, seconds by the clock."""

    slot: ClassVar = "offset"
    months: int = 0
    days: int = 0
    seconds: int = 0


@dataclass(frozen=True)
class Away:
    """So many days from today."""

    slot: ClassVar = "date"
    days: int


@dataclass(frozen=True)
class Date:
    """A day of a month, with or without the year; `ahead` counts years from this one."""

    slot: ClassVar = "date"
    day: int
    month: int
    year: int | None = None
    ahead: int | None = None


@dataclass(frozen=True)
class MonthDays:
    """Days of any month; -1 is its last. Bare numbers are days only after «каждый месяц»."""

    slot: ClassVar = "date"
    days: tuple[int, ...]
    bare: bool = False


@dataclass(frozen=True)
class NthWeekday:
    """The first Monday of a month; -1 is the last one."""

    slot: ClassVar = "date"
    number: int
    weekday: int


@dataclass(frozen=True)
class Edge:
    """The start, middle or end of a week, month or year; `ahead` when it is said which."""

    slot: ClassVar = "date"
    edge: str
    unit: str
    ahead: int | None = None


@dataclass(frozen=True)
class Weekend:
    """Saturday or Sunday; `ahead` 1 means those of the next week."""

    slot: ClassVar = "date"
    ahead: int = 0


@dataclass(frozen=True)
class Weekdays:
    """The nearest of these weekdays; `ahead` 1 means those of the next week."""

    slot: ClassVar = "weekday"
    days: tuple[int, ...]
    ahead: int | None = None


@dataclass(frozen=True)
class Week:
    """A week, counted from this one."""

    slot: ClassVar = "week"
    ahead: int


@dataclass(frozen=True)
class Every:
    """A repetition: each `interval` units, on these days of them."""

    slot: ClassVar = "every"
    unit: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    date: "Date | MonthDays | NthWeekday | None" = None
    part: str = ""


@dataclass(frozen=True)
class Wrong:
    """What reads as a time and cannot be one."""

    slot: ClassVar = "wrong"
    kind: Kind


IMPOSSIBLE = Wrong(Kind.IMPOSSIBLE)
PAST = Wrong(Kind.PAST)

Day = Away | Date | MonthDays | NthWeekday | Edge | Weekend
Piece = (
    Clock
    | Part
    | Offset
    | Away
    | Date
    | MonthDays
    | NthWeekday
    | Edge
    | Weekend
    | Weekdays
    | Week
    | Every
    | Wrong
)


@dataclass(frozen=True)
class Phrase:
    """The pieces of one phrase, by slot."""

    clock: Clock | None = None
    part: Part | None = None
    offset: Offset | None = None
    date: Day | None = None
    weekday: Weekdays | None = None
    week: Week | None = None
    every: Every | None = None
