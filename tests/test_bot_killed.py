"""Nothing is lost: the process is killed or stopped again and again, or kills itself."""

import random
import signal
import time
from bisect import bisect
from pathlib import Path

import pytest

from tests.conftest import StartBot
from tests.crowd import NOTES_EACH, USERS, Crowd
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer, answer, echo
from tests.process import BotProcess, webhook_settings
from tests.talk import ANNA, BORIS, VERA
from texts import failures as texts
from texts import notes as texts_notes
from worker.lanes import ERROR_PAUSE_S

WILD_BOT = Path(__file__).parent / "data" / "wild_bot.py"
ENDS = 10
ALL_ANSWERED_S = 180
CALLS_BETWEEN = 250  # calls of the bot from one end to the next, at the most


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("way", ["polling", "webhook"])
def test_ten_ends_lose_nothing(
    api: BotApi, model: ModelServer, start_bot: StartBot, end: signal.Signals, way: str
) -> None:
    seed = random.randrange(10**6)
    rng = random.Random(seed)
    crowd = Crowd(rng)
    model.default = echo
    bot = start_bot(**(webhook_settings(api) if way == "webhook" else {}))
    ends: list[float] = []
    for part in range(ENDS):
        crowd.say(api, part, ENDS + 1)
        _wait_calls(api, rng.randrange(CALLS_BETWEEN))
        bot.send_signal(end)
        assert bot.wait() == (-signal.SIGKILL if end == signal.SIGKILL else 0), f"seed {seed}"
        ends.append(time.monotonic())
        bot.start(ready=end == signal.SIGTERM)
    crowd.say(api, ENDS, ENDS + 1)
    _wait_all_answered(api, crowd, seed)
    for user in USERS:
        assert bot.notes(user) == crowd.notes[user], f"seed {seed}, user {user}"
        heard = crowd.answers(api, user)
        expected = NOTES_EACH + (user in crowd.asking)
        assert len(heard) == expected, f"seed {seed}, user {user}: {list(heard)[expected:]}"
        first = [moments[0] for moments in heard.values()][:NOTES_EACH]
        assert first == sorted(first), f"seed {seed}: answers of {user} out of order"
        for words, moments in heard.items():
            # What a process sent last may be read after its death; a new one needs longer to speak.
            lives = {bisect(ends, moment - 0.1) for moment in moments}
            # Said twice in one life, or at all if it was told to stop, is said once too often.
            most = len(lives) if end == signal.SIGKILL else 1
            assert len(moments) == most, (
                f"seed {seed}: {user} heard {words!r} at {moments}, ends {ends}\n{bot.log[-2000:]}"
            )


def _wait_all_answered(api: BotApi, crowd: Crowd, seed: int) -> None:
    try:
        api.wait(lambda _: not crowd.unanswered(api), ALL_ANSWERED_S)
    except AssertionError:
        raise AssertionError(f"seed {seed}: no answer to {crowd.unanswered(api)}") from None


def _wait_calls(api: BotApi, count: int) -> None:
    """Until the bot has made so many calls more, or has nothing to say."""
    reached = len(api.arrived) + count
    api.wait(lambda a: len(a.arrived) >= reached or not a.pending)


def test_an_update_that_kills_the_process_five_times_is_set_aside(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    model.default = answer("Ответ.", delay=0.3)
    bot = start_bot(program=WILD_BOT)
    neighbours = range(1, 21)
    for user in neighbours:
        api.text(user, "/note_add сосед")
        api.text(user, "/ask вопрос соседа")
    api.text(ANNA, "/note_add до яда")
    api.text(ANNA, "/die")
    api.text(ANNA, "/note_add после яда")
    _let_it_die(bot, 5)
    assert api.wait_answer(ANNA, "раз за разом")["text"] == texts.SET_ASIDE
    api.wait_answer(ANNA, texts_notes.note_added(2))
    assert bot.notes(ANNA) == ["до яда", "после яда"]
    for user in neighbours:
        api.wait_answer(user, "Ответ.")
        api.wait_answer(user, texts_notes.note_added(1))
        assert bot.notes(user) == ["сосед"]
        assert texts.SET_ASIDE not in [message["text"] for message in api.sent(user)]
    assert not bot.is_over()


def test_work_that_kills_the_process_five_times_is_set_aside(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    model.default = answer("Ответ.", delay=0.3)
    bot = start_bot(program=WILD_BOT)
    for user in range(1, 4):
        api.text(user, "/ask вопрос соседа")
    api.text(ANNA, "/die_at_work")
    _let_it_die(bot, 5)
    assert api.wait_answer(ANNA)["text"] == texts.SET_ASIDE
    for user in range(1, 4):
        api.wait_answer(user, "Ответ.")
    assert not bot.is_over()
    api.wait(lambda _: bot.query("SELECT count(*) FROM tasks WHERE done_at IS NULL") == [(0,)])


def _let_it_die(bot: BotProcess, times: int) -> None:
    for _ in range(times):
        assert bot.wait() == 9, bot.log
        bot.start(ready=False)


def test_a_handler_that_raises_is_told_and_disturbs_nobody(
    api: BotApi, start_bot: StartBot
) -> None:
    bot = start_bot(program=WILD_BOT)
    for user in (ANNA, BORIS):
        api.text(user, "/fail")
        api.text(user, "/note_add дальше")
    began = time.monotonic()
    api.text(VERA, "/note_add рядом")
    for user in (ANNA, BORIS):
        assert [m["text"] for m in api.wait_sent(user, 2)] == [
            texts.HANDLER_FAILED,
            texts_notes.note_added(1),
        ]
    assert api.wait_sent(VERA)[0]["_at"] - began < ERROR_PAUSE_S
    assert bot.notes(ANNA) == ["дальше"]
    assert bot.log.count('raise RuntimeError("boom")') == 2
    assert api.conflicts == 0


def test_work_that_raises_is_told(api: BotApi, start_bot: StartBot) -> None:
    bot = start_bot(program=WILD_BOT)
    api.text(ANNA, "/fail_at_work")
    api.text(ANNA, "/note_add дальше")
    said = {message["text"] for message in api.wait_sent(ANNA, 2)}
    assert said == {texts.HANDLER_FAILED, texts_notes.note_added(1)}
    assert 'raise RuntimeError("bang")' in bot.log
