"""What a model that thinks wants to see again with its calls of tools; others lose the thread.

OpenRouter's models want `reasoning_details` back as they were (Gemini refuses to go on without),
DeepSeek's own server `reasoning_content`. Nobody is shown either.
"""

import json

from llm.characters import sound, sound_json
from llm.provider import JSON, as_dict

MAX_THOUGHTS = 100_000  # characters; more are not sent back at all, for a part is worth nothing
# Of pieces of one thought these are put together, the others are said once.
GROWING = ("text", "summary")
IN_PIECES = ("reasoning.text", "reasoning.summary")


class Thoughts:
    """The thoughts so far."""

    def __init__(self) -> None:
        self._details: list[JSON] = []
        self._contents: list[str] = []
        self._size = 0

    def add(self, part: JSON) -> None:
        """Take in what a message or a delta says of them."""
        details, content = part.get("reasoning_details"), part.get("reasoning_content")
        for piece in map(as_dict, details if isinstance(details, list) else []):
            if piece and self._has_room(len(json.dumps(piece))):
                self._add_detail(piece)
        if isinstance(content, str) and content and self._has_room(len(content)):
            self._contents.append(content)

    @property
    def message(self) -> JSON:
        """The fields of a message that tells them."""
        if self._size > MAX_THOUGHTS:
            return {}
        if self._details:
            return {"reasoning_details": sound_json(self._details)}
        return {"reasoning_content": sound("".join(self._contents))} if self._contents else {}

    def _has_room(self, size: int) -> bool:
        self._size += size
        return self._size <= MAX_THOUGHTS

    def _add_detail(self, piece: JSON) -> None:
        last = self._details[-1] if self._details else {}
        if not _goes_on(last, piece):
            self._details.append(dict(piece))
            return
        for name, value in piece.items():
            if name in GROWING and isinstance(value, str):
                last[name] = (last.get(name) or "") + value
            elif value is not None:
                last[name] = value


def _goes_on(last: JSON, piece: JSON) -> bool:
    """Whether a piece belongs to the thought before it: the signature comes last, without text."""
    is_same = all(last.get(name) == piece.get(name) for name in ("type", "index"))
    return is_same and piece.get("type") in IN_PIECES and isinstance(piece.get("index"), int)
