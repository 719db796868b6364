"""/backup: the owner gets a copy of the whole database."""

from handlers.context import App
from handlers.types import Document, Reply, Request, Task
from texts import database as texts

MEGABYTE = 1_000_000
MOST_BYTES = 50 * MEGABYTE  # what the Bot API takes
COPIED_MOST = 2 * MOST_BYTES  # a copy is compact, but not by more than half


def backup(app: App, request: Request) -> Reply:
    """/backup: the copy is made outside the transaction, by `make`."""
    return Reply(tasks=(Task("backup"),))


def make(app: App, request: Request, args: dict[str, str]) -> Reply:
    """Copy the database into a file that is deleted once it was sent."""
    size = app.backup.size()
    if size > COPIED_MOST:
        return Reply(texts.backup_too_big(size // MEGABYTE))
    path = app.scratch.new(".db")
    try:
        app.backup.write(path)
        size = path.stat().st_size
    except BaseException:
        path.unlink()
        raise
    if size > MOST_BYTES:
        path.unlink()
        return Reply(texts.backup_too_big(size // MEGABYTE))
    made_at = app.clock.local(app.clock.now())
    name = f"notes-{made_at:%Y-%m-%d-%H%M}.db"
    return Reply(texts.backup_caption(made_at), documents=(Document(str(path), name),))
