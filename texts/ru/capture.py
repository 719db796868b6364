"""Messages kept together, and notes with several files."""

from collections.abc import Sequence

from texts.ru.counts import notes_count, plural

BUTTON_CANCEL = "↩️ Отменить"
CANCELLED_ALREADY = "Уже отменено."


def save_all(notes: int) -> str:
    return f"💾 Сохранить все {notes}"


def saved(numbers: Sequence[int]) -> str:
    total = len(numbers)
    verb = "Сохранена" if total % 10 == 1 and total % 100 != 11 else "Сохранено"
    return f"{verb} {notes_count(total)}: {in_ranges(numbers)}."


def saved_already(numbers: Sequence[int]) -> str:
    return f"Уже сохранено: {in_ranges(numbers)}."


def cancelled(numbers: Sequence[int]) -> str:
    return f"Отменено, в корзине {notes_count(len(numbers))}: {in_ranges(numbers)}."


def in_ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers: #3, #5–#8."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1] = [ranges[-1][0], number]
        else:
            ranges.append([number])
    return ", ".join("–".join(f"#{end}" for end in ends) for ends in ranges)


def with_more_files(kind: str, more: int) -> str:
    return f"{kind} и ещё {plural(more, 'файл', 'файла', 'файлов')}"


FILE_UNAVAILABLE = "Файл недоступен: Telegram его больше не отдаёт этому боту."


def files_unavailable(number: int) -> str:
    if number == 1:
        return FILE_UNAVAILABLE
    files = plural(number, "файл недоступен", "файла недоступны", "файлов недоступны")
    return f"{files}: Telegram их больше не отдаёт этому боту."
