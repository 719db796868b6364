"""What comes next in a series, by the wall's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from times.repeats import Repeat, next_after

BERLIN = ZoneInfo("Europe/Berlin")
MOSCOW = ZoneInfo("Europe/Moscow")


def _at(written: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=zone)


def _series(first: datetime, rule: str, number: int) -> list[str]:
    """The moments after the first one, with their offsets from UTC."""
    found, at = [], first
    for _ in range(number):
        following = next_after(first, rule, at)
        assert following is not None
        found.append(f"{following:%Y-%m-%d %H:%M %z}")
        at = following
    return found


@pytest.mark.parametrize(
    ("first", "rule", "following"),
    [
        # The hour stays over a change of summer time, both ways.
        (
            "2026-03-27 09:00",
            "DAILY",
            ["2026-03-28 09:00 +0100", "2026-03-29 09:00 +0200", "2026-03-30 09:00 +0200"],
        ),
        ("2026-10-24 09:00", "DAILY", ["2026-10-25 09:00 +0100", "2026-10-26 09:00 +0100"]),
        # What summer time leaves out is moved forward by the gap, that time only.
        (
            "2026-03-28 02:30",
            "DAILY",
            ["2026-03-29 03:30 +0200", "2026-03-30 02:30 +0200", "2026-03-31 02:30 +0200"],
        ),
        (
            "2026-03-22 02:00",
            "WEEKLY;BYDAY=SU",
            ["2026-03-29 03:00 +0200", "2026-04-05 02:00 +0200"],
        ),
        # What comes twice is taken once: the first.
        (
            "2026-10-24 02:30",
            "DAILY",
            ["2026-10-25 02:30 +0200", "2026-10-26 02:30 +0100"],
        ),
        (
            "2026-10-25 01:30",
            "HOURLY",
            ["2026-10-25 02:30 +0200", "2026-10-25 03:30 +0100", "2026-10-25 04:30 +0100"],
        ),
        # 02:30 does not exist and is moved to where the next one is anyway: one moment.
        (
            "2026-03-29 00:30",
            "HOURLY",
            ["2026-03-29 01:30 +0100", "2026-03-29 03:30 +0200", "2026-03-29 04:30 +0200"],
        ),
        # The first one was moved: the rule has the hour that was meant.
        (
            "2026-03-29 03:30",
            "DAILY;BYHOUR=2;BYMINUTE=30",
            ["2026-03-30 02:30 +0200", "2026-03-31 02:30 +0200"],
        ),
        # Ends of months, leap years.
        (
            "2026-12-31 10:00",
            "MONTHLY;BYMONTHDAY=-1",
            ["2027-01-31 10:00 +0100", "2027-02-28 10:00 +0100", "2027-03-31 10:00 +0200"],
        ),
        (
            "2026-12-30 10:00",
            "MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
            ["2027-01-30 10:00 +0100", "2027-02-28 10:00 +0100", "2027-03-30 10:00 +0200"],
        ),
        (
            "2027-02-28 10:00",
            "YEARLY;BYMONTH=2;BYMONTHDAY=-1",
            ["2028-02-29 10:00 +0100", "2029-02-28 10:00 +0100"],
        ),
        (
            "2026-11-27 10:00",
            "MONTHLY;BYDAY=-1FR",
            ["2026-12-25 10:00 +0100", "2027-01-29 10:00 +0100"],
        ),
        # Every second week of several days.
        (
            "2026-11-26 10:00",
            "WEEKLY;INTERVAL=2;BYDAY=TU,TH",
            ["2026-12-08 10:00 +0100", "2026-12-10 10:00 +0100", "2026-12-22 10:00 +0100"],
        ),
        (
            "2026-12-31 21:00",
            "DAILY;BYHOUR=9,21;BYMINUTE=0",
            ["2027-01-01 09:00 +0100", "2027-01-01 21:00 +0100"],
        ),
        ("2026-12-31 22:00", "HOURLY;INTERVAL=3", ["2027-01-01 01:00 +0100"]),
    ],
)
def test_what_follows(first: str, rule: str, following: list[str]) -> None:
    assert _series(_at(first), f"FREQ={rule}", len(following)) == following


def test_the_first_one_is_what_comes_next_before_it() -> None:
    first = _at("2026-11-30 10:00")
    assert next_after(first, "FREQ=WEEKLY;BYDAY=MO", first - timedelta(days=100)) == first


def test_a_moved_first_one_is_not_said_a_second_time() -> None:
    first = _at("2026-03-29 03:30")  # 02:30 was meant
    following = next_after(first, "FREQ=DAILY;BYHOUR=2;BYMINUTE=30", first)
    assert following == _at("2026-03-30 02:30")


def test_after_may_be_in_another_zone() -> None:
    first = _at("2026-11-24 09:00", MOSCOW)
    after = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)  # 09:00 in Moscow
    assert next_after(first, "FREQ=DAILY", after) == _at("2026-11-26 09:00", MOSCOW)


def test_what_happens_once_is_over_afterwards() -> None:
    first = _at("2026-11-24 09:00")
    assert next_after(first, "", first - timedelta(seconds=1)) == first
    assert next_after(first, "", first) is None


@pytest.mark.parametrize(
    "rule", ["FREQ=MINUTELY;INTERVAL=5", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=3"]
)
def test_a_series_of_many_years_goes_on_from_where_it_is(rule: str) -> None:
    """The same as counted from near by, by a series that is in step."""
    first = _at("2001-01-01 00:00", MOSCOW)
    after = _at("2026-11-24 15:02", MOSCOW)
    following = next_after(first, rule, after)
    assert following is not None
    whole = following.replace(tzinfo=None) - first.replace(tzinfo=None)
    length = {"MINUTELY": 300, "HOURLY": 3600, "DAILY": 3 * 86_400}[Repeat.of(rule).freq]
    assert whole.total_seconds() % length == 0
    assert timedelta() < following - after <= timedelta(seconds=length)


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SOMETIMES", "DAILY", "INTERVAL=2", "FREQ=HOURLY;INTERVAL=0", "FREQ=DAILY;BYDAY=XX"],
)
def test_what_is_no_rule_is_refused(rule: str) -> None:
    first = _at("2026-11-24 09:00")
    with pytest.raises(ValueError):  # noqa: PT011 - dateutil has its own words for each
        next_after(first, rule, first)
