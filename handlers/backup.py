"""Copies of the whole database: for the owner who asks, and by themselves."""

import logging
from dataclasses import replace

from handlers.context import App
from handlers.types import Document, Reply, Request, Task
from texts import database as texts
from texts import log as texts_log

MEGABYTE = 1_000_000
MOST_BYTES = 50 * MEGABYTE  # what the Bot API takes
COPIED_MOST = 2 * MOST_BYTES  # a copy is compact, but not by more than half
DUE = "due_backup"  # the kind of task that BACKUP_EVERY makes
ALERT = "backup"  # among the alerts, in the place of a provider

log = logging.getLogger(__name__)


class TooBigError(Exception):
    """The copy has more bytes than Telegram takes: so many megabytes."""

    def __init__(self, megabytes: int) -> None:
        super().__init__(f"{megabytes} MB")
        self.megabytes = megabytes


def backup(app: App, request: Request) -> Reply:
    """/backup: the copy is made outside the transaction, by `make`."""
    return Reply(tasks=(Task("backup"),))


def make(app: App, request: Request, args: dict[str, str]) -> Reply:
    """Copy the database into a file that is deleted once it was sent."""
    try:
        return _sent(app, request.user_id)
    except TooBigError as error:
        return Reply(texts.backup_too_big(error.megabytes))


def make_due(app: App, request: Request, args: dict[str, str]) -> Reply:
    """A copy that nobody asked for: what goes wrong is told once, and once that it is over."""
    try:
        reply = _kept(app) if app.settings.backup_dir else _sent(app, request.user_id)
    except Exception as error:
        log.exception(texts_log.BACKUP_FAILED)
        is_new = app.alerts.begin(ALERT, "", type(error).__name__, app.clock.now())
        return Reply(texts.no_due_backup(_reason(error))) if is_new else Reply()
    if app.alerts.end(ALERT, ""):
        return replace(reply, text=f"{texts.DUE_BACKUPS_AGAIN} {reply.text}".rstrip())
    return reply


def _sent(app: App, user_id: int) -> Reply:
    size = app.backup.size()
    if size > COPIED_MOST:
        raise TooBigError(size // MEGABYTE)
    path = app.scratch.new(".db")
    try:
        app.backup.write(path)
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise TooBigError(size // MEGABYTE)
    except BaseException:
        path.unlink()
        raise
    made_at = app.clock_of(user_id).local(app.clock.now())
    name = f"notes-{made_at:%Y-%m-%d-%H%M}.db"
    return Reply(texts.backup_caption(made_at), documents=(Document(str(path), name),))


def _kept(app: App) -> Reply:
    settings = app.settings
    assert settings.backup_dir is not None  # whoever calls this has looked
    made_at = app.clock.local(app.clock.now())
    path = app.backup.keep(settings.backup_dir, made_at, settings.backup_keep)
    log.info(texts_log.BACKUP_KEPT, path)
    return Reply()


def _reason(error: Exception) -> str:
    if isinstance(error, TooBigError):
        return texts.too_big_for_telegram(error.megabytes)
    return texts.system_said(getattr(error, "strerror", None) or type(error).__name__)
