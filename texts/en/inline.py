"""Notes offered in other chats, by the bot's name and some words."""

# Each stands on a button that opens the chat with the bot.
OPEN = "Open the bot"
NOTHING_FOUND = "Nothing found. Open the bot"
NO_NOTES = "No notes yet. Open the bot"
