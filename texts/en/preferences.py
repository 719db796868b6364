"""The screens of /settings."""

from texts.en.counts import plural

HEAD = "⚙️ Your settings. Everything holds at once."
OWNER_HEAD = "👑 The settings of the whole bot. 🔒 means set in .env: change it there and restart."
FOR_OWNER = "👑 The bot's settings"
NO_MODEL = "none"
NAMES = {
    "model": "🤖 Model",
    "style": "🎭 Style",
    "timezone": "🕒 Time zone",
    "language": "🌐 Language",
    "plain_text": "✍️ Plain text",
    "footer": "📏 Below answers",
    "digest": "🌅 Daily digest",
    "name_shared": "🙂 Name for models",
    "tools": "🧰 What the model may do",
}
VALUES = {
    "language": {"": "as in Telegram", "ru": "Russian", "en": "English"},
    "plain_text": {"question": "a question", "note": "a note"},
    "footer": {"full": "time, model and tokens", "short": "in short", "off": "nothing"},
    "digest": {"": "none"},
    "name_shared": {"": "not told", "yes": "told"},
}
HOW = {
    "language": "🌐 Which language shall I speak?",
    "plain_text": (
        "✍️ What is a text without a command in the private chat? A note is saved at once; "
        "to ask then, use /ask or reply to my message."
    ),
    "footer": (
        "📏 What shall stand below an answer? In short, the time and the model: "
        "“7 s · DeepSeek R1”. What goes wrong I tell you in any case."
    ),
    "digest": (
        "🌅 When shall I send what today brings, and what was on this day in years past? "
        "Another time: /digest 06:30"
    ),
    "name_shared": (
        "🙂 Shall models be told your first name? They can address you then. The name goes to the "
        "provider of the model with the question."
    ),
}
ACCESS = "👥 Who may write"
NAMES_OF_ALL = {
    "ASK_PER_MINUTE": "⏱ Questions a minute",
    "ASK_PER_DAY": "📅 Questions a day",
    "BACKUP_EVERY": "💾 Copy of the database",
    "WEB_SEARCH": "🌍 Web search",
}
HOW_OF_ALL = {
    "ASK_PER_MINUTE": "⏱ How many questions a minute may one person ask?",
    "ASK_PER_DAY": "📅 How many questions a day may one person ask?",
    "BACKUP_EVERY": "💾 How often shall I copy the database?",
    "WEB_SEARCH": "🌍 For whom may models of OpenRouter search the web? It costs money also with free models.",
}
WEB_SEARCHES = {"OFF": "off", "ON": "only for me", "ALL": "for all whom I have let in"}


def row(name: str, value: str) -> str:
    return f"{NAMES[name]}: {value}"


def row_of_all(name: str, value: str, is_fixed: bool) -> str:
    return f"{'🔒 ' if is_fixed else ''}{NAMES_OF_ALL[name]}: {value}"


def fixed(name: str) -> str:
    return f"That is set in .env: {name}. Change it there and restart the bot."


def default_model(label: str) -> str:
    return f"🤖 Default model: {label}"


def of_all(name: str, value: int | str) -> str:
    """A value of one of NAMES_OF_ALL: questions, seconds between two copies, a word."""
    if isinstance(value, str):
        return WEB_SEARCHES[value]
    if name != "BACKUP_EVERY":
        return str(value) if value else "any number"
    if not value:
        return "not by itself"
    if value % 86_400:
        return f"every {plural(value // 3600, 'hour', 'hours')}"
    return "every day" if value == 86_400 else f"every {plural(value // 86_400, 'day', 'days')}"
