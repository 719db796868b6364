"""Waiting for an answer: thinking, standing in a queue, being stopped."""

from texts.ru.counts import questions_count

THINKING = "Думаю…"
STOP_ALL_BUTTON = "⏹ Остановить все"
DROPPED = "⏹ Снято с очереди: модель этого вопроса не получала."


def thinking(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    return f"Думает: {minutes} мин {seconds} с" if minutes else f"Думает: {seconds} с"


def in_queue(ahead: int) -> str:
    return f"В очереди, впереди {questions_count(ahead)}…"


def still_waiting(number: int, *, is_running: bool) -> str:
    stopped = "Останавливаю этот ответ. " if is_running else ""
    return f"{stopped}В очереди ещё {questions_count(number)}."


def all_dropped(number: int) -> str:
    return f"⏹ Всё остановлено. Снято с очереди: {questions_count(number)}."
