"""Messages kept together, and notes with several files."""

from texts.en.counts import notes_count, plural

BUTTON_CANCEL = "↩️ Cancel"
CANCELLED_ALREADY = "Already cancelled."
FILE_UNAVAILABLE = "The file is gone: Telegram does not give it to this bot any more."


def save_all(notes: int) -> str:
    return f"💾 Save all {notes}"


def saved(total: int, numbers: str) -> str:
    return f"Saved {notes_count(total)}: {numbers}."


def saved_already(numbers: str) -> str:
    return f"Already saved: {numbers}."


def cancelled(total: int, numbers: str) -> str:
    return f"Cancelled, {notes_count(total)} in the bin: {numbers}."


def with_more_files(kind: str, more: int) -> str:
    return f"{kind} and {plural(more, 'file', 'files')} more"


def files_unavailable(number: int) -> str:
    if number == 1:
        return FILE_UNAVAILABLE
    return f"{plural(number, 'file', 'files')} are gone: Telegram does not give them any more."
