"""Reminders: what is to be said to whom, where, and when next."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from clock import zone_name, zone_named
from db import Database
from times.reading import Reading
from times.repeats import next_after

WAITING_MOST = 1000  # of one person
DIGEST = "digest"  # a kind
KEPT_S = 30 * 24 * 3600  # what was cancelled or said for the last time


class ReminderNotFoundError(Exception):
    """There is no such reminder, or it is cancelled."""


class TooManyRemindersError(Exception):
    """Somebody has as many waiting as they may."""


@dataclass(frozen=True)
class Spot:
    """Where a reminder is said, and the message (0: none) or the note that it is about."""

    chat_id: int
    thread_id: int | None = None
    message_id: int = 0
    note_number: int | None = None


@dataclass(frozen=True)
class Reminder:
    """Moments are seconds since 1970, UTC.

    `first` is when the series begins, with the zone whose wall clock it goes by; `rule` is an
    RRULE, "" for what comes once. `due_at` is the next moment of the series and `snoozed_at` that
    of an occasion put off; `next_at` is the earlier of them, None when nothing waits.
    `occasion_at` is the moment for which it was last said, or is being said.
    """

    user_id: int
    number: int
    kind: str
    spot: Spot
    text: str
    first: datetime
    rule: str
    due_at: int | None
    snoozed_at: int | None
    occasion_at: int | None
    paused: bool
    cancelled: bool
    next_at: int | None


class Reminders:
    """The table `reminders`; each change is whole, or part of the transaction it is made in."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(
        self, user_id: int, spot: Spot, text: str, reading: Reading, kind: str = ""
    ) -> Reminder:
        """Remind of a text at the moments that were read.

        Raises:
            TooManyRemindersError.
        """
        if not kind and self.count_waiting(user_id) >= WAITING_MOST:
            raise TooManyRemindersError
        local, zone, due_at = _stored(reading.first)
        with self._db.transaction() as connection:
            (number,) = connection.execute(
                "INSERT INTO authors (user_id, last_reminder) VALUES (?, 1) ON CONFLICT (user_id)"
                " DO UPDATE SET last_reminder = last_reminder + 1 RETURNING last_reminder",
                (user_id,),
            ).fetchone()
            connection.execute(
                "INSERT INTO reminders (user_id, number, kind, chat_id, thread_id, message_id,"
                " note_number, text, first, zone, rule, due_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    user_id, number, kind, spot.chat_id, spot.thread_id, spot.message_id,
                    spot.note_number, text, local, zone, reading.rule, due_at,
                ),
            )  # fmt: skip
            return self.get(user_id, number)

    def find(self, user_id: int, number: int) -> Reminder | None:
        """One reminder, waiting or not; cancelled ones are kept for a time."""
        rows = self._rows("user_id = ? AND number = ?", user_id, number)
        return rows[0] if rows else None

    def get(self, user_id: int, number: int) -> Reminder:
        """One reminder that is not cancelled.

        Raises:
            ReminderNotFoundError.
        """
        found = self.find(user_id, number)
        if found is None or found.cancelled:
            raise ReminderNotFoundError(number)
        return found

    def waiting(
        self, user_id: int, limit: int = WAITING_MOST, offset: int = 0, until: int | None = None
    ) -> list[Reminder]:
        """What is still to come, next first and paused series last; `until` leaves these out."""
        return self._rows(
            "user_id = ? AND (next_at IS NOT NULL OR paused) AND cancelled_at IS NULL"
            " AND kind = '' AND (?2 IS NULL OR next_at < ?2)"
            " ORDER BY next_at IS NULL, next_at, number LIMIT ? OFFSET ?",
            user_id, until, limit, offset,
        )  # fmt: skip

    def count_waiting(self, user_id: int) -> int:
        """How many reminders are still to come, paused series among them."""
        (found,) = self._db.row(
            "SELECT count(*) FROM reminders WHERE user_id = ? AND kind = ''"
            " AND (next_at IS NOT NULL OR paused) AND cancelled_at IS NULL",
            user_id,
        )
        return int(found)

    def digest(self, user_id: int) -> Reminder | None:
        """The person's morning digest, if they have one."""
        rows = self._rows("user_id = ? AND next_at IS NOT NULL AND kind = ?", user_id, DIGEST)
        return rows[0] if rows else None

    def move(self, user_id: int, number: int, reading: Reading, text: str = "") -> Reminder:
        """Let a reminder come at other moments, and say another text if there is one.

        What was about to be said at the old moment is not.

        Raises:
            ReminderNotFoundError.
        """
        local, zone, due_at = _stored(reading.first)
        return self._change(
            user_id, number,
            "first = ?, zone = ?, rule = ?, due_at = ?,"
            " snoozed_at = NULL, occasion_at = NULL, paused = 0, text = coalesce(?, text)",
            local, zone, reading.rule, due_at, text or None,
        )  # fmt: skip

    def snooze(self, user_id: int, number: int, until: int) -> Reminder:
        """Say it once more; the series stays where it is.

        Raises:
            ReminderNotFoundError.
        """
        return self._change(user_id, number, "snoozed_at = ?", until)

    def finish(self, user_id: int, number: int) -> Reminder:
        """End one occasion: it is not said again, while the series goes on.

        Raises:
            ReminderNotFoundError.
        """
        return self._change(user_id, number, "snoozed_at = NULL")

    def pause(self, user_id: int, number: int) -> Reminder:
        """Let a series rest until it is resumed: what was about to be said is not.

        Raises:
            ReminderNotFoundError.
        """
        return self._change(user_id, number, "paused = 1, occasion_at = NULL")

    def resume(self, user_id: int, number: int, now: int) -> Reminder:
        """Let a series go on with its next moment.

        Raises:
            ReminderNotFoundError.
        """
        with self._db.transaction():
            due_at = _next_due(self.get(user_id, number), now)
            return self._change(user_id, number, "paused = 0, due_at = ?", due_at)

    def cancel(self, user_id: int, number: int, now: int) -> Reminder:
        """Say nothing more; it can be restored for a time. Returns the reminder as it was.

        Raises:
            ReminderNotFoundError.
        """
        with self._db.transaction():
            before = self.get(user_id, number)
            self._set("cancelled_at = ?", user_id, number, now)
            return before

    def restore(self, user_id: int, number: int, now: int) -> Reminder:
        """Take a cancellation back. What a series has missed meanwhile stays unsaid.

        Raises:
            ReminderNotFoundError: it is gone for good.
        """
        with self._db.transaction():
            found = self.find(user_id, number)
            if found is None:
                raise ReminderNotFoundError(number)
            is_behind = found.rule and found.due_at is not None and found.due_at <= now
            due_at = _next_due(found, now) if is_behind else found.due_at
            return self._change(user_id, number, "cancelled_at = NULL, due_at = ?", due_at)

    def follow(self, user_id: int, zone: tzinfo, now: int) -> int:
        """Let somebody's series go by the wall clock of another zone; returns how many there are.

        What comes once keeps its moment.
        """
        with self._db.transaction():
            series = self._rows("user_id = ? AND rule <> '' AND cancelled_at IS NULL", user_id)
            for found in series:
                first = found.first.replace(tzinfo=zone)
                moved = next_after(first, found.rule, datetime.fromtimestamp(now, zone))
                due_at = int(moved.timestamp()) if moved else None
                self._set("zone = ?, due_at = ?", user_id, found.number, zone_name(zone), due_at)
        return sum(not found.kind for found in series)

    def is_any_due(self, until: int) -> bool:
        """Whether something is due until then; asks without holding others up."""
        return self._db.row("SELECT 1 FROM reminders WHERE next_at <= ? LIMIT 1", until) is not None

    def take_due(self, until: int, now: int, limit: int) -> list[Reminder]:
        """What is due until then, the most overdue first, as it was; in the transaction of its
        task, for each of them waits for its next moment from here on.

        Of the moments that a series has missed only one is said.
        """
        due = self._rows("next_at <= ? ORDER BY next_at LIMIT ?", until, limit)
        for found in due:
            assert found.next_at is not None  # the query has asked for it
            past = max(found.next_at, now)
            due_at, snoozed_at = found.due_at, found.snoozed_at
            if due_at is not None and due_at <= past and not found.paused:
                due_at = _next_due(found, past)
            if snoozed_at is not None and snoozed_at <= past:
                snoozed_at = None
            self._set(
                "occasion_at = ?, due_at = ?, snoozed_at = ?",
                found.user_id, found.number, found.next_at, due_at, snoozed_at,
            )  # fmt: skip
        return due

    def forget_old(self, now: int) -> None:
        """Erase what was cancelled, or said for the last time, long ago."""
        with self._db.transaction() as connection:
            connection.execute(
                "DELETE FROM reminders WHERE next_at IS NULL"
                " AND (cancelled_at <= ?1 OR NOT paused AND occasion_at <= ?1)",
                (now - KEPT_S,),
            )

    def _change(self, user_id: int, number: int, assignments: str, *values: object) -> Reminder:
        with self._db.transaction():
            self._set(assignments, user_id, number, *values)
            return self.get(user_id, number)

    def _set(self, assignments: str, user_id: int, number: int, *values: object) -> None:
        with self._db.transaction() as connection:
            connection.execute(
                f"UPDATE reminders SET {assignments} WHERE user_id = ? AND number = ?",
                (*values, user_id, number),
            )

    def _rows(self, condition: str, *values: object) -> list[Reminder]:
        return [
            _reminder(row)
            for row in self._db.rows(f"SELECT {COLUMNS} FROM reminders WHERE {condition}", *values)
        ]


