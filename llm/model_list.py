"""What a provider says of itself: the models it offers, the state of a key. Fetches nothing."""

import logging
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from llm.provider import JSON, as_dict
from texts import log as texts

log = logging.getLogger(__name__)

MOST_ENTRIES = 3000  # OpenRouter has some 500; a list much longer than that is no list of models
MOST_KEY, MOST_LABEL = 160, 80  # characters
MOST_CONTEXT = 10**9  # tokens
INPUTS = frozenset({"image", "audio", "file", "video"})

# What servers of OpenAI's shape list beside their chat models, without saying what it is.
NO_CHAT = re.compile(
    r"embed|whisper|transcri|\btts|speech|dall-e|gpt-image|\bsora|moderation|rerank", re.IGNORECASE
)


@dataclass(frozen=True)
class CatalogueEntry:
    """A model that a provider offers.

    `context_length` is in tokens, None when it is not known. `free` is None when the provider
    does not say: then whoever set it up knows what it costs. `inputs` is what it takes beside
    text (image, audio, file, video), `tools` whether it can call functions; None when the
    provider does not say.
    """

    key: str
    label: str
    context_length: int | None
    free: bool | None
    text_output: bool
    inputs: frozenset[str] | None = None
    tools: bool | None = None


@dataclass(frozen=True)
class KeyInfo:
    """The state of a key; sums in US dollars, `limit` None: unlimited.

    `limit_reset` is how often the limit is full again: "daily", "weekly", "monthly", or "".
    """

    label: str
    limit: float | None
    limit_remaining: float | None
    limit_reset: str
    usage: float
    usage_daily: float
    is_free_tier: bool


def read_list(
    name: str, rows: object, read: Callable[[JSON], CatalogueEntry | None]
) -> list[CatalogueEntry]:
    """The models in a provider's list; entries that cannot be understood are left out.

    Raises:
        ValueError: it is no list, or far too long, or most of it is something else.
    """
    if not isinstance(rows, list):
        raise ValueError("data is not a list")
    if len(rows) > MOST_ENTRIES:
        raise ValueError(f"{len(rows)} entries")
    entries = [entry for row in rows if (entry := read(as_dict(row))) is not None]
    if len(entries) < len(rows):
        log.warning(texts.CATALOGUE_ROWS_SKIPPED, name, len(rows) - len(entries))
    if len(entries) * 4 < len(rows):
        raise ValueError("entries of another shape")
    return entries


def openai_entry(row: JSON) -> CatalogueEntry | None:
    """A row of OpenAI's `GET /models`, which has little more than an id."""
    key = key_of(row)
    if key is None:
        return None
    length = row.get("context_length") or row.get("max_model_len")  # the latter is vLLM's
    return CatalogueEntry(
        key=key,
        label=label_of(row.get("name"), key),
        context_length=length_of(length),
        free=None,
        text_output=NO_CHAT.search(key) is None,
        inputs=inputs_of(row),
        tools=tools_of(row),
    )


def key_of(row: JSON) -> str | None:
    """The `id` of a row, if it is one that can be written after a command."""
    key = row.get("id")
    if not isinstance(key, str) or not 0 < len(key) <= MOST_KEY:
        return None
    return key if key.isprintable() and " " not in key else None


def label_of(name: object, key: str) -> str:
    """The name on one line and not too long; the key when there is none."""
    text = name if isinstance(name, str) else ""
    line = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(line.split())[:MOST_LABEL] or key[:MOST_LABEL]


def length_of(value: object) -> int | None:
    """A context length in tokens, None when it is no sensible number."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 < value < MOST_CONTEXT else None


def inputs_of(row: JSON) -> frozenset[str] | None:
    """What a model takes beside text, as OpenRouter and those who copy it tell."""
    named = as_dict(row.get("architecture")).get("input_modalities")
    return frozenset(INPUTS & set(map(str, named))) if isinstance(named, list) else None


def tools_of(row: JSON) -> bool | None:
    """Whether a model can call functions, as OpenRouter and those who copy it tell."""
    named = row.get("supported_parameters")
    return "tools" in named if isinstance(named, list) else None


def amount(value: object) -> float | None:
    """A sum, however it is written."""
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
