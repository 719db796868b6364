"""How many questions a person may ask, and how many they asked: /usage."""

from datetime import timedelta

from handlers.context import App
from handlers.types import Reply, Request
from texts import limits as texts

MINUTE_S = 60


def refusal(app: App, user_id: int) -> str | None:
    """Why somebody may not ask now, and when they may again; None when they may.

    Whoever takes the question counts it with `app.usage.asked`, in the same transaction.
    """
    # By the bot's own clock, or moving to another zone would begin another day.
    clock, settings = app.clock, app.settings
    now, day = clock.now(), clock.start_of(clock.today())
    if _asked(app, user_id, settings.ask_per_day, day) is not None:
        tomorrow = clock.start_of(clock.today() + timedelta(days=1))
        return texts.day_limit(settings.ask_per_day, tomorrow - now)
    last = _asked(app, user_id, settings.ask_per_minute, now - MINUTE_S + 1)
    if last is not None:
        return texts.minute_limit(settings.ask_per_minute, last + MINUTE_S - now)
    return None


def usage(app: App, request: Request) -> Reply:
    """/usage: one's questions and tokens of today and of this month."""
    user_id = request.user_id
    clock = app.clock_of(user_id)
    today = clock.today()
    day = app.usage.since(user_id, clock.start_of(today))
    month = app.usage.since(user_id, clock.start_of(today.replace(day=1)))
    rows = [
        texts.usage_today(day.questions, day.prompt_tokens, day.completion_tokens),
        texts.usage_month(
            today.month, month.questions, month.prompt_tokens, month.completion_tokens
        ),
        texts.usage_limits(app.settings.ask_per_minute, app.settings.ask_per_day),
    ]
    return Reply("\n".join(rows))


def _asked(app: App, user_id: int, limit: int, since: int) -> int | None:
    """When the first of the last `limit` questions was asked, if there were as many."""
    if not limit:
        return None
    return app.usage.last_but(user_id, limit - 1, since, app.clock.now())
