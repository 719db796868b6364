"""Round trips, a burst, a question's own overhead, start and memory.

Run from the project's folder: python -m bench.basics
"""

import statistics
import time

from bench.tools import Stand, machine, memory_mb, ms, row, stand
from openrouter_client import OpenRouter
from tests.emulators.bot_api_http import Call
from tests.emulators.model_server import answer

ROUND_TRIPS = 500
BURST, BURST_USERS = 1000, 200
QUESTIONS = 100
STARTS = 5


def main() -> None:
    print(f"{machine()}\n\n| что | сколько | надо |\n| --- | --- | --- |")
    starts = [_start_s() for _ in range(STARTS)]
    row("запуск до первого опроса, с (медиана)", f"{statistics.median(starts):.2f}", "< 1")
    with stand() as one:
        row("память без дела, МБ", f"{memory_mb(one.bot.pid):.0f}", "< 70")
        row("заметка: медиана / p95, мс", ms(_notes(one)), "p95 < 10")
        row("вопрос, время самого бота: медиана / p95, мс", ms(_questions(one)), "< 10")
        answered, stored = _burst(one)
        row(f"{BURST} заметок от {BURST_USERS} человек: сохранено в секунду", f"{stored:.0f}", "")
        row(f"{BURST} заметок от {BURST_USERS} человек: отвечено в секунду", f"{answered:.0f}", "")
        row("память после этого, МБ", f"{memory_mb(one.bot.pid):.0f}", "")


def _start_s() -> float:
    began = time.monotonic()
    with stand() as one:
        return one.api.arrived[-1].at - began if one.api.arrived else 0.0


def _notes(one: Stand) -> list[float]:
    """Seconds from a note's arrival at the Bot API to its answer there."""
    taken = []
    for number in range(ROUND_TRIPS):
        began = time.monotonic()
        one.api.text(1, f"/note_add заметка {number}")
        calls = _wait_calls(one, number + 1)
        taken.append(calls[-1].at - began)
    return taken


def _questions(one: Stand) -> list[float]:
    """Seconds from a question's arrival to its first words, less what asking the model takes."""
    one.model.default = answer("Ответ.")
    client = OpenRouter("sk-or-bench", one.model.url)
    asking = statistics.median(_asking_s(client) for _ in range(QUESTIONS))
    taken = []
    for number in range(QUESTIONS):
        user = 5000 + number  # everybody's dialogue is new, so that all questions are alike
        began = time.monotonic()
        one.api.text(user, "/ask вопрос")
        shown = one.api.wait_sent(user)[0]["_history"][0]["at"]
        taken.append(float(shown) - began - asking)
    return taken


def _asking_s(client: OpenRouter) -> float:
    """One question to the emulated model by the bot's own client, to the first words."""
    began = time.monotonic()
    pieces = iter(client.chat_stream([{"role": "user", "content": "вопрос"}], model="m"))
    next(pieces)
    taken = time.monotonic() - began
    list(pieces)  # to the end, so that the connection is kept
    return taken


def _burst(one: Stand) -> tuple[float, float]:
    """Notes a second: answered, and stored (confirmed to Telegram)."""
    before = len(one.api.calls_to("sendMessage"))
    began = time.monotonic()
    for number in range(BURST):
        last = one.api.text(1000 + number % BURST_USERS, f"/note_add залп {number}")
    one.api.wait_confirmed(last.update_id, 60)
    stored = time.monotonic() - began
    # Looked at seldom: watching must not take the processor from the bot.
    while len(one.api.calls_to("sendMessage")) < before + BURST:
        time.sleep(0.05)
    return BURST / (one.api.calls_to("sendMessage")[-1].at - began), BURST / stored


def _wait_calls(one: Stand, count: int) -> list[Call]:
    one.api.wait(lambda api: len(api.calls_to("sendMessage", 1)) >= count)
    return one.api.calls_to("sendMessage", 1)


if __name__ == "__main__":
    main()
