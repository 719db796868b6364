"""The entry: reads the settings, wires the rooms together and runs until told to stop."""

import argparse
import logging
import os
import signal
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import FrameType

from filelock import FileLock, Timeout

import config
import logs
import terminal
import texts
from clock import Clock
from db import Database, DatabaseUnusableError
from dialogue import Dialogue
from handlers.app import App
from openrouter_client import OpenRouter
from storage.models import Models
from storage.notes import Notes
from storage.search import Search
from transport import console
from transport.files import TelegramFiles
from transport.service import Service, TokenRefusedError, introduce
from transport.telegram import RefusedError, Telegram, TelegramError

EXIT_WRONG = 2  # settings, token or database: the owner has to do something
CONSOLE_USER = 1

log = logging.getLogger("bot")


def main() -> int:
    """Run the bot; returns the exit status."""
    options = _options()
    can_ask = sys.stdin.isatty() and sys.stdout.isatty()
    try:
        settings = config.load(os.environ, token_needed=not (options.console or can_ask))
    except config.ConfigError as error:
        print(texts.SETTINGS_WRONG, *error.mistakes, sep="\n", file=sys.stderr)
        return EXIT_WRONG
    try:
        if options.console:
            settings = replace(settings, token="")
        elif not settings.token:
            token = terminal.ask_token(lambda given: _username(given, settings))
            settings = replace(settings, token=token or "")
        # In a terminal chat the everyday lines of the log would stand between the answers.
        in_chat = not settings.token and settings.log_level == "INFO"
        logs.set_up("WARNING" if in_chat else settings.log_level, settings.secrets)
        with FileLock(f"{settings.db_path}.lock", timeout=0, mode=0o600):
            _run(settings, _stop_on_signals())
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except TelegramError:
        return _failed(texts.TOKEN_UNCHECKED)
    except Timeout:
        return _failed(texts.already_running(settings.db_path))
    except TokenRefusedError:
        return _failed(texts.TOKEN_REFUSED)
    except DatabaseUnusableError as error:
        return _failed(str(error))
    return 0


def _run(settings: config.Settings, stopping: threading.Event) -> None:
    with closing(Database(settings.db_path)) as db:
        _serve(settings, stopping, db)


def _serve(settings: config.Settings, stopping: threading.Event, db: Database) -> None:
    if settings.token:
        telegram = Telegram(settings.token, settings.telegram_api_url)
        me = introduce(telegram, stopping)
        if me is None:
            return
        log.info("Бот @%s запущен, база %s", me.username, settings.db_path)
        Service(_wire(settings, db, telegram), db, telegram, me).run(stopping)
    else:
        terminal_chat = console.Console(CONSOLE_USER, sys.stdin, sys.stdout, Path.cwd())
        telegram = Telegram(console.TOKEN, "http://console", terminal_chat)
        service = Service(_wire(settings, db, telegram), db, telegram, telegram.get_me())
        reader = threading.Thread(
            target=terminal_chat.read, args=(service.is_idle, stopping.set), daemon=True
        )
        reader.start()
        service.run(stopping)


def _wire(settings: config.Settings, db: Database, telegram: Telegram) -> App:
    models = Models(db)
    client = OpenRouter(settings.openrouter_api_key, settings.openrouter_base_url)
    return App(
        settings=settings,
        clock=Clock(settings.timezone),
        notes=Notes(db),
        search=Search(db),
        models=models,
        dialogue=Dialogue(models, client, settings.max_tokens),
        files=TelegramFiles(telegram),
        pictures=bool(settings.token),  # a terminal shows text only
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Бот с заметками и вопросами к нейросетям")
    parser.add_argument(
        "--console", action="store_true", help="разговор в терминале, без Telegram и токена"
    )
    return parser.parse_args()


def _stop_on_signals() -> threading.Event:
    """The event that SIGTERM and Ctrl-C set; a second Ctrl-C ends the process at once.

    Nothing is lost by that: whatever is not done is stored.
    """
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        if stopping.is_set() and number == signal.SIGINT:
            os._exit(128 + number)
        stopping.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    return stopping


def _username(token: str, settings: config.Settings) -> str | None:
    """The username of the bot with this token, None when Telegram refuses it."""
    try:
        return str(Telegram(token, settings.telegram_api_url).get_me().username)
    except RefusedError:
        return None


def _failed(message: str) -> int:
    print(message, file=sys.stderr)
    return EXIT_WRONG


if __name__ == "__main__":
    # A thread that holds the database's write lock must not wait 5 ms for Python's own lock.
    sys.setswitchinterval(0.0005)
    status = main()
    logging.shutdown()
    sys.stdout.flush()
    # Threads that still wait for an answer must not hold the process; what they do is stored.
    os._exit(status)
