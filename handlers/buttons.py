"""What a button carries: an action, its arguments and its owner. Written and read only here.

The data is `action:argument:argument@owner`; only the owner's press counts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.types import COPIED_MOST, Button
from texts import buttons as texts
from utf16 import units

DATA_BYTES = 64  # Telegram's limit
OWNER_BYTES = 17  # "@" and an id of at most 52 bits

Field = Callable[[str], Any]  # reads one argument; ValueError when it is none
Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Press:
    """Data as it was read: `arguments` are not looked into yet."""

    action: str
    arguments: str
    owner: str


def button(text: str, action: str, *arguments: object) -> Button:
    """A button of this action; its owner is added on the way out.

    Raises:
        ValueError: Telegram would not take that much.
    """
    carried = f"{action}:{':'.join(map(str, arguments))}"
    if len(carried.encode()) > DATA_BYTES - OWNER_BYTES:
        raise ValueError(f"too much for a button: {carried}")
    return Button(text, carried)


def to_settings() -> Button:
    """The way back to /settings."""
    return button(texts.TO_SETTINGS, "settings")


def to_owner_settings() -> tuple[Button, ...]:
    """The row with the way back to the owner's part of them."""
    return (button(texts.TO_OWNER_SETTINGS, "owner_settings"),)


def copying(text: str, copied: str) -> Button | None:
    """A button that copies a text, None for one that Telegram does not copy."""
    fits = copied.strip() and units(copied) <= COPIED_MOST
    return Button(text, copied=copied) if fits else None


def encode(carried: str, owner: int) -> str:
    """The data as Telegram is given it."""
    return f"{carried}@{owner}"


def decode(data: str) -> Press:
    """The parts of data that somebody has sent."""
    carried, _, owner = data.rpartition("@")
    action, _, arguments = carried.partition(":")
    return Press(action, arguments, owner)


def arguments_of(arguments: str, fields: Sequence[Field]) -> tuple[Any, ...]:
    """A value for each field of what a button carries.

    The last gets all that is left, one that is missing an empty text.

    Raises:
        ValueError: they are not what the fields want.
    """
    if not fields:
        return ()
    given = arguments.split(":", len(fields) - 1)
    given += [""] * (len(fields) - len(given))
    return tuple(read(text) for read, text in zip(fields, given, strict=True))


def arrows(action: str, page: int, pages: int, *arguments: object) -> Rows:
    """Buttons to the pages before and after this one, counted from 0, as far as there are any."""
    ways = ((texts.BACK, page - 1), (texts.FORWARD, page + 1))
    there = [button(sign, action, to, *arguments) for sign, to in ways if 0 <= to < pages]
    return in_rows(there, 2)


def in_rows(buttons: Sequence[Button], width: int) -> Rows:
    """Buttons in rows of at most `width`."""
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))
