"""The bot with a watchdog whose times are in WATCHDOG, as JSON, and two commands that hang.

Each hangs for as long as there is a file named `hang` in the folder of the bot.
"""

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import bot
import db
import worker.watchdog
from handlers import commands
from handlers.commands import Action
from handlers.context import App
from handlers.types import Reply, Request
from texts import commands as words


def hang(app: App, request: Request) -> Reply:
    """Hang; with `writes` the database hangs too."""
    while Path("hang").exists():
        time.sleep(0.02)
    return Reply("отвисло")


commands.COMMANDS += (Action("hang", hang), Action("hang_writing", hang, writes=True))
words.COMMANDS.update({command.name: ("", "hang") for command in commands.COMMANDS[-2:]})
for name, value in json.loads(os.environ["WATCHDOG"]).items():
    setattr(worker.watchdog, name, value)
db.BUSY_TIMEOUT_S = 0.1
db.WRITE_TIMEOUT_S = 1.0

if __name__ == "__main__":
    os._exit(bot.main())
