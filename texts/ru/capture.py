"""Messages kept together, and notes with several files."""

from texts.ru.counts import notes_count, plural

BUTTON_CANCEL = "↩️ Отменить"
CANCELLED_ALREADY = "Уже отменено."


def save_all(notes: int) -> str:
    return f"💾 Сохранить все {notes}"


def saved(total: int, numbers: str) -> str:
    verb = "Сохранена" if total % 10 == 1 and total % 100 != 11 else "Сохранено"
    return f"{verb} {notes_count(total)}: {numbers}."


def saved_already(numbers: str) -> str:
    return f"Уже сохранено: {numbers}."


def cancelled(total: int, numbers: str) -> str:
    return f"Отменено, в корзине {notes_count(total)}: {numbers}."


def with_more_files(kind: str, more: int) -> str:
    return f"{kind} и ещё {plural(more, 'файл', 'файла', 'файлов')}"


FILE_UNAVAILABLE = "Файл недоступен: Telegram его больше не отдаёт этому боту."


def files_unavailable(number: int) -> str:
    if number == 1:
        return FILE_UNAVAILABLE
    files = plural(number, "файл недоступен", "файла недоступны", "файлов недоступны")
    return f"{files}: Telegram их больше не отдаёт этому боту."
