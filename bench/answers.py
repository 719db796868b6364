"""An answer that grows: first words, calls and words of a long one, how fast a stop is.

Run from the project's folder: python -m bench.answers
"""

import re
import statistics
import time

from bench.tools import Stand, machine, row, stand
from tests.emulators.model_server import answer

FIRST_WORDS = 30
STOPS = 20
LONG_CHARS, LONG_S = 8000, 5.0


def main() -> None:
    print(f"{machine()}\n\n| что | сколько | надо |\n| --- | --- | --- |")
    with stand() as one:
        first = [_first_words_s(one, number) for number in range(FIRST_WORDS)]
        row(
            "первые слова после слов модели: медиана / наибольшее, мс",
            f"{statistics.median(first) * 1000:.0f} / {max(first) * 1000:.0f}",
            "< 150",
        )
        calls, words, expected = _long_answer(one)
        row(
            f"вызовов Telegram на ответ в {LONG_CHARS} знаков за {LONG_S:.0f} с", str(calls), "≤ 12"
        )
        row("слов дошло из отправленных", f"{words} из {expected}", "все")
        stops = [_stop_s(one, number) for number in range(STOPS)]
        row(
            "от «Стоп» до закрытого соединения: медиана / наибольшее, мс",
            f"{statistics.median(stops) * 1000:.0f} / {max(stops) * 1000:.0f}",
            "< 1000",
        )


def _first_words_s(one: Stand, number: int) -> float:
    """From the model's first piece to the message in the chat."""
    chat = 100 + number
    delay = 0.2
    one.model.script(answer("Первые слова. Потом ещё.", size=13, first_delay=delay, pace=0.2))
    one.api.text(chat, "вопрос")
    shown = one.api.wait_sent(chat)[0]["_history"][0]["at"]
    return max(0.0, float(shown) - one.model.requests[-1].at - delay)


def _long_answer(one: Stand) -> tuple[int, int, int]:
    """Calls, words that arrived, words that were sent."""
    chat, size = 500, 40
    text = " ".join(f"слово{number}" for number in range(LONG_CHARS))[:LONG_CHARS]
    one.model.script(answer(text, size=size, pace=LONG_S / (LONG_CHARS / size)))
    one.api.text(chat, "длинный вопрос")
    one.api.wait_answer(chat, "модель:", timeout=30)
    time.sleep(0.2)  # the last call is counted when it has been answered
    calls = [call for call in one.api.calls if call.chat_id == chat]
    arrived = " ".join(message["text"] for message in one.api.sent(chat))
    pattern = re.compile(r"слово\d*")
    return len(calls), len(pattern.findall(arrived)), len(pattern.findall(text))


def _stop_s(one: Stand, number: int) -> float:
    """From the press of the button to the end of the provider's connection."""
    chat = 1000 + number
    one.model.script(answer("слово " * 500, size=6, pace=0.05))
    one.api.text(chat, "вопрос")
    growing = one.api.wait_sent(chat)[0]
    request = one.model.requests[-1]
    data = growing["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    pressed = time.monotonic()
    one.api.press(chat, growing, data)
    one.model.wait(lambda: request.closed_at is not None)
    return (request.closed_at or 0.0) - pressed


if __name__ == "__main__":
    main()
