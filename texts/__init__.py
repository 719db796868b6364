"""Every word the bot says, one file a subject, in each of its languages. Decides nothing.

`from texts import notes` is the subject of notes: `notes.NAME` is taken from `texts.ru.notes` or
`texts.en.notes`, as it is `languages.spoken` where it is taken. So a word is taken at the moment
when it is said, never at import. The log speaks the machine's language whoever is spoken to.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from texts import languages

if TYPE_CHECKING:
    from texts.ru import buttons as buttons
    from texts.ru import capture as capture
    from texts.ru import commands as commands
    from texts.ru import console as console
    from texts.ru import counts as counts
    from texts.ru import database as database
    from texts.ru import digest as digest
    from texts.ru import doctor as doctor
    from texts.ru import doctor_machine as doctor_machine
    from texts.ru import errors as errors
    from texts.ru import failures as failures
    from texts.ru import files as files
    from texts.ru import help as help
    from texts.ru import hosting as hosting
    from texts.ru import inline as inline
    from texts.ru import limits as limits
    from texts.ru import log as log
    from texts.ru import models as models
    from texts.ru import note_edits as note_edits
    from texts.ru import note_files as note_files
    from texts.ru import notes as notes
    from texts.ru import people as people
    from texts.ru import preferences as preferences
    from texts.ru import prompts as prompts
    from texts.ru import questions as questions
    from texts.ru import reminders as reminders
    from texts.ru import settings as settings
    from texts.ru import startup as startup
    from texts.ru import styles as styles
    from texts.ru import times as times
    from texts.ru import timezone as timezone
    from texts.ru import tool_prompts as tool_prompts
    from texts.ru import tools as tools
    from texts.ru import waiting as waiting
else:

    def __getattr__(subject: str) -> "Words":
        if subject.startswith("_"):
            raise AttributeError(subject)
        return Words(subject)


class Words:
    """The words of a subject."""

    def __init__(self, subject: str) -> None:
        self._subject = subject

    def __getattr__(self, name: str) -> Any:
        language = languages.of_machine() if self._subject == "log" else languages.spoken()
        return getattr(import_module(f"texts.{language}.{self._subject}"), name)
