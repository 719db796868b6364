"""Repetition by the wall's clock: rules of RFC 5545, and what comes next by them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dateutil.rrule import rrulestr

from times.calendar_days import in_zone, is_later

FLOOR_S = 300  # nothing repeats sooner

DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Units of which every one is as long, by the wall's clock; those of EVEN have no days to choose.
EVEN = {"MINUTELY": timedelta(minutes=1), "HOURLY": timedelta(hours=1)}
FIXED = {"DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1)}
LONGEST_CHANGE = timedelta(hours=3)  # of the wall's clock


@dataclass(frozen=True)
class Repeat:
    """What a rule says. Weekdays are 0 to 6; `nth` of them in a month; -1 is the last day or week.

    `times`, minutes after midnight, are there only where the first moment does not say them all.
    """

    freq: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nth: int = 0
    monthdays: tuple[int, ...] = ()
    month: int = 0
    times: tuple[int, ...] = ()

    def rule(self) -> str:
        """The RRULE, without DTSTART."""
        nth = str(self.nth) if self.nth else ""
        days, chosen = self._days()
        minutes = {time % 60 for time in self.times}
        parts = {
            "INTERVAL": str(self.interval) if self.interval > 1 else "",
            "BYMONTH": str(self.month or ""),
            "BYMONTHDAY": ",".join(map(str, days)),
            "BYDAY": ",".join(nth + DAY_CODES[day] for day in self.weekdays),
            "BYHOUR": ",".join(str(time // 60) for time in self.times),
            "BYMINUTE": ",".join(map(str, sorted(minutes))),
            "BYSETPOS": ",".join(map(str, chosen)),
        }
        said = [f"{name}={value}" for name, value in parts.items() if value]
        return ";".join([f"FREQ={self.freq}", *said])

    def _days(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """BYMONTHDAY and BYSETPOS: the 30th is the last day of a month that has no 30th."""
        if len(self.monthdays) != 1 or self.monthdays[0] < 29 or self.month:
            return self.monthdays, ()
        return tuple(range(28, self.monthdays[0] + 1)), tuple(range(-max(len(self.times), 1), 0))

    @classmethod
    def of(cls, rule: str) -> "Repeat":
        """Reads what `rule` writes. Raises ValueError for what is no rule."""
        said = dict(part.split("=", 1) for part in rule.split(";"))
        interval = int(said.get("INTERVAL", "1"))
        if "FREQ" not in said or interval < 1:
            raise ValueError(rule)

        def numbers(name: str) -> tuple[int, ...]:
            return tuple(map(int, said[name].split(","))) if name in said else ()

        days = said["BYDAY"].split(",") if "BYDAY" in said else []
        monthdays = numbers("BYMONTHDAY")
        minute = (*numbers("BYMINUTE"), 0)[0]
        return cls(
            said["FREQ"],
            interval,
            tuple(DAY_CODES.index(day[-2:]) for day in days),
            int(days[0][:-2] or "0") if days else 0,
            monthdays[-1:] if "BYSETPOS" in said else monthdays,
            int(said.get("BYMONTH", "0")),
            tuple(hour * 60 + minute for hour in numbers("BYHOUR")),
        )


def next_after(first: datetime, rule: str, after: datetime) -> datetime | None:
    """The first moment of the series that is later than `after`, in `first`'s zone.

    The series goes by the wall's clock. What summer time leaves out is moved forward by the gap, of
    what comes twice the first is taken. None: there is none, so too for an empty rule. Raises
    ValueError for what is no rule.
    """
    if not rule:
        return first if is_later(first, after) else None
    zone = first.tzinfo
    wall, passed = first.replace(tzinfo=None, fold=0), after.astimezone(zone).replace(tzinfo=None)
    # Some hours back: around a change of summer time, what is earlier on the wall may be later.
    seen = max(wall, passed.replace(fold=0) - LONGEST_CHANGE)
    for shown in _walls(wall, rule, seen):
        moment = in_zone(shown, zone)
        if is_later(moment, after) and not is_later(first, moment):
            return moment
    return None


def _walls(wall: datetime, rule: str, seen: datetime) -> Iterator[datetime]:
    """What the wall's clock shows at the moments of the series, from `seen` on."""
    repeat = Repeat.of(rule)
    if repeat.freq in EVEN:  # a hundred times faster than dateutil
        length = EVEN[repeat.freq] * repeat.interval
        number = -((wall - seen) // length)
        while True:
            yield wall + number * length
            number += 1
    yield from rrulestr(rule, dtstart=_near(wall, repeat, seen)).xafter(seen, inc=True)


def _near(wall: datetime, repeat: Repeat, seen: datetime) -> datetime:
    """A start nearer to what is sought: whole repetitions on, so that few have to be counted."""
    if repeat.freq not in FIXED or seen <= wall:
        return wall
    length = FIXED[repeat.freq] * repeat.interval
    return wall + max((seen - wall) // length - 1, 0) * length
