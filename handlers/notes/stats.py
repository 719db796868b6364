"""/note_stats: how many notes were made when, as a picture or as bars of text."""

from dataclasses import dataclass
from datetime import date, timedelta

import chart
from handlers.context import App
from handlers.parsing import whole
from handlers.types import Document, Reply, Request, Task
from texts import notes as texts

DAYS_DEFAULT = 7
DAYS_MOST = 3660
DAILY_MOST = 31  # longer spans are counted by weeks
WEEKLY_MOST = 217  # and these by months
YEAR = 12
BAR_WIDTH = 20


@dataclass(frozen=True)
class Statistics:
    """Notes of a span: `bars` are its days, weeks or months with their numbers."""

    days: int
    total: int
    bars: list[tuple[date, int]]

    @property
    def unit(self) -> str:
        if self.days <= DAILY_MOST:
            return "day"
        return "week" if self.days <= WEEKLY_MOST else "month"

    @property
    def labelled(self) -> list[tuple[str, int]]:
        """The bars with short labels: 21.11, ноя, or ноя 25 where a month comes twice."""
        if self.unit != "month":
            return [(f"{start:%d.%m}", notes) for start, notes in self.bars]
        with_year = len(self.bars) > YEAR
        return [
            (texts.month_label(start.month, start.year, with_year), notes)
            for start, notes in self.bars
        ]


def stats(app: App, request: Request) -> Reply:
    """/note_stats [days]: notes by local date."""
    days = whole(request.args, DAYS_DEFAULT, DAYS_MOST)
    if days is None:
        return Reply(texts.stats_days_wrong(DAYS_MOST))
    if app.pictures:
        return Reply(tasks=(Task("stats", {"days": days}),))
    return Reply(_as_text(app, request, days))


def make_picture(app: App, request: Request, args: dict[str, int]) -> Reply:
    """Draw the chart; its caption has the totals."""
    statistics = count(app, request.user_id, args["days"])
    caption = _caption(app, request, statistics)
    if not statistics.total:
        return Reply(caption)
    path = app.scratch.new(".png")
    title = texts.chart_title(statistics.unit, statistics.total)
    chart.draw(path, title, statistics.labelled)
    return Reply(caption, documents=(Document(str(path), "notes.png", picture=True),))


def count(app: App, user_id: int, days: int) -> Statistics:
    """The notes of the last days, today's included."""
    clock = app.clock_of(user_id)
    first, today = clock.days_ago(days - 1), clock.today()
    statistics = Statistics(days, 0, [])
    starts = _starts(first, today, statistics.unit)
    numbers = dict.fromkeys(starts, 0)
    for moment, notes in app.notes.moments(user_id, clock.start_of(first)):
        day = clock.local(moment).date()
        if first <= day <= today:  # one from a clock that runs ahead belongs to no day shown
            numbers[max(first, _start(day, statistics.unit))] += notes
    return Statistics(days, sum(numbers.values()), list(numbers.items()))


def _starts(first: date, last: date, unit: str) -> list[date]:
    """The first day of each bar; the first bar may begin in the middle of a week or month."""
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return list(dict.fromkeys(max(first, _start(day, unit)) for day in days))


def _start(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def _as_text(app: App, request: Request, days: int) -> str:
    statistics = count(app, request.user_id, days)
    most = max(notes for _, notes in statistics.bars) or 1
    rows = [
        f"{label} {'█' * -(-notes * BAR_WIDTH // most)} {notes}"
        for label, notes in statistics.labelled
        if notes or days <= DAYS_DEFAULT
    ]
    return "\n".join([_caption(app, request, statistics), *rows])


def _caption(app: App, request: Request, statistics: Statistics) -> str:
    head = texts.stats_head(statistics.days, statistics.total)
    return f"{head}\n{texts.stats_all(app.notes.count(request.user_id))}"
