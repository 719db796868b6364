"""What tools have changed or would change: done when the person wants it, or taken back.

Only while all is still as the tool has left it, or has found it.
"""

from collections.abc import Callable
from typing import Any, Literal

from acting import notes, reminders
from acting.rounds import RESULT_LETTERS, Workshop
from acting.table import TOOLS
from acting.tool import Asker, BadArgumentsError, Outcome, Stores
from storage.calls import Call
from storage.former_texts import EditKeptError
from storage.notes import NoteNotFoundError
from storage.reminders import Reminder

# "gone": it is no more; "changed": it was changed since; "past": its old moment is over.
Undone = Literal["done", "gone", "changed", "past"]


class ChangedError(Exception):
    """What is to be changed is no longer as it was when the change was offered."""


def do(workshop: Workshop, asker: Asker, offered: Call) -> Outcome:
    """Do what was offered; in a transaction.

    Raises:
        ChangedError: also when there is nothing to change any more.
    """
    kind = TOOLS.get(offered.name)
    if kind is None or kind.changes is None:
        raise ChangedError
    try:
        given = kind.read(offered.arguments)
        before, _ = kind.changes(workshop.stores, asker, given)
        if offered.effect != {"before": before}:
            raise ChangedError
        outcome = kind.run(workshop.stores, asker, given, RESULT_LETTERS)
    except BadArgumentsError as error:  # a moment that is over, or another version of the tool
        raise ChangedError from error
    if outcome.effect is None:
        raise ChangedError
    workshop.calls.finish(offered.id, outcome.said, outcome.effect)
    return outcome


def take_back(stores: Stores, asker: Asker, effect: dict[str, Any]) -> Undone:
    """Make it as it was before; in one transaction with the mark that says so."""
    return TAKEN_BACK[effect["kind"]](stores, asker, effect)


def _unsave(stores: Stores, asker: Asker, effect: dict[str, Any]) -> Undone:
    note = notes.kept(stores, asker, effect["number"])
    if note is None:
        return "gone"
    if note.text != effect["text"]:
        return "changed"
    stores.notes.delete(asker.user_id, note.number, asker.clock.now())
    return "done"


def _unedit(stores: Stores, asker: Asker, effect: dict[str, Any]) -> Undone:
    try:
        stores.notes.unedit(asker.user_id, effect["number"], effect["edit"], asker.clock.now())
    except NoteNotFoundError:
        return "gone"
    except EditKeptError:
        return "changed"
    return "done"


def _unset(stores: Stores, asker: Asker, effect: dict[str, Any]) -> Undone:
    found = _as_left(stores, asker, effect)
    if not isinstance(found, Reminder):
        return found
    stores.reminders.cancel(asker.user_id, found.number, asker.clock.now())
    return "done"


def _move_back(stores: Stores, asker: Asker, effect: dict[str, Any]) -> Undone:
    found = _as_left(stores, asker, effect)
    if not isinstance(found, Reminder):
        return found
    earlier = reminders.earlier(asker, effect["before"])
    if earlier.first.timestamp() <= asker.clock.now():
        return "past"
    stores.reminders.move(asker.user_id, found.number, earlier)
    snoozed_at = effect["before"].get("snoozed")
    if snoozed_at is not None and snoozed_at > asker.clock.now():
        stores.reminders.snooze(asker.user_id, found.number, snoozed_at)
    return "done"


def _as_left(stores: Stores, asker: Asker, effect: dict[str, Any]) -> Reminder | Undone:
    """The reminder, if it is still to be said when the tool has made it so."""
    found = reminders.waiting(stores, asker, effect["number"])
    if found is None:
        return "gone"
    return found if found.next_at == effect["at"] else "changed"


TAKEN_BACK: dict[str, Callable[[Stores, Asker, dict[str, Any]], Undone]] = {
    "note_saved": _unsave,
    "note_edited": _unedit,
    "reminder_set": _unset,
    "reminder_moved": _move_back,
}
