"""How many questions one may ask: counted over restarts and over midnight in the bot's own zone."""

import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from db import Database
from storage.usage import Usage
from tests.conftest import StartBot, StartInside
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer
from tests.inside import Inside
from tests.talk import ANNA, BORIS, Talk
from worker.service import USAGE_KEPT_S

MOSCOW = ZoneInfo("Europe/Moscow")
ASKED = "не могу ответить"  # what a question is answered with no key


@pytest.fixture
def start(start_inside: StartInside) -> StartInside:
    return lambda **settings: start_inside(ALLOWED_USERS="*", **settings)


def _ask(inside: Inside, user_id: int = ANNA) -> str:
    (said,) = inside.text(user_id, "/ask что?")
    return said


def test_questions_a_minute(start: StartInside) -> None:
    inside = start(ASK_PER_MINUTE="2")
    assert ASKED in _ask(inside)
    inside.now += 20
    assert ASKED in _ask(inside)
    assert _ask(inside) == ("Не так быстро: 2 вопроса в минуту. Следующий можно задать через 40 с.")
    assert ASKED in _ask(inside, BORIS)
    inside.now += 39
    assert "через 1 с" in _ask(inside)
    inside.now += 1
    assert ASKED in _ask(inside)
    assert "через 20 с" in _ask(inside)


def test_questions_a_day_until_midnight_in_the_bots_zone(start: StartInside) -> None:
    inside = start(ASK_PER_DAY="2")
    inside.now = datetime(2026, 3, 1, 22, 30, tzinfo=MOSCOW).timestamp()
    assert ASKED in _ask(inside)
    inside = start(ASK_PER_DAY="2")
    inside.now = datetime(2026, 3, 1, 22, 48, tzinfo=MOSCOW).timestamp()
    assert ASKED in _ask(inside)
    assert _ask(inside) == (
        "На сегодня всё: 2 вопроса в день. Следующий можно задать завтра, через 1 ч 12 мин."
    )
    inside.now = datetime(2026, 3, 1, 23, 59, 59, tzinfo=MOSCOW).timestamp()
    assert "через 1 с" in _ask(inside)
    inside.now += 1
    assert ASKED in _ask(inside)


def test_an_empty_question_is_not_counted(start: StartInside) -> None:
    inside = start(ASK_PER_DAY="1")
    assert "О чём спросить?" in inside.text(ANNA, "/ask")[0]
    assert ASKED in _ask(inside)


def test_a_clock_set_back_does_not_shut_anybody_out(start: StartInside) -> None:
    inside = start(ASK_PER_MINUTE="1")
    inside.now += 10_000
    _ask(inside)
    inside.now -= 10_000
    assert ASKED in _ask(inside)


def test_usage_of_today_and_of_the_month(start: StartInside) -> None:
    inside = start(ASK_PER_DAY="50", ASK_PER_MINUTE="5")
    inside.now = datetime(2026, 2, 28, 23, 0, tzinfo=MOSCOW).timestamp()
    _ask(inside)
    for day in (1, 2):
        inside.now = datetime(2026, 3, day, 12, 0, tzinfo=MOSCOW).timestamp()
        _ask(inside)
        inside.app.usage.record(ANNA, int(inside.now), 10, 11)
    _ask(inside, BORIS)
    assert inside.text(ANNA, "/usage") == [
        "Сегодня: 1 вопрос, 21 токен (вопросы 10, ответы 11)\n"
        "За март: 2 вопроса, 42 токена (вопросы 20, ответы 22)\n"
        "Можно: 5 вопросов в минуту, 50 вопросов в день."
    ]


def test_old_usage_is_forgotten(start: StartInside) -> None:
    inside = start()
    inside.app.usage.asked(ANNA, 100)
    inside.app.usage.asked(ANNA, 200)
    inside.app.usage.forget(200)
    assert inside.app.usage.since(ANNA, 0).questions == 1


def test_what_no_summary_looks_at_any_more_is_dropped_by_the_bot(
    start_bot: StartBot, tmp_path: Path
) -> None:
    now = int(time.time())
    with closing(Database(tmp_path / "notes.db")) as db:
        for moment in (now - USAGE_KEPT_S - 60, now - USAGE_KEPT_S + 3600, now):
            Usage(db).asked(ANNA, moment)
    bot = start_bot()
    assert len(bot.query("SELECT at FROM usage")) == 2


def test_the_day_limit_holds_over_a_restart_of_the_real_bot(
    start_bot: StartBot, api: BotApi, model: ModelServer
) -> None:
    bot, anna = start_bot(ASK_PER_DAY="1"), Talk(api, ANNA)
    assert "Привет!" in anna("/ask раз")
    assert bot.stop() == 0
    bot.start()
    assert anna("/ask два").startswith("На сегодня всё: 1 вопрос в день.")
    assert anna("/usage").startswith("Сегодня: 1 вопрос")
    assert len(model.requests) == 1
