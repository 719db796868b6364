"""The entry: reads the settings, wires the rooms together and runs until told to stop."""

import argparse
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

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
from transport import console
from transport.service import Service, TokenRefusedError, introduce
from transport.telegram import RefusedError, Telegram, TelegramError

EXIT_WRONG = 2  # settings, token or database: the owner has to do something
CONSOLE_USER = 1
LEAVE_S = 11.5  # what is not over then, after being told to stop, is left as it is

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
        with _sole_user(settings.db_path), closing(Database(settings.db_path)) as db:
            _serve(settings, db)
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


@contextmanager
def _sole_user(db_path: Path) -> Iterator[None]:
    """Hold the lock that a second bot on the same file, by whatever name, would need."""
    try:
        lock = FileLock(f"{db_path.resolve()}.lock", timeout=0, mode=0o600)
        lock.acquire()
    except OSError as error:
        if isinstance(error, Timeout):
            raise
        raise DatabaseUnusableError(texts.lock_unusable(db_path, error.strerror)) from error
    with lock:
        yield


def _serve(settings: config.Settings, db: Database) -> None:
    if settings.token:
        telegram = Telegram(settings.token, settings.telegram_api_url)
        me = introduce(telegram)
        service, stopping = Service(_wire(settings, db), db, telegram, me), _stop_on_signals()
        log.info("Бот @%s запущен, база %s", me.username, settings.db_path)
        service.run(stopping)
    else:
        stopping = _stop_on_signals()
        terminal_chat = console.Console(CONSOLE_USER, sys.stdin, sys.stdout, Path.cwd())
        telegram = Telegram(console.TOKEN, "http://console", terminal_chat)
        service = Service(_wire(settings, db), db, telegram, telegram.get_me())
        reader = threading.Thread(
            target=terminal_chat.read, args=(service.is_idle, stopping.set), daemon=True
        )
        reader.start()
        service.run(stopping)


def _wire(settings: config.Settings, db: Database) -> App:
    models = Models(db)
    client = OpenRouter(settings.openrouter_api_key, settings.openrouter_base_url)
    return App(
        settings=settings,
        clock=Clock(settings.timezone),
        notes=Notes(db),
        models=models,
        dialogue=Dialogue(models, client, settings.max_tokens),
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Бот с заметками и вопросами к нейросетям")
    parser.add_argument(
        "--console", action="store_true", help="разговор в терминале, без Telegram и токена"
    )
    return parser.parse_args()


def _stop_on_signals() -> threading.Event:
    """The event that SIGTERM and Ctrl-C set; a second Ctrl-C ends the process at once.

    Nothing is lost by that: whatever is not done is stored. Before this is called there is nothing
    to end in order, and the signals end the process as they do by default.
    """
    stopping = threading.Event()
    # A handler interrupts the main thread anywhere, and may take no lock that thread could hold:
    # putting into this queue is safe, setting the event is not.
    signals: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: signals.put(number))
    threading.Thread(target=_obey, args=(signals, stopping), name="signals", daemon=True).start()
    return stopping


def _obey(signals: "queue.SimpleQueue[int]", stopping: threading.Event) -> None:
    signals.get()
    stopping.set()
    deadline = time.monotonic() + LEAVE_S
    while (left := deadline - time.monotonic()) > 0:
        try:
            number = signals.get(timeout=left)
        except queue.Empty:
            break
        if number == signal.SIGINT:
            os._exit(128 + number)
    os._exit(0)


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
