"""What an answer tells of itself while it has no words to show."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Status:
    """What is being done just now, in words for the person who waits.

    It stands where words will: alone before the first of them, in a last line after some. The next
    word takes its place, and so does the next status, or an empty one.
    """

    text: str
