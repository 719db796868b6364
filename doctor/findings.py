"""What a check is given and what it finds."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from config import Mistake, Settings
from texts import doctor as texts


@dataclass(frozen=True)
class Case:
    """What is looked at. `settings` hold the defaults in place of what the `mistakes` are about.

    With `asks` the models are asked a question each, which may cost money.
    """

    settings: Settings
    mistakes: tuple[Mistake, ...]
    env_file: Path
    asks: bool = False


@dataclass(frozen=True)
class Finding:
    """A line of the verdict; `mark` is one of `texts.doctor`."""

    mark: str
    text: str


Findings = Iterable[Finding]


def right(text: str) -> Finding:
    """All is well."""
    return Finding(texts.RIGHT, text)


def wrong(text: str) -> Finding:
    """Something is to be mended."""
    return Finding(texts.WRONG, text)


def doubt(text: str) -> Finding:
    """Something the owner should know of, with which the bot can work."""
    return Finding(texts.DOUBT, text)
