"""Waiting for an answer: thinking, standing in a queue, being stopped."""

from texts.en.counts import questions_count

THINKING = "Thinking…"
STOP_ALL_BUTTON = "⏹ Stop them all"
DROPPED = "⏹ Taken out of the queue: the model never got this question."


def thinking(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    return f"Thinking: {minutes} min {seconds} s" if minutes else f"Thinking: {seconds} s"


def in_queue(ahead: int) -> str:
    return f"In the queue, {questions_count(ahead)} ahead…"


def still_waiting(number: int, *, is_running: bool) -> str:
    stopped = "Stopping this answer. " if is_running else ""
    return f"{stopped}Still in the queue: {questions_count(number)}."


def all_dropped(number: int) -> str:
    return f"⏹ Everything is stopped. Taken out of the queue: {questions_count(number)}."
