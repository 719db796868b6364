"""Everybody's own time zone: how it is named, and what follows it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest

import zones
from tests.conftest import StartInside
from tests.inside import Inside
from tests.talk import ANNA, BORIS
from texts import timezone as texts

WINTER = datetime(2025, 1, 15, tzinfo=UTC)


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    """Friday, 21 November 2025, 12:00 in Moscow."""
    return start_inside(ALLOWED_USERS="*")


@pytest.mark.parametrize(
    ("given", "zone"),
    [
        ("Новосибирск", "Asia/Novosibirsk"),
        ("новосибирск", "Asia/Novosibirsk"),
        ("  Нижний   Новгород ", "Europe/Moscow"),
        ("Санкт-Петербург", "Europe/Moscow"),
        ("Ростов-на-Дону", "Europe/Moscow"),
        ("Орёл", "Europe/Moscow"),
        ("Петропавловск-Камчатский", "Asia/Kamchatka"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("America/Port-au-Prince", "America/Port-au-Prince"),
        ("UTC", "UTC"),
        ("+5", "Asia/Yekaterinburg"),
        ("utc+3", "Europe/Moscow"),
        ("GMT +12", "Asia/Kamchatka"),
        ("мск+4", "Asia/Krasnoyarsk"),
        ("МСК -1", "Europe/Kaliningrad"),
        ("МСК", "Europe/Moscow"),
        ("+0", "UTC"),
        ("-3", "Etc/GMT+3"),
        ("−3", "Etc/GMT+3"),
        ("+13", "Etc/GMT-13"),
        ("+5:30", "Asia/Kolkata"),
        ("+0545", "Asia/Kathmandu"),
    ],
)
def test_a_zone_is_found_by_what_people_call_it(given: str, zone: str) -> None:
    assert zones.found(given) == zone


@pytest.mark.parametrize(
    "given",
    ["Марс", "Mars/Phobos", "../../etc/passwd", "+15", "-13", "+5:20", "+99", "5", "", "я" * 4000],
)
def test_what_is_no_zone_is_none(given: str) -> None:
    assert zones.found(given) is None


def test_an_offset_is_kept_all_the_year() -> None:
    for text, zone in (*((f"+{h}:{m:02}", z) for (h, m), z in zones.OF_HALF_HOURS.items()),
                       *((f"+{2 + n}", z) for n, z in enumerate(zones.OF_RUSSIA))):  # fmt: skip
        assert zones.found(text) == zone
        for month in (1, 7):
            offset = zones.offset(zone, WINTER.replace(month=month))
            assert offset == f"UTC{text}", zone


def test_every_city_has_a_zone_that_there_is() -> None:
    assert set(zones.CITIES) <= available_timezones()
    cities = [c.strip() for names in zones.CITIES.values() for c in names.split(",")]
    assert len(cities) == len(set(cities)), "none stands twice"
    assert [city for city in cities if zones.found(city) is None] == []
    assert len(cities) > 200


def test_the_eleven_zones_are_on_buttons_with_their_time(inside: Inside) -> None:
    (said,) = inside.text(ANNA, "/timezone")
    assert said == f"{texts.now_is(texts.OF_BOT, '12:00')} {texts.HOW}"
    buttons = inside.buttons()
    assert len(buttons) == 11 + 1  # and back to the settings
    assert list(buttons)[:2] == ["Калининград 11:00", "Москва 12:00"]
    assert inside.press(ANNA, buttons["Камчатка 21:00"]) == [
        texts.now_is("Камчатка (UTC+12)", "21:00")
    ]
    assert "Камчатка (UTC+12), сейчас 21:00" in inside.text(ANNA, "/timezone")[0]
    assert texts.OF_BOT in inside.text(BORIS, "/timezone")[0], "it is Anna's own"


@pytest.mark.parametrize(
    ("given", "name", "time"),
    [
        ("Europe/Berlin", "Berlin (UTC+1)", "10:00"),
        ("-3", "UTC-3", "06:00"),
        ("+5:30", "Kolkata (UTC+5:30)", "14:30"),
    ],
)
def test_a_zone_is_named_with_its_offset(inside: Inside, given: str, name: str, time: str) -> None:
    assert inside.text(ANNA, f"/timezone {given}") == [texts.now_is(name, time)]


def test_a_zone_that_does_not_exist_is_asked_back(inside: Inside) -> None:
    assert inside.text(ANNA, "/timezone Mars/Phobos") == [texts.unknown("Mars/Phobos")]
    assert len(inside.buttons()) == 11
    name = "Новосибирск (UTC+7)"
    assert inside.text(ANNA, "/timezone Новосибирс") == [texts.unknown_but("Новосибирс", name)]
    assert inside.press(ANNA, inside.buttons()[texts.suggestion(name)]) == [
        texts.now_is(name, "16:00")
    ]
    assert inside.press(ANNA, f"zone:Mars/Phobos@{ANNA}")[0].startswith("Кнопка устарела")


def test_dates_are_shown_by_ones_own_clock(inside: Inside) -> None:
    at = int(inside.now)
    for user_id in (ANNA, BORIS):
        inside.text(user_id, "/note_add раз", date=at)
    inside.text(ANNA, "/timezone Камчатка")
    late = datetime(2025, 11, 21, 23, tzinfo=ZoneInfo("Asia/Kamchatka")).timestamp()
    for command in ("/note_list", "/note 1", "/note_find раз"):
        assert "21.11.2025 21:00" in inside.text(ANNA, command)[0]
        assert "21.11.2025 12:00" in inside.text(BORIS, command)[0]
    inside.now = late + 2 * 3600  # the 22nd there, and the 21st in Moscow
    assert inside.text(ANNA, "/note_stats 1") != inside.text(BORIS, "/note_stats 1")
    assert "22 ноября, суббота, 09:00" in inside.text(ANNA, "/remind в 9 зарядка")[0]
    assert "22 ноября, суббота, 09:00" in inside.text(BORIS, "/remind в 9 зарядка")[0]
    first, second = (inside.app.reminders.find(one, 1) for one in (ANNA, BORIS))
    assert first is not None
    assert second is not None
    assert second.due_at == (first.due_at or 0) + 9 * 3600


def test_a_series_follows_its_owner_and_what_comes_once_keeps_its_moment(inside: Inside) -> None:
    inside.text(ANNA, "/remind каждый день в 9 зарядка")
    inside.text(ANNA, "/remind завтра в 9 позвонить маме")
    (said,) = inside.text(ANNA, "/timezone Омск")
    assert said == f"{texts.now_is('Омск (UTC+6)', '15:00')} {texts.moved(1)}"
    moments = [inside.app.reminders.get(ANNA, number).next_at or 0 for number in (1, 2)]
    assert moments[1] - moments[0] == 3 * 3600
    inside.text(BORIS, "/remind завтра в 9 позвонить маме")
    assert inside.text(BORIS, "/timezone Омск")[0].endswith(texts.ONLY_ONCE)
