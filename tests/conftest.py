"""What the tests share: a fresh database, and the bot as a process beside emulated servers."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from telebot import apihelper

from db import Database
from openrouter_client import OpenRouter
from storage.notes import Notes
from storage.search import Search
from tests.certificates import Authority
from tests.emulators.bot_api import BotApi
from tests.emulators.gigachat_server import GigaChatServer
from tests.emulators.model_server import ModelServer
from tests.gigachat import KEY
from tests.inside import Inside
from tests.process import BOT, BotProcess
from tests.systemd import Systemd
from tests.talk import ANNA, Talk

if TYPE_CHECKING:
    from tests.emulators.bucket import BucketServer
    from tests.function_host import FunctionHost

# Russian is what the bot speaks where no locale is set; a developer's own is not for the tests.
for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
    os.environ.pop(name, None)
os.environ["LANG"] = "C.UTF-8"

StartBot = Callable[..., BotProcess]
StartInside = Callable[..., Inside]


@dataclass(frozen=True)
class Shared:
    """A bot and the servers that it knows."""

    api: BotApi
    model: ModelServer
    bot: BotProcess


@pytest.fixture(autouse=True)
def telebot_as_it_was() -> Iterator[None]:
    """telebot has one address and one sender for the whole process: no test leaves its own."""
    names = ("API_URL", "FILE_URL", "CUSTOM_REQUEST_SENDER")
    with mock.patch.multiple(apihelper, **{name: getattr(apihelper, name) for name in names}):
        yield


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "notes.db")
    yield database
    database.close()


@pytest.fixture
def notes(db: Database) -> Notes:
    return Notes(db)


@pytest.fixture
def search(db: Database) -> Search:
    return Search(db)


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as server:
        yield server
        assert server.spec_violations == []


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def server(model: ModelServer) -> ModelServer:
    """The model server, for tests in which no bot asks it."""
    return model


@pytest.fixture
def client(server: ModelServer) -> OpenRouter:
    return OpenRouter("sk-or-test", server.url, backoff_s=0.001)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"), "ours")


@pytest.fixture
def gigachat(authority: Authority) -> Iterator[GigaChatServer]:
    with GigaChatServer(authority.context, key=KEY) as server:
        yield server
        server.gate.set()


@pytest.fixture
def start_bot(api: BotApi, model: ModelServer, tmp_path: Path) -> Iterator[StartBot]:
    """Starts bots that are killed at the end of the test: start_bot(SETTING="value", …)."""
    started: list[BotProcess] = []

    def start(
        *, ready: bool = True, folder: Path = tmp_path, program: Path = BOT, **settings: str
    ) -> BotProcess:
        defaults = {
            "OPENROUTER_API_KEY": "sk-or-test-key",
            "OPENROUTER_BASE_URL": model.url,
            "ALLOWED_USERS": "*",
        }
        started.append(BotProcess(folder, api, {**defaults, **settings}, program))
        return started[-1].start(ready=ready)

    yield start
    for bot in started:
        bot.kill()


@pytest.fixture
def anna(api: BotApi, start_bot: StartBot) -> Talk:
    """Anna, and a bot that everybody may use."""
    start_bot()
    return Talk(api, ANNA)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """One bot for all tests of a file: each of them needs people of its own."""
    folder = tmp_path_factory.mktemp("shared")
    with BotApi() as api, ModelServer() as model:
        settings = {
            "OPENROUTER_API_KEY": "sk-or-test-key",
            "OPENROUTER_BASE_URL": model.url,
            "ALLOWED_USERS": "*",
        }
        bot = BotProcess(folder, api, settings).start()
        yield Shared(api, model, bot)
        bot.kill()
        assert api.spec_violations == []


@pytest.fixture
def bucket() -> Iterator["BucketServer"]:
    from tests.emulators.bucket import BucketServer  # moto takes a second to import

    with BucketServer() as server:
        yield server


@pytest.fixture
def host(
    tmp_path: Path, api: BotApi, model: ModelServer, bucket: "BucketServer"
) -> Iterator["FunctionHost"]:
    from tests.function_host import FunctionHost

    with FunctionHost(tmp_path, api, model, bucket) as platform:
        yield platform


@pytest.fixture
def start_inside(tmp_path: Path) -> Iterator[StartInside]:
    """Starts the bot in this thread; started again, it is the same one after a restart."""
    running: list[Inside] = []

    def start(**settings: str) -> Inside:
        if running:
            running.pop().close()
        running.append(Inside(tmp_path, **settings))
        return running[0]

    yield start
    for inside in running:
        inside.close()


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Systemd]:
    listener = Systemd(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", listener.path)
    yield listener
    listener.close()
