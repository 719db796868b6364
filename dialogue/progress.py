"""What an answer tells of itself while it has no words to show."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from texts import waiting as texts

THINKING_AFTER_S = 5.0  # a shorter thought is not worth a number
THINKING_EVERY_S = 4.0  # each time is an edit of a message


@dataclass(frozen=True)
class Status:
    """What is being done just now, in words for the person who waits.

    It stands where words will: alone before the first of them, in a last line after some. The next
    word takes its place, and so does the next status, or an empty one.
    """

    text: str


def told(pieces: Iterable[str]) -> Iterator[str | Status]:
    """The pieces of a text; of the empty ones, each a thought, how long they have lasted."""
    began: float | None = None
    due = THINKING_AFTER_S
    for piece in pieces:
        if piece:
            began, due = None, THINKING_AFTER_S
            yield piece
            continue
        now = time.monotonic()
        began = now if began is None else began
        if now - began >= due:
            due = now - began + THINKING_EVERY_S
            yield Status(texts.thinking(round(now - began)))
