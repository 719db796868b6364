"""The files of notes."""

from texts.en.counts import clock_time, files_count, notes_count
from texts.en.notes import FILE_KINDS

NAMED_KINDS = ("document", "audio", "video", "animation")  # others have no names worth showing


def shown(kind: str, name: str, seconds: int) -> str:
    """A file in a line: 📎 report.pdf; 🎤 voice message, 0:42."""
    line = FILE_KINDS[kind]
    if name and kind in NAMED_KINDS:
        line = f"{line.split()[0]} {name}"
    return f"{line}, {clock_time(seconds)}" if seconds else line


PACK_BEGINS = (
    "📦 I am packing your notes with their files, in archives of up to 19 MB that I can read."
)
STOPPING = "Stopping…"
PACK_STOPPED = (
    "Stopped. The archives sent so far are whole; to have all, begin anew: /note_export zip"
)
MISSING_FILE = "missing.txt"
MISSING_HEAD = "These files are not in the archive. Their notes are kept, with their texts.\n\n"
WHY_MISSING = {
    "large": "larger than 20 MB, which Telegram does not give to bots",
    "lost": "Telegram did not give it",
}
PACK_HOW_BACK = "To bring everything back with its files, send the archives to this bot or another."


def packing(done: int, total: int) -> str:
    return f"📦 Packing: {done} of {total}"


def missing_line(number: int, file: str, why: str) -> str:
    return f"#{number} {file}: {WHY_MISSING[why]}\n"


def packed(part: int, notes: int, files: int, missing: int, is_last: bool) -> str:
    rows = [
        f"Archive, part {part}: {notes_count(notes)}, {files_count(files)}.",
        f"Left out: {files_count(missing)}, listed in “{MISSING_FILE}”." if missing else "",
        PACK_HOW_BACK if is_last else "The next part is on its way.",
    ]
    return " ".join(filter(None, rows))


def unpacking(done: int, total: int) -> str:
    return f"📦 Bringing files back: {done} of {total}"


def unpacked(files: int, refused: int) -> str:
    rows = [
        f"Brought back: {files_count(files)}." if files else "",
        f"Telegram refused: {files_count(refused)}. Send the archive again, and I shall try once more."
        if refused
        else "",
    ]
    return " ".join(filter(None, rows))


# Why nothing is taken from an archive.
NOT_UNPACKED = {
    "foreign": "This archive was not made by /note_export zip: there is nothing to bring back. "
    "Save the file itself?",
    "encrypted": "The archive has a password. Take it off and send it again. Or save the file itself?",
    "bomb": "The archive unfolds into something too large, which /note_export does not make. "
    "Save the file itself?",
    "broken": "The archive is damaged and could not be read. See whether it opens on your side. "
    "Or save the file itself?",
}
ARCHIVE_TOO_LARGE = (
    "The archive is over 20 MB, more than Telegram gives to bots. The parts of /note_export zip are "
    "smaller: send them one by one. Or save the file itself?"
)
