"""The command menus: one for everybody, one for groups, and in the owner's chat a longer one."""

import logging
import threading
from queue import SimpleQueue

from telebot import types

from handlers import commands
from telegram.api import RefusedError, Telegram, TelegramError
from texts import log as texts

RETRY_S = 2.0

log = logging.getLogger(__name__)


class Menu:
    """Shows the menus from a thread of its own, as often as it takes."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._due: SimpleQueue[types.BotCommandScope] = SimpleQueue()
        self._stopping = threading.Event()

    def start(self) -> None:
        """The thread is a daemon: nothing is lost with it."""
        threading.Thread(target=self._run, name="menu", daemon=True).start()

    def stop(self) -> None:
        """Try no more."""
        self._stopping.set()

    def show_to_owner(self, user_id: int) -> None:
        """Show the owner's menu in their private chat."""
        self._due.put(types.BotCommandScopeChat(user_id))

    def show_to_everybody(self) -> None:
        """Show everybody's menus."""
        self._due.put(types.BotCommandScopeDefault())
        self._due.put(types.BotCommandScopeAllGroupChats())

    def show_waiting(self) -> None:
        """Show what is due from this thread instead, trying once."""
        while not self._due.empty():
            self._show(self._due.get())

    def _run(self) -> None:
        while not self._stopping.is_set():
            scope = self._due.get()
            while not self._stopping.is_set() and not self._show(scope):
                self._stopping.wait(RETRY_S)

    def _show(self, scope: types.BotCommandScope) -> bool:
        """Whether there is nothing more to try."""
        to_owner = scope.type == "chat"
        rows = commands.shown(to_owner=to_owner, in_group=scope.type == "all_group_chats")
        try:
            self._telegram.set_commands(rows, scope)
        except TelegramError as error:
            if to_owner and isinstance(error, RefusedError):
                # They have not written to the bot yet; their /start will show it.
                log.info(texts.OWNER_MENU_WAITS, error)
                return True
            log.warning(texts.MENU_NOT_SHOWN, error)
            return False
        return True
