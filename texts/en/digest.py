"""The morning digest, in English."""

OFF_WORDS = ("off", "no", "stop", "0")
USAGE = "At what time shall the digest come? /digest 9:00. Switch it off: /digest off"
OFF = "There will be no digest. Switch it on: /digest 9:00"
NONE = (
    "The morning digest is off. Switch it on with /digest 9:00: at that time you get the reminders "
    "of the day and your notes of the same day in years past."
)


def is_on(time: str) -> str:
    return (
        f"The digest comes at {time} if there is something to say. "
        "Change it: /digest 8:30, switch it off: /digest off"
    )


def set_for(time: str, when: str) -> str:
    return (
        f"Every day at {time} you get the reminders of the day and your notes of the same day in "
        f"years past. The first comes {when}; when there is nothing to say, none does. "
        "Switch it off: /digest off"
    )


def head(when: str) -> str:
    return f"☀️ {when}"


TODAY = "⏰ Today:"
YEARS_AGO = "📖 On this day:"


def reminder_row(time: str, words: str) -> str:
    return f"{time} {words}"


def note_row(year: int, number: int, words: str) -> str:
    return f"{year} · #{number} {words}"


def more(number: int) -> str:
    return f"…and {number} more"
