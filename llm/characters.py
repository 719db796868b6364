"""Which characters of what a server sends are kept: those that everybody can show and store."""

import json
import re
from typing import Any

MAX_NAME = 160  # characters of a model, of an id or of a reason to finish
# Neither shown nor stored by anybody: control characters but for tab and line feed.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


def sound(text: str) -> str:
    """The text as everybody takes it: pairs of surrogates joined, what is broken replaced."""
    text = CONTROL.sub("", text)
    if LONE_SURROGATE.search(text):
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def sound_json(value: Any) -> Any:
    """A JSON value with all texts in it sound."""
    return json.loads(sound(json.dumps(value, ensure_ascii=False)))


def short_name(value: object) -> str:
    """A name of at most 160 characters, "" when it is no text."""
    return sound(value)[:MAX_NAME] if isinstance(value, str) else ""
