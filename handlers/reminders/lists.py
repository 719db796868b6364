"""/reminders: what waits, next first."""

from dataclasses import replace

from handlers.buttons import arrows, button, in_rows
from handlers.context import App
from handlers.reminders import cards
from handlers.types import Reply, Request
from texts import reminders as texts

PAGE = 10
BUTTONS_IN_ROW = 5


def list_(app: App, request: Request) -> Reply:
    """/reminders: the first page."""
    return _page(app, request, 0)


def press_page(app: App, request: Request, page: int) -> Reply:
    """◀ and ▶ under the list."""
    return replace(_page(app, request, page), edit=True)


def _page(app: App, request: Request, page: int) -> Reply:
    total = app.reminders.count_waiting(request.user_id)
    if not total:
        return Reply(texts.LIST_NONE)
    pages = -(-total // PAGE)
    page = min(page, pages - 1)
    shown = app.reminders.waiting(request.user_id, PAGE, page * PAGE)
    rows = [
        texts.row(
            reminder.number,
            cards.described(app, reminder, cards.about(app, reminder, cards.LINE_UNITS)),
        )
        for reminder in shown
    ]
    opening = [
        button(texts.open_button(reminder.number), "remind_open", reminder.number)
        for reminder in shown
    ]
    return Reply(
        "\n\n".join([texts.list_head(total), *rows]),
        buttons=in_rows(opening, BUTTONS_IN_ROW) + arrows("reminders", page, pages),
    )
