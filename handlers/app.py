"""What the handlers work with: the stores, the model client and the clock, wired by bot.py."""

from dataclasses import dataclass

from clock import Clock
from config import Settings
from dialogue import Dialogue
from handlers.exchange import Files
from storage.models import Models
from storage.notes import Notes
from storage.search import Search


@dataclass(frozen=True)
class App:
    """Only what handlers need; `pictures`: whether the chat can show them."""

    settings: Settings
    clock: Clock
    notes: Notes
    search: Search
    models: Models
    dialogue: Dialogue
    files: Files
    pictures: bool = True
