"""How the rooms are put together: the settings, a database and a way to Telegram make an `App`."""

import config
import providers
from acting.rounds import Workshop
from acting.tool import Stores
from clock import Clock
from db import Database
from dialogue.askers import Askers
from dialogue.asking import Dialogue, Limits
from dialogue.attachments import FileGate
from dialogue.model_sync import Catalogue
from dialogue.transcribing import Transcriber
from handlers.context import App
from openrouter_client import OpenRouter
from scratch import Scratch
from storage.alerts import Alerts
from storage.backup import Backup
from storage.calls import Calls
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
from storage.turns import Turns
from storage.usage import Usage
from telegram.api import Telegram
from telegram.downloads import TelegramFiles


def wire(settings: config.Settings, db: Database, telegram: Telegram, scratch: Scratch) -> App:
    """What the handlers work with.

    A table keeps nothing but the database: whoever reads one makes it. Only what remembers more
    is made once and shared.
    """
    clients = providers.clients(settings)
    openrouter = clients.get("openrouter")
    models, overrides, files = Models(db, clients), Overrides(db), TelegramFiles(telegram)
    gate, workshop = FileGate(files, scratch), _workshop(db)
    return App(
        configured=settings,
        overrides=overrides,
        clock=Clock(settings.timezone),
        notes=Notes(db),
        search=Search(db),
        models=models,
        styles=Styles(db),
        turns=Turns(db),
        gatherings=Gatherings(db),
        dialogue=_dialogue(settings, db, models, clients, gate, workshop, overrides),
        workshop=workshop,
        catalogue=_catalogue(models, clients),
        fetch_key=openrouter.fetch_key if isinstance(openrouter, OpenRouter) else None,
        people=People(db),
        preferences=PreferencesTable(db),
        reminders=Reminders(db),
        usage=Usage(db),
        alerts=Alerts(db),
        chats=Chats(db),
        prompts=Prompts(db),
        backup=Backup(db),
        files=files,
        scratch=scratch,
        transcriber=_transcriber(settings, models, clients, gate),
        pictures=bool(settings.token),  # a terminal shows text only
    )


def _workshop(db: Database) -> Workshop:
    return Workshop(db, Calls(db), Usage(db), Stores(Notes(db), Search(db), Reminders(db)))


def _dialogue(
    settings: config.Settings,
    db: Database,
    models: Models,
    clients: providers.Clients,
    gate: FileGate,
    workshop: Workshop,
    overrides: Overrides,
) -> Dialogue:
    people = People(db)

    def may_search(user_id: int) -> bool:
        """It costs the owner's money: others search only when the owner has said so."""
        who = config.overridden(settings, overrides.texts).web_search
        owner_id = settings.owner_id or people.owner()
        return who == "ALL" or (who == "ON" and user_id == owner_id)

    return Dialogue(
        Turns(db),
        Search(db),
        Styles(db),
        models,
        clients,
        Limits(settings.max_tokens, settings.dialogue_tokens, settings.stall_seconds),
        gate,
        Askers(Clock(settings.timezone), people, PreferencesTable(db)),
        workshop,
        settings.fallback_model,
        may_search=may_search,
    )


def _catalogue(models: Models, clients: providers.Clients) -> Catalogue:
    catalogue = Catalogue(models, clients)
    catalogue.introduce()
    return catalogue


def _transcriber(
    settings: config.Settings, models: Models, clients: providers.Clients, gate: FileGate
) -> Transcriber | None:
    if settings.transcribe != "AUTO":
        return None
    return Transcriber(models, clients, gate, settings.transcribe_model)
