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
    """What the handlers work with."""
    clients = providers.clients(settings)
    clock, styles, turns = Clock(settings.timezone), Styles(db), Turns(db)
    notes, search, reminders = Notes(db), Search(db), Reminders(db)
    people, preferences, usage = People(db), PreferencesTable(db), Usage(db)
    models = Models(db, clients)
    catalogue = Catalogue(models, clients)
    catalogue.introduce()
    openrouter = clients.get("openrouter")
    files = TelegramFiles(telegram)
    gate = FileGate(files, scratch)
    workshop = Workshop(db, Calls(db), usage, Stores(notes, search, reminders))
    limits = Limits(settings.max_tokens, settings.dialogue_tokens, settings.stall_seconds)
    overrides = Overrides(db)

    def may_search(user_id: int) -> bool:
        """It costs the owner's money: others search only when the owner has said so."""
        who = config.overridden(settings, overrides.texts).web_search
        owner_id = settings.owner_id or people.owner()
        return who == "ALL" or (who == "ON" and user_id == owner_id)

    return App(
        configured=settings,
        overrides=overrides,
        clock=clock,
        notes=notes,
        search=search,
        models=models,
        styles=styles,
        turns=turns,
        gatherings=Gatherings(db),
        dialogue=Dialogue(
            turns,
            search,
            styles,
            models,
            clients,
            limits,
            gate,
            Askers(clock, people, preferences),
            workshop,
            settings.fallback_model,
            may_search=may_search,
        ),
        workshop=workshop,
        catalogue=catalogue,
        fetch_key=openrouter.fetch_key if isinstance(openrouter, OpenRouter) else None,
        people=people,
        preferences=preferences,
        reminders=reminders,
        usage=usage,
        alerts=Alerts(db),
        chats=Chats(db),
        prompts=Prompts(db),
        backup=Backup(db),
        files=files,
        scratch=scratch,
        transcriber=(
            Transcriber(models, clients, gate, settings.transcribe_model)
            if settings.transcribe == "AUTO"
            else None
        ),
        pictures=bool(settings.token),  # a terminal shows text only
    )
