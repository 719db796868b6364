"""Editing notes."""

EDIT_USAGE = "Give the number and the new text: /note_edit 3 buy bread"
EDIT_EMPTY = "The new text is empty. To delete a note: /note_del number"
EDIT_PLACEHOLDER = "The new text of the note"
BUTTON_COPY = "📋 Copy the text"
UNDO = "↩️ Bring the old text back"


def edit_now(number: int) -> str:
    return f"Note #{number} now says:\n\n"


def edit_prompt(number: int) -> str:
    return f"Send the new text of note #{number} as a reply to this message."


def edit_wants_text(number: int) -> str:
    return (
        f"Only a text can go into note #{number}: a file or a sticker cannot take its place. "
        "It stays as it was."
    )


def note_edited(number: int) -> str:
    return f"Note #{number} is changed."


def edit_undone(number: int) -> str:
    return f"Note #{number} has its old text again."


# Why an edit cannot be taken back.
EDIT_KEPT = {
    "undone": "Note #{number} has its old text back already.",
    "followed": "Note #{number} was changed once more since then. To see it: /note {number}",
    "forgotten": "The old text of note #{number} is gone: it is kept for 30 days.",
}
