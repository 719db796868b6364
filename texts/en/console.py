"""The chat in the terminal."""

BOT = "Bot"
YOU = "You"
CONSOLE_HELLO = (
    "A chat with the bot in the terminal: without Telegram and without a bot token.\n"
    "Type commands such as /help. A button is pressed by its number, \\ at the end of a line "
    "continues it on the next one. To leave: Ctrl-D."
)


def file_saved(path: object) -> str:
    return f"File saved: {path}"
