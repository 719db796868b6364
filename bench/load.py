"""Under load: notes while two hundred questions wait, those questions, memory, a burst of notes.

Run from the project's folder: python -m bench.load
"""

import time
from collections.abc import Callable

from bench.tools import Stand, machine, memory_mb, ms, row, stand
from tests.emulators.model_server import answer

QUESTIONS, ANSWER_S = 200, 5.0
NOTE_EVERY_S = 0.02
BURST, BURST_USERS = 1000, 200
ASKING, NOTING, BURSTING = 10_000, 20_000, 30_000  # users are numbered from there


def main() -> None:
    print(f"{machine()}\n\n| что | сколько | надо |\n| --- | --- | --- |")
    with stand() as one:
        row("память без дела, МБ", f"{memory_mb(one.bot.pid):.0f}", "< 70")
        notes, wall_s, memory = _questions(one)
        waiting = f"пока {QUESTIONS} вопросов ждут модель {ANSWER_S:.0f} с"
        row(f"заметка, {waiting}: медиана / p95, мс", ms(notes), "p95 < 25")
        row(f"{QUESTIONS} таких вопросов отвечены за, с", f"{wall_s:.1f}", "< 7")
        row("память, пока они ждут, МБ", f"{memory:.0f}", "< 150")
    with stand() as one:
        stored, answered = _burst(one)
        row(
            f"{BURST} заметок от {BURST_USERS} человек: сохранено в секунду",
            f"{stored:.0f}",
            "≥ 600",
        )
        row("они же: отвечено в секунду", f"{answered:.0f}", "")


def _questions(one: Stand) -> tuple[list[float], float, float]:
    """Seconds each note took while the questions waited, seconds until all were answered, MB."""
    one.model.default = answer("Ответ.", delay=ANSWER_S)
    began = time.monotonic()
    for number in range(QUESTIONS):
        one.api.text(ASKING + number, "/ask вопрос")
    one.model.wait(lambda: len(one.model.requests) >= QUESTIONS, 30)
    taken: list[float] = []
    while time.monotonic() - began < ANSWER_S - 0.5:
        taken.append(_note_s(one, NOTING + len(taken) % 10))
        time.sleep(NOTE_EVERY_S)
    memory = memory_mb(one.bot.pid)
    users = range(ASKING, ASKING + QUESTIONS)
    _wait(lambda: all(one.api.sent(user) for user in users))
    return taken, max(one.api.sent(user)[0]["_at"] for user in users) - began, memory


def _note_s(one: Stand, user: int) -> float:
    sent = len(one.api.sent(user))
    began = time.monotonic()
    one.api.text(user, "/note_add заметка")
    return float(one.api.wait_sent(user, sent + 1)[-1]["_at"]) - began


def _burst(one: Stand) -> tuple[float, float]:
    """Notes a second: stored safe against power loss and so confirmed, and answered."""
    before = len(one.api.calls_to("sendMessage"))
    began = time.monotonic()
    for number in range(BURST):
        last = one.api.text(BURSTING + number % BURST_USERS, f"/note_add залп {number}")
    one.api.wait_confirmed(last.update_id, 60)
    stored = time.monotonic() - began
    _wait(lambda: len(one.api.calls_to("sendMessage")) >= before + BURST)
    return BURST / stored, BURST / (one.api.calls_to("sendMessage")[-1].at - began)


def _wait(is_over: Callable[[], bool]) -> None:
    # Looked at seldom: watching must not take the processor from the bot.
    while not is_over():
        time.sleep(0.05)


if __name__ == "__main__":
    main()
