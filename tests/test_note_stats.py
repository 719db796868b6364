"""Statistics and the bin under a clock of the test's own, and the picture."""

import struct
from dataclasses import fields
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageColor

import chart
from clock import Clock
from db import Database
from handlers.context import App
from handlers.notes import single, stats
from handlers.types import Reply, Request
from storage.notes import BIN_S, Notes
from storage.preferences import PreferencesTable
from storage.search import Search
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.talk import ANNA, Talk
from tests.test_bot_start import _console

MOSCOW = ZoneInfo("Europe/Moscow")
NOTHING = cast(Any, None)


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def set(self, *moment: int) -> int:
        self.now = datetime(*moment, tzinfo=MOSCOW).timestamp()  # type: ignore[misc, arg-type]
        return int(self.now)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def app(db: Database, hands: Hands) -> App:
    nothing = dict.fromkeys((field.name for field in fields(App)), NOTHING)
    given = {
        "clock": Clock(MOSCOW, lambda: hands.now),
        "notes": Notes(db),
        "search": Search(db),
        "preferences": PreferencesTable(db),
        "pictures": False,
    }
    return App(**{**nothing, **given})


def _request(args: str, **fields: Any) -> Request:
    return Request(ANNA, ANNA, 1, 0, True, args, **fields)


def _add(app: App, moment: int, times: int = 1) -> None:
    for _ in range(times):
        app.notes.add(ANNA, "а", moment)


def test_a_day_ends_at_local_midnight(app: App, hands: Hands) -> None:
    _add(app, hands.set(2025, 11, 20, 23, 59), 2)
    assert stats.stats(app, _request("2")).text.splitlines()[2:] == [
        "19.11  0",
        "20.11 ████████████████████ 2",
    ]
    _add(app, hands.set(2025, 11, 21, 0, 0))
    assert stats.stats(app, _request("2")).text == (
        "Заметки за 2 последних дня: 3\nВсего: 3 заметки\n"
        "20.11 ████████████████████ 2\n21.11 ██████████ 1"
    )
    assert stats.stats(app, _request("1")).text.startswith("Заметки за сегодня: 1\n")


def test_deleted_notes_are_not_counted(app: App, hands: Hands) -> None:
    moment = hands.set(2025, 11, 21, 12)
    _add(app, moment, 2)
    app.notes.delete(ANNA, 1, moment)
    assert stats.stats(app, _request("")).text.startswith("Заметки за 7 последних дней: 1\n")


def test_long_spans_are_counted_by_weeks_and_months(app: App, hands: Hands) -> None:
    _add(app, hands.set(2025, 1, 31, 12), 3)
    _add(app, hands.set(2025, 11, 16, 23), 2)  # a Sunday
    _add(app, hands.set(2025, 11, 17, 1))
    hands.set(2025, 11, 21, 12)
    weeks = stats.count(app, ANNA, 60)
    assert weeks.labelled[0] == ("23.09", 0)  # 60 days ago, in the middle of a week
    assert weeks.labelled[-2:] == [("10.11", 2), ("17.11", 1)]
    months = stats.count(app, ANNA, 366)
    assert months.labelled[-1] == ("ноя 25", 3)
    assert ("янв 25", 3) in months.labelled
    assert stats.count(app, ANNA, 300).labelled[0] == ("янв", 3)
    assert (len(weeks.bars), len(months.bars)) == (9, 13)
    assert months.total == 6


def test_a_note_from_a_clock_that_runs_ahead_belongs_to_no_day_shown(
    app: App, hands: Hands
) -> None:
    moment = hands.set(2025, 11, 21, 23, 50)
    _add(app, moment + 3600)
    assert stats.count(app, ANNA, 7).total == 0


def test_the_bin_keeps_notes_for_thirty_days(app: App, hands: Hands) -> None:
    moment = hands.set(2025, 11, 21, 12)
    _add(app, moment)
    single.delete(app, _request("1"))
    press = _request("1", button_on=5, callback_id="7")
    hands.now = moment + BIN_S - 1
    assert "ещё можно вернуть" in single.note(app, _request("1")).text
    app.notes.purge(app.clock.now())
    assert single.press_undo(app, press, 1).text.endswith("а")
    single.delete(app, _request("1"))
    hands.now += BIN_S
    for purged in (False, True):
        if purged:
            app.notes.purge(app.clock.now())
        assert single.note(app, _request("1")).text.startswith("Заметки #1 у вас нет.")
        assert single.press_undo(app, press, 1).text.startswith("Заметки #1 больше нет")
    assert app.notes.count(ANNA) == 0


