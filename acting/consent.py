"""Whether a person has asked for a change in so many words. Pure functions.

A model that has read what others may have written can have been talked into things. What it then
wants changed is done at once only when the person's own message asks for such a change by a verb,
and every word that would be added or removed is a word of that message. All else is offered to the
person as a button.
"""

import re
from collections import Counter

from storage.folding import fold
from storage.stemming import stem

WORD = re.compile(r"\w+")
SHORT = 2  # letters: prepositions and the like change nothing by themselves
TURNING = {"не", "ни", "no"}  # short, and yet they turn the sense around
# By tool: verbs that ask for it.
VERBS = {
    "save_note": (
        "запомни запомнить запиши записать сохрани сохранить добавь добавить создай создать занеси "
        "внеси зафиксируй отметь remember save note write add create store keep"
    ),
    "edit_note": (
        "добавь добавить допиши дописать дополни измени изменить исправь исправить поправь замени "
        "заменить внеси занеси впиши запиши вычеркни убери обнови отметь перепиши add append "
        "change edit fix correct replace update remove cross write put rewrite"
    ),
    "set_reminder": (
        "напомни напомнить поставь поставить добавь создай заведи remind set add create"
    ),
    "move_reminder": (
        "перенеси перенести сдвинь отложи отложить передвинь поменяй измени move postpone "
        "reschedule shift change delay"
    ),
}


def is_asked_for(tool: str, message: str, before: str, after: str) -> bool:
    """Whether a message asks a tool to make one text of another."""
    own = set(_stems(message))
    verbs = set(_stems(VERBS.get(tool, "")))
    return bool(own & verbs) and _changed(before, after) <= own


def _changed(before: str, after: str) -> set[str]:
    """The words that stand in one of two texts more often than in the other."""
    old, new = Counter(_stems(before)), Counter(_stems(after))
    return {*(old - new), *(new - old)}


def _stems(text: str) -> list[str]:
    words = WORD.findall(fold(text))
    return [stem(w) for w in words if len(w) > SHORT or w.isdigit() or w in TURNING]
