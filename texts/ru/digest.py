"""The morning digest, in Russian."""

OFF_WORDS = ("off", "выкл", "выключи", "нет", "стоп", "0")
USAGE = "Во сколько присылать сводку дня? /digest 9:00. Выключить: /digest off"
OFF = "Сводки не будет. Включить: /digest 9:00"
NONE = (
    "Утренняя сводка выключена. Включить: /digest 9:00 — в это время придут напоминания на день "
    "и заметки этого дня прошлых лет."
)


def is_on(time: str) -> str:
    return (
        f"Сводка дня приходит в {time}, если есть что сказать. "
        "Изменить: /digest 8:30, выключить: /digest off"
    )


def set_for(time: str, when: str) -> str:
    return (
        f"Каждый день в {time} — напоминания на день и заметки этого дня прошлых лет. "
        f"Первая сводка {when}; когда сказать нечего, её не будет. Выключить: /digest off"
    )


def head(when: str) -> str:
    return f"☀️ {when}"


TODAY = "⏰ Сегодня:"
YEARS_AGO = "📖 В этот день:"


def reminder_row(time: str, words: str) -> str:
    return f"{time} {words}"


def note_row(year: int, number: int, words: str) -> str:
    return f"{year} · #{number} {words}"


def more(number: int) -> str:
    return f"…и ещё {number}"
