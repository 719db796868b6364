"""`python bot.py` as a process of its own, in a folder of its own."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.emulators.bot_api import BotApi
from tests.emulators.waiting import WAIT_S
from tests.ports import free_port

BOT = Path(__file__).parents[1] / "bot.py"


def webhook_settings(api: BotApi, path: str = "/telegram") -> dict[str, str]:
    """The settings of a bot to which the emulator delivers, as a local Bot API server does."""
    api.webhook.local_mode = True
    listen = f"127.0.0.1:{free_port()}"
    return {"WEBHOOK_URL": f"http://{listen}{path}", "WEBHOOK_LISTEN": listen}


class BotProcess:
    """Starts the bot against an emulated Bot API and reads its log."""

    def __init__(
        self, folder: Path, api: BotApi, settings: Mapping[str, str], program: Path = BOT
    ) -> None:
        self.folder = folder
        self._program = program
        self.database = Path(settings.get("DB_PATH", folder / "notes.db"))
        self._api = api
        self._settings = {
            "TOKEN": api.token,
            "TELEGRAM_API_URL": api.url,
            "TIMEZONE": "Europe/Moscow",
            **settings,
        }
        self._ready_with = "setWebhook" if "WEBHOOK_URL" in settings else "getUpdates"
        self._process: subprocess.Popen[bytes] | None = None
        self._log = folder / "bot.log"

    def start(self, *, ready: bool = True) -> "BotProcess":
        """Start, and with `ready` wait for the first poll, or until the webhook is set."""
        before = self._calls()
        # Coverage of the machine's own settings must not leak in, PATH and the like may.
        inherited = {k: v for k, v in os.environ.items() if k not in own_settings()}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(self._program)],
                cwd=self.folder,
                env={**inherited, "PYTHONUNBUFFERED": "1", **self._settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if ready:
            self._api.wait(lambda _: self._calls() > before or self.is_over(), WAIT_S)
            assert not self.is_over(), self.log
        return self

    def send_signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self, timeout_s: float = WAIT_S) -> int:
        """The exit status."""
        assert self._process is not None
        return self._process.wait(timeout_s)

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        self.send_signal(signal.SIGTERM)
        return self.wait()

    def is_over(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def kill(self) -> None:
        """SIGKILL: no chance to finish anything."""
        if self._process is not None and not self.is_over():
            self.send_signal(signal.SIGKILL)
            self.wait()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8") if self._log.exists() else ""

    def notes(self, user_id: int) -> list[str]:
        """What the database holds, in the order of the numbers."""
        return [
            row[0]
            for row in self.query(
                "SELECT text FROM notes WHERE user_id = ? ORDER BY number", user_id
            )
        ]

    def query(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Look into the database beside the running bot."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql, parameters).fetchall()

    def _calls(self) -> int:
        ways = {"getUpdates": self._api.arrived, "setWebhook": self._api.calls}
        calls = list(ways[self._ready_with])
        return sum(c.method == self._ready_with and c.status in (0, 200) for c in calls)


def run_option(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`python bot.py --backup …` and the like, in the folder of a bot."""
    return subprocess.run(
        [sys.executable, str(BOT), *options],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=WAIT_S,
        check=False,
    )


def own_settings() -> set[str]:
    example = BOT.with_name(".env.example").read_text("utf-8")
    return {line.split("=")[0] for line in example.splitlines() if "=" in line and line[0] != "#"}
