"""Files in questions: pictures, documents and recordings."""

from texts.en.counts import plural

OFFER = "What shall I do with the picture? You can also reply to it with a question."
LOOK_BUTTON = "🔍 What is this?"
LOOK = "What is this? Describe what it shows and give the text, if there is any."
DOCUMENT_OFFER = "What shall I do with the file? You can also reply to it with a question."
RETELL_BUTTON = "📝 Summarize"
RETELL = "Summarize this file: what it is about and what matters most in it."
ABOUT_BUTTON = "❓ Ask"
HERE_IT_IS = "Here is the file."
ASK_WHAT = "I will read it. What do you want to know about it?"
LOOKING = "Looking…"
LOOKED = "That has been asked already: see below."
TOO_LARGE = (
    "The file is larger than 20 MB, and Telegram gives bots no more. Send a smaller one or parts "
    "of it; send a picture as a photo, not as a file."
)
LOST = "I could not get the file from Telegram. Please send it again."
NOT_A_PICTURE = (
    "This is no picture that I can show to models, or the file is damaged. "
    "JPEG, PNG, WebP and GIF will do; the easiest way is to send it as a photo."
)
NOBODY_SEES = (
    "Your model does not see pictures, and there is no other one just now that does. "
    "Choose a model with the sign 👁: /models"
)
LISTENING = "🎤 Listening…"
NOTHING_HEARD = "I heard no words in the recording. Say it again, closer to the microphone."
NOBODY_HEARS = (
    "There is nobody to write down a voice message. For the bot's owner: it takes a server with "
    "/audio/transcriptions (OPENAI_BASE_URL), TRANSCRIBE_MODEL for OpenRouter, GigaChat or a free model "
    "with the sign 🎤."
)
REFUSED = "ℹ️ The model did not take what you sent: this answer was made without the pictures."


def heard(words: str) -> str:
    return f"🎤 {words}"


def seen_by_another(label: str) -> str:
    return f"ℹ️ {label} does not see pictures, so another model answered."


def missing(number: int) -> str:
    return f"ℹ️ Not shown to the model: {plural(number, 'file', 'files')}."


def read_in_part(name: str, share: float) -> str:
    return f"ℹ️ “{name}”: {max(1, round(share * 100))}% was read, there was no room for more."


# Why a document has no text for a model, by the kind of `documents.reading.UnreadableError`.
UNREADABLE = {
    "empty": "The file is empty: there is nothing to read.",
    "encrypted": "The file has a password. Remove it and send the file again.",
    "bomb": "The file unpacks into something far too large. Send only the part that you need.",
    "slow": "The file is too complex: there was not enough time to read it. Send it in parts.",
    "broken": "The file is damaged, I could not read it. Check whether it opens on your side.",
    "archive": "This is an archive, I do not look into those. Unpack it and send the file you need.",
    "no_text": "The file has no text: these seem to be pictures of pages. Send the pages you need "
    "as pictures or choose a model of OpenRouter, it reads such files: /models",
    "unsupported": "I do not read such files. Text, code, CSV, HTML, PDF and DOCX will do.",
}
