"""What the terminal says and asks when the bot is started."""

TOKEN_ASK = (
    "Не задан TOKEN — ключ вашего бота в Telegram.\n"
    "Как получить: напишите в Telegram боту @BotFather команду /newbot, "
    "он пришлёт строку вида 123456:ABC-def.\n"
    "Вставьте её сюда. Enter без ключа — разговор прямо в терминале."
)
TOKEN_PROMPT = "TOKEN: "
TOKEN_SHAPE = "Это не похоже на ключ бота: нужна строка вида 123456:ABC-def."
TOKEN_REFUSED = "Telegram не принял TOKEN. Возьмите действующий у @BotFather командой /token."
TOKEN_UNCHECKED = "Не получилось проверить ключ: нет связи с Telegram. Попробуйте позже."
YES = ("", "д", "да", "y", "yes")
SAVED = "Записано в .env."


KEY_ASK = (
    "Чтобы бот отвечал на вопросы, ему нужен ключ модели; заметки работают и без него.\n"
    "Бесплатный ключ OpenRouter: https://openrouter.ai/keys. Вставьте его сюда. "
    "Enter — без ключа, его можно вписать в .env потом и перезапустить бота."
)
KEY_PROMPT = "OPENROUTER_API_KEY: "
KEY_SAVE = "Ключ действует. Записать его в .env, чтобы больше не спрашивать? [Д/н] "
KEY_REFUSED = (
    "OpenRouter не принял этот ключ. Скопируйте его целиком или создайте новый: "
    "https://openrouter.ai/keys"
)


def open_chat(username: str) -> str:
    return f"Готово. Откройте https://t.me/{username} и отправьте /start."


def token_save(username: str) -> str:
    return f"Это бот @{username}. Записать ключ в .env, чтобы больше не спрашивать? [Д/н] "


DESCRIPTION = "Бот с заметками и вопросами к нейросетям"
CONSOLE_OPTION = "разговор в терминале, без Telegram и токена"
BACKUP_OPTION = "скопировать базу, пока бот работает или нет"
RESTORE_OPTION = "вернуть базу из копии; прежняя останется рядом"
FILE = "ФАЙЛ"
