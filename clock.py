"""Time as people see it: the current moment, local dates and days."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.tz import tzlocal

DAY_S = 86_400


class Clock:
    """Moments are seconds since 1970, UTC; days are those of the zone (None: the machine's)."""

    def __init__(self, zone: tzinfo | None, now: Callable[[], float] = time.time) -> None:
        self.zone = zone or tzlocal()
        self._now = now

    def in_zone(self, zone: ZoneInfo) -> "Clock":
        """The same clock for somebody who lives elsewhere."""
        return Clock(zone, self._now)

    def now(self) -> int:
        """The current moment."""
        return int(self._now())

    def moment(self) -> datetime:
        """The current moment as the time zone's date and time, to the microsecond."""
        return datetime.fromtimestamp(self._now(), self.zone)

    def local(self, moment: int) -> datetime:
        """A moment as the time zone's date and time."""
        return datetime.fromtimestamp(moment, self.zone)

    def today(self) -> date:
        """The current date of the time zone."""
        return self.local(self.now()).date()

    def next_utc_midnight(self) -> int:
        """When the providers' day ends."""
        return (self.now() // DAY_S + 1) * DAY_S

    def days_ago(self, days: int) -> date:
        """The date that many days before today."""
        return self.today() - timedelta(days=days)

    def start_of(self, day: date) -> int:
        """The first moment of a local day."""
        return int(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp())


def zone_name(zone: tzinfo) -> str:
    """What a zone is stored as; "" is the machine's, which has no name of its own."""
    return zone.key if isinstance(zone, ZoneInfo) else ""


def zone_named(name: str) -> tzinfo:
    """The zone that is stored under a name; the machine's for one that it does not know."""
    try:
        return ZoneInfo(name) if name else tzlocal()
    except (ZoneInfoNotFoundError, ValueError):
        return tzlocal()
