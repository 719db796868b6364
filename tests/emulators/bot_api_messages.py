"""The methods of the Bot API that send, edit and delete messages."""

import time
from collections.abc import Callable
from typing import Any

from .bot_api_errors import RefusedError, bad_request
from .bot_api_http import Call
from .bot_api_methods import Method, file_handle, find_chat, writable_chat
from .bot_api_rules import CAPTION_LIMIT, TEXT_LIMIT, Formatted, format_text, inline_keyboard
from .bot_api_world import Chat, Json, Stored, StoredFile, World, quoted, version

UPLOAD_LIMIT = 50 * 1024 * 1024
ALBUM_MOST = 10
ALBUMS = ({"photo", "video"}, {"document"}, {"audio"})  # kinds that go together
PHOTO_LIMIT = 10 * 1024 * 1024
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)

Shape = Callable[[StoredFile, Json], Json]  # a file and the parameters to the fields of a message


def send_message(world: World, call: Call) -> Json:
    return _place(world, call, _text(world, call))


def send_message_draft(world: World, call: Call) -> bool:
    if call.params.get("text"):
        _text(world, call)
    if not call.params.get("draft_id"):
        raise bad_request("draft_id must be non-zero")
    if writable_chat(world, call).info["type"] != "private":
        raise bad_request("message drafts can be sent only to private chats")
    return True


def edit_message_text(world: World, call: Call) -> Json:
    text = _text(world, call)
    stored = _editable(world, call)
    if "text" not in stored.wire:
        raise bad_request("there is no text in the message to edit")
    return _edit(world, call, stored, text)


def edit_message_caption(world: World, call: Call) -> Json:
    caption = _caption(world, call)
    stored = _editable(world, call)
    if stored.file is None:
        raise bad_request("there is no caption in the message to edit")
    return _edit(world, call, stored, caption)


def edit_message_reply_markup(world: World, call: Call) -> Json:
    stored = _editable(world, call)
    shown = ("text", "entities", "caption", "caption_entities")
    kept = {name: stored.wire[name] for name in shown if name in stored.wire}
    return _edit(world, call, stored, kept)


def delete_message(world: World, call: Call) -> bool:
    chat = find_chat(world, call)
    stored = chat.messages.get(call.message_id)
    if stored is None:
        raise bad_request("message to delete not found")
    if not stored.by_bot and chat.info["type"] != "private":
        raise bad_request("message can't be deleted")
    del chat.messages[stored.wire["message_id"]]
    return True


def _place(world: World, call: Call, content: Json, file: StoredFile | None = None) -> Json:
    markup = _markup(world, call, inline_only=False)
    chat = writable_chat(world, call)
    reply = _replied_to(chat, call.params)
    topic = call.params.get("message_thread_id")
    wire = {
        "message_id": world.next_message_id(chat),
        "from": world.sender,
        "chat": chat.info,
        "date": int(time.time()),
        **({"reply_to_message": quoted(reply)} if reply else {}),
        **({"message_thread_id": topic, "is_topic_message": True} if topic else {}),
        **content,
        **markup,
    }
    return world.keep(wire, by_bot=True, file=file).wire


def _replied_to(chat: Chat, params: Json) -> Json | None:
    wanted = params.get("reply_parameters")
    if not wanted:
        return None
    if not isinstance(wanted, dict):
        raise bad_request("object expected as reply parameters")
    stored = chat.messages.get(int(wanted.get("message_id") or 0))
    if stored is None and not wanted.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return stored.wire if stored else None


def _editable(world: World, call: Call) -> Stored:
    if not call.message_id:
        raise bad_request("message identifier is not specified")
    stored = writable_chat(world, call).messages.get(call.message_id)
    if stored is None:
        raise bad_request("message to edit not found")
    if not stored.by_bot:
        raise bad_request("message can't be edited")
    return stored


def _edit(world: World, call: Call, stored: Stored, content: Json) -> Json:
    content = {**content, **_markup(world, call, inline_only=True)}
    old = version(stored.wire, 0)
    if world.strict and version(content, 0) == old:
        raise bad_request(NOT_MODIFIED)
    rest = {name: value for name, value in stored.wire.items() if name not in old}
    return world.keep({**rest, "edit_date": int(time.time()), **content}, by_bot=True).wire


def _markup(world: World, call: Call, *, inline_only: bool) -> Json:
    given = call.params.get("reply_markup")
    markup = inline_keyboard(given, inline_only=inline_only) if world.strict else given
    return {"reply_markup": markup} if markup else {}


def _text(world: World, call: Call) -> Json:
    shown = _formatted(world, call, "text", "entities", TEXT_LIMIT, "message is too long")
    if world.strict and "text" not in shown:
        raise bad_request("message text is empty")
    return shown


