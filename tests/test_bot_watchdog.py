"""Alive means alive, in a whole bot: what ends its signs of life, and what does not."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer, answer
from tests.process import BotProcess, webhook_settings
from tests.systemd import Systemd
from tests.talk import ANNA, BORIS
from texts import notes as texts

IMPATIENT_BOT = Path(__file__).parent / "data" / "impatient_bot.py"
LOOK_S = 0.1
Trouble = Callable[[BotApi, BotProcess], AbstractContextManager[None]]


@contextmanager
def hanging(api: BotApi, bot: BotProcess, command: str) -> Iterator[None]:
    file = bot.folder / "hang"
    file.touch()
    api.text(ANNA, command)
    yield
    file.unlink()


@contextmanager
def locked(api: BotApi, bot: BotProcess) -> Iterator[None]:
    with closing(sqlite3.connect(bot.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def idle(api: BotApi, bot: BotProcess) -> Iterator[None]:
    yield  # a poll of 4 s, where one of half a second is expected


TROUBLES: dict[str, tuple[Trouble, dict[str, float], str]] = {
    "a lane that hangs": (
        lambda api, bot: hanging(api, bot, "/hang"),
        {"LANE_S": 1},
        "ждёт своей очереди",
    ),
    "a handler that holds the database": (
        lambda api, bot: hanging(api, bot, "/hang_writing"),
        {"WRITE_S": 1},
        "в базу не получается записать",
    ),
    "a database that another program holds": (
        locked,
        {"WRITE_S": 1},
        "в базу не получается записать",
    ),
    "a poll that does not end": (idle, {"POLL_S": 0.5}, "опрос Telegram не завершался"),
}


def _start(start_bot: StartBot, systemd: Systemd, **settings: str | dict[str, float]) -> BotProcess:
    times = json.dumps({"LOOK_EVERY_S": LOOK_S, **settings.pop("times")})  # type: ignore[dict-item]
    bot = start_bot(program=IMPATIENT_BOT, NOTIFY_SOCKET=systemd.path, WATCHDOG=times, **settings)
    assert systemd.next() == "READY=1"
    assert systemd.next() == "WATCHDOG=1"
    return bot


@pytest.mark.parametrize(("trouble", "times", "words"), TROUBLES.values(), ids=TROUBLES)
def test_the_signs_of_life_end_and_come_again(
    api: BotApi,
    start_bot: StartBot,
    systemd: Systemd,
    trouble: Trouble,
    times: dict[str, float],
    words: str,
) -> None:
    bot = _start(start_bot, systemd, times=times)
    with trouble(api, bot):
        api.wait(lambda _: words in bot.log, 20)
        assert "systemd прекращаю" in bot.log
    api.wait(lambda _: "снова работает" in bot.log, 20)
    systemd.drain()
    assert systemd.next() == "WATCHDOG=1"
    assert "Traceback" not in bot.log


def test_there_is_no_sign_of_life_while_something_is_wrong(
    api: BotApi, start_bot: StartBot, systemd: Systemd
) -> None:
    bot = _start(start_bot, systemd, times={"LANE_S": 0.5})
    with hanging(api, bot, "/hang"):
        api.wait(lambda _: "ждёт своей очереди" in bot.log, 20)
        systemd.drain()
        api.text(BORIS, "/note_add другие очереди идут")
        api.wait_answer(BORIS, texts.note_added(1))
        assert systemd.is_quiet()
    api.wait_answer(ANNA, "отвисло")


WELL: dict[str, Callable[[BotApi, ModelServer], object]] = {
    "nothing to do": lambda api, model: None,
    "a question that takes its time": lambda api, model: api.text(ANNA, "/ask вопрос"),
    "Telegram out of reach": lambda api, model: (
        api.fail("sendMessage", status=502, times=None),
        api.text(ANNA, "/note_add раз"),
    ),
}


@pytest.mark.parametrize("way", ["polling", "webhook"])
@pytest.mark.parametrize("begin", WELL.values(), ids=WELL)
def test_patience_is_no_illness(
    api: BotApi,
    model: ModelServer,
    start_bot: StartBot,
    systemd: Systemd,
    way: str,
    begin: Callable[[BotApi, ModelServer], object],
) -> None:
    model.default = answer("Ответ.", delay=60)
    polls = {} if way == "polling" else {"POLL_S": 0.1}
    settings = webhook_settings(api) if way == "webhook" else {}
    bot = _start(start_bot, systemd, times={"LOOK_EVERY_S": 0.25, "LANE_S": 2, **polls}, **settings)
    begin(api, model)
    systemd.drain()
    for _ in range(12):  # a look each: in all, longer than a lane may stand
        assert systemd.next() == "WATCHDOG=1"
    assert "не работает как следует" not in bot.log
