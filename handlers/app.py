"""What the handlers work with: the stores, the model clients and the clock, wired by bot.py."""

from collections.abc import Callable
from dataclasses import dataclass

from catalogue import Catalogue
from clock import Clock
from config import Settings
from dialogue import Dialogue
from llm.catalogue import KeyInfo
from storage.models import Models
from storage.notes import Notes
from storage.styles import Styles
from storage.turns import Turns


@dataclass(frozen=True)
class App:
    """Only what handlers need.

    `fetch_key` raises ProviderError; None: OpenRouter is not set up. `has_owner`: while the bot
    has none, anybody's /model sets the default.
    """

    settings: Settings
    clock: Clock
    notes: Notes
    models: Models
    styles: Styles
    turns: Turns
    dialogue: Dialogue
    catalogue: Catalogue
    fetch_key: Callable[[], KeyInfo] | None
    has_owner: Callable[[], bool] = lambda: False
