"""Notes."""

from datetime import datetime

from texts.ru.counts import moment, notes_count, plural

BUTTON_EDIT = "✏️"
BUTTON_DELETE = "🗑"
BUTTON_PIN = "📌"
BUTTON_REMIND = "⏰"
BUTTON_UNDO = "↩️ Вернуть"
BUTTON_SAVE = "💾 В заметки"
BUTTON_OPEN = "Открыть"

FILE_KINDS = {
    "photo": "🖼 фото",
    "document": "📎 файл",
    "voice": "🎤 голосовое",
    "audio": "🎵 аудио",
    "video": "🎬 видео",
    "animation": "🎞 GIF",
    "video_note": "🎬 кружок",
}


def note_added(number: int) -> str:
    return f"Сохранено: заметка #{number}."


NOTE_EMPTY = (
    "Нечего сохранять. Напишите текст после команды: /note_add купить молоко — "
    "или ответьте командой /note_add на сообщение."
)
NOTES_NONE = "Заметок пока нет. Первая: /note_add купить молоко"

SAVE_OFFER = "Сохранить в заметки?"
SAVE_LOST = "Не вижу исходного сообщения: похоже, оно удалено. Пришлите его ещё раз."


def note_head(number: int, made_at: datetime, pinned: bool) -> str:
    return f"{'📌 ' if pinned else ''}#{number} · {moment(made_at)}"


def note_origin(name: str, sent_at: datetime | None) -> str:
    return f"↪️ {name}, {moment(sent_at)}" if sent_at else f"↪️ {name}"


def note_button(number: int) -> str:
    return f"#{number}"


def notes_list_head(total: int) -> str:
    return f"У вас {notes_count(total)}:"


def list_limit_wrong(most: int) -> str:
    return f"Сколько показать? Напишите число от 1 до {most}: /note_list 10"


FIND_EMPTY = "Что искать? Напишите часть слова, несколько слов или тег: /note_find молоко"


def found_none(query: str) -> str:
    return f"Ничего не нашлось: «{query}»."


def found_head(found: int) -> str:
    return plural(found, "заметка нашлась:", "заметки нашлись:", "заметок нашлось:")


def found_many(query: str) -> str:
    return f"Вот что нашлось: «{query}»."


TAGS_NONE = "Тегов пока нет. Поставьте в заметке слово с решёткой: /note_add позвонить маме #дела"
TAGS_HOW = "Нажмите на тег, и я покажу его заметки."


def tags_head(number: int) -> str:
    return f"У вас {plural(number, 'тег', 'тега', 'тегов')}:"


def tag_row(tag: str, notes: int) -> str:
    return f"{tag} — {notes_count(notes)}"


def tag_button(tag: str, notes: int) -> str:
    return f"{tag} · {notes}"


def note_unknown(number: int) -> str:
    return f"Заметки #{number} у вас нет. Ваши номера: /note_list"


DELETE_USAGE = "Какую заметку удалить? Напишите её номер: /note_del 3"
SHOW_USAGE = "Какую заметку показать? Напишите её номер: /note 3"


def note_deleted(number: int) -> str:
    return f"Заметка #{number} удалена."


def note_in_bin(number: int) -> str:
    return f"Заметка #{number} удалена, но её ещё можно вернуть."


def note_restored(number: int) -> str:
    return f"Заметка #{number} снова на месте."


def note_not_deleted(number: int) -> str:
    return f"Заметка #{number} и так на месте."


def note_gone(number: int) -> str:
    return f"Заметки #{number} больше нет: удалённые хранятся 30 дней."


def note_pinned(number: int, pinned: bool) -> str:
    return f"Заметка #{number} {'закреплена' if pinned else 'откреплена'}."


def you_have(number: int) -> str:
    return f"У вас {notes_count(number)}."


EXPORT_NONE = "Сохранять нечего: заметок пока нет."
EXPORT_USAGE = "В каком виде? Напишите /note_export txt, md, json или zip (с файлами)."
EXPORT_HOW_BACK = "Чтобы вернуть их, в том числе в другом боте, пришлите ему эти файлы."


def export_caption(number: int) -> str:
    return f"Все ваши заметки: {notes_count(number)}."


IMPORT_TOO_LARGE = (
    "Файл слишком большой: Telegram отдаёт ботам файлы до 20 МБ. "
    "Части из /note_export json меньше — пришлите их по одной."
)
IMPORT_UNAVAILABLE = "Не получилось скачать файл из Telegram. Пришлите его ещё раз."
IMPORT_FOREIGN = (
    "Это не заметки из /note_export json: вернуть из этого файла нечего. "
    "Сохранить сам файл в заметки?"
)


def imported(new: int, same: int, refused: int) -> str:
    parts = [
        f"Готово. Добавлено: {notes_count(new)}.",
        f"Уже были: {same}." if same else "",
        f"Не подошли (повреждены): {refused}." if refused else "",
    ]
    return " ".join(filter(None, parts))


def stats_days_wrong(most: int) -> str:
    return f"За сколько дней? Напишите число от 1 до {most}: /note_stats 30"


def stats_head(days: int, total: int) -> str:
    period = plural(days, "последний день", "последних дня", "последних дней").split(" ", 1)
    span = "сегодня" if days == 1 else f"{days} {period[1]}"
    return f"Заметки за {span}: {total}"


def stats_all(total: int) -> str:
    return f"Всего: {notes_count(total)}"


MONTHS = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
STATS_TITLES = {
    "day": "Заметки по дням",
    "week": "Заметки по неделям",
    "month": "Заметки по месяцам",
}


def chart_title(unit: str, total: int) -> str:
    return f"{STATS_TITLES[unit]}: {total}"


def month_label(month: int, year: int, with_year: bool) -> str:
    return f"{MONTHS[month - 1]} {year % 100:02}" if with_year else MONTHS[month - 1]
