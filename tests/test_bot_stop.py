"""Being told to stop: what runs is finished, what is left is kept, and nobody waits for long."""

import signal
import time
from pathlib import Path

from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer, answer, stall
from tests.process import BotProcess
from tests.talk import ANNA, BORIS
from worker.service import STOP_S

WILD_BOT = Path(__file__).parent / "data" / "wild_bot.py"
HANGS = stall(0, 100)
KILLED_AFTER_S = 20  # by systemd and by Docker, as deploy/ and compose.yaml have it


def test_running_answers_are_finished_first(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    model.default = answer("Ответ.", delay=1.5)
    bot = start_bot()
    api.text(ANNA, "/ask вопрос")
    model.wait(lambda: model.requests)
    bot.send_signal(signal.SIGTERM)
    api.wait(lambda _: "Останавливаюсь" in bot.log)
    api.text(BORIS, "/note_add после")
    assert bot.wait() == 0
    assert len(api.sent(ANNA)) == 1
    assert api.sent(BORIS) == []
    bot.start()
    api.wait_answer(BORIS, "#1")
    assert len(api.sent(ANNA)) == 1
    assert len(model.requests) == 1


def test_what_hangs_is_left_in_time_and_done_after_the_next_start(
    api: BotApi, model: ModelServer, start_bot: StartBot, tmp_path: Path
) -> None:
    model.default = HANGS
    asked = start_bot()
    for user in (ANNA, BORIS):
        api.text(user, "/ask вопрос")
    model.wait(lambda: len(model.requests) == 2)
    with BotApi() as second_api:
        frozen = _frozen(second_api, tmp_path / "frozen", model)
        began = time.monotonic()
        asked.send_signal(signal.SIGTERM)
        frozen.send_signal(signal.SIGTERM)
        assert asked.wait(KILLED_AFTER_S) == 0
        assert time.monotonic() - began >= STOP_S, "running answers have ten seconds"
        assert frozen.wait(KILLED_AFTER_S - (time.monotonic() - began)) == 0
    assert "продолжатся при следующем запуске" in asked.log
    assert asked.query("SELECT attempts FROM tasks WHERE kind = 'question'") == [(0,), (0,)]
    model.default = answer("Ответ.")
    asked.start()
    for user in (ANNA, BORIS):
        api.wait_answer(user, "Ответ.")
        assert len(api.sent(user)) == 1


def _frozen(api: BotApi, folder: Path, model: ModelServer) -> BotProcess:
    """A bot whose database a command holds for a minute."""
    folder.mkdir()
    bot = BotProcess(folder, api, {"OPENROUTER_BASE_URL": model.url}, WILD_BOT).start()
    update = api.text(ANNA, "/freeze").update_id
    api.wait_confirmed(update)
    return bot


def test_a_second_ctrl_c_ends_it_at_once_without_loss(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    model.default = HANGS
    bot = start_bot()
    api.text(ANNA, "/ask вопрос")
    api.text(ANNA, "/note_add заметка")
    model.wait(lambda: model.requests)
    api.wait_answer(ANNA, "#1")
    bot.send_signal(signal.SIGINT)
    api.wait(lambda _: "Останавливаюсь" in bot.log)
    api.text(ANNA, "/note_add ещё")
    began = time.monotonic()
    bot.send_signal(signal.SIGINT)
    assert bot.wait() == 128 + signal.SIGINT
    assert time.monotonic() - began < STOP_S / 2
    model.default = answer("Ответ.")
    bot.start()
    api.wait_answer(ANNA, "Ответ.")
    api.wait_answer(ANNA, "#2")
    assert bot.notes(ANNA) == ["заметка", "ещё"]
    assert len(api.sent(ANNA)) == 3


def test_a_second_bot_on_the_same_database_is_refused(
    api: BotApi, start_bot: StartBot, tmp_path: Path
) -> None:
    first = start_bot()
    other = tmp_path / "other"
    other.mkdir()
    (other / "link.db").symlink_to(first.database)
    for name in (str(first.database), str(other / "link.db")):
        second = start_bot(ready=False, folder=other, DB_PATH=name)
        assert second.wait() == 2
        assert "уже работает другой запущенный бот" in second.log
        assert "Traceback" not in second.log
    api.text(ANNA, "/note_add первый работает")
    api.wait_answer(ANNA, "#1")
    first.kill()
    assert start_bot(folder=other, DB_PATH=str(first.database)).stop() == 0
