"""The greeting, the help and what the bot says to what it does not know."""

GREETING = (
    "Hello! I keep your notes and answer questions with the help of large language models. "
    "Just write a question.\n\nWhat I can do:"
)
GREETING_IN_GROUP = (
    "Hello! In a group I answer /ask, mentions and replies to my messages; notes I show in the "
    "private chat only.\n\nWhat I can do here:"
)
HELP_END = (
    "The number of a note stands after #. Nobody can look into the notes of others.\n"
    "What you forward, photos, files, voice messages and links I keep at the press of a button. "
    "Change a message with /note_add, and the note changes too. "
    "Send a .json or .zip file made by /note_export, and the notes come back."
)


def unknown_command(command: str, close: str | None) -> str:
    hint = f" Did you mean /{close}?" if close else ""
    return f"I have no command /{command}.{hint} All commands: /help"


ONLY_IN_PRIVATE = "I show that in the private chat only."
OPEN_PRIVATE_CHAT = "Open the private chat"
NOT_TEXT = (
    "I cannot keep that. Send a text, a link, a photo, a file, a voice message, "
    "or forward somebody's message."
)
