"""A model's Markdown as Telegram messages."""

from itertools import pairwise
from typing import Any

import pyromark
from telegramify_markdown import RenderConfig, convert

from telegram.splitting import split

Entities = list[dict[str, Any]]


def _config() -> RenderConfig:
    config = RenderConfig.isolated()
    symbol = config.markdown_symbol
    for level in range(1, 7):
        setattr(symbol, f"heading_level_{level}", "")  # a pin or a pencil is not what was written
    symbol.unordered_list_item = "•"
    return config


CONFIG = _config()
SIGNS = b"0123456789)]}abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def messages(source: str) -> list[tuple[str, Entities]]:
    """A whole Markdown text as messages of at most 4,096 UTF-16 units, none of them blank."""
    return list(split(*render(source)))


def render(source: str) -> tuple[str, Entities]:
    """The text as people see it and its entities, offsets in UTF-16 units."""
    text, entities = convert(_guarded(source), config=CONFIG)
    return text, [entity.to_dict() for entity in entities]


def _guarded(source: str) -> str:
    """The source with backslashes before marks that are no formatting.

    The converter drops HTML, so that List<String> would become List, and reads 2*3*4 as an
    italic 3. The parser itself says where such marks are, so code is left alone. Each round
    leaves fewer of them; three are enough for what one escape uncovers.
    """
    for _ in range(3):
        offsets = _literal_marks(source)
        if not offsets:
            break
        encoded = source.encode()
        bounds = [0, *sorted(set(offsets)), len(encoded)]
        source = b"\\".join(encoded[a:b] for a, b in pairwise(bounds)).decode()
    return source


def _literal_marks(source: str) -> list[int]:
    """UTF-8 offsets of angle brackets of HTML, and of asterisks between factors."""
    if "<" not in source and "*" not in source:
        return []
    encoded = source.encode()
    offsets: list[int] = []
    for event, where in pyromark.events_with_range(source, options=OPTIONS):
        start, end = where["start"], where["end"]
        if isinstance(event, dict) and ("Html" in event or "InlineHtml" in event):
            offsets += (at for at in range(start, end) if encoded[at : at + 1] == b"<")
        elif event in ({"Start": "Emphasis"}, {"Start": "Strong"}) and _is_product(
            encoded, start, end
        ):
            width = 1 if event == {"Start": "Emphasis"} else 2
            offsets += [*range(start, start + width), *range(end - width, end)]
    return offsets


def _is_product(encoded: bytes, start: int, end: int) -> bool:
    """An emphasis that begins right behind a letter or digit and ends right before one."""
    return (
        encoded[start : start + 1] == b"*"
        and encoded[max(start - 1, 0) : start] in _EACH_SIGN
        and encoded[end : end + 1] in _EACH_SIGN
    )


_EACH_SIGN = {bytes([sign]) for sign in SIGNS}
OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_MATH
)
