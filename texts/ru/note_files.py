"""The files of notes, in Russian."""

from texts.ru.counts import clock_time
from texts.ru.notes import FILE_KINDS

NAMED_KINDS = ("document", "audio", "video", "animation")  # others have no names worth showing


def shown(kind: str, name: str, seconds: int) -> str:
    """A file in a line: 📎 отчёт.pdf; 🎤 голосовое, 0:42."""
    line = FILE_KINDS[kind]
    if name and kind in NAMED_KINDS:
        line = f"{line.split()[0]} {name}"
    return f"{line}, {clock_time(seconds)}" if seconds else line
