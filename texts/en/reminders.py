"""Reminders, in English."""

from collections.abc import Iterable
from datetime import datetime

from texts.en.counts import plural

SIGN = "⏰ "
AFTER_MENTION = ", "
CHANGE = "✏️ Change"
CANCEL = "🗑 Cancel"
UNDO = "↩️ Restore"
PAUSE = "⏸ Pause"
RESUME = "▶️ Resume"
KEEP = "Leave it as it is"
DONE = "✅ Done"
SNOOZES = {"10m": "+10 min", "1h": "+1 h", "tomorrow": "Tomorrow"}
QUICK = {"hour": "in 1 h", "evening": "in the evening", "morning": "tomorrow at 9"}

EXAMPLES = (
    "“tomorrow at 9 call mum”, “in 2 hours take the pie out”, “every Monday at 10 write the report”"
)
TIMES = "“tomorrow at 10”, “in 2 hours”, “on Friday evening”"
SERIES = "“every Tuesday at 10”, “on weekdays at 8:30”, “on the 15th at 12”"
USAGE = f"What shall I remind you of, and when? Write it after the command: {EXAMPLES}."
NO_TEXT = (
    "What shall I remind you of? Write it along: /remind tomorrow at 9 call mum — "
    "or reply to a message with this command."
)
UNREAD = {
    "NONE": "I did not understand when to remind you.",
    "IMPOSSIBLE": "There is no such day or hour.",
    "PAST": "That time is over.",
    "ZERO": "That is right now: it can be a minute from now at the earliest.",
    "TOO_OFTEN": "It can repeat every 5 minutes at the most.",
    "TOO_FAR": "I do not plan that far ahead.",
}


def unread(kind: str) -> str:
    return f"{UNREAD[kind]} Try it like this: {EXAMPLES}."


def unread_time(kind: str) -> str:
    return f"{UNREAD[kind]} Reply to this message in another way: {TIMES}."


def too_long(most: int) -> str:
    return (
        f"Too long: a reminder holds {plural(most, 'character', 'characters')}. "
        "Save the text as a note (/note_add) and press ⏰ under it."
    )


def too_many(most: int) -> str:
    waiting = plural(most, "reminder is", "reminders are")
    return f"{waiting} waiting already, and there is no room for more. Cancel some: /reminders"


def assumed(kinds: Iterable[str], time: str) -> str:
    """What was not said and had to be decided, by the names of `times.hours.Assumed`."""
    said = {
        "PART_OF_DAY": f"No hour was said: I took {time}.",
        "TIME_OF_DAY": f"No hour was said: I took {time}.",
        "HALF_OF_DAY": f"I took it for {time}.",
        "NEXT": "The nearest one has passed: I took the next one.",
    }
    return " ".join(sorted({said[kind] for kind in kinds}))


def once(when: str, left: str, text: str) -> str:
    return f"⏰ {when} ({left}): {text}"


def series(rule: str, when: str, left: str, text: str) -> str:
    return f"🔁 {rule}, next {when} ({left}): {text}"


def paused(rule: str, text: str) -> str:
    return f"⏸ {rule}, paused: {text}"


def over(text: str) -> str:
    return f"Already said: {text}"


def snoozed(text: str, when: str, left: str) -> str:
    return f"⏰ {text}\n\nI will remind you again {when} ({left})."


def done(text: str) -> str:
    return f"✅ {text}"


def late(at: datetime, now: datetime) -> str:
    day = "" if at.date() == now.date() else f" on {at:%Y-%m-%d}"
    return f"was due{day} at {at:%H:%M}"


ABOUT_MESSAGE = "about this message"
NOTE_GONE = "it is gone: it was deleted"


def about_note(number: int, text: str) -> str:
    return f"note #{number}\n{text}"


def cancelled(text: str) -> str:
    return f"Reminder cancelled: {text}"


UNKNOWN = "This reminder is gone. What is waiting: /reminders"
PAUSED = "Silent until you resume it."
RESUMED = "Resumed."
SNOOZED = "Put off."
FINISHED = "Done."
MOVED = "Moved."


def ask_time(text: str) -> str:
    return f"When shall it be? Reply to this message: {TIMES}.\n\n⏰ {text}"


def ask_series(text: str) -> str:
    return f"How shall it repeat? Reply to this message: {SERIES}.\n\n🔁 {text}"


def ask_note_time(number: int) -> str:
    return (
        f"When shall I remind you of note #{number}? "
        f"Press a button or reply to this message: {TIMES}."
    )


SAY_SERIES = (
    f"This reminder repeats. Say how it shall repeat now: {SERIES}. "
    "To repeat it no more, cancel it and set a new one."
)
EDITED = (
    "I do not follow edits of a reminder. Press “✏️ Change” under it — or write it once more in a "
    "new message."
)
LIST_NONE = "Nothing is waiting. Your first reminder: /remind tomorrow at 9 call mum"


def list_head(total: int) -> str:
    return f"You have {plural(total, 'reminder', 'reminders')}:"


def row(number: int, words: str) -> str:
    return f"{number}. {words}"


def open_button(number: int) -> str:
    return f"{number}"


def mention(username: str) -> str:
    return f"@{username}"
