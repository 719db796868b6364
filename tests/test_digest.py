"""The morning digest: when it comes, and what is in it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import StartInside
from tests.inside import Inside
from tests.talk import ANNA, GROUP
from texts import digest as texts
from texts import times as texts_times

MOSCOW, OMSK = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Omsk")
NINE = datetime(2025, 11, 22, 9, tzinfo=MOSCOW)


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    """Friday, 21 November 2025, 12:00 in Moscow."""
    return start_inside(ALLOWED_USERS="*")


def _at(inside: Inside, moment: datetime) -> list[str]:
    """Let it be that moment; the digests that were said at it."""
    before = len(inside.sent)
    inside.now = moment.timestamp()
    inside.resume()
    said = [str(params.get("text")) for _, params in inside.sent[before:]]
    return [text for text in said if text.startswith("☀️")]


def test_it_tells_what_the_day_brings_and_what_it_brought_in_years_past(inside: Inside) -> None:
    inside.text(ANNA, "/note_add сегодня", date=int(NINE.timestamp()))
    inside.text(ANNA, "/note_add год назад", date=int(NINE.replace(year=2024).timestamp()))
    last_minute = NINE.replace(year=2023, hour=23, minute=59)
    inside.text(ANNA, "/note_add два года назад", date=int(last_minute.timestamp()))
    next_day = NINE.replace(year=2023, day=23, hour=0)
    inside.text(ANNA, "/note_add не в этот день", date=int(next_day.timestamp()))
    inside.text(ANNA, "/remind завтра в 18:30 позвонить маме")
    inside.text(ANNA, "/remind послезавтра в 0:00 не сегодня")
    now = NINE.replace(day=21, hour=12)
    assert inside.text(ANNA, "/digest 9:00") == [
        texts.set_for("09:00", texts_times.moment(NINE, now))
    ]
    assert _at(inside, NINE) == [
        "☀️ 22 ноября, суббота, 09:00\n\n⏰ Сегодня:\n18:30 позвонить маме\n\n📖 В этот день:\n"
        "2024 · #2 год назад\n2023 · #3 два года назад"
    ]
    assert list(inside.buttons()) == ["#2", "#3"]
    assert "год назад" in inside.press(ANNA, inside.buttons()["#2"])[0]


def test_what_has_many_lines_has_one_in_the_digest(inside: Inside) -> None:
    inside.text(ANNA, "/note_add список\n- хлеб\n- сыр")
    inside.press(ANNA, f"remind_note_at:1:morning@{ANNA}")
    inside.text(ANNA, "/remind завтра в 10 чай\nи сыр")
    inside.text(ANNA, "/digest 8:00")
    (said,) = _at(inside, NINE.replace(hour=8))
    assert said.splitlines()[3:] == ["09:00 заметка #1 список - хлеб - сыр", "10:00 чай и сыр"]


def test_a_day_without_anything_is_passed_over_and_the_next_one_is_not(inside: Inside) -> None:
    inside.text(ANNA, "/digest 9")
    assert _at(inside, NINE) == []
    inside.text(ANNA, "/remind завтра в 10 зарядка")
    assert _at(inside, NINE.replace(day=23)) == [
        "☀️ 23 ноября, воскресенье, 09:00\n\n⏰ Сегодня:\n10:00 зарядка"
    ]


def test_a_digest_of_a_day_that_is_over_does_not_come(inside: Inside) -> None:
    inside.text(ANNA, "/remind каждый день в 20 зарядка")
    inside.text(ANNA, "/digest 9:00")
    assert _at(inside, NINE.replace(hour=15))[0].startswith("☀️ 22 ноября"), "late, but today's"
    assert _at(inside, NINE.replace(day=26, hour=0)) == []
    assert _at(inside, NINE.replace(day=27)) != []


@pytest.mark.parametrize("given", ["вечером", "25:00", "9:60", "-1", "9:00 9:30", "я" * 4000])
def test_a_time_that_is_none_is_asked_back(inside: Inside, given: str) -> None:
    assert inside.text(ANNA, f"/digest {given}") == [texts.USAGE]
    assert inside.text(ANNA, "/digest") == [texts.NONE]


def test_it_can_be_changed_and_switched_off(inside: Inside) -> None:
    inside.text(ANNA, "/remind каждый день в 20 зарядка")
    inside.text(ANNA, "/digest 9:00")
    inside.text(ANNA, "/digest 10.30")
    assert inside.text(ANNA, "/digest") == [texts.is_on("10:30")]
    assert _at(inside, NINE) == []
    assert _at(inside, NINE.replace(hour=10, minute=30)) != []
    assert inside.text(ANNA, "/digest off") == [texts.OFF]
    assert _at(inside, NINE.replace(day=23, hour=10, minute=30)) == []
    assert inside.text(ANNA, "/reminders")[0].startswith("У вас 1 напоминание"), "it is none"


def test_it_goes_by_the_clock_of_whoever_it_is_for(inside: Inside) -> None:
    inside.text(ANNA, "/digest 9:00")
    inside.text(ANNA, "/remind каждый день в 20 зарядка")
    inside.text(ANNA, "/timezone Омск")
    nine_in_omsk = datetime(2025, 11, 22, 9, tzinfo=OMSK)
    assert _at(inside, nine_in_omsk) == [
        "☀️ 22 ноября, суббота, 09:00\n\n⏰ Сегодня:\n20:00 зарядка"
    ]
    assert _at(inside, NINE) == []


def test_a_group_is_shown_no_digest(inside: Inside) -> None:
    inside.text(ANNA, "/digest 9:00", chat_id=GROUP)
    assert inside.text(ANNA, "/digest") == [texts.NONE]
