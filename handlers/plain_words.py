"""What people ask of the bot itself in plain words: «запомни …», «напомни …». Pure functions.

Such words are understood whatever language the bot speaks with the person.
"""

import re
from dataclasses import dataclass
from typing import Literal

_POLITE = r"(?:,?\s*(?:пожалуйста|please)\b)?"
_LEAD = re.compile(r"\s*(?:пожалуйста|please)\b[\s,]*", re.IGNORECASE)
# A dash on the same line; one on the next begins a list.
_AFTER = r"[ \t]*[,:;]?[ \t]*(?:[—–-][ \t]+)?\s*"
_NOTE = re.compile(
    rf"\s*(?:(?:запомни|запиши)(?:те)?(?:-ка)?\b{_POLITE}(?:[\s,]*\bчто\b(?!-))?"
    rf"|(?:заметка|note)(?=\s*:)|remember\b{_POLITE}(?:\s+that\b)?){_AFTER}",
    re.IGNORECASE,
)
_REMINDER = re.compile(
    rf"\s*(?:напомни(?:те)?(?:-ка)?\b(?:\s+мне\b)?|remind\s+me\b){_POLITE}{_AFTER}", re.IGNORECASE
)
# What is replied to: there is nothing else to keep.
_THAT = re.compile(r"(?:это|этот|эту|this|that|it)?[\s.!]*", re.IGNORECASE)
# So begins what is not to be kept as it stands: a task for a model, if one can do it.
_TASK = re.compile(
    r"(?:мне|нам|себе|в|во|на|к|ко|из|ты|тебя|твоё|твое|me|us|in|into|to|on|you|your|"
    r"when|how|what|who|where)\b",
    re.IGNORECASE,
)
# After «напомни»: what somebody wants to be told, not reminded of. «что» may also be “that”.
_QUESTION = re.compile(
    r"(?:о\s+)?(?:как|кто|кого|где|куда|когда|почему|зачем|какой|какая|какое|какие|каком|сколько|"
    r"чей|чём|чем|what|who|how|when|where|why|which)\b",
    re.IGNORECASE,
)
_THAT_OR_WHAT = re.compile(r"(?:что|that)\b\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Wish:
    """What somebody wants: `text` is what stands after the word that says so.

    One that is not `certain` may as well be a task for a model.
    """

    kind: Literal["note", "reminder"]
    text: str
    certain: bool


def read(text: str) -> Wish | None:
    """The wish that a text begins with; None: it is none, but a question like any other."""
    lead = _LEAD.match(text)
    text = text[lead.end() :] if lead else text
    if found := _NOTE.match(text):
        rest = text[found.end() :]
        if _THAT.fullmatch(rest):
            return Wish("note", "", True)
        return Wish("note", rest, not (_TASK.match(rest) or rest.rstrip().endswith("?")))
    if found := _REMINDER.match(text):
        rest = text[found.end() :]
        return Wish("reminder", rest, not (_QUESTION.match(rest) or rest.rstrip().endswith("?")))
    return None


def without_that(text: str) -> str:
    """Words after «напомни» without the «что» that they may begin with: “that”, or a question."""
    found = _THAT_OR_WHAT.match(text)
    return text[found.end() :] if found else text


def text_to_keep(text: str) -> str | None:
    """What a text wants to be kept as a note; None when it does not say so."""
    wish = read(text)
    return wish.text if wish is not None and wish.kind == "note" else None
