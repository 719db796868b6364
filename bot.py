"""The entry: reads the settings, wires the rooms together and runs until told to stop."""

import argparse
import faulthandler
import io
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import config
import logs
import terminal
from db import BackupError, Database, DatabaseUnusableError, back_up
from doctor import examination
from handlers import access
from llm.client import ErrorKind, ProviderError
from openrouter_client import OpenRouter
from scratch import Scratch
from sole_user import Timeout, lock_path, sole_user
from storage.restore import RestoreError, restore
from telegram import console, webhook
from telegram.api import RefusedError, Telegram, TelegramError, UnauthorizedError
from telegram.polling import Poller
from telegram.screen import Screen
from telegram.webhook import WebhookServer
from texts import database as texts_database
from texts import doctor as texts_doctor
from texts import errors as texts_errors
from texts import hosting as texts_hosting
from texts import log as texts_log
from texts import settings as texts_settings
from texts import startup as texts
from wiring import wire
from worker.health import Health
from worker.service import Service, Source, TokenRefusedError, introduce
from worker.watchdog import BEAT_MOST_S, Watchdog, heartbeat_age

EXIT_WRONG = 2  # settings, token or database: the owner has to do something
CONSOLE_USER = 1
KEY_CHECK_S = 15.0
LEAVE_S = 11.5  # what is not over then, after being told to stop, is left as it is
LAST_WORD_S = 1.0  # for systemd to be told that the bot stops

log = logging.getLogger("bot")


class WebhookError(Exception):
    """The webhook cannot be served; the message says to the owner what is wrong."""


