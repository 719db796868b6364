"""What is asked of the person who starts the bot in a terminal."""

from collections.abc import Callable

import config
from texts import startup as texts


def ask_token(check: Callable[[str], str | None]) -> tuple[str, str] | None:
    """Ask for the bot's token, check it and offer to save it to .env: token and username.

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
        _offer_to_save("TOKEN", given, texts.token_save(username))
        return given, username
    return None


def ask_key(check: Callable[[str], str]) -> str:
    """Ask for a key of OpenRouter, check it and offer to save it to .env; "" for none.

    `check` returns what is wrong with the key, "" when it is good.
    """
    print(texts.KEY_ASK)
    while given := _input(texts.KEY_PROMPT):
        wrong = check(given)
        if wrong:
            print(wrong)
            continue
        _offer_to_save("OPENROUTER_API_KEY", given, texts.KEY_SAVE)
        return given
    return ""


def _offer_to_save(name: str, value: str, question: str) -> None:
    if _input(question).lower() in texts.YES:
        config.save(name, value)
        print(texts.SAVED)


def _input(prompt: str) -> str:
    try:
        return input(prompt).strip()
    except EOFError:
        print()
        return ""
