"""What people see of the bot before they write: its command menus and the words of its profile.

Every function raises one of the errors of `telegram.api`, nothing else. `code` is that of a
language, "" for all that have nothing of their own.
"""

from collections.abc import Iterable

from telebot import types

from telegram.api import Telegram, translated


def set_commands(
    telegram: Telegram,
    commands: Iterable[tuple[str, str]],
    scope: types.BotCommandScope,
    code: str,
) -> None:
    """The command menu of the chats in a scope: (name, description) rows."""
    with translated():
        rows = [types.BotCommand(*row) for row in commands]
        telegram.bot.set_my_commands(rows, scope, code or None)


def delete_commands(telegram: Telegram, scope: types.BotCommandScope, code: str) -> None:
    """Show the menu of the next wider scope instead."""
    with translated():
        telegram.bot.delete_my_commands(scope, code or None)


def text(telegram: Telegram, field: str, code: str) -> str:
    """What the profile says: `field` is description or short_description."""
    with translated():
        found = getattr(telegram.bot, f"get_my_{field}")(code or None)
        return str(getattr(found, field))


def set_text(telegram: Telegram, field: str, words: str, code: str) -> None:
    """Let the profile say that."""
    with translated():
        getattr(telegram.bot, f"set_my_{field}")(words, code or None)
