"""Reminders, in Russian."""

from collections.abc import Iterable
from datetime import datetime

from texts.ru.counts import plural

SIGN = "⏰ "
AFTER_MENTION = ", "
CHANGE = "✏️ Изменить"
CANCEL = "🗑 Отменить"
UNDO = "↩️ Вернуть"
PAUSE = "⏸ Пауза"
RESUME = "▶️ Продолжить"
KEEP = "Оставить как есть"
DONE = "✅ Готово"
SNOOZES = {"10m": "+10 мин", "1h": "+1 ч", "tomorrow": "Завтра"}
QUICK = {"hour": "через 1 ч", "evening": "вечером", "morning": "завтра в 9"}

EXAMPLES = (
    "«завтра в 9 позвонить маме», «через 2 часа вынуть пирог», «каждый понедельник в 10 отчёт»"
)
TIMES = "«завтра в 10», «через 2 часа», «в пятницу вечером»"
SERIES = "«каждый вторник в 10», «по будням в 8:30», «15-го числа в 12»"
USAGE = f"О чём напомнить и когда? Напишите после команды: {EXAMPLES}."
NO_TEXT = (
    "О чём напомнить? Напишите вместе: /remind завтра в 9 позвонить маме — "
    "или ответьте этой командой на сообщение."
)
UNREAD = {
    "NONE": "Не понял, когда напомнить.",
    "IMPOSSIBLE": "Такого дня или часа не бывает.",
    "PAST": "Это время уже прошло.",
    "ZERO": "Это прямо сейчас: можно не раньше чем через минуту.",
    "TOO_OFTEN": "Повторять можно не чаще, чем раз в 5 минут.",
    "TOO_FAR": "Так далеко вперёд я не загадываю.",
}


def unread(kind: str) -> str:
    return f"{UNREAD[kind]} Попробуйте так: {EXAMPLES}."


def unread_time(kind: str) -> str:
    return f"{UNREAD[kind]} Ответьте на это сообщение иначе: {TIMES}."


def too_long(most: int) -> str:
    return (
        f"Слишком длинно: в напоминание помещается {plural(most, 'знак', 'знака', 'знаков')}. "
        "Сохраните текст заметкой (/note_add) и нажмите под ней ⏰."
    )


def too_many(most: int) -> str:
    waiting = plural(most, "напоминание", "напоминания", "напоминаний")
    return f"Уже ждут {waiting}, больше не помещается. Отмените лишние: /reminders"


def assumed(kinds: Iterable[str], time: str) -> str:
    """What was not said and had to be decided, by the names of `times.hours.Assumed`."""
    said = {
        "PART_OF_DAY": f"Час не назван: взято {time}.",
        "TIME_OF_DAY": f"Час не назван: взято {time}.",
        "HALF_OF_DAY": f"Понято как {time}.",
        "NEXT": "Ближайшее уже прошло: взято следующее.",
    }
    return " ".join(sorted({said[kind] for kind in kinds}))


def once(when: str, left: str, text: str) -> str:
    return f"⏰ {when} ({left}): {text}"


def series(rule: str, when: str, left: str, text: str) -> str:
    return f"🔁 {rule}, ближайшее — {when} ({left}): {text}"


def paused(rule: str, text: str) -> str:
    return f"⏸ {rule}, на паузе: {text}"


def over(text: str) -> str:
    return f"Уже прозвучало: {text}"


def snoozed(text: str, when: str, left: str) -> str:
    return f"⏰ {text}\n\nНапомню ещё раз {when} ({left})."


def done(text: str) -> str:
    return f"✅ {text}"


def late(at: datetime, now: datetime) -> str:
    day = "" if at.date() == now.date() else f"{at:%d.%m.%Y} "
    return f"должно было прийти {day}в {at:%H:%M}"


ABOUT_MESSAGE = "об этом сообщении"
NOTE_GONE = "её больше нет: она удалена"


def about_note(number: int, text: str) -> str:
    return f"заметка #{number}\n{text}"


def cancelled(text: str) -> str:
    return f"Напоминание отменено: {text}"


UNKNOWN = "Этого напоминания больше нет. Что ждёт: /reminders"
PAUSED = "Молчу, пока не продолжите."
RESUMED = "Продолжаю."
SNOOZED = "Отложено."
FINISHED = "Готово."
MOVED = "Перенесено."


def ask_time(text: str) -> str:
    return f"На когда перенести? Ответьте на это сообщение: {TIMES}.\n\n⏰ {text}"


def ask_series(text: str) -> str:
    return f"Как теперь повторять? Ответьте на это сообщение: {SERIES}.\n\n🔁 {text}"


def ask_note_time(number: int) -> str:
    return (
        f"Когда напомнить о заметке #{number}? "
        f"Нажмите кнопку или ответьте на это сообщение: {TIMES}."
    )


SAY_SERIES = (
    f"Это напоминание повторяется. Скажите, как повторять теперь: {SERIES}. "
    "Чтобы больше не повторять, отмените его и поставьте новое."
)
EDITED = (
    "Правку напоминания я не читаю. Нажмите под ним «✏️ Изменить» — или напишите ещё раз новым "
    "сообщением."
)
LIST_NONE = "Ничего не ждёт. Первое напоминание: /remind завтра в 9 позвонить маме"


def list_head(total: int) -> str:
    return f"У вас {plural(total, 'напоминание', 'напоминания', 'напоминаний')}:"


def row(number: int, words: str) -> str:
    return f"{number}. {words}"


def open_button(number: int) -> str:
    return f"{number}"


def mention(username: str) -> str:
    return f"@{username}"
