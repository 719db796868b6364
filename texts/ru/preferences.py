"""The screens of /settings."""

from texts.ru.counts import plural

HEAD = "⚙️ Ваши настройки. Всё действует сразу."
OWNER_HEAD = "👑 Настройки всего бота. 🔒 — задано в .env: меняется там, с перезапуском."
FOR_OWNER = "👑 Настройки бота"
NO_MODEL = "нет"
NAMES = {
    "model": "🤖 Модель",
    "style": "🎭 Стиль",
    "timezone": "🕒 Часовой пояс",
    "language": "🌐 Язык",
    "plain_text": "✍️ Простой текст",
    "footer": "📏 Под ответом",
    "digest": "🌅 Сводка на день",
    "name_shared": "🙂 Имя для моделей",
    "tools": "🧰 Что модель может делать",
}
VALUES = {
    "language": {"": "как в Telegram", "ru": "русский", "en": "English"},
    "plain_text": {"question": "вопрос", "note": "заметка"},
    "footer": {"full": "время, модель и токены", "short": "коротко", "off": "ничего"},
    "digest": {"": "не присылать"},
    "name_shared": {"": "не называть", "yes": "называть"},
}
HOW = {
    "language": "🌐 На каком языке говорить?",
    "plain_text": (
        "✍️ Чем считать в личном чате текст без команды? Заметка сохранится сразу, "
        "а вопрос можно задать командой /ask или ответом на моё сообщение."
    ),
    "footer": (
        "📏 Что писать под ответом? «Коротко» — время и модель: «7 с · DeepSeek R1». "
        "О том, что пошло не так, я скажу в любом случае."
    ),
    "digest": (
        "🌅 Во сколько присылать, что будет сегодня и что было в этот день в прошлые годы? "
        "Другое время: /digest 06:30"
    ),
    "name_shared": (
        "🙂 Называть моделям ваше имя? Тогда они смогут к вам обратиться. Имя уходит поставщику модели "
        "вместе с вопросом."
    ),
}
ACCESS = "👥 Кому можно писать"
NAMES_OF_ALL = {
    "ASK_PER_MINUTE": "⏱ Вопросов в минуту",
    "ASK_PER_DAY": "📅 Вопросов в день",
    "BACKUP_EVERY": "💾 Копия базы",
    "WEB_SEARCH": "🌍 Поиск в интернете",
}
HOW_OF_ALL = {
    "ASK_PER_MINUTE": "⏱ Сколько вопросов в минуту может задать один человек?",
    "ASK_PER_DAY": "📅 Сколько вопросов в день может задать один человек?",
    "BACKUP_EVERY": "💾 Как часто делать копию базы?",
    "WEB_SEARCH": "🌍 Для кого моделям OpenRouter искать в интернете? Поиск стоит денег и у бесплатных моделей.",
}
WEB_SEARCHES = {"OFF": "выключен", "ON": "только для меня", "ALL": "для всех, кого я впустил"}


def row(name: str, value: str) -> str:
    return f"{NAMES[name]}: {value}"


def row_of_all(name: str, value: str, is_fixed: bool) -> str:
    return f"{'🔒 ' if is_fixed else ''}{NAMES_OF_ALL[name]}: {value}"


def fixed(name: str) -> str:
    return f"Это задано в .env: {name}. Поменяйте там и перезапустите бота."


def default_model(label: str) -> str:
    return f"🤖 Модель по умолчанию: {label}"


def of_all(name: str, value: int | str) -> str:
    """A value of one of NAMES_OF_ALL: questions, seconds between two copies, a word."""
    if isinstance(value, str):
        return WEB_SEARCHES[value]
    if name != "BACKUP_EVERY":
        return str(value) if value else "сколько угодно"
    if not value:
        return "сама не делается"
    if value % 86_400:
        return f"раз в {plural(value // 3600, 'час', 'часа', 'часов')}"
    days = value // 86_400
    return "раз в день" if days == 1 else f"раз в {plural(days, 'день', 'дня', 'дней')}"
