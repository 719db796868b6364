"""Reading words about time, against tables written by hand, and printing what was read.

The tables of `tests/times` say what each phrase means at a moment: the expected side was written by
thinking, not by reading. A line with @ sets the moment for those that follow it.
"""

import random
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest

from texts.en import times as english
from texts.ru import times as russian
from times.reading import Assumed, Kind, UnreadableTimeError, read
from times.repeats import Repeat
from times.words import KNOWN, SIDE, words

TABLES = Path(__file__).parent / "times"
PAGE = Path(__file__).parents[1] / "docs" / "reminders.md"
MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=MOSCOW)
ASSUMED = {
    "p": Assumed.PART_OF_DAY,
    "t": Assumed.TIME_OF_DAY,
    "h": Assumed.HALF_OF_DAY,
    "n": Assumed.NEXT,
}


@dataclass(frozen=True)
class Row:
    """A row of a table: what a text means at a moment."""

    place: str
    now: datetime
    text: str
    first: str  # a moment, perhaps with its offset; or "!"
    notes: str  # what was assumed, or the kind of what is wrong
    rule: str
    rest: str


def _rows() -> Iterator[Row]:
    now = NOW
    for path in sorted(TABLES.glob("*.txt")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if line.startswith("@"):
                now = _now(line[1:].split())
            elif line.strip() and not line.startswith("#"):
                yield _row(f"{path.stem}:{number}", now, line)


def _now(said: list[str]) -> datetime:
    """A day, an hour, +1 for the second one of an hour that comes twice, a zone."""
    moment = datetime.fromisoformat(f"{said[0]} {said[1]}").replace(tzinfo=ZoneInfo(said[-1]))
    return moment.replace(fold=1 if "+1" in said else 0)


def _row(place: str, now: datetime, line: str) -> Row:
    text, means, rule, rest = map(str.strip, (*line.split("|"), "", "")[:4])
    words = means.split()
    if words[0] == "!":
        return Row(place, now, text, "!", words[1], "", "")
    first = " ".join(word for word in words if not word.isalpha())
    notes = "".join(word for word in words if word.isalpha())
    return Row(place, now, _unescaped(text), first, notes, rule, _unescaped(rest))


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n")


ROWS = list(_rows())


def test_the_tables_are_long() -> None:
    assert len(ROWS) > 400


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.place} {row.text}")
def test_a_phrase_means(row: Row) -> None:
    if row.first == "!":
        with pytest.raises(UnreadableTimeError) as caught:
            read(row.text, row.now)
        assert caught.value.kind is Kind[row.notes]
        return
    reading = read(row.text, row.now)
    shown = "%Y-%m-%d %H:%M" + (" %z" if len(row.first) > 16 else "")
    assert reading.first.strftime(shown) == row.first
    assert reading.rule == (f"FREQ={row.rule}" if row.rule else "")
    assert reading.rest == row.rest
    assert reading.assumed == {ASSUMED[letter] for letter in row.notes}
    assert reading.first.timestamp() > row.now.timestamp()
    assert reading.first.tzinfo is row.now.tzinfo


def test_what_the_page_for_users_names_is_read() -> None:
    table = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    phrases = [phrase for line in table for phrase in re.findall("`(.+?)`", line)]
    assert len(phrases) > 30
    for phrase in phrases:
        assert read(phrase, NOW).rest == "", phrase


