"""Time zones, in Russian."""

from texts.ru.counts import plural

NAMES = {
    "Europe/Kaliningrad": "Калининград",
    "Europe/Moscow": "Москва",
    "Europe/Samara": "Самара",
    "Asia/Yekaterinburg": "Екатеринбург",
    "Asia/Omsk": "Омск",
    "Asia/Novosibirsk": "Новосибирск",
    "Asia/Krasnoyarsk": "Красноярск",
    "Asia/Irkutsk": "Иркутск",
    "Asia/Yakutsk": "Якутск",
    "Asia/Vladivostok": "Владивосток",
    "Asia/Magadan": "Магадан",
    "Asia/Kamchatka": "Камчатка",
}
OF_BOT = "общий для бота"
HOW = (
    "Нажмите свой или напишите город, зону или смещение: "
    "/timezone Новосибирск, /timezone Europe/Berlin, /timezone +5"
)


def now_is(name: str, time: str) -> str:
    return f"Ваш часовой пояс — {name}, сейчас {time}."


def place(name: str, offset: str) -> str:
    return f"{name} ({offset})"


def button(name: str, time: str) -> str:
    return f"{name} {time}"


def suggestion(name: str) -> str:
    return f"Да, {name}"


def moved(series: int) -> str:
    repeated = plural(
        series,
        "повторяющееся напоминание идёт",
        "повторяющихся напоминания идут",
        "повторяющихся напоминаний идут",
    )
    return f"Теперь по нему {repeated} в те же часы; разовые придут в тот же момент, что и раньше."


ONLY_ONCE = "Разовые напоминания придут в тот же момент, что и раньше."


def unknown(given: str) -> str:
    return f"Не знаю такого пояса: «{given}». {HOW}"


def unknown_but(given: str, name: str) -> str:
    return f"Не знаю такого пояса: «{given}». Может быть, {name}?"
