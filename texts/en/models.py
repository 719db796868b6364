"""Models and the catalogues they come from."""

from collections.abc import Sequence

from texts.en.counts import models_count
from texts.ru.models import NAMES as IN_RUSSIAN

MODELS_FIRST = (
    "First the recent ones and those I suggest, then all by maker. To search: /model word"
)
MODELS_FIND = "To search: /model word"
MODELS_ALL = "⬅️ All models"
MODELS_NONE = "There are no models. Delete the database file or restore it from a copy."
MODEL_FREE = "free"
MODEL_PAID = "paid"
MODEL_INPUTS = (("image", "👁"), ("audio", "🎤"))
MODEL_CURRENT_GONE = "This model is not available just now. Choose another: /models"
MODELS_CURRENT_GONE = "This model is not available just now: choose another."
MODELS_UNREAD = "No models yet: the provider's list has not been read. Try again in a minute."
NAMES = {"openrouter/free": "Any free one"}
PERMIT = "Permit"
CATALOGUE_NONE = "No provider of models is set up: put its key into .env and restart the bot."


def context(tokens: int) -> str:
    """How much a model reads at once, in tokens: 164k, 1M, 1.3M."""
    if tokens < 999_500:
        return f"{round(tokens / 1000)}k" if tokens >= 1000 else str(tokens)
    return f"{tokens / 1_000_000:.1f}".removesuffix(".0") + "M"


def maker_button(maker: str, models: int) -> str:
    return f"{maker} · {models}"


def model_current(model_id: int, label: str, key: str) -> str:
    return f"{model_id}. {label} [{key}] answers now. All models: /models"


def model_switched(label: str, key: str) -> str:
    return f"From now on {label} [{key}] answers."


def model_not_number(given: str) -> str:
    return (
        f"“{given}” is no number, and there is no model with such a key either. "
        "The number of a model is the one in /models, for example: /model 2"
    )


def model_unknown(given: str) -> str:
    return f"There is no model number {given}. See the list: /models"


def model_gone(model_id: int, label: str) -> str:
    return f"Model {model_id}. {label} is not available just now. Choose another: /models"


def model_default_set(label: str, key: str) -> str:
    return f"The default model is now {label} [{key}]. Whoever chose their own keeps it."


def models_current(model_id: int, label: str) -> str:
    return f"{model_id}. {label} answers now"


def models_default(model_id: int, label: str) -> str:
    return f"The default model is {model_id}. {label}"


def models_not_found(word: str) -> str:
    return f"There are no models with “{word}”. The whole list: /models"


def provider_off(label: str, provider: str) -> str:
    return f"{label} is not available just now: the provider {provider} is not set up. Choose another: /models"


def catalogue_read(
    provider: str, offered: int, new: Sequence[str], back: Sequence[str], gone: Sequence[str]
) -> str:
    lists = (("new", new), ("back again", back), ("no longer available", gone))
    changes = [f"{words}: {_some(keys)}" for words, keys in lists if keys]
    return f"{provider}: {models_count(offered)}; {'; '.join(changes) or 'no changes'}."


CATALOGUE_EMPTY = "There was not a single model in the catalogue."


def catalogue_unchanged(provider: str, why: str) -> str:
    return f"{provider}: the list stays as it was. {why}"


def _some(keys: Sequence[str], most: int = 10) -> str:
    more = f" and {len(keys) - most} more" if len(keys) > most else ""
    return ", ".join(keys[:most]) + more


def paid_asked(label: str) -> str:
    return (
        f"{label} is a paid model, and the bot's owner pays for it. I have asked them and will tell "
        "you if they permit it. Free ones meanwhile: /models"
    )


def paid_asked_lately(label: str) -> str:
    return (
        f"{label} is a paid model, the bot's owner adds it. I asked them not long ago: "
        "try again in an hour. Free ones: /models"
    )


def paid_without_owner(label: str) -> str:
    return (
        f"{label} is a paid model, only the bot's owner can add it, "
        "and there is none yet. Free ones: /models"
    )


def paid_request(who: str, label: str, key: str) -> str:
    return f"{who} asks for the paid model {label} [{key}]. Permit it to all who write to the bot?"


def paid_permitted(model_id: int, label: str, key: str) -> str:
    return f"Model {model_id}. {label} [{key}] is now in everybody's list: /models"


def paid_permitted_to_you(model_id: int, label: str) -> str:
    return f"The bot's owner has permitted {label}. To choose it: /model {model_id}"


def named(key: str, label: str) -> str:
    """What a model is called; one that was renamed keeps its name."""
    return NAMES[key] if IN_RUSSIAN.get(key) == label else label