READABLE = [row for row in ROWS if row.first != "!"]
LANGUAGES = pytest.mark.parametrize("say", [russian, english], ids=["ru", "en"])
DAY_RULES = [
    Repeat("DAILY"),
    Repeat("DAILY", 3),
    Repeat("WEEKLY", 1, (6,)),
    Repeat("WEEKLY", 2, (2,)),
    Repeat("WEEKLY", 1, (0, 1, 2, 3, 4)),
    Repeat("WEEKLY", 3, (5, 6)),
    Repeat("WEEKLY", 21, (1, 3, 5)),
    Repeat("MONTHLY", monthdays=(5, 20)),
    Repeat("MONTHLY", monthdays=(15, -1)),
    Repeat("MONTHLY", 2, monthdays=(30,)),
    *(Repeat("MONTHLY", monthdays=(day,)) for day in (1, 2, 3, 11, 22, 29, 30, -1)),
    *(Repeat("MONTHLY", 1, (day,), nth=nth) for day in range(7) for nth in (1, 2, 3, 4, -1)),
    Repeat("MONTHLY", 5, (2,), nth=-1),
    *(Repeat("YEARLY", 1, monthdays=(17,), month=month) for month in range(1, 13)),
    Repeat("YEARLY", 2, monthdays=(-1,), month=2),
]
HOUR_RULES = [Repeat("HOURLY"), Repeat("HOURLY", 21), Repeat("MINUTELY", 5), Repeat("MINUTELY", 91)]
TIMES = ("0:00", "0:05", "9:00", "12:00", "17:45", "23:59")


@LANGUAGES
def test_a_moment_that_is_printed_is_read_back(say: ModuleType) -> None:
    for row in READABLE:
        first = read(row.text, row.now).first
        if first.second or first.fold:  # minutes are printed, and the first of what comes twice
            continue
        printed = say.moment(first, row.now)
        again = read(printed, row.now)
        assert (again.first, again.rule, again.rest) == (first, "", ""), printed


@LANGUAGES
def test_any_moment_that_is_printed_is_read_back(say: ModuleType) -> None:
    chance = random.Random(15)
    for _ in range(500):
        now = NOW + timedelta(minutes=chance.randrange(5_000_000))
        first = now + timedelta(minutes=chance.randrange(1, 10 ** chance.randrange(1, 7)))
        assert read(say.moment(first, now), now).first == first, (first, now)


@LANGUAGES
@pytest.mark.parametrize("at", TIMES)
def test_a_rule_that_is_printed_is_read_back(say: ModuleType, at: str) -> None:
    hour, minute = map(int, at.split(":"))
    for repeat in DAY_RULES:
        for rule in (repeat.rule(), replace(repeat, times=(hour * 60 + minute, 1380)).rule()):
            if "BYHOUR" in rule and minute:
                continue  # a rule holds no hours with different minutes
            printed = say.every(rule, NOW.replace(hour=hour, minute=minute))
            again = read(printed, NOW)
            assert (again.rule, again.rest) == (rule, ""), printed
            assert again.first.strftime("%H:%M") in (f"{hour:02}:{minute:02}", "23:00")


@LANGUAGES
def test_a_rule_of_hours_that_is_printed_is_read_back(say: ModuleType) -> None:
    for repeat in HOUR_RULES:
        printed = say.every(repeat.rule(), NOW)
        again = read(printed, NOW)
        assert (again.rule, again.rest) == (repeat.rule(), ""), printed


@LANGUAGES
def test_every_rule_of_the_tables_is_read_back(say: ModuleType) -> None:
    for row in READABLE:
        reading = read(row.text, row.now)
        if reading.rule and reading.rule.partition(";")[0] not in ("FREQ=HOURLY", "FREQ=MINUTELY"):
            again = read(say.every(reading.rule, reading.first), row.now)
            assert (again.first, again.rule) == (reading.first, reading.rule), row.text


@pytest.mark.parametrize(
    ("minutes", "in_russian", "in_english"),
    [
        (0.5, "через 30 с", "in 30 s"),
        (45, "через 45 мин", "in 45 min"),
        (60, "через 1 ч", "in 1 h"),
        (80, "через 1 ч 20 мин", "in 1 h 20 min"),
        (18 * 60, "через 18 ч", "in 18 h"),
        (47 * 60, "через 47 ч", "in 47 h"),
        (3 * 1440, "через 3 дня", "in 3 days"),
        (21 * 1440, "через 21 день", "in 21 days"),
        (61 * 1440, "через 2 месяца", "in 2 months"),
        (800 * 1440, "через 2 года", "in 2 years"),
        (0, "сейчас", "now"),
        (-5, "сейчас", "now"),
    ],
)
def test_how_long_it_is_till_then(minutes: float, in_russian: str, in_english: str) -> None:
    then = NOW + timedelta(minutes=minutes)
    assert russian.in_how_long(then, NOW) == in_russian
    assert english.in_how_long(then, NOW) == in_english


