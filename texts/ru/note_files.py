"""The files of notes, in Russian."""

from texts.ru.counts import clock_time, files_count, notes_count
from texts.ru.notes import FILE_KINDS

NAMED_KINDS = ("document", "audio", "video", "animation")  # others have no names worth showing


def shown(kind: str, name: str, seconds: int) -> str:
    """A file in a line: 📎 отчёт.pdf; 🎤 голосовое, 0:42."""
    line = FILE_KINDS[kind]
    if name and kind in NAMED_KINDS:
        line = f"{line.split()[0]} {name}"
    return f"{line}, {clock_time(seconds)}" if seconds else line


PACK_BEGINS = (
    "📦 Собираю заметки с файлами. Пришлю архивами до 19 МБ: такие я смогу принять обратно."
)
STOPPING = "Останавливаю…"
PACK_STOPPED = (
    "Остановлено. Присланные архивы целы; чтобы собрать всё, начните снова: /note_export zip"
)
MISSING_FILE = "не вошло.txt"
MISSING_HEAD = "Этих файлов в архиве нет. Их заметки на месте, текст есть в архиве.\n\n"
WHY_MISSING = {
    "large": "больше 20 МБ: столько Telegram ботам не отдаёт",
    "lost": "Telegram его не отдал",
}
PACK_HOW_BACK = "Чтобы вернуть всё вместе с файлами, пришлите архивы боту — этому или другому."


def packing(done: int, total: int) -> str:
    return f"📦 Собираю архив: {done} из {total}"


def missing_line(number: int, file: str, why: str) -> str:
    return f"#{number} {file}: {WHY_MISSING[why]}\n"


def packed(part: int, notes: int, files: int, missing: int, is_last: bool) -> str:
    rows = [
        f"Архив, часть {part}: {notes_count(notes)}, {files_count(files)}.",
        f"Не вошло: {files_count(missing)}, список внутри («{MISSING_FILE}»)." if missing else "",
        PACK_HOW_BACK if is_last else "Следующая часть на подходе.",
    ]
    return " ".join(filter(None, rows))


def unpacking(done: int, total: int) -> str:
    return f"📦 Возвращаю файлы: {done} из {total}"


def unpacked(files: int, refused: int) -> str:
    rows = [
        f"Вернулось: {files_count(files)}." if files else "",
        f"Telegram не принял: {files_count(refused)}. Пришлите архив ещё раз, попробую снова."
        if refused
        else "",
    ]
    return " ".join(filter(None, rows))


# Why nothing is taken from an archive.
NOT_UNPACKED = {
    "foreign": "Это не архив из /note_export zip: возвращать из него нечего. Сохранить сам файл?",
    "encrypted": "Архив закрыт паролем. Снимите пароль и пришлите ещё раз. Или сохранить сам файл?",
    "bomb": "Архив раскрывается во что-то слишком большое, такого /note_export не делает. "
    "Сохранить сам файл?",
    "broken": "Архив повреждён, прочитать его не получилось. Проверьте, открывается ли он у вас. "
    "Или сохранить сам файл?",
}
ARCHIVE_TOO_LARGE = (
    "Архив больше 20 МБ, столько Telegram ботам не отдаёт. Части из /note_export zip меньше — "
    "пришлите их по одной. Или сохранить сам файл?"
)
