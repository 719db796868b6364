"""Limits of people, use, and the state of a key."""

from datetime import date, datetime

from texts.en.counts import dollars, duration, questions_count, tokens_count

LIMITS_HEAD = "OpenRouter key"
LIMITS_OFF = "OpenRouter is not set up: check its settings in .env and restart the bot."
LIMITS_FREE_TIER = "Free models take 50 questions a day, and 1000 once 10 credits have been bought."
LIMITS_PAID_TIER = "Free models take 1000 questions a day (if 10 credits have been bought)."
_LIMIT_RESETS = {
    "daily": " until the end of the day",
    "weekly": " until the end of the week",
    "monthly": " until the end of the month",
}


def limits_spent(today: float, total: float) -> str:
    return f"Spent today {dollars(today)}, in all {dollars(total)}."


def limits_left(limit: float | None, left: float | None, reset: str) -> str:
    if limit is None or left is None:
        return "The key has no spending limit."
    return f"Left: {dollars(left)} of {dollars(limit)}{_LIMIT_RESETS.get(reset, '')}."


def daily_reset(moment: datetime, today: date) -> str:
    """When a daily limit is full again; both in the bot's time zone."""
    days = {0: "today", 1: "tomorrow"}
    day = days.get((moment.date() - today).days, f"on {moment:%Y-%m-%d}")
    return f"The count begins anew {day} at {moment:%H:%M}."


def minute_limit(limit: int, seconds: int) -> str:
    return (
        f"Not so fast: {questions_count(limit)} a minute. "
        f"You can ask the next one in {duration(seconds)}."
    )


def day_limit(limit: int, seconds: int) -> str:
    return (
        f"That is all for today: {questions_count(limit)} a day. "
        f"You can ask the next one tomorrow, in {duration(seconds)}."
    )


MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def usage_row(period: str, questions: int, prompt_tokens: int, completion_tokens: int) -> str:
    row = f"{period}: {questions_count(questions)}, "
    total = prompt_tokens + completion_tokens
    return row + (
        f"{tokens_count(total)} (questions {prompt_tokens}, answers {completion_tokens})"
        if total
        else tokens_count(0)
    )


def usage_today(questions: int, prompt_tokens: int, completion_tokens: int) -> str:
    return usage_row("Today", questions, prompt_tokens, completion_tokens)


def usage_month(month: int, questions: int, prompt_tokens: int, completion_tokens: int) -> str:
    return usage_row(f"In {MONTHS[month - 1]}", questions, prompt_tokens, completion_tokens)


def usage_limits(per_minute: int, per_day: int) -> str:
    shown = [
        f"{questions_count(limit)} {period}"
        for limit, period in ((per_minute, "a minute"), (per_day, "a day"))
        if limit
    ]
    return f"You may ask {', '.join(shown)}." if shown else "You may ask as much as you like."