def _caption(world: World, call: Call) -> Json:
    words = "message caption is too long"
    return _formatted(world, call, "caption", "caption_entities", CAPTION_LIMIT, words)


def _formatted(
    world: World, call: Call, name: str, entities: str, limit: int, too_long: str
) -> Json:
    """The fields of the message for a text and its entities; those that are empty are absent."""
    raw = call.params.get(name) or ""
    given = call.params.get(entities)
    if world.strict:
        text = format_text(raw, call.params.get("parse_mode"), given, limit, too_long)
        if given and not isinstance(given, list):
            text.notes.append(f"{entities} is no JSON array and is ignored")
        world.entity_notes += [f"{call.method}: {note}" for note in text.notes]
    else:
        text = Formatted(str(raw), given if isinstance(given, list) else [])
    for entity in text.entities:
        if "user" in entity:
            entity["user"] = world.user(entity["user"]["id"])
    fields: Json = {name: text.text, entities: text.entities}
    return {field: value for field, value in fields.items() if value}


def _upload(world: World, call: Call, kind: str) -> StoredFile:
    given = str(call.params.get(kind, ""))
    part = call.files.get(given.removeprefix("attach://") if given else kind)
    if part is None:
        if given in world.files:
            return world.files[given]
        if not given:
            raise bad_request(f"there is no {kind} in the request")
        raise bad_request("wrong file identifier/HTTP URL specified")
    name, content = part
    if not content:
        raise bad_request("file must be non-empty")
    if len(content) > UPLOAD_LIMIT:
        raise RefusedError(413, "Request Entity Too Large")
    if kind == "photo" and len(content) > PHOTO_LIMIT:
        raise bad_request("file is too big for a photo")
    return world.add_file(content, name or kind)


def _named(file: StoredFile) -> Json:
    return {**file_handle(file), "file_name": file.name, "mime_type": file.mime}


def _timed(params: Json, *names: str) -> Json:
    return {name: params.get(name, 0) for name in ("duration", *names)}


def _document(file: StoredFile, params: Json) -> Json:
    return {"document": _named(file)}


def _photo(file: StoredFile, params: Json) -> Json:
    return {"photo": [{**file_handle(file), "width": 90, "height": 90}]}


def _voice(file: StoredFile, params: Json) -> Json:
    return {"voice": {**file_handle(file), "mime_type": "audio/ogg", **_timed(params)}}


def _audio(file: StoredFile, params: Json) -> Json:
    titles = {name: params[name] for name in ("title", "performer") if name in params}
    return {"audio": {**_named(file), **_timed(params), **titles}}


def _video(file: StoredFile, params: Json) -> Json:
    return {"video": {**_named(file), **_timed(params, "width", "height")}}


def _animation(file: StoredFile, params: Json) -> Json:
    return {"animation": _video(file, params)["video"], **_document(file, params)}


def _sticker(file: StoredFile, params: Json) -> Json:
    look = {"type": "regular", "width": 512, "height": 512}
    return {"sticker": {**file_handle(file), **look, "is_animated": False, "is_video": False}}


SHAPES: dict[str, Shape] = {
    "animation": _animation,
    "audio": _audio,
    "document": _document,
    "photo": _photo,
    "sticker": _sticker,
    "video": _video,
    "voice": _voice,
}


def _sender(kind: str, shape: Shape) -> Method:
    def send(world: World, call: Call) -> Any:
        caption = {} if kind == "sticker" else _caption(world, call)
        file = _upload(world, call, kind)
        return _place(world, call, {**shape(file, call.params), **caption}, file)

    return send


def send_media_group(world: World, call: Call) -> list[Json]:
    """All of an album or nothing of it."""
    media = call.params.get("media")
    if not isinstance(media, list) or not 2 <= len(media) <= ALBUM_MOST:
        raise bad_request("there must be 2-10 media in an album")
    kinds = {str(item["type"]) for item in media}
    if not any(kinds <= together for together in ALBUMS):
        raise bad_request("this media can't be sent in one album")
    files = [world.files.get(str(item["media"])) for item in media]
    if None in files:
        raise bad_request("wrong file identifier/HTTP URL specified")
    world.albums += 1
    group = {"media_group_id": str(world.albums)}
    return [
        _place(world, call, {**SHAPES[str(item["type"])](file, call.params), **group}, file)
        for item, file in zip(media, files, strict=True)
        if file is not None
    ]


METHODS: dict[str, Method] = {
    "deleteMessage": delete_message,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "editMessageText": edit_message_text,
    "sendMediaGroup": send_media_group,
    "sendMessage": send_message,
    "sendMessageDraft": send_message_draft,
    **{f"send{kind.title()}": _sender(kind, shape) for kind, shape in SHAPES.items()},
}
