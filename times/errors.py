"""Why a text gives no moment."""

from enum import Enum, auto


class Kind(Enum):
    """What is wrong with the time in a text."""

    NONE = auto()  # there is none
    IMPOSSIBLE = auto()  # no such day or hour: 32 May
    PAST = auto()  # said to be in the past: yesterday, or a date with its year
    ZERO = auto()  # in 0 minutes
    TOO_OFTEN = auto()  # repeats sooner than repeats.FLOOR_S
    TOO_FAR = auto()  # more than reading.MOST_DAYS ahead


class UnreadableTimeError(Exception):
    """The text has no moment that a reminder could be set for."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind.name)
        self.kind = kind
