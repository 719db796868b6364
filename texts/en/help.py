"""The greeting, the help, the profile and what the bot says to what it does not know."""

GREETING = (
    "Hello! I keep your notes and answer questions with the help of large language models.\n"
    "To ask, just write; or speak, or send a photo or a document.\n"
    "To save a note: /note_add buy milk."
)
GREETING_TO_OWNER = "You are the owner: who writes to me and how much is in “⚙️ Settings”."
GREETING_IN_GROUP = (
    "Hello! In a group I answer /ask, mentions and replies to my messages.\n"
    "I save a note for /note_add, and show notes in the private chat only."
)
# What stands under the greeting.
MENU = {
    "notes": "📝 Notes",
    "models": "🤖 Model",
    "styles": "🎭 Style",
    "settings": "⚙️ Settings",
    "help": "❓ Help",
}
HELP_IN_PRIVATE = "Just write a question, and I answer. What shall I tell you about?"
HELP_BACK = "⬅️ Sections"
SECTIONS = {
    "notes": "📝 Notes",
    "reminders": "⏰ Reminders",
    "questions": "💬 Questions",
    "models": "🤖 Models",
    "more": "⚙️ More",
    "owner": "👑 For the owner",
}
# What is said below the commands of a section.
SECTION_ENDS = {
    "notes": (
        "The number of a note stands after #. Nobody can look into the notes of others.\n"
        "What you forward, photos, files, voice messages and links I keep at the press of a "
        "button. Change a message with /note_add, and the note changes too. "
        "Send a .json or .zip file made by /note_export, and the notes come back."
    ),
    "reminders": (
        "No command is needed: “remind me in an hour to take out the pie”. There is ⏰ under a note, and a reminder can be answered with another time."
    ),
    "questions": (
        "No command is needed: in the private chat any text is a question, and so is a voice "
        "message, or a photo or a document with a caption. To go deeper, reply to my message."
    ),
    "models": "A button says how much a model reads at once, and if it sees 👁 and hears 🎤.",
    "more": "",
    "owner": "Nobody else is shown these commands.",
}
PROFILE = {
    "description": (
        "I keep notes and answer questions with the help of large language models.\n\n"
        "📝 Notes: texts, photos, files and voice messages, tags and a fast search.\n"
        "💬 Questions: just write, speak, or send a photo or a document.\n"
        "🔎 Answers from your own notes.\n\n"
        "Press “Start”."
    ),
    "short_description": "Notes with a fast search, and answers of AI models to texts, voice and photos.",
}


def unknown_command(command: str, close: str | None) -> str:
    hint = f" Did you mean /{close}?" if close else ""
    return f"I have no command /{command}.{hint} All commands: /help"


ONLY_IN_PRIVATE = "I show that in the private chat only."
OPEN_PRIVATE_CHAT = "Open the private chat"
NOT_TEXT = (
    "I cannot keep that. Send a text, a link, a photo, a file, a voice message, "
    "or forward somebody's message."
)