def _size(png: bytes) -> tuple[int, ...]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def _drawn(path: Path, bars: list[tuple[str, int]]) -> Image.Image:
    chart.draw(path, "Заметки по дням: 12", bars)
    assert _size(path.read_bytes()) == (1200, 750)
    return Image.open(path).convert("RGB")


def _columns(picture: Image.Image, color: str) -> list[int]:
    """In how many rows each column of pixels has a color."""
    wanted = ImageColor.getrgb(color)
    across, rows = picture.size
    pixels = picture.load()
    assert pixels is not None
    return [sum(pixels[x, y] == wanted for y in range(rows)) for x in range(across)]


@pytest.mark.parametrize(
    "numbers", [[0], [1], [3, 0, 12], list(range(31)), [10**6] * 122, [1, 10**15]]
)
def test_a_chart_shows_any_numbers(tmp_path: Path, numbers: list[int]) -> None:
    bars = [(f"{n % 28 + 1:02}.11", number) for n, number in enumerate(numbers)]
    heights = _columns(_drawn(tmp_path / "chart.png", bars), chart.BAR)
    shown = [height for height in heights if height]
    assert bool(shown) == any(numbers)
    runs = [len(list(group)) for filled, group in groupby(heights, bool) if filled]
    assert len(runs) == sum(map(bool, numbers))
    assert all(run <= 1200 / 7 + 1 for run in runs)


def test_bars_are_as_high_as_their_numbers(tmp_path: Path) -> None:
    bars = [("18.11", 5), ("19.11", 0), ("20.11", 10)]
    heights = _columns(_drawn(tmp_path / "chart.png", bars), chart.BAR)
    low, high = max(heights[:600]), max(heights[600:])
    assert high == pytest.approx(2 * low, abs=3)


def test_a_chart_has_its_letters(tmp_path: Path) -> None:
    """The fonts of many machines have no Cyrillic ones: each would be the same empty box."""
    pictures = {
        label: _drawn(tmp_path / "chart.png", [(label, 1)]).tobytes() for label in ("янв", "фев")
    }
    assert pictures["янв"] != pictures["фев"]


@pytest.mark.parametrize(
    ("most", "lines"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (4, [0, 1, 2, 3, 4]),
        (9, [0, 5, 10]),
        (40, [0, 10, 20, 30, 40]),
        (41, [0, 20, 40, 60]),
        (10**6, [0, 500_000, 1_000_000]),
    ],
)
def test_lines_are_at_round_numbers(most: int, lines: list[int]) -> None:
    assert chart._lines(most) == lines


def test_statistics_come_as_a_picture_with_the_totals(api: BotApi, start_bot: StartBot) -> None:
    start_bot()
    anna = Talk(api, ANNA)
    assert anna("/note_stats") == "Заметки за 7 последних дней: 0\nВсего: 0 заметок"
    anna("/note_add сегодня")
    anna("/note_add давно", date=1_500_000_000)
    picture = anna.message("/note_stats 90")
    assert picture["caption"] == "Заметки за 90 последних дней: 1\nВсего: 2 заметки"
    assert "photo" in picture
    assert _size(picture["_bytes"]) == (1200, 750)
    assert "upload_photo" in [action for _, action in api.actions(ANNA)]


def test_statistics_in_the_console_are_bars_of_text(tmp_path: Path) -> None:
    said = _console(tmp_path, "/note_add раз\n/note_stats\n")
    assert "Заметки за 7 последних дней: 1\nВсего: 1 заметка\n" in said
    assert "█ 1\n" in said


def test_replies_survive_their_json() -> None:
    for reply in (Reply("a"), Reply("b", toast="t", edit=True, as_reply=True)):
        assert Reply.from_json(reply.to_json()) == reply
