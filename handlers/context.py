"""What the handlers work with: the stores, the model clients and the clock, wired by bot.py."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from acting.rounds import Workshop
from clock import Clock
from config import Settings, overridden
from dialogue.asking import Dialogue
from dialogue.model_sync import Catalogue
from dialogue.transcribing import Transcriber
from handlers.turnstile import Packing
from handlers.types import Files, Place, Reply, Request
from llm.model_list import KeyInfo
from scratch import Scratch
from storage.alerts import Alerts
from storage.backup import Backup
from storage.chats import Chats
from storage.gatherings import Gatherings
from storage.models import Models
from storage.notes import Notes
from storage.overrides import Overrides
from storage.people import People
from storage.preferences import PreferencesTable
from storage.prompts import Prompts
from storage.reminders import Reminders
from storage.search import Search
from storage.styles import Styles
from storage.tasks import StoredTask
from storage.turns import Turns
from storage.usage import Usage
from texts import languages


@dataclass
class Hooks:
    """What handlers may ask of the rooms above them; set when those are there."""

    menu_due: Callable[[int], None] = lambda user_id: None
    """Show somebody's own command menu."""
    waiting: Callable[[Place, int], list[StoredTask]] = lambda place, user_id: []
    """What somebody has asked in a place and nobody has begun."""
    answer_waiting: Callable[[int, Reply], bool] = lambda task_id, reply: False
    """What is said instead of doing one of those; False when it has begun meanwhile."""


@dataclass(frozen=True)
class App:
    """Only what handlers need.

    `configured` is what the bot was started with; `settings` is what holds now.
    `transcriber` is None when it is switched off. `fetch_key` raises ProviderError; None:
    OpenRouter is not set up. `pictures`: whether the chat can show them. `packing` is entered
    by those who make or read archives.
    """

    configured: Settings
    overrides: Overrides
    clock: Clock
    notes: Notes
    search: Search
    models: Models
    styles: Styles
    turns: Turns
    gatherings: Gatherings
    dialogue: Dialogue
    workshop: Workshop
    catalogue: Catalogue
    fetch_key: Callable[[], KeyInfo] | None
    people: People
    preferences: PreferencesTable
    reminders: Reminders
    usage: Usage
    alerts: Alerts
    chats: Chats
    prompts: Prompts
    backup: Backup
    files: Files
    scratch: Scratch
    transcriber: Transcriber | None
    pictures: bool = True
    packing: Packing = field(default_factory=Packing)
    hooks: Hooks = field(default_factory=Hooks)

    @property
    def settings(self) -> Settings:
        """The settings as the owner has changed them since."""
        return overridden(self.configured, self.overrides.texts)

    @property
    def bot_id(self) -> str:
        """The number of the bot; "" in a terminal."""
        return self.settings.token.partition(":")[0]

    def language_of(self, user_id: int, seen: str = "") -> str:
        """The language to speak with somebody; `seen` is what their Telegram says it speaks."""
        if chosen := self.preferences.of(user_id).language:
            return chosen
        person = None if seen else self.people.get(user_id)
        return languages.nearest(seen or (person.language if person else None))

    def speaking_to(self, user_id: int, seen: str = "") -> AbstractContextManager[None]:
        """Take words from the language of whoever is going to read them."""
        return languages.speaking(self.language_of(user_id, seen))

    def clock_of(self, user_id: int) -> Clock:
        """Dates and times as somebody sees them."""
        zone = self.preferences.of(user_id).timezone
        return self.clock.in_zone(ZoneInfo(zone)) if zone else self.clock


Handler = Callable[[App, Request], Reply]


@dataclass(frozen=True)
class Route:
    """A handler and what it is to be given.

    `writes`: it changes the database and runs in a transaction of its own. `command` is its name,
    if it is that of a command. `quiet`: strangers are told nothing, for it was not meant for us.
    """

    handler: Handler
    request: Request
    writes: bool = False
    owner_only: bool = False
    command: str = ""
    quiet: bool = False
