"""Ten kills at random moments within half a minute, over notes and questions, with many seeds.

Run from the project's folder: python -m bench.kills [RUNS] [FIRST_SEED]
"""

import random
import sys
import tempfile
import time
from pathlib import Path

from bench.tools import machine
from tests.crowd import USERS, Crowd
from tests.emulators.bot_api import BotApi
from tests.emulators.model_behaviours import JSON, Answer, answer
from tests.emulators.model_server import ModelServer
from tests.process import BotProcess
from texts import failures as texts

RUNS, KILLS, WITHIN_S = 50, 10, 30.0
MODEL_S = 0.4
ANSWERED_WITHIN_S = 120


def main() -> None:
    given = [int(word) for word in sys.argv[1:]]
    runs, first = given + [RUNS, 1][len(given) :]
    print(f"{machine()}\n\n| число | вопросов без ответа | отложено | заметок не на месте | с |")
    print("| --- | --- | --- | --- | --- |")
    lost = sum(_run(seed) > 0 for seed in range(first, first + runs))
    print(f"\nПрогонов {runs}, с потерями {lost}")
    sys.exit(1 if lost else 0)


def _slow_echo(request: JSON) -> Answer:
    return answer(str(request["messages"][-1]["content"]), delay=MODEL_S)


def _run(seed: int) -> int:
    """Everything that is not as promised after one run."""
    rng = random.Random(seed)
    crowd = Crowd(rng)
    moments = sorted(rng.uniform(0, WITHIN_S) for _ in range(KILLS))
    with tempfile.TemporaryDirectory() as folder, BotApi() as api, ModelServer() as model:
        model.default = _slow_echo
        settings = {"OPENROUTER_API_KEY": "sk-or-x", "OPENROUTER_BASE_URL": model.url}
        bot = BotProcess(Path(folder), api, {**settings, "ALLOWED_USERS": "*"}).start()
        try:
            began = time.monotonic()
            for part, moment in enumerate(moments):
                crowd.say(api, part, KILLS + 1)
                time.sleep(max(0.0, began + moment - time.monotonic()))
                bot.kill()
                bot.start(ready=False)
            crowd.say(api, KILLS, KILLS + 1)
            _wait_answered(api, crowd)
            return _result(seed, api, bot, crowd, time.monotonic() - began)
        finally:
            bot.kill()


def _wait_answered(api: BotApi, crowd: Crowd) -> None:
    deadline = time.monotonic() + ANSWERED_WITHIN_S
    while crowd.unanswered(api) and time.monotonic() < deadline:
        time.sleep(0.2)


def _result(seed: int, api: BotApi, bot: BotProcess, crowd: Crowd, taken_s: float) -> int:
    unanswered = crowd.unanswered(api)
    aside: int = sum(m["text"] == texts.SET_ASIDE for user in USERS for m in api.sent(user))
    misplaced: int = sum(bot.notes(user) != crowd.notes[user] for user in USERS)
    print(f"| {seed} | {len(unanswered)} | {aside} | {misplaced} | {taken_s:.1f} |", flush=True)
    return int(len(unanswered) + aside + misplaced)


if __name__ == "__main__":
    main()
