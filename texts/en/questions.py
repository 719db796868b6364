"""Questions and their answers."""

from texts.en.counts import plural

ASK_EMPTY = "What shall I ask? Write the question after the command: /ask why is the sky blue?"


def short_footer(latency_ms: int, model: str) -> str:
    return f"{max(1, round(latency_ms / 1000))} s · {model}"


def answer_footer(latency_ms: int, model: str, tokens: int | None) -> str:
    count = f"; {plural(tokens, 'token', 'tokens')}" if tokens is not None else ""
    return f"({latency_ms} ms; model: {model}{count})"


NOTE_ASK_EMPTY = "What shall I ask your notes? For example: /note_ask when do I meet Anna?"
NOTE_ASK_NONE = (
    "There is nothing about it in your notes. Ask in other words, or just ask the model: /ask"
)
ASK_FAILED = (
    "I could not get an answer: an internal error, it has been written to the log. Try again."
)
ANSWER_GONE = "This answer is no longer kept. Ask the question again."
DIALOGUE_RESET = "That conversation was ended by /new. Ask the question again."
ASKING_AGAIN = "Asking again…"
ASKED_AGAIN = "This question has been asked again already: the answer is below."
GOING_ON = "Going on…"
GONE_ON = "This answer has been continued already: see below."
EDITED_TOO_LATE = (
    "You changed the question after more than a minute, so the answer stays as it was. "
    "Shall I ask with the new text?"
)
AGAIN_BUTTON = "🔁 Again"
UNLIMITED_BUTTON = "🔁 Again without a limit"
EDITED_BUTTON = "🔁 Ask again"
GO_ON_BUTTON = "▶️ Continue"
KEEP_BUTTON = "💾 To notes"
STOP_BUTTON = "⏹ Stop"
STOPPED = "Stopping."
STOPPED_EMPTY = "Stopped, there was no answer yet."
STOPPED_BY_YOU = "⏹ Stopped."
NOTHING_RUNS = "There is nothing to stop: the answer is finished."
NEW_DIALOGUE = "A clean sheet: I no longer consider the conversation before."
ALREADY_NEW = "The conversation has not begun yet. Go ahead and ask!"
FORGOT_HALF = "ℹ️ The conversation got long: its beginning is forgotten. To begin anew: /new"
TOO_LONG = "✂️ The answer ran into the length limit."
STOPPED_BY_EDIT = "⏹ Stopped: the question was changed."


def fell_back(label: str, why: str) -> str:
    return f"ℹ️ A fallback model answered instead of {label}. {why}"


def broke_off(why: str) -> str:
    return f"⚠️ The answer broke off. {why}"


def already_kept(number: int) -> str:
    return f"Saved already: note #{number}."
