"""Notes offered in other chats, by the bot's name and some words."""

# Each stands on a button that opens the chat with the bot.
OPEN = "Открыть бота"
NOTHING_FOUND = "Ничего не нашлось. Открыть бота"
NO_NOTES = "Заметок пока нет. Открыть бота"
