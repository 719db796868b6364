"""The bot with a few commands more that misbehave as no command should."""

import os
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).parents[2]))

import bot
import worker.quarantine
from handlers import commands
from handlers.commands import Action, TaskKind
from handlers.context import App
from handlers.types import Reply, Request, Task
from texts import commands as words


def die(app: App, request: Request) -> NoReturn:
    """End the process as a crash would, the note written before undone."""
    app.notes.add(request.user_id, "яд", request.date)
    os._exit(9)


def fail(app: App, request: Request) -> NoReturn:
    """Raise after an effect."""
    app.notes.add(request.user_id, "недописанное", request.date)
    raise RuntimeError("boom")


def freeze(app: App, request: Request) -> Reply:
    """Hold the database for a minute."""
    app.notes.add(request.user_id, "долго", request.date)
    time.sleep(60)
    return Reply("never said")


def die_at_work(app: App, request: Request, args: dict[str, Any]) -> NoReturn:
    """End the process outside any transaction."""
    os._exit(9)


def fail_at_work(app: App, request: Request, args: dict[str, Any]) -> NoReturn:
    """Raise outside any transaction."""
    raise RuntimeError("bang")


commands.COMMANDS += (
    Action("die", die, writes=True),
    Action("fail", fail, writes=True),
    Action("freeze", freeze, writes=True),
    Action("die_at_work", lambda app, request: Reply(tasks=(Task("die"),))),
    Action("fail_at_work", lambda app, request: Reply(tasks=(Task("fail"),))),
)
worker.quarantine.UPTIME_BEFORE_S = (0.0, 0.0, 0.3, 0.6, 0.9)  # the tests are in a hurry
words.COMMANDS.update({command.name: ("", "misbehave") for command in commands.COMMANDS[-5:]})
commands.TASKS["die"] = TaskKind("die", die_at_work, "typing")
commands.TASKS["fail"] = TaskKind("fail", fail_at_work, "typing")

if __name__ == "__main__":
    os._exit(bot.main())
