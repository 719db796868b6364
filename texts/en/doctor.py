"""What `python bot.py --check` says, for whoever set the bot up.

What is wrong is followed by an arrow and by what to do about it.
"""

from collections.abc import Mapping
from datetime import datetime

from texts.en.counts import duration, models_count, moment, plural

OPTION = "check settings, connections, database and keys, and say what to correct"
ASK_OPTION = "together with --check: ask each model a question of one token"
ASK_ALONE = "--ask is given together with --check"
RIGHT, WRONG, DOUBT = "✓", "✗", "!"


def summary(wrong: int) -> str:
    if not wrong:
        return "All is well."
    return f"To correct: {plural(wrong, 'thing', 'things')}."


def late(title: str, seconds: float) -> str:
    return (
        f"{title}: not finished in {seconds:.0f} s → check the network and the disk and try again"
    )


def failed(title: str, kind: str) -> str:
    return f"{title}: the check itself broke ({kind}) → tell the developer, the log tells more"


BROKEN = "The check %s failed"

TITLES: Mapping[str, str] = {
    "settings": "Settings",
    "files": "File rights",
    "telegram": "Telegram",
    "database": "Database",
    "disk": "Disk",
    "time": "Time",
    "openrouter": "OpenRouter",
    "gigachat": "GigaChat",
    "openai": "Server of models",
    "providers": "Models",
}

# --- Telegram


def by_proxy(telegram: str, proxy: str) -> str:
    return f"{telegram} by the proxy {proxy}"


def bot_known(username: str, telegram: str) -> str:
    return f"Telegram ({telegram}): the bot is @{username}, https://t.me/{username}"


def inline(username: str, *, is_on: bool) -> str:
    if is_on:
        return f"Notes in any chat: type @{username} and a word there"
    return f"Notes in any chat by @{username} are off; to switch them on: @BotFather, /setinline"


TOKEN_REFUSED = "Telegram: the key was not accepted → get a valid one from @BotFather by /token"


def telegram_silent(telegram: str, reason: str) -> str:
    return (
        f"Telegram: {telegram} does not answer ({reason}) → check the internet and TELEGRAM_API_URL; "
        "if Telegram is closed from here, it takes a working TELEGRAM_PROXY"
    )


def telegram_refused(description: str) -> str:
    return f"Telegram: it refused (“{description}”) → check TELEGRAM_API_URL"


def polled(pending: int) -> str:
    return f"Updates: the bot polls, there is no webhook, {pending} waiting"


def webhook_here(host: str, pending: int) -> str:
    return f"Updates: the webhook at {host} is set, {pending} waiting"


def webhook_foreign(host: str) -> str:
    return (
        f"Updates: the bot polls, but they go to a webhook ({host}) → stop the other "
        "copy of the bot with this TOKEN; the bot removes the webhook when it starts"
    )


def webhook_missing(host: str) -> str:
    return f"Updates: the webhook at {host} is not set yet → start the bot, it sets it by itself"


def webhook_failing(error: str, at: datetime) -> str:
    return (
        f"Updates: Telegram could not deliver the last one at {moment(at)} (“{error}”) → check "
        "the https proxy and WEBHOOK_LISTEN"
    )


# --- the clock


CLOCK_RIGHT = "Clock: right"
CLOCK_UNCHECKED = "Clock: nothing to compare it with → try again when Telegram answers"


def clock_wrong(ahead_s: float) -> str:
    way = "fast" if ahead_s > 0 else "slow"
    return f"Clock: {way} by {duration(round(abs(ahead_s)))} → switch on time synchronization (NTP)"


# --- models

NO_PROVIDER = (
    "Models: there is no key, notes work and questions do not → a free key: "
    "https://openrouter.ai/keys, put it into .env: OPENROUTER_API_KEY=…"
)


def provider_right(name: str, models: int) -> str:
    return f"{name}: the key is accepted, {models_count(models)}"


def provider_wrong(name: str, sentences: str) -> str:
    """One of `texts.errors`: the first sentence says what is wrong."""
    line = " → ".join(sentences.split(". ", 1))
    return line if name in line else f"{name}: {line}"


def no_list(name: str) -> str:
    return f"{name}: there is no list of models at the address in the settings → check …_BASE_URL in .env"


def provider_empty(name: str) -> str:
    return f"{name}: the catalogue is empty → check that the server has models"


def answered(name: str, model: str, ms: int) -> str:
    return f"{name}: the model {model} answered in {ms / 1000:.1f} s"


def not_answered(name: str, model: str, sentences: str) -> str:
    return f"{name}: the model {model} did not answer → {sentences}"
