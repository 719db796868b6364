"""How the program starts and ends: settings, token, database, console, signals."""

import os
import pty
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.model_behaviours import Call, error, json_body
from tests.emulators.model_server import ModelServer
from tests.process import BOT
from worker.service import STOP_S


def test_mistakes_in_settings_end_with_status_2_and_no_traceback(start_bot: StartBot) -> None:
    bot = start_bot(ready=False, MAX_TOKENS="много", LOG_LEVEL="LOUD")
    assert bot.wait() == 2
    assert "MAX_TOKENS «много»" in bot.log
    assert "LOG_LEVEL «LOUD»" in bot.log
    assert "Traceback" not in bot.log


def test_a_missing_token_is_told_with_the_other_mistakes(start_bot: StartBot) -> None:
    bot = start_bot(ready=False, TOKEN="", MAX_TOKENS="0")
    assert bot.wait() == 2
    assert "@BotFather" in bot.log
    assert "MAX_TOKENS" in bot.log


def test_a_refused_token_ends_with_status_2(start_bot: StartBot) -> None:
    bot = start_bot(ready=False, TOKEN="777:refused")
    assert bot.wait() == 2
    assert "Telegram не принял TOKEN" in bot.log
    assert "Traceback" not in bot.log
    assert "777:refused" not in bot.log


def test_an_unusable_database_ends_with_status_2(start_bot: StartBot, tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_bytes(b"not a database at all" * 99)
    bot = start_bot(ready=False)
    assert bot.wait() == 2
    assert "не база SQLite" in bot.log
    assert "Traceback" not in bot.log


def test_sigterm_and_ctrl_c_end_an_idle_bot_at_once(start_bot: StartBot) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        bot = start_bot()
        bot.send_signal(number)
        assert bot.wait(STOP_S / 2) == 0


def test_the_command_menu_is_set_even_if_telegram_stumbles(
    api: BotApi, start_bot: StartBot
) -> None:
    api.fail("setMyCommands", status=502)
    start_bot()
    api.wait(lambda a: [c for c in a.calls_to("setMyCommands") if c.status == 200])


def _console(folder: Path, typed: str) -> str:
    done = subprocess.run(
        [sys.executable, str(BOT), "--console"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "TIMEZONE": "Europe/Moscow"},
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_the_console_is_the_same_bot_without_token_and_network(tmp_path: Path) -> None:
    said = _console(
        tmp_path,
        "/note_add строка\\\nвторая\n/note_list\n/models\n4\n/model\n/ask что?\n/note_export\n",
    )
    assert "Сохранено: заметка #1." in said
    assert "строка\nвторая" in said
    assert "[4] Nemotron 3 Ultra 550B · бесплатно" in said
    assert "Сейчас отвечает 4. " in said
    assert "openrouter.ai/keys" in said
    (exported,) = tmp_path.glob("notes-*.txt")
    assert f"Файл сохранён: {exported}" in said
    assert "строка\nвторая" in exported.read_text("utf-8")


def test_the_console_keeps_its_notes_and_never_overwrites_a_file(tmp_path: Path) -> None:
    _console(tmp_path, "/note_add раз\n/note_export\n")
    _console(tmp_path, "/note_add два\n/note_export\n")
    first, second = sorted(tmp_path.glob("notes-*.txt"), key=lambda path: len(path.name))
    assert "два" not in first.read_text("utf-8")
    assert "два" in second.read_text("utf-8")


def test_the_database_keeps_to_the_promised_shape(tmp_path: Path) -> None:
    _console(tmp_path, "/note_add проверка\n")
    with sqlite3.connect(tmp_path / "notes.db") as connection:
        row = connection.execute("SELECT number, text, created_at > 1e9 FROM notes").fetchone()
        active = connection.execute("SELECT key FROM models WHERE active = 1").fetchall()
    connection.close()
    assert row == (1, "проверка", 1)
    assert active == [("openrouter/free",)]


CTRL_C = "\x03"


def _in_a_terminal(
    folder: Path, api: BotApi, typed: list[tuple[str, str]], **environment: str
) -> tuple[str, int]:
    """Start the bot in a terminal; type each line once the words before it are shown."""
    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(BOT)],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "TELEGRAM_API_URL": api.url} | environment,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    shown = ""
    for words, line in typed:
        while words not in shown:
            shown += os.read(screen, 4096).decode("utf-8", "replace")
        if line == CTRL_C:  # no job control here: the terminal would not turn it into a signal
            process.send_signal(signal.SIGINT)
        else:
            os.write(screen, line.encode())
    status = process.wait(20)
    os.close(screen)
    return shown, status


class _RefusedOnce:
    """The state of a key, for whoever asks a second time."""

    def __init__(self) -> None:
        self._next = [json_body(200, {"data": {"usage": 0}}, {}), error(401)]

    def play(self, call: Call) -> None:
        self._next.pop().play(call)


def test_in_a_terminal_token_and_key_are_asked_for_checked_and_saved(
    api: BotApi, model: ModelServer, tmp_path: Path
) -> None:
    model.pages["/key"] = _RefusedOnce()
    shown, status = _in_a_terminal(
        tmp_path,
        api,
        [
            ("TOKEN: ", "чепуха\n"),
            ("не похоже", "1:wrong\n"),
            ("не принял", f"{api.token}\n"),
            ("@notes_test_bot", "д\n"),
            ("OPENROUTER_API_KEY: ", "sk-or-wrong\n"),
            ("не принял этот ключ", "sk-or-right\n"),
            ("Ключ действует", "\n"),
            ("станет первый, кто отправит боту /start", CTRL_C),
        ],
        OPENROUTER_BASE_URL=model.url,
    )
    assert "@BotFather" in shown
    assert "Откройте https://t.me/notes_test_bot и отправьте /start." in shown
    assert status == 0
    env = tmp_path / ".env"
    assert env.read_text("utf-8") == f"TOKEN={api.token}\nOPENROUTER_API_KEY=sk-or-right\n"
    assert env.stat().st_mode & 0o777 == 0o600


def test_enter_without_a_token_begins_the_terminal_chat(api: BotApi, tmp_path: Path) -> None:
    shown, status = _in_a_terminal(
        tmp_path,
        api,
        [("TOKEN: ", "\n"), ("Ctrl-D", "/note_add x\n"), ("заметка #1", "\x04")],
    )
    assert "без Telegram" in shown
    assert status == 0
    assert not (tmp_path / ".env").exists()


def test_an_unknown_name_in_the_file_is_warned_about(start_bot: StartBot, tmp_path: Path) -> None:
    tmp_path.joinpath(".env").write_text("MAX_TOKEN=100\n", "utf-8")
    said = "неизвестная настройка MAX_TOKEN, она ни на что не влияет. Может быть, MAX_TOKENS?"
    assert said in start_bot().log