COLUMNS = (
    "user_id, number, kind, chat_id, thread_id, message_id, note_number, text, first, zone, rule,"
    " due_at, snoozed_at, occasion_at, paused, cancelled_at, next_at"
)


def _reminder(row: Iterable[Any]) -> Reminder:
    user_id, number, kind, *spot, text, first, zone, rule = list(row)[:11]
    due_at, snoozed_at, occasion_at, paused, cancelled_at, next_at = list(row)[11:]
    return Reminder(
        user_id, number, kind, Spot(*spot), text,
        datetime.fromisoformat(first).replace(tzinfo=zone_named(zone)), rule,
        due_at, snoozed_at, occasion_at, bool(paused), cancelled_at is not None, next_at,
    )  # fmt: skip


def _stored(first: datetime) -> tuple[str, str, int]:
    """The first moment by the wall clock, its zone, and the same in seconds since 1970.

    Parts of a second are rounded up: nothing comes early.
    """
    assert first.tzinfo is not None  # `Reading` says so
    due_at = math.ceil(first.timestamp())
    local = datetime.fromtimestamp(due_at, first.tzinfo).replace(tzinfo=None)
    return local.isoformat(), zone_name(first.tzinfo), due_at


def _next_due(found: Reminder, after: int) -> int | None:
    """The moment of the series after that one; None when it has no more."""
    if not found.rule:
        return None
    moment = datetime.fromtimestamp(after, found.first.tzinfo)
    try:
        coming = next_after(found.first, found.rule, moment)
    except (ValueError, ArithmeticError):  # no rule of ours: all others have to go on
        return None
    return int(coming.timestamp()) if coming else None