def test_the_second_of_a_month_takes_another_preposition() -> None:
    said = [russian.every(Repeat("MONTHLY", 1, (2,), nth=nth).rule(), NOW) for nth in (1, 2)]
    assert said == [
        "в первую среду каждого месяца в 15:00",
        "во вторую среду каждого месяца в 15:00",
    ]


def test_words_about_time_in_any_order_never_raise_anything_else() -> None:
    chance = random.Random(2026)
    vocabulary = [" ".join(phrase) for phrase in KNOWN]
    numbers = ["0", "1", "2", "9", "12", "15", "24", "25", "31", "99", "2027", "1000000", "10" * 9]
    shapes = ["9:00", "25:61", "25.12", "31.02", "31.02.27", "2027-02-30", "15-го", "3rd", "9-30"]
    marks = [",", "-", "—", "(", "и", "and", "", "\n", "💊", "молоко", "\u0301", "²", "٣"]
    for zone in (MOSCOW, BERLIN):
        now = datetime(2027, 10, 31, 2, 30, fold=1, tzinfo=zone)
        for _ in range(1500):
            pools = chance.choices([vocabulary, numbers, shapes, marks], [6, 2, 1, 1], k=8)
            text = " ".join(map(chance.choice, pools[: chance.randint(1, 8)]))
            with suppress(UnreadableTimeError):
                reading = read(text, now)
                assert reading.first.timestamp() > now.timestamp(), text
                assert not reading.rule or Repeat.of(reading.rule).rule() == reading.rule, text


def test_characters_in_any_order_never_raise_anything_else() -> None:
    chance = random.Random(24)
    letters = "вчнашт 0123456789:.,-/ апмд\n\x00\ud800²٣ée\u0301"
    for _ in range(1500):
        text = "".join(chance.choices(letters, k=chance.randint(0, 40)))
        with suppress(UnreadableTimeError):
            read(text, NOW)


def test_the_rest_of_the_text_comes_back_unchanged() -> None:
    chance = random.Random(7)
    ordinary = [
        "купить",
        "500",
        "пакета",
        "молока;",
        "«Анна»",
        "и",
        "ёлку",
        "#тег",
        "(срочно)",
        "call",
    ]
    phrases = [
        "завтра в 9",
        "через 2 часа",
        "каждый понедельник в 10",
        "25.12 в 9:00",
        "on May 3rd",
    ]
    for _ in range(500):
        before, after = (
            chance.choice([" ", "  ", "\n"]).join(chance.choices(ordinary, k=chance.randint(0, 6)))
            for _ in range(2)
        )
        text = " ".join(filter(None, (before, chance.choice(phrases), after)))
        kept = " ".join((before, after)) if before and after else before.rstrip(";") or after
        assert read(text, NOW).rest == kept, text


@pytest.mark.parametrize(
    "piece", ["завтра ", "в ", "9 ", "через 2 часа ", "каждый ", "1.", "1:", "пол", "(", "й\u0306"]
)
def test_a_long_text_is_searched_at_its_beginning_and_its_end_only(piece: str) -> None:
    text = piece * (10_000 // len(piece))
    assert len(words(text)) <= 2 * SIDE + 1
    with suppress(UnreadableTimeError):
        read(text, NOW)


def test_a_phrase_at_either_end_of_a_long_text_is_found() -> None:
    story = "молоко и хлеб " * 700
    for text in (f"завтра в 9 {story}", f"{story} завтра в 9"):
        reading = read(text, NOW)
        assert reading.first == datetime(2026, 11, 25, 9, tzinfo=MOSCOW)
        assert reading.rest == story.strip()
    with pytest.raises(UnreadableTimeError):
        read(f"{story} завтра в 9 {story}", NOW)


def test_a_moment_is_never_early() -> None:
    now = NOW.replace(second=59, microsecond=999_000)
    assert read("через 1 минуту", now).first == datetime(2026, 11, 24, 15, 2, tzinfo=MOSCOW)
    assert read("каждые 5 минут", now).first == datetime(2026, 11, 24, 15, 6, tzinfo=MOSCOW)
