"""Questions whose models act, while the bot is killed again and again: each effect exactly once."""

import random
import signal
from typing import Any

from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.bot_api_world import Json
from tests.emulators.model_server import ModelServer
from tests.emulators.tool_calls import acts, call, question_of
from tests.talk import labels

USERS = range(1, 51)
KILLS = 10
ANSWERED_WITHIN_S = 120
REQUESTS_BETWEEN = 18  # to the model, from one kill to the next, at the most


def plan(request: Json) -> Any:
    """Two notes at once, a look, a reminder: three rounds, slow enough to be killed in."""
    user = question_of(request).split()[1]
    return acts(
        [call("save_note", text=f"раз от {user}"), call("save_note", text=f"два от {user}")],
        call("list_reminders"),
        call("set_reminder", text=f"сохрани {user}", when="завтра в 9"),
        then="Сделано.",
        first_delay=0.05,
    )(request)


def test_ten_kills_do_nothing_twice_and_leave_nothing_undone(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    seed = random.randrange(10**6)
    rng = random.Random(seed)
    model.default = plan
    bot = start_bot()
    for part in range(KILLS):
        for user in USERS[part * 5 : part * 5 + 5]:
            api.text(user, f"сохрани {user} два раза, поставь на завтра в 9: сохрани {user}")
        _wait_requests(model, len(model.requests) + rng.randrange(1, REQUESTS_BETWEEN))
        bot.send_signal(signal.SIGKILL)
        assert bot.wait() == -signal.SIGKILL, f"seed {seed}"
        bot.start(ready=False)
    try:
        api.wait(lambda a: all(_is_answered(a, user) for user in USERS), ANSWERED_WITHIN_S)
    except AssertionError as error:
        left = [user for user in USERS if not _is_answered(api, user)]
        raise AssertionError(f"seed {seed}: no answer to {left}\n{bot.log[-2000:]}") from error
    for user in USERS:
        assert bot.notes(user) == [f"раз от {user}", f"два от {user}"], f"seed {seed}, {user}"
        reminders = bot.query("SELECT text FROM reminders WHERE user_id = ?", user)
        assert reminders == [(f"сохрани {user}",)], f"seed {seed}, {user}"
    assert bot.query("SELECT count(*) FROM calls WHERE effect IS NOT NULL") == [(150,)]
    assert bot.query("SELECT count(*) FROM calls WHERE result IS NULL") == [(0,)]
    called = [
        name for (name,) in bot.query("SELECT name FROM calls ORDER BY turn_id, round, place")
    ]
    # What was stored is not asked for anew.
    assert called == ["save_note", "save_note", "list_reminders", "set_reminder"] * len(USERS)


def _wait_requests(model: ModelServer, count: int) -> None:
    model.wait(lambda: len(model.requests) >= count)


def _is_answered(api: BotApi, user: int) -> bool:
    return any("↩️" in labels(m) and "Сделано." in m["text"] for m in api.sent(user))
