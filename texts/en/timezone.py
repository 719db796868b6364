"""Time zones, in English."""

from texts.en.counts import plural

NAMES = {
    "Europe/Kaliningrad": "Kaliningrad",
    "Europe/Moscow": "Moscow",
    "Europe/Samara": "Samara",
    "Asia/Yekaterinburg": "Yekaterinburg",
    "Asia/Omsk": "Omsk",
    "Asia/Novosibirsk": "Novosibirsk",
    "Asia/Krasnoyarsk": "Krasnoyarsk",
    "Asia/Irkutsk": "Irkutsk",
    "Asia/Yakutsk": "Yakutsk",
    "Asia/Vladivostok": "Vladivostok",
    "Asia/Magadan": "Magadan",
    "Asia/Kamchatka": "Kamchatka",
}
OF_BOT = "the bot's own"
HOW = (
    "Press yours, or write a city, a zone or an offset: "
    "/timezone Novosibirsk, /timezone Europe/Berlin, /timezone +5"
)


def now_is(name: str, time: str) -> str:
    return f"Your time zone is {name}, where it is {time} now."


def place(name: str, offset: str) -> str:
    return f"{name} ({offset})"


def button(name: str, time: str) -> str:
    return f"{name} {time}"


def suggestion(name: str) -> str:
    return f"Yes, {name}"


def moved(series: int) -> str:
    repeated = plural(series, "repeating reminder goes", "repeating reminders go")
    return f"{repeated} by it now, at the same hours; what comes once keeps its moment."


ONLY_ONCE = "Reminders that come once keep their moment."


def unknown(given: str) -> str:
    return f"I do not know the time zone “{given}”. {HOW}"


def unknown_but(given: str, name: str) -> str:
    return f"I do not know the time zone “{given}”. Did you mean {name}?"
