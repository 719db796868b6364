"""The command menus and the words of the bot's profile, in every language."""

import logging
import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue

from telebot import types

from db import StorageError
from handlers import commands
from storage.profile import ProfileTexts
from telegram import profile
from telegram.api import RefusedError, Telegram, TelegramError
from texts import help as texts_help
from texts import languages
from texts import log as texts

RETRY_S = 2.0
# Telegram's codes, "" for all others, and the language that those people are spoken to in.
# What has no text of its own is shown the one of "", which therefore comes last.
CODES = {"en": languages.ENGLISH, "ru": languages.RUSSIAN, "": languages.RUSSIAN}

log = logging.getLogger(__name__)


class Menu:
    """Shows the menus and the profile from a thread of its own, as often as it takes."""

    def __init__(self, telegram: Telegram, texts_kept: ProfileTexts) -> None:
        self._telegram = telegram
        self._profile = texts_kept
        self._due: SimpleQueue[tuple[Callable[[], None], bool]] = SimpleQueue()
        self._stopping = threading.Event()

    def start(self) -> None:
        """The thread is a daemon: nothing is lost with it."""
        threading.Thread(target=self._run, name="menu", daemon=True).start()

    def stop(self) -> None:
        """Try no more."""
        self._stopping.set()

    def show_to(self, user_id: int, language: str | None, *, is_owner: bool) -> None:
        """Show somebody's menu in their private chat, in a language that they chose, if any."""
        scope = types.BotCommandScopeChat(user_id)
        for code, usual in CODES.items():
            if is_owner or language:
                spoken = language or usual
                show = partial(self._set_menu, scope, code, spoken, is_owner=is_owner)
            else:
                show = partial(profile.delete_commands, self._telegram, scope, code)
            self._due.put((show, True))

    def show_to_everybody(self) -> None:
        """Show everybody's menus, and what the bot says of itself."""
        for scope in (types.BotCommandScopeAllPrivateChats(), types.BotCommandScopeAllGroupChats()):
            for code, language in CODES.items():
                show = partial(self._set_menu, scope, code, language, is_owner=False)
                self._due.put((show, False))
        for field in ("description", "short_description"):
            for code, language in CODES.items():
                self._due.put((partial(self._describe, field, code, language), False))

    def show_waiting(self) -> None:
        """Show what is due from this thread instead, trying once."""
        while not self._due.empty():
            self._try(*self._due.get())

    def _run(self) -> None:
        while not self._stopping.is_set():
            show, is_personal = self._due.get()
            while not self._stopping.is_set() and not self._try(show, is_personal):
                self._stopping.wait(RETRY_S)

    def _try(self, show: Callable[[], None], is_personal: bool) -> bool:
        """Whether there is nothing more to try."""
        try:
            show()
        except RefusedError as error:
            if not is_personal:
                log.warning(texts.MENU_NOT_SHOWN, error)
            else:  # they have not written to the bot yet; their /start will show it
                log.info(texts.OWNER_MENU_WAITS, error)
        except TelegramError as error:
            log.warning(texts.MENU_NOT_SHOWN, error)
            return False
        except StorageError as error:
            log.warning(texts.MENU_NOT_SHOWN, error)
        return True

    def _set_menu(
        self, scope: types.BotCommandScope, code: str, language: str, *, is_owner: bool
    ) -> None:
        with languages.speaking(language):
            in_group = scope.type == "all_group_chats"
            rows = commands.shown(to_owner=is_owner, in_group=in_group)
        profile.set_commands(self._telegram, rows, scope, code)

    def _describe(self, field: str, code: str, language: str) -> None:
        """Set a text of the profile, unless somebody has set another by @BotFather."""
        with languages.speaking(language):
            wanted = texts_help.PROFILE[field]
        current, ours = profile.text(self._telegram, field, code), self._profile.ours(field, code)
        is_ours = current == (ours or "")
        if is_ours and current != wanted:
            profile.set_text(self._telegram, field, wanted, code)
        if is_ours or current == wanted:
            self._profile.remember(field, code, wanted)
