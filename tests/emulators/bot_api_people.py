"""People on the other side of the emulated Bot API: they write, edit, press buttons, send files."""

import threading
import time
from itertools import count
from typing import Any

from .bot_api_updates import Updates
from .bot_api_webhook import Webhook
from .bot_api_world import Chat, Json, World, commands_in, quoted


class Sent(dict[str, Any]):
    """The message a person sent, as the bot gets it, and the id of the update it came in."""

    update_id: int


class People:
    """The half of `BotApi` that acts for people."""

    def __init__(self, token: str, username: str, strict: bool) -> None:
        self.token = token
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._version = 0
        self._updates = Updates(self._lock, self._touch)
        self.webhook = Webhook(self._updates, self._touch)
        self._world = World(token, username, strict, self.webhook)
        self._query_numbers = count(1)

    @property
    def bot_user(self) -> Json:
        """What getMe answers."""
        return self._world.bot_user

    @property
    def pending(self) -> int:
        """Updates the bot has not confirmed yet."""
        with self._lock:
            return len(self._updates)

    def person(self, user_id: int, **fields: Any) -> Json:
        """Give a user names of your own; None takes a field away (not everyone has a username)."""
        with self._lock:
            self._world.people[user_id] = fields
            user = self._world.user(user_id)
            if (chat := self._world.chats.get(user_id)) is not None:
                shown = {"first_name", "last_name", "username"} & user.keys()
                chat.info = {**chat.info, **{name: user[name] for name in shown}}
            return user

    def open_chat(self, chat_id: int, chat_type: str | None = None, **fields: Any) -> Json:
        """Make a chat known to the bot without an update from it."""
        with self._lock:
            chat = self._world.chat(chat_id, chat_type)
            chat.info = {**chat.info, **fields}
            return chat.info

    def text(
        self,
        user_id: int,
        text: str | None,
        *,
        chat_id: int | None = None,
        chat_type: str | None = None,
        reply_to: Json | None = None,
        date: int | None = None,
        edit_of: Json | None = None,
        **message_fields: Any,
    ) -> Sent:
        """A person writes: to the bot, or in the chat `chat_id` (a supergroup when negative).

        `message_fields` go into the message as they are; with text=None they are all there is
        besides the usual ones. `edit_of` makes it an edit of that message.
        """
        with self._lock:
            chat = self._world.chat(chat_id if chat_id is not None else user_id, chat_type)
            wire: Json = self._dated(chat, date, edit_of)
            wire |= {"from": self._world.user(user_id), "chat": chat.info}
            if reply_to is not None:
                wire["reply_to_message"] = quoted(reply_to)
            if text is not None:
                wire["text"] = text
                if entities := commands_in(text):
                    wire["entities"] = entities
            sent = Sent({**wire, **message_fields})
            self._world.keep(dict(sent), by_bot=False)
            kind = "edited_message" if edit_of else "message"
            sent.update_id = self._updates.add({kind: dict(sent)})
            return sent

    def edit(self, message: Json, text: str) -> int:
        """A person edits a message of theirs; returns the id of the update."""
        rest = {
            name: value
            for name, value in message.items()
            if name not in ("message_id", "from", "chat", "date", "edit_date", "text", "entities")
        }
        edited = self.text(
            message["from"]["id"], text, chat_id=message["chat"]["id"], edit_of=message, **rest
        )
        return edited.update_id

    def send_file(
        self, user_id: int, kind: str, file_id: str, *, caption: str | None = None, **fields: Any
    ) -> Sent:
        """A person sends a file of `upload_file` as kind "document", "voice", "photo" and so on."""
        with self._lock:
            file = self._world.files[file_id]
        media: Any = {
            "file_id": file.id,
            "file_unique_id": file.unique_id,
            "file_size": file.size,
            "file_name": file.name,
            "mime_type": file.mime,
            "duration": 1,
            "width": 90,
            "height": 90,
            "length": 90,
        }
        if kind in ("voice", "video_note"):  # these have no names
            del media["file_name"]
        if kind == "photo":
            media = [media]
        if caption is not None:
            fields["caption"] = caption
        return self.text(user_id, None, **{kind: media}, **fields)

    def photo(
        self,
        user_id: int,
        *sizes: tuple[bytes, int],
        caption: str | None = None,
        **fields: Any,
    ) -> Sent:
        """A person sends a photo, given as (content, pixels of its long side), smallest first."""
        shown = []
        for content, px in sizes:
            file_id = self.upload_file(content, "photo.jpg")
            size = {"file_id": file_id, "file_unique_id": file_id, "file_size": len(content)}
            shown.append({**size, "width": px, "height": px * 3 // 4})
        if caption is not None:
            fields["caption"] = caption
            if entities := commands_in(caption):
                fields["caption_entities"] = entities
        return self.text(user_id, None, photo=shown, **fields)

    def upload_file(
        self, content: bytes, name: str, mime: str | None = None, *, size: int | None = None
    ) -> str:
        """A file on Telegram's side, for use in messages; `size` may pretend that it is large."""
        with self._lock:
            return self._world.add_file(content, name, mime, size).id

    def press(self, user_id: int, message: Json | tuple[int, int], data: str | None) -> str:
        """Press a button under a message, given whole or as (chat_id, message_id).

        The bot gets the message as it is now, or an inaccessible one if it is gone. Returns the
        id of the callback query.
        """
        if isinstance(message, tuple):
            chat_id, message_id = message
        else:
            chat_id, message_id = message["chat"]["id"], message["message_id"]
        with self._lock:
            chat = self._world.chat(chat_id)
            stored = chat.messages.get(message_id)
            gone = {"chat": chat.info, "message_id": message_id, "date": 0}
            query_id = f"{user_id << 20}{next(self._query_numbers):08d}"
            query: Json = {
                "id": query_id,
                "from": self._world.user(user_id),
                "message": stored.wire if stored else gone,
                "chat_instance": str(chat_id * 7919),
            }
            self._world.unanswered.add(query_id)
            self._updates.add({"callback_query": query | ({} if data is None else {"data": data})})
            return query_id

    def inline(self, user_id: int, text: str, offset: str = "") -> str:
        """Type the bot's name and a text in some chat; returns the id of the inline query."""
        with self._lock:
            query_id = f"{user_id << 20}{next(self._query_numbers):08d}"
            author = self._world.user(user_id)
            query = {"id": query_id, "from": author, "query": text, "offset": offset}
            self._world.unanswered.add(query_id)
            self._updates.add({"inline_query": query})
            return query_id

    def expire(self, query_id: str) -> None:
        """Let a callback query or an inline query grow too old to be answered."""
        with self._lock:
            self._world.unanswered.discard(query_id)

    def delete(self, message: Json) -> None:
        """A person deletes a message, of theirs or of the bot; the bot is not told."""
        with self._lock:
            chat = self._world.chats[message["chat"]["id"]]
            chat.messages.pop(message["message_id"], None)

    def push(self, **update_fields: Any) -> int:
        """Send any update, e.g. push(channel_post={...}); returns its id.

        Kinds the bot left out of allowed_updates never reach it, as in reality.
        """
        with self._lock:
            for content in update_fields.values():
                self._remember(content)
            return self._updates.add(update_fields)

    def push_raw(self, obj: Any) -> int:
        """Put anything into the list getUpdates answers; confirmed by the id returned."""
        with self._lock:
            return self._updates.add_raw(obj)

    def blocked_by(self, user_id: int) -> None:
        """The person blocks the bot, or a chat throws it out: what it sends there is refused."""
        with self._lock:
            self._world.blocked.add(user_id)

    def unblocked_by(self, user_id: int) -> None:
        with self._lock:
            self._world.blocked.discard(user_id)

    def _dated(self, chat: Chat, date: int | None, edit_of: Json | None) -> Json:
        now = int(time.time())
        if edit_of is None:
            return {
                "message_id": self._world.next_message_id(chat),
                "date": now if date is None else date,
            }
        return {
            "message_id": edit_of["message_id"],
            "date": edit_of["date"],
            "edit_date": now if date is None else date,
        }

    def _touch(self) -> None:
        with self._changed:
            self._version += 1
            self._changed.notify_all()

    def _remember(self, content: Any) -> None:
        """Note the chat and the message of a raw update, as far as they make sense."""
        message = content.get("message", content) if isinstance(content, dict) else None
        chat = message.get("chat") if isinstance(message, dict) else None
        chat_id = chat.get("id") if isinstance(chat, dict) else None
        if not isinstance(message, dict) or not isinstance(chat_id, int):
            return
        kind = chat.get("type") if isinstance(chat, dict) else None
        known = self._world.chat(chat_id, kind if isinstance(kind, str) else None)
        message_id = message.get("message_id")
        if isinstance(message_id, int) and message_id not in known.messages:
            self._world.keep(message, by_bot=False)
