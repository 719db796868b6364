"""What the handlers work with: the stores, the model client and the clock, wired by bot.py."""

from dataclasses import dataclass

from clock import Clock
from config import Settings
from dialogue import Dialogue
from storage.models import Models
from storage.notes import Notes
from storage.styles import Styles
from storage.turns import Turns


@dataclass(frozen=True)
class App:
    """Only what handlers need."""

    settings: Settings
    clock: Clock
    notes: Notes
    models: Models
    styles: Styles
    turns: Turns
    dialogue: Dialogue
