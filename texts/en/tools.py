"""What models do for people: while it is done, under the answer, and in /tools, in English."""

from datetime import datetime

from texts.en.times import moment

LOOKING = {
    "find_notes": "🔎 looking through the notes…",
    "read_note": "🔎 reading a note…",
    "save_note": "💾 saving…",
    "edit_note": "✏️ changing a note…",
    "set_reminder": "⏰ setting a reminder…",
    "list_reminders": "🔎 looking at the reminders…",
    "move_reminder": "⏰ moving a reminder…",
}
WORKING = "⚙️ working…"
NEAR = {0: "today", 1: "tomorrow"}
SIGNS = {"save_note": "💾", "edit_note": "✏️", "set_reminder": "⏰", "move_reminder": "⏰"}


EFFECTS = {"note_saved": "💾 #%d", "note_edited": "✏️ #%d"}


def effect_reminder(at: datetime, now: datetime) -> str:
    """When a reminder comes, in few letters."""
    days = (at.date() - now.date()).days
    if days in NEAR:
        return f"⏰ {NEAR[days]} {at:%H:%M}"
    return f"⏰ {moment(at, now)}"


def offer(sign: str, number: int | None, text: str) -> str:
    """What a model wants to do and did not."""
    about = f"#{number} " if number else ""
    return f"❔ {sign} {about}“{text}”"


OFFER_HEAD = (
    "The model has read your records or somebody else's text, so it does not do this without you. "
    "Shall I?"
)


def do_button(label: str) -> str:
    return f"✅ {label}"


def back_button(label: str) -> str:
    return f"↩️ {label}"


DONE_ALREADY = "This is done already."
DO_CHANGED = "Things have changed since, so I leave them alone. Ask once more."
CALL_GONE = "This is not kept any more."
BACK_TWICE = "It is taken back already."
BACK = {
    "note_saved": "The note is in the bin: it can be restored for 30 days.",
    "note_edited": "The note has its earlier text again.",
    "reminder_set": "The reminder is cancelled.",
    "reminder_moved": "The reminder has its earlier time again.",
}
BACK_GONE = {
    "note_saved": "This note is no more.",
    "note_edited": "This note is no more.",
    "reminder_set": "This reminder is no more.",
    "reminder_moved": "This reminder is no more.",
}
BACK_CHANGED = {
    "note_saved": "The note was changed since, so it stays. To delete it: /note_del",
    "note_edited": "The note was changed since, so its earlier text is not put back.",
    "reminder_set": "The reminder was moved since, so it stays: /reminders",
    "reminder_moved": "The reminder was moved once more since: /reminders",
}
BACK_PAST = "Its earlier time is over, so the reminder keeps the new one."
NO_WORDS = "The model went on looking and gave no answer. Ask again or in other words."
ONLY_DONE = "Done."

LIST_HEAD = (
    "What the model can do for you when you ask for it. All of it can be taken back by a button "
    "under the answer. Press to switch off or on:"
)
LIST_UNABLE = "The model that answers you now cannot do that. Others: /models"
LABELS = {
    "save_note": "save notes",
    "edit_note": "change notes",
    "find_notes": "search the notes",
    "read_note": "read notes",
    "set_reminder": "set reminders",
    "list_reminders": "look at reminders",
    "move_reminder": "move reminders",
}
ALL_OFF = "Switch all off"
ALL_ON = "Switch all on"


def toggle(label: str, is_on: bool) -> str:
    return f"{'✅' if is_on else '⬜'} {label}"


def how_many(on: int, of: int) -> str:
    """How many tools of all are on."""
    if on in (0, of):
        return "everything" if on else "nothing"
    return f"{on} of {of}"
