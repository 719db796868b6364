"""What the parts of a message must look like (OpenRouter's OpenAPI, ChatContentItems)."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

JSON = dict[str, Any]
DATA_URL = re.compile(r"data:([a-z]+/[a-z0-9.+-]+);base64,(.+)", re.DOTALL)


def message_fault(request: JSON) -> str | None:
    """What is wrong with the messages of a request; None when they are as they must be."""
    for message in request.get("messages", []):
        content = message.get("content")
        if isinstance(content, list):
            faults = [_part_fault(part) for part in content] or ["no parts"]
            if found := next(filter(None, faults), None):
                return found
        elif not isinstance(content, str):
            return "content is neither a text nor a list of parts"
    return None


def data_in(url: str) -> tuple[str, bytes]:
    """The type of media and the bytes of a data URL; a ValueError when it is none."""
    found = DATA_URL.fullmatch(url)
    if found is None:
        raise ValueError("no data URL")
    return found[1], base64.b64decode(found[2], validate=True)


def pictures_of(message: JSON) -> list[tuple[str, bytes]]:
    """The pictures in a message."""
    content = message["content"]
    parts = content if isinstance(content, list) else []
    return [data_in(p["image_url"]["url"]) for p in parts if p["type"] == "image_url"]


def text_of(message: JSON) -> str:
    """The text of a message, whatever its shape."""
    content = message["content"]
    return content if isinstance(content, str) else "".join(p.get("text", "") for p in content)


def _text(part: JSON) -> bool:
    return part.keys() == {"type", "text"} and isinstance(part["text"], str)


def _image(part: JSON) -> bool:
    return part.keys() == {"type", "image_url"} and bool(data_in(part["image_url"]["url"]))


def _audio(part: JSON) -> bool:
    audio = part["input_audio"]
    return audio.keys() == {"data", "format"} and bool(base64.b64decode(audio["data"]))


def _file(part: JSON) -> bool:
    file = part["file"]
    return file.keys() == {"filename", "file_data"} and bool(data_in(file["file_data"]))


SHAPES: dict[str, Callable[[JSON], bool]] = {
    "text": _text,
    "image_url": _image,
    "input_audio": _audio,
    "file": _file,
}


def _part_fault(part: JSON) -> str | None:
    kind = part.get("type")
    if kind not in SHAPES:
        return f"no part is called {kind}"
    try:
        return None if SHAPES[kind](part) else f"a part {kind} of another shape"
    except (KeyError, TypeError, ValueError, binascii.Error) as exc:
        return f"a part {kind} of another shape: {exc!r}"
