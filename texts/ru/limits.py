"""Limits of people, use, and the state of a key."""

from datetime import date, datetime

from texts.ru.counts import dollars, duration, questions_count, tokens_count

LIMITS_HEAD = "Ключ OpenRouter"
LIMITS_OFF = "OpenRouter не настроен: проверьте его настройки в .env и перезапустите бота."
LIMITS_FREE_TIER = (
    "Бесплатным моделям можно задать 50 вопросов в день; после покупки 10 кредитов — 1000."
)
LIMITS_PAID_TIER = (
    "Бесплатным моделям можно задать 1000 вопросов в день (если куплено 10 кредитов)."
)
_LIMIT_RESETS = {
    "daily": " до конца дня",
    "weekly": " до конца недели",
    "monthly": " до конца месяца",
}


def limits_spent(today: float, total: float) -> str:
    return f"Потрачено сегодня {dollars(today)}, всего {dollars(total)}."


def limits_left(limit: float | None, left: float | None, reset: str) -> str:
    if limit is None or left is None:
        return "Предел трат для ключа не задан."
    return f"Осталось {dollars(left)} из {dollars(limit)}{_LIMIT_RESETS.get(reset, '')}."


def daily_reset(moment: datetime, today: date) -> str:
    """When a daily limit is full again; both in the bot's time zone."""
    days = {0: "сегодня", 1: "завтра"}
    day = days.get((moment.date() - today).days, f"{moment:%d.%m}")
    return f"Счёт начнётся заново {day} в {moment:%H:%M}."


def minute_limit(limit: int, seconds: int) -> str:
    return (
        f"Не так быстро: {questions_count(limit)} в минуту. "
        f"Следующий можно задать через {duration(seconds)}."
    )


def day_limit(limit: int, seconds: int) -> str:
    return (
        f"На сегодня всё: {questions_count(limit)} в день. "
        f"Следующий можно задать завтра, через {duration(seconds)}."
    )


MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip


def usage_row(period: str, questions: int, prompt_tokens: int, completion_tokens: int) -> str:
    row = f"{period}: {questions_count(questions)}, "
    total = prompt_tokens + completion_tokens
    return row + (
        f"{tokens_count(total)} (вопросы {prompt_tokens}, ответы {completion_tokens})"
        if total
        else tokens_count(0)
    )


def usage_today(questions: int, prompt_tokens: int, completion_tokens: int) -> str:
    return usage_row("Сегодня", questions, prompt_tokens, completion_tokens)


def usage_month(month: int, questions: int, prompt_tokens: int, completion_tokens: int) -> str:
    return usage_row(f"За {MONTHS[month - 1]}", questions, prompt_tokens, completion_tokens)


def usage_limits(per_minute: int, per_day: int) -> str:
    shown = [
        f"{questions_count(limit)} в {period}"
        for limit, period in ((per_minute, "минуту"), (per_day, "день"))
        if limit
    ]
    return f"Можно: {', '.join(shown)}." if shown else "Задавать можно сколько угодно."
