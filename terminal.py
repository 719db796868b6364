"""What is asked of the person who starts the bot in a terminal."""

from collections.abc import Callable

import config
from texts import startup as texts


def ask_token(check: Callable[[str], str | None]) -> str | None:
    """Ask for the bot's token, check it and offer to save it to .env.

    `check` returns the bot's username, or None when Telegram refuses the token. Returns None when
    the person would rather talk in the terminal.
    """
    print(texts.TOKEN_ASK)
    while given := _input(texts.TOKEN_PROMPT):
        if not config.is_token(given):
            print(texts.TOKEN_SHAPE)
            continue
        username = check(given)
        if username is None:
            print(texts.TOKEN_REFUSED)
            continue
        if _input(texts.token_save(username)).lower() in texts.YES:
            config.save("TOKEN", given)
            print(texts.TOKEN_SAVED)
        return given
    return None


def _input(prompt: str) -> str:
    try:
        return input(prompt).strip()
    except EOFError:
        print()
        return ""
