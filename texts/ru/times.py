"""Moments and repetitions as people say them; `times.reading` reads them back."""

from datetime import datetime, timedelta

from texts.ru.counts import plural
from times.repeats import Repeat

_MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)
WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
_EACH = (
    "каждый понедельник",
    "каждый вторник",
    "каждую среду",
    "каждый четверг",
    "каждую пятницу",
    "каждую субботу",
    "каждое воскресенье",
)
_ON = ("понедельникам", "вторникам", "средам", "четвергам", "пятницам", "субботам", "воскресеньям")
_NTH = {
    1: ("первый", "первую", "первое"),
    2: ("второй", "вторую", "второе"),
    3: ("третий", "третью", "третье"),
    4: ("четвёртый", "четвёртую", "четвёртое"),
    -1: ("последний", "последнюю", "последнее"),
}
_ACCUSATIVE = ("понедельник", "вторник", "среду", "четверг", "пятницу", "субботу", "воскресенье")
_GENDERS = (0, 0, 1, 0, 1, 1, 2)  # of the weekdays: masculine, feminine, neuter
_SETS = {(0, 1, 2, 3, 4): "по будням", (5, 6): "по выходным"}
# One, then several of a unit.
_UNITS = {
    "MINUTELY": ("каждую минуту", "минуту", "минуты", "минут"),
    "HOURLY": ("каждый час", "час", "часа", "часов"),
    "DAILY": ("каждый день", "день", "дня", "дней"),
    "WEEKLY": ("каждую неделю", "неделю", "недели", "недель"),
    "MONTHLY": ("каждый месяц", "месяц", "месяца", "месяцев"),
    "YEARLY": ("каждый год", "год", "года", "лет"),
}
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def moment(at: datetime, now: datetime) -> str:
    """25 ноября, среда, 09:00; the year where it is not this one."""
    year = "" if at.year == now.year else f" {at.year}"
    return f"{at.day} {_MONTHS[at.month - 1]}{year}, {WEEKDAYS[at.weekday()]}, {at:%H:%M}"


def in_how_long(at: datetime, now: datetime) -> str:
    """In the one or two units that matter: через 45 мин, через 1 ч 20 мин, через 18 ч."""
    left = timedelta(seconds=round(at.timestamp() - now.timestamp()))
    if left < _MINUTE:
        return f"через {max(left.seconds, 1)} с" if left > timedelta() else "сейчас"
    if left < 3 * _HOUR:
        hours, minutes = divmod(round(left / _MINUTE), 60)
        said = (f"{hours} ч" if hours else "", f"{minutes} мин" if minutes else "")
        return f"через {' '.join(filter(None, said))}"
    if left < 2 * _DAY:
        return f"через {round(left / _HOUR)} ч"
    days = round(left / _DAY)
    if days < 60:
        return f"через {plural(days, 'день', 'дня', 'дней')}"
    if days < 730:
        return f"через {plural(round(days / 30.44), 'месяц', 'месяца', 'месяцев')}"
    return f"через {plural(round(days / 365.25), 'год', 'года', 'лет')}"


def every(rule: str, first: datetime) -> str:
    """A rule of `times.reading` by words: каждый понедельник в 10:00."""
    repeat = Repeat.of(rule)
    if repeat.freq in ("MINUTELY", "HOURLY"):
        return _interval(repeat)
    times = repeat.times or (first.hour * 60 + first.minute,)
    hours = _listed([f"{time // 60}:{time % 60:02}" for time in times])
    return f"{_DAYS[repeat.freq](repeat)} в {hours}"


def _interval(repeat: Repeat) -> str:
    one, *forms = _UNITS[repeat.freq]
    if repeat.interval == 1:
        return one
    each = "каждую" if forms[0][-1] in "ую" else "каждый"
    if repeat.interval % 10 == 1 and repeat.interval % 100 != 11:
        return f"{each} {repeat.interval} {forms[0]}"
    return f"каждые {plural(repeat.interval, forms[0], forms[1], forms[2])}"


def _weekly(repeat: Repeat) -> str:
    days = repeat.weekdays
    if repeat.interval == 1 and len(days) == 1:
        return _EACH[days[0]]
    on = _SETS.get(days) or f"по {_listed([_ON[day] for day in days])}"
    return on if repeat.interval == 1 else f"{_interval(repeat)} {on}"


def _monthly(repeat: Repeat) -> str:
    if repeat.nth:
        day = repeat.weekdays[0]
        which = _NTH[repeat.nth][_GENDERS[day]]
        on = f"{'во' if repeat.nth == 2 else 'в'} {which} {_ACCUSATIVE[day]}"
    elif repeat.monthdays == (-1,):
        on = "в последний день"
    else:
        on = f"{_listed([f'{31 if day < 0 else day}-го' for day in repeat.monthdays])} числа"
    return f"{on} каждого месяца" if repeat.interval == 1 else f"{_interval(repeat)} {on}"


def _yearly(repeat: Repeat) -> str:
    day = repeat.monthdays[0]
    return f"{_interval(repeat)} {29 if day < 0 else day} {_MONTHS[repeat.month - 1]}"


_DAYS = {"DAILY": _interval, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}


def _listed(items: list[str]) -> str:
    *others, last = items
    return f"{', '.join(others)} и {last}" if others else last