def main() -> int:
    """Run the bot; returns the exit status."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a «?» for what the terminal has no letter for
    os.umask(0o077)  # whatever file is made, it is made for the owner of the process only
    options = _options()
    if options.check:
        return examination.check(os.environ, asks=options.ask)
    can_ask = sys.stdin.isatty() and sys.stdout.isatty()
    is_tool = options.backup or options.restore or options.health
    token_needed = not (options.console or is_tool or can_ask)
    try:
        settings = config.load(os.environ, token_needed=token_needed)
    except config.ConfigError as error:
        wrong = texts_settings.mistakes(error.mistakes)
        print(texts_settings.WRONG_HEAD, *wrong, sep="\n", file=sys.stderr)
        return EXIT_WRONG
    if options.health:
        return _health(settings)
    logs.set_up(settings.log_level, settings.secrets)
    if config.is_read_by_others():
        log.warning(texts_settings.env_is_read_by_others(config.ENV_FILE))
    return _exit_status(options, settings)


def _exit_status(options: argparse.Namespace, settings: config.Settings) -> int:
    """Run until told to stop; what the owner has to mend is said to them."""
    try:
        _run(options, settings)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except WebhookError as error:
        return _failed(str(error))
    except (TokenRefusedError, UnauthorizedError):
        return _failed(texts.TOKEN_REFUSED)
    except TelegramError:
        return _failed(texts.TOKEN_UNCHECKED)
    except Timeout:
        return _failed(texts_database.already_running(settings.db_path))
    except DatabaseUnusableError as error:
        return _failed(texts_database.unusable(error.kind, error.facts))
    except BackupError as error:
        return _failed(texts_database.not_copied(error.kind, error.facts))
    except RestoreError as error:
        return _failed(texts_database.not_restored(error.kind, error.facts))
    return 0


def _run(options: argparse.Namespace, settings: config.Settings) -> None:
    if options.backup:
        back_up(settings.db_path, options.backup)
        print(texts_database.backup_written(options.backup))
        return
    if options.restore:
        with sole_user(settings.db_path):
            done = restore(options.restore, settings.db_path, datetime.now())
        print(texts_database.restored(options.restore, settings.db_path, done.notes, done.kept))
        return
    if options.console:
        settings = replace(settings, token="")
    elif not settings.token:
        settings = _asked_for(settings)
    for name, nearest in settings.unknown.items():
        log.warning(texts_settings.unknown_setting(name, nearest))
    if settings.provider_mistakes:
        wrong = texts_settings.mistakes(settings.provider_mistakes)
        log.warning("\n".join([texts_settings.PROVIDERS_WRONG, *wrong]))
    if not settings.token and settings.log_level == "INFO":
        # In a terminal chat the everyday lines would stand between the answers.
        logging.getLogger().setLevel("WARNING")
    with (
        sole_user(settings.db_path),
        closing(Database(settings.db_path)) as db,
        closing(Scratch(Path(f"{settings.db_path}.tmp"))) as scratch,
    ):
        (_serve_telegram if settings.token else _serve_console)(settings, db, scratch)


def _asked_for(settings: config.Settings) -> config.Settings:
    """The settings with what the person at the terminal gave: a token, perhaps a key."""
    given = terminal.ask_token(lambda token: _username(token, settings))
    if given is None:
        return settings
    token, username = given
    settings = replace(settings, token=token)
    if not any((settings.openrouter_api_key, settings.gigachat_key, settings.openai_base_url)):
        key = terminal.ask_key(lambda key: _key_trouble(key, settings))
        settings = replace(settings, openrouter_api_key=key)
    print(texts.open_chat(username))
    return settings


def _health(settings: config.Settings) -> int:
    """Say whether the bot on this database is alive; the exit status is 0 when it is, else 1."""
    age_s = heartbeat_age(lock_path(settings.db_path))
    print(texts_hosting.health(age_s, BEAT_MOST_S))
    return int(age_s is None or age_s > BEAT_MOST_S)


def _serve_telegram(settings: config.Settings, db: Database, scratch: Scratch) -> None:
    telegram = _telegram(settings.token, settings)
    me = introduce(telegram)
    stopping = _stop_on_signals(scratch)
    app = wire(settings, db, telegram, scratch)
    service = Service(app, db, telegram, me)
    watchdog = Watchdog(lock_path(settings.db_path), db.probe, service.oldest_due)
    source = _source(settings, db, telegram, service, watchdog, stopping)
    log.info(texts_log.STARTED, me.username, me.username, settings.db_path)
    if access.owner(app) is None:
        if settings.allowed_users:
            log.warning(texts_settings.NO_OWNER)
        else:
            log.info(texts_log.NO_OWNER_YET)
    watching = _start(watchdog.run, stopping)
    _start(app.catalogue.run, stopping)
    service.run(stopping, source)
    watching.join(LAST_WORD_S)


def _source(
    settings: config.Settings,
    db: Database,
    telegram: Telegram,
    service: Service,
    watchdog: Watchdog,
    stopping: threading.Event,
) -> Source:
    """Where updates come from, agreed with Telegram: nothing is lost by a change of it.

    Raises:
        WebhookError, UnauthorizedError.
    """
    url, listen = settings.webhook_url, settings.webhook_listen
    if not url:
        webhook.release(telegram, stopping)
        polled = (service.recovered, service.revoked, watchdog.poll_ended)
        return Poller(telegram, service.intake, *polled)
    secret = settings.webhook_secret or webhook.own_secret()
    logs.hide(secret)
    health = Health(db.probe, watchdog.is_alive, service.oldest_s, service.intake.last_s)
    try:
        server = WebhookServer(url, listen, secret, service.intake.take, health)
    except OSError as error:
        raise WebhookError(texts_hosting.port_taken(*listen, error.strerror)) from error
    try:
        webhook.claim(telegram, url, secret, stopping)
    except RefusedError as error:
        raise WebhookError(texts_hosting.webhook_refused(url, error.description)) from error
    _start(webhook.keep, telegram, url, secret, service.revoked, stopping)
    return server


def _serve_console(settings: config.Settings, db: Database, scratch: Scratch) -> None:
    stopping = _stop_on_signals(scratch)
    # Whoever sits at the machine has the database anyway.
    settings = replace(settings, owner_id=settings.owner_id or CONSOLE_USER)
    screen = Screen(sys.stdin, sys.stdout, stopping.set)
    if screen.interactive and sys.stderr.isatty():
        logs.write_to(screen)
    terminal_chat = console.Console(settings.owner_id, screen, Path.cwd())
    telegram = Telegram(console.TOKEN, "http://console", terminal_chat)
    app = wire(settings, db, telegram, scratch)
    service = Service(app, db, telegram, telegram.get_me())
    poller = Poller(telegram, service.intake, service.recovered, service.revoked)
    _start(terminal_chat.read, service.is_idle, stopping.set)
    _start(app.catalogue.run, stopping)
    _start(screen.close_after, stopping)  # a second Ctrl-C leaves no time for it
    try:
        service.run(stopping, poller)
    finally:
        screen.close()


def _start(target: Callable[..., None], *args: object) -> threading.Thread:
    thread = threading.Thread(target=target, args=args, daemon=True)
    thread.start()
    return thread


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=texts.DESCRIPTION)
    parser.add_argument("--console", action="store_true", help=texts.CONSOLE_OPTION)
    parser.add_argument("--backup", type=Path, metavar=texts.FILE, help=texts.BACKUP_OPTION)
    parser.add_argument("--restore", type=Path, metavar=texts.FILE, help=texts.RESTORE_OPTION)
    parser.add_argument("--check", action="store_true", help=texts_doctor.OPTION)
    parser.add_argument("--ask", action="store_true", help=texts_doctor.ASK_OPTION)
    parser.add_argument("--health", action="store_true", help=texts_hosting.HEALTH_OPTION)
    options = parser.parse_args()
    if options.ask and not options.check:
        parser.error(texts_doctor.ASK_ALONE)
    return options


def _stop_on_signals(scratch: Scratch) -> threading.Event:
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
    threading.Thread(
        target=_end_when_told, args=(signals, stopping, scratch), name="signals", daemon=True
    ).start()
    return stopping


def _end_when_told(
    signals: "queue.SimpleQueue[int]", stopping: threading.Event, scratch: Scratch
) -> None:
    signals.get()
    stopping.set()
    deadline = time.monotonic() + LEAVE_S
    while (left := deadline - time.monotonic()) > 0:
        try:
            number = signals.get(timeout=left)
        except queue.Empty:
            break
        if number == signal.SIGINT:
            scratch.clear()
            os._exit(128 + number)
    scratch.clear()
    os._exit(0)


def _telegram(token: str, settings: config.Settings) -> Telegram:
    return Telegram(token, settings.telegram_api_url, proxy=settings.telegram_proxy)


def _username(token: str, settings: config.Settings) -> str | None:
    """The username of the bot with this token, None when Telegram refuses it."""
    logs.hide(token)
    try:
        return str(_telegram(token, settings).get_me().username)
    except (RefusedError, UnauthorizedError):
        return None


def _key_trouble(key: str, settings: config.Settings) -> str:
    """What is wrong with a key of OpenRouter, "" when it is good."""
    logs.hide(key)
    try:
        client = OpenRouter(key, settings.openrouter_base_url, proxy=settings.models_proxy)
        client.fetch_key(timeout_s=KEY_CHECK_S)
    except ProviderError as error:
        return texts.KEY_REFUSED if error.kind is ErrorKind.AUTH else texts_errors.explain(error)
    return ""


def _failed(message: str) -> int:
    print(message, file=sys.stderr)
    return EXIT_WRONG


if __name__ == "__main__":
    # A thread that holds the database's write lock must not wait 5 ms for Python's own lock.
    sys.setswitchinterval(0.0005)
    # systemd ends a bot that hangs by SIGABRT: the log then says where each thread stood.
    faulthandler.enable()
    status = main()
    logging.shutdown()
    with suppress(OSError):  # nobody reads it any more
        sys.stdout.flush()
    # Threads that still wait for an answer must not hold the process; what they do is stored.
    os._exit(status)
