"""What a message holds that a note can keep: its text, its file, and who wrote it when.

What is neither text nor file becomes a text: see `handlers.wordless`.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from telebot import types

import entities
from config import MOST_ID
from entities import Entities
from handlers import wordless
from handlers.types import Attachment, Content
from utf16 import head, units

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # what neither SQLite nor UTF-8 takes
LINK = re.compile(r"\s*(?:https?://|www\.|t\.me/)\S+\s*", re.IGNORECASE)
# An animation is a document too: the first kind that a message has is what it is.
NAME_CHARS = 200
# What is listened to: the name that a file of this kind has when it has none.
HEARD = {"voice": "voice.ogg", "video_note": "video.mp4", "audio": "audio.mp3"}
# Beside whatever is said to be text. What is in a file counts, not its name: see documents/.
DOCUMENT_NAME = re.compile(
    r"\.(pdf|docx|txt|md|rst|csv|tsv|jsonl?|log|html?|xml|ya?ml|toml|ini|cfg|conf|env|tex|srt|vtt"
    r"|py|jsx?|tsx?|java|c|h|cpp|hpp|cc|cs|go|rs|rb|php|swift|kts?|scala|sh|bash|ps1|bat|sql|r|lua"
    r"|pl|css|scss|vue|svelte|ipynb|diff|patch)$",
    re.IGNORECASE,
)
ENOUGH_PX = 1600  # on the long side of a picture, for a model to see what is on it
EXPORTED = (".json", ".zip")
FILE_KINDS = ("photo", "animation", "video", "video_note", "audio", "voice", "document")


def text_of(message: types.Message) -> str:
    """The text of a message, or the caption of its file."""
    return clean(message.text or message.caption or "")


def clean(text: str) -> str:
    """A text that can be stored."""
    return UNSTORABLE.sub("\ufffd", text)


def content_of(message: types.Message, reader: int) -> Content:
    """What a message holds, as `reader` would keep it: a person is no origin to themselves."""
    origin, origin_at = _origin(message, reader)
    text = text_of(message) or clean(wordless.as_text(message))
    return Content(
        message.message_id,
        text,
        origin,
        origin_at,
        attachment_of(message),
        readable=readable_in(message),
        album=clean(message.media_group_id or ""),
        entities=_kept(text, message.entities or message.caption_entities),
    )


def replied_content(message: Any, reader: int) -> Content | None:
    """What the message holds that another one replies to, or the part of it that is quoted."""
    replied = getattr(message, "reply_to_message", None)
    if replied is None:
        return None
    content = content_of(replied, reader)
    quote = message.quote
    if quote is None or not quote.text:
        return content
    text = clean(quote.text)
    marks = _kept(text, quote.entities)
    return Content(content.message_id, text, content.origin, content.origin_at, entities=marks)


def answer_text(message: types.Message) -> str:
    """The text of an answer of the bot's, without its footer: the italics that end it."""
    text, last = text_of(message), (message.entities or [None])[-1]
    ends = last is not None and last.offset + last.length == units(text)
    return head(text, last.offset).rstrip() if ends and last.type == "italic" else text


def is_forwarded(message: types.Message) -> bool:
    """Whether somebody else wrote it."""
    return message.forward_origin is not None


def is_export(message: types.Message) -> bool:
    """Whether it is a .json or .zip file, as the bot exports them."""
    document = message.document
    return document is not None and (document.file_name or "").lower().endswith(EXPORTED)


def is_worth_keeping(message: types.Message) -> bool:
    """Whether it is something to keep rather than a question: a file, a place, a poll and the like,
    or nothing but a link."""
    if attachment_of(message) is not None or wordless.is_kept(message):
        return True
    return LINK.fullmatch(text_of(message)) is not None


def readable_in(message: types.Message) -> Attachment | None:
    """What a model can be given of a message: a photo in the size that is nearest to enough, a
    recording, or a file that is said to be a picture or a document."""
    if message.photo:
        size = min(message.photo, key=lambda p: abs(max(p.width, p.height) - ENOUGH_PX))
        return Attachment("image", clean(size.file_id), "", _whole(size, "file_size"))
    for kind, named in HEARD.items():
        if file := getattr(message, kind, None):
            name = _one_line(getattr(file, "file_name", None)) or named
            return replace(_as_attachment(kind, file), filename=name)
    file = message.document
    if file is None or message.animation:
        return None
    name = _name_of(file)
    mime = str(file.mime_type or "")
    if mime.startswith("image/"):
        kind, name = "image", name or "image"
    elif mime.startswith("text/") or DOCUMENT_NAME.search(name):
        kind = "document"
    else:
        return None
    return _as_attachment(kind, file)


def is_heard(message: types.Message) -> bool:
    """Whether it is something to listen to."""
    return any(getattr(message, kind, None) for kind in HEARD)


def is_captioned(message: Any) -> bool:
    """Whether the words of a message are those under a file; not told of a message too old."""
    return any(getattr(message, kind, None) for kind in FILE_KINDS)


def is_empty(message: types.Message) -> bool:
    """Whether there is nothing in it that a note could keep."""
    if attachment_of(message) is not None or wordless.is_kept(message):
        return False
    return not text_of(message).strip()


def attachment_of(message: types.Message) -> Attachment | None:
    """The file of a message, as a note keeps it."""
    for kind in FILE_KINDS:
        file = getattr(message, kind, None)
        if file:
            return _as_attachment(kind, file[-1] if kind == "photo" else file)  # the largest
    return None


def _as_attachment(kind: str, file: Any) -> Attachment:
    sizes = (_whole(file, name) for name in ("file_size", "duration"))
    return Attachment(kind, clean(file.file_id), _name_of(file), *sizes)


def _name_of(file: Any) -> str:
    """The name of a file; of a song without one its title."""
    return _one_line(getattr(file, "file_name", None) or getattr(file, "title", None))


def _one_line(name: str | None) -> str:
    return " ".join(clean(name or "").split())[-NAME_CHARS:]  # the end of a name says more


def _whole(file: Any, name: str) -> int:
    """A number that Telegram says of a file, 0 when it does not."""
    value = getattr(file, name, None)
    return value if type(value) is int and 0 <= value <= MOST_ID else 0


def _kept(text: str, given: Any) -> Entities:
    return entities.kept(text, (vars(entity) for entity in given or ()))


# How each kind of origin names who wrote the message.
NAMES: dict[str, Callable[[Any], str]] = {
    "user": lambda origin: origin.sender_user.full_name,
    "hidden_user": lambda origin: origin.sender_user_name,
    "chat": lambda origin: origin.sender_chat.title or "",
    "channel": lambda origin: origin.chat.title or "",
}


def _origin(message: types.Message, reader: int) -> tuple[str, int | None]:
    origin = message.forward_origin
    if origin is not None:
        name = NAMES.get(origin.type, lambda _: "")(origin)
        return clean(name), origin.date
    if message.from_user is None or message.from_user.id == reader:
        return "", None
    return clean(message.from_user.full_name), message.date
