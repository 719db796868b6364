"""Notes."""

from datetime import datetime

from texts.en.counts import moment, notes_count, plural

BUTTON_EDIT = "✏️"
BUTTON_DELETE = "🗑"
BUTTON_PIN = "📌"
BUTTON_REMIND = "⏰"
BUTTON_UNDO = "↩️ Restore"
BUTTON_SAVE = "💾 To notes"
BUTTON_OPEN = "Open"

FILE_KINDS = {
    "photo": "🖼 photo",
    "document": "📎 file",
    "voice": "🎤 voice message",
    "audio": "🎵 audio",
    "video": "🎬 video",
    "animation": "🎞 GIF",
    "video_note": "🎬 video message",
}


def note_added(number: int) -> str:
    return f"Saved: note #{number}."


NOTE_EMPTY = (
    "There is nothing to save. Write the text after the command: /note_add buy milk — "
    "or reply with /note_add to a message."
)
NOTES_NONE = "No notes yet. The first one: /note_add buy milk"

SAVE_OFFER = "Save it to your notes?"
SAVE_LOST = "I cannot see the message any more: it seems to be deleted. Send it again."


def note_head(number: int, made_at: datetime, pinned: bool) -> str:
    return f"{'📌 ' if pinned else ''}#{number} · {moment(made_at)}"


def note_origin(name: str, sent_at: datetime | None) -> str:
    return f"↪️ {name}, {moment(sent_at)}" if sent_at else f"↪️ {name}"


def note_button(number: int) -> str:
    return f"#{number}"


def notes_list_head(total: int) -> str:
    return f"You have {notes_count(total)}:"


def list_limit_wrong(most: int) -> str:
    return f"How many shall I show? Give a number from 1 to {most}: /note_list 10"


FIND_EMPTY = "What shall I find? Write a part of a word, some words or a tag: /note_find milk"


def found_none(query: str) -> str:
    return f"Nothing found: “{query}”."


def found_head(found: int) -> str:
    return f"{notes_count(found)} found:"


def found_many(query: str) -> str:
    return f"Here is what I found: “{query}”."


TAGS_NONE = "No tags yet. Put a word with a hash sign into a note: /note_add call mum #todo"
TAGS_HOW = "Press a tag, and I show its notes."


def tags_head(number: int) -> str:
    return f"You have {plural(number, 'tag', 'tags')}:"


def tag_row(tag: str, notes: int) -> str:
    return f"{tag} — {notes_count(notes)}"


def tag_button(tag: str, notes: int) -> str:
    return f"{tag} · {notes}"


def note_unknown(number: int) -> str:
    return f"You have no note #{number}. Your numbers: /note_list"


DELETE_USAGE = "Which note shall I delete? Give its number: /note_del 3"
SHOW_USAGE = "Which note shall I show? Give its number: /note 3"


def note_deleted(number: int) -> str:
    return f"Note #{number} is deleted."


def note_in_bin(number: int) -> str:
    return f"Note #{number} is deleted, but it can still be restored."


def note_restored(number: int) -> str:
    return f"Note #{number} is back again."


def note_not_deleted(number: int) -> str:
    return f"Note #{number} is in its place anyway."


def note_gone(number: int) -> str:
    return f"Note #{number} is gone: deleted ones are kept for 30 days."


def note_pinned(number: int, pinned: bool) -> str:
    return f"Note #{number} is {'pinned' if pinned else 'no longer pinned'}."


def you_have(number: int) -> str:
    return f"You have {notes_count(number)}."


EXPORT_NONE = "There is nothing to export: no notes yet."
EXPORT_USAGE = "In which form? Write /note_export txt, md, json or zip (with files)."
EXPORT_HOW_BACK = "To bring them back, also into another bot, send it these files."


def export_caption(number: int) -> str:
    return f"All your notes: {notes_count(number)}."


IMPORT_TOO_LARGE = (
    "The file is too large: Telegram gives bots files of up to 20 MB. "
    "The parts made by /note_export json are smaller: send them one by one."
)
IMPORT_UNAVAILABLE = "I could not download the file from Telegram. Send it again."
IMPORT_FOREIGN = (
    "These are no notes made by /note_export json: there is nothing to bring back from this file. "
    "Shall I save the file itself to your notes?"
)


def imported(new: int, same: int, refused: int) -> str:
    parts = [
        f"Done. Added: {notes_count(new)}.",
        f"There already: {same}." if same else "",
        f"Not taken (damaged): {refused}." if refused else "",
    ]
    return " ".join(filter(None, parts))


def stats_days_wrong(most: int) -> str:
    return f"Of how many days? Give a number from 1 to {most}: /note_stats 30"


def stats_head(days: int, total: int) -> str:
    return f"Notes of {'today' if days == 1 else f'the last {days} days'}: {total}"


def stats_all(total: int) -> str:
    return f"In all: {notes_count(total)}"


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
STATS_TITLES = {
    "day": "Notes by day",
    "week": "Notes by week",
    "month": "Notes by month",
}


def chart_title(unit: str, total: int) -> str:
    return f"{STATS_TITLES[unit]}: {total}"


def month_label(month: int, year: int, with_year: bool) -> str:
    return f"{MONTHS[month - 1]} {year % 100:02}" if with_year else MONTHS[month - 1]
