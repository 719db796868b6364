"""Numbers with the nouns that go with them, and other sums and spans."""

from datetime import datetime


def plural(number: int, one: str, few: str, many: str) -> str:
    """The number with the form of the noun that goes with it: 1 заметка, 2 заметки, 5 заметок."""
    if number % 10 == 1 and number % 100 != 11:
        return f"{number} {one}"
    if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        return f"{number} {few}"
    return f"{number} {many}"


def notes_count(number: int) -> str:
    return plural(number, "заметка", "заметки", "заметок")


def files_count(number: int) -> str:
    return plural(number, "файл", "файла", "файлов")


def models_count(number: int) -> str:
    return plural(number, "модель", "модели", "моделей")


def dollars(amount: float) -> str:
    """Cents, and for smaller sums as many digits as it takes to see something."""
    digits = 2 if amount == 0 or abs(amount) >= 0.01 else 6
    return f"${amount:.{digits}f}"


def questions_count(number: int) -> str:
    return plural(number, "вопрос", "вопроса", "вопросов")


def tokens_count(number: int) -> str:
    return plural(number, "токен", "токена", "токенов")


def duration(seconds: int) -> str:
    """In the two largest units: 45 с, 12 мин, 5 ч 12 мин."""
    if seconds < 60:
        return f"{max(seconds, 1)} с"
    hours, minutes = divmod(-(-seconds // 60), 60)
    units = ((hours, "ч"), (minutes, "мин"))
    return " ".join(f"{number} {unit}" for number, unit in units if number)


def clock_time(seconds: int) -> str:
    """How long a recording is, as players show it: 0:42, 1:02:03."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def moment(local: datetime) -> str:
    return f"{local:%d.%m.%Y %H:%M}"
