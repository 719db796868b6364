"""Backups by themselves: sees to it that the next one is stored as a task, and due when it should.

What is due is in the database, not in this process: after a downtime it is done once.
"""

import time

from db import Database
from handlers import access
from handlers.backup import ALERT, DUE
from handlers.context import App
from handlers.types import Request
from storage.tasks import Tasks, work_lane

RETRY_S = 3600.0  # after a failure, if that is sooner


class BackupSchedule:
    """One task of the kind DUE for the owner, as long as BACKUP_EVERY is set."""

    def __init__(self, app: App, db: Database, tasks: Tasks) -> None:
        self._app, self._db, self._tasks = app, db, tasks

    def look(self) -> None:
        """Store the next backup, bring it forward, or forget it.

        Raises:
            StorageError.
        """
        every_s, owner_id = self._app.settings.backup_every, access.owner(self._app)
        lane = work_lane(DUE, owner_id, owner_id) if every_s and owner_id is not None else ""
        planned, latest = self._tasks.planned(DUE), time.time() + every_s
        good = [number for number, its, due_at in planned if its == lane and due_at <= latest]
        stale = [number for number, *_ in planned if number not in good]
        if not stale and (good or not lane):
            return
        with self._db.transaction():
            for number in stale:  # of another owner, or of settings as they were
                self._tasks.finish(number)
            if lane and owner_id is not None and not good:
                request = Request(owner_id, owner_id, message_id=0, date=0, private=True)
                after_s = min(every_s, RETRY_S) if self._app.alerts.are_on(ALERT) else every_s
                self._tasks.add(0, DUE, lane, request.as_task(), after_s=after_s)
