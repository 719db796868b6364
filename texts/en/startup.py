"""What the terminal says and asks when the bot is started."""

TOKEN_ASK = (
    "TOKEN is not set: it is the key of your bot in Telegram.\n"
    "How to get one: write /newbot to the bot @BotFather in Telegram, "
    "it will send a line like 123456:ABC-def.\n"
    "Paste it here. Enter without a key starts a chat right in the terminal."
)
TOKEN_PROMPT = "TOKEN: "
TOKEN_SHAPE = "That does not look like the key of a bot: it is a line like 123456:ABC-def."
TOKEN_REFUSED = "Telegram did not accept TOKEN. Get a valid one from @BotFather by /token."
TOKEN_UNCHECKED = "The key could not be checked: no connection to Telegram. Try again later."
YES = ("", "y", "yes", "д", "да")
SAVED = "Written to .env."


KEY_ASK = (
    "To answer questions the bot needs the key of a provider of models; notes work without it.\n"
    "A free key of OpenRouter: https://openrouter.ai/keys. Paste it here. "
    "Enter goes on without a key; it can be put into .env later, then restart the bot."
)
KEY_PROMPT = "OPENROUTER_API_KEY: "
KEY_SAVE = "The key is valid. Write it to .env, so that you are not asked again? [Y/n] "
KEY_REFUSED = (
    "OpenRouter did not accept this key. Copy the whole of it or create a new one: "
    "https://openrouter.ai/keys"
)


def open_chat(username: str) -> str:
    return f"Done. Open https://t.me/{username} and send /start."


def token_save(username: str) -> str:
    return f"This is the bot @{username}. Write the key to .env, so that you are not asked again? [Y/n] "


DESCRIPTION = "A bot with notes and questions to large language models"
CONSOLE_OPTION = "a chat in the terminal, without Telegram and without a token"
BACKUP_OPTION = "copy the database, whether the bot is running or not"
RESTORE_OPTION = "restore the database from a copy; the former one is kept beside it"
FILE = "FILE"
