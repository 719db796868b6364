"""Numbers with the nouns that go with them, and other sums and spans."""

from datetime import datetime


def plural(number: int, one: str, many: str) -> str:
    """The number with the form of the noun that goes with it: 1 note, 2 notes."""
    return f"{number} {one if number == 1 else many}"


def notes_count(number: int) -> str:
    return plural(number, "note", "notes")


def files_count(number: int) -> str:
    return plural(number, "file", "files")


def models_count(number: int) -> str:
    return plural(number, "model", "models")


def dollars(amount: float) -> str:
    """Cents, and for smaller sums as many digits as it takes to see something."""
    digits = 2 if amount == 0 or abs(amount) >= 0.01 else 6
    return f"${amount:.{digits}f}"


def questions_count(number: int) -> str:
    return plural(number, "question", "questions")


def tokens_count(number: int) -> str:
    return plural(number, "token", "tokens")


def duration(seconds: int) -> str:
    """In the two largest units: 45 s, 12 min, 5 h 12 min."""
    if seconds < 60:
        return f"{max(seconds, 1)} s"
    hours, minutes = divmod(-(-seconds // 60), 60)
    units = ((hours, "h"), (minutes, "min"))
    return " ".join(f"{number} {unit}" for number, unit in units if number)


def clock_time(seconds: int) -> str:
    """How long a recording is, as players show it: 0:42, 1:02:03."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def moment(local: datetime) -> str:
    return f"{local:%Y-%m-%d %H:%M}"
