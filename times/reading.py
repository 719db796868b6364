"""Finds the phrase about time in a text and says which moment, or which series, it means.

Russian and English. The phrase may stand in pieces: «завтра позвонить маме в 9». Of a text longer
than twice `words.SIDE` characters only the beginning and the end are searched. Pure: the current
moment is given.
"""

from dataclasses import dataclass
from datetime import datetime

from times.errors import Kind, UnreadableTimeError
from times.hours import Assumed
from times.moments import once
from times.phrases import find
from times.series import series

__all__ = ["Assumed", "Kind", "Reading", "UnreadableTimeError", "read"]


# What stands between a phrase and the rest of the text, and what ends a sentence.
BREAKS = " \t\r\n,;:—–-"
ENDS = ".!?…)»"


@dataclass(frozen=True)
class Reading:
    """What a text says about time.

    `first` is aware, in the zone of the moment that was given. `rule` is an RRULE without DTSTART,
    empty when it happens once. `rest` is the text without the phrase.
    """

    first: datetime
    rule: str
    rest: str
    assumed: frozenset[Assumed]


def read(text: str, now: datetime) -> Reading:
    """Reads a text at an aware moment. Raises UnreadableTimeError and nothing else."""
    found = find(text)
    phrase = found.phrase
    if phrase.every:
        first, rule, assumed = series(phrase, phrase.every, now)
    else:
        (first, assumed), rule = once(phrase, now), ""
    return Reading(first, rule, _rest(text, found.spans), assumed)


def _rest(text: str, spans: list[tuple[int, int]]) -> str:
    """The text without the spans, with one space or line break where each was."""
    rest, at = "", 0
    for start, end in spans:
        rest, at = _joined(rest, text[at:start]), end
    return _joined(rest, text[at:]).strip()


def _joined(left: str, right: str) -> str:
    """Both with one mark between them, and none at the beginning or the end of the text."""
    if not left.strip():
        return right.lstrip(BREAKS)
    bare, following = left.rstrip(), right.lstrip()
    if not following.strip(BREAKS + ENDS):
        return bare.rstrip(BREAKS) + following.lstrip(BREAKS)
    if bare[-1] in ",;" and following[0] in ",;":
        following = following[1:].lstrip()
    gap = left[len(bare) :] + right[: len(right) - len(right.lstrip())]
    space = "" if following[0] in ENDS + ",;:" else "\n" if "\n" in gap else " "
    return bare + space + following
