"""Reminders that come due: sees to it that each becomes a task, stored before its moment."""

from collections.abc import Callable

from db import Database
from handlers.context import App
from handlers.reminders.saying import REMINDER
from handlers.types import Request
from storage.reminders import Reminder
from storage.tasks import Tasks, chat_lane

AHEAD_S = 2  # a task is stored so early that its lane can wait for the very moment
BATCH = 200  # in one transaction: nobody else can write meanwhile


class DueReminders:
    """The table of reminders is what people have asked for; a task only says one at its moment."""

    def __init__(self, app: App, db: Database, tasks: Tasks, wake: Callable[[str], None]) -> None:
        self._app, self._db, self._tasks, self._wake = app, db, tasks, wake

    def look(self) -> None:
        """Store the tasks of all that is due now or in a moment; to be called every second.

        Raises:
            StorageError.
        """
        while len(self._store()) == BATCH:
            pass

    def _store(self) -> list[Reminder]:
        now = self._app.clock.now()
        if not self._app.reminders.is_any_due(now + AHEAD_S):
            return []
        with self._db.transaction():
            due = self._app.reminders.take_due(now + AHEAD_S, now, BATCH)
            for reminder in due:
                args = {"number": reminder.number, "at": reminder.next_at}
                body = _request(reminder).as_task(args)
                lane = chat_lane(reminder.spot.chat_id)
                self._tasks.add(0, REMINDER, lane, body, due_at=reminder.next_at)
        for lane in {chat_lane(reminder.spot.chat_id) for reminder in due}:
            self._wake(lane)
        return due


def _request(reminder: Reminder) -> Request:
    """What the reminder answers: nobody has said anything just now."""
    spot = reminder.spot
    return Request(
        reminder.user_id,
        spot.chat_id,
        message_id=spot.message_id,
        date=0,
        private=spot.chat_id > 0,
        thread_id=spot.thread_id,
    )
