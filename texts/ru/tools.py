"""What models do for people: while it is done, under the answer, and in /tools, in Russian."""

from datetime import datetime

from texts.ru.times import moment

LOOKING = {
    "find_notes": "🔎 ищу в заметках…",
    "read_note": "🔎 читаю заметку…",
    "save_note": "💾 сохраняю…",
    "edit_note": "✏️ меняю заметку…",
    "set_reminder": "⏰ ставлю напоминание…",
    "list_reminders": "🔎 смотрю напоминания…",
    "move_reminder": "⏰ переношу напоминание…",
}
WORKING = "⚙️ работаю…"
NEAR = {0: "сегодня", 1: "завтра"}
SIGNS = {"save_note": "💾", "edit_note": "✏️", "set_reminder": "⏰", "move_reminder": "⏰"}


EFFECTS = {"note_saved": "💾 #%d", "note_edited": "✏️ #%d"}


def effect_reminder(at: datetime, now: datetime) -> str:
    """When a reminder comes, in few letters."""
    days = (at.date() - now.date()).days
    if days in NEAR:
        return f"⏰ {NEAR[days]} {at:%H:%M}"
    return f"⏰ {moment(at, now)}"


def offer(sign: str, number: int | None, text: str) -> str:
    """What a model wants to do and did not."""
    about = f"#{number} " if number else ""
    return f"❔ {sign} {about}«{text}»"


OFFER_HEAD = (
    "Модель прочитала чужой текст или ваши записи, поэтому этого без вас не делает. Сделать?"
)


def do_button(label: str) -> str:
    return f"✅ {label}"


def back_button(label: str) -> str:
    return f"↩️ {label}"


DONE_ALREADY = "Это уже сделано."
DO_CHANGED = "С тех пор всё изменилось, поэтому не трогаю. Попросите ещё раз."
CALL_GONE = "Это уже не хранится."
BACK_TWICE = "Уже убрано."
BACK = {
    "note_saved": "Заметка убрана в корзину: 30 дней её можно вернуть.",
    "note_edited": "Вернул прежний текст заметки.",
    "reminder_set": "Напоминание отменено.",
    "reminder_moved": "Вернул напоминание на прежнее время.",
}
BACK_GONE = {
    "note_saved": "Этой заметки уже нет.",
    "note_edited": "Этой заметки уже нет.",
    "reminder_set": "Этого напоминания уже нет.",
    "reminder_moved": "Этого напоминания уже нет.",
}
BACK_CHANGED = {
    "note_saved": "Заметку с тех пор изменили, поэтому она осталась. Удалить: /note_del",
    "note_edited": "Заметку с тех пор изменили, поэтому прежний текст не возвращаю.",
    "reminder_set": "Напоминание с тех пор перенесли, поэтому оно осталось: /reminders",
    "reminder_moved": "Напоминание с тех пор перенесли ещё раз: /reminders",
}
BACK_PAST = "Прежнее время уже прошло, поэтому напоминание осталось на новом."
NO_WORDS = "Модель всё искала и так и не ответила. Спросите ещё раз или другими словами."
ONLY_DONE = "Готово."

LIST_HEAD = (
    "Что модель может делать для вас, когда вы об этом просите. Всё можно вернуть кнопкой под "
    "ответом. Нажмите, чтобы выключить или включить:"
)
LIST_UNABLE = "Модель, которая отвечает вам сейчас, этого не умеет. Другие: /models"
LABELS = {
    "save_note": "сохранять заметки",
    "edit_note": "менять заметки",
    "find_notes": "искать в заметках",
    "read_note": "читать заметки",
    "set_reminder": "ставить напоминания",
    "list_reminders": "смотреть напоминания",
    "move_reminder": "переносить напоминания",
}
ALL_OFF = "Выключить всё"
ALL_ON = "Включить всё"


def toggle(label: str, is_on: bool) -> str:
    return f"{'✅' if is_on else '⬜'} {label}"


def how_many(on: int, of: int) -> str:
    """How many tools of all are on."""
    if on in (0, of):
        return "всё" if on else "ничего"
    return f"{on} из {of}"
