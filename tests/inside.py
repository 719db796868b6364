"""The whole bot in this thread: no network, no other threads, and a clock that is set by hand."""

import itertools
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import config
from clock import Clock
from db import Database
from scratch import Scratch
from telegram.api import Telegram
from telegram.console import Answer
from wiring import wire
from worker.service import Service

ME = {"id": 5, "is_bot": True, "first_name": "Бот", "username": "notes_bot"}
NOON = 1_763_715_600  # 21.11.2025 12:00 in Moscow
JSON = dict[str, Any]
numbers = itertools.count(1)  # Telegram's go on growing while a bot is restarted


class Inside:
    """People write to it with `text`, `press` and `feed`; `sent` is what they were answered."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.now = float(NOON)
        self.sent: list[tuple[str, JSON]] = []
        self.last_id = 0  # of the message that was sent last
        self.shown: list[
            tuple[int, JSON]
        ] = []  # messages by their ids, as they were sent or edited
        self.refuses: Callable[[str, JSON], Answer | None] = lambda method, params: None
        self._open = ExitStack()
        self.db = Database(folder / "notes.db")
        self._open.callback(self.db.close)
        given = {"TIMEZONE": "Europe/Moscow", **settings}
        telegram = Telegram("5:inside", "http://inside", self)
        scratch = Scratch(folder / "scratch")
        wired = wire(config.load(given, folder / ".env"), self.db, telegram, scratch)
        self.app = replace(wired, clock=Clock(wired.settings.timezone, lambda: self.now))
        self.service = Service(self.app, self.db, telegram, telegram.get_me())
        self.sent.clear()

    def close(self) -> None:
        self._open.close()

    def text(
        self,
        user_id: int,
        text: str | None,
        chat_id: int | None = None,
        author: JSON | None = None,
        **fields: Any,
    ) -> list[str]:
        """Somebody writes; returns what was said to anybody because of it, in order."""
        private = chat_id is None
        message = {
            "message_id": next(numbers),
            "date": int(self.now),
            "chat": {"id": chat_id or user_id, "type": "private" if private else "supergroup"},
            "from": self.person(user_id) | (author or {}),
            **({} if text is None else {"text": text}),
            **fields,
        }
        return self.feed({"message": message})

    def answer(self, user_id: int, text: str | None, **fields: Any) -> list[str]:
        """Somebody replies to the message that the bot has sent last."""
        chat = {"id": user_id, "type": "private"}
        asked = {"message_id": self.last_id, "date": int(self.now), "chat": chat, "from": ME}
        return self.text(user_id, text, reply_to_message=asked, **fields)

    def press(self, user_id: int, data: str, chat_id: int | None = None) -> list[str]:
        """Somebody presses a button with this data, theirs or not."""
        chat = {"id": chat_id or user_id, "type": "private" if chat_id is None else "supergroup"}
        call = {
            "id": str(next(numbers)),
            "from": self.person(user_id),
            "chat_instance": "1",
            "data": data,
            "message": {"message_id": 1, "date": int(self.now), "chat": chat},
        }
        return self.feed({"callback_query": call})

    def person(self, user_id: int) -> JSON:
        name = f"user{user_id}"
        return {"id": user_id, "is_bot": False, "first_name": name, "username": name}

    def feed(self, *updates: Any) -> list[str]:
        """Updates come together and are handled to the end; what was said because of them."""
        before = len(self.sent)
        self.service.intake.take(
            {"update_id": next(numbers), **update} if isinstance(update, dict) else update
            for update in updates
        )
        self.service.run_until_idle()
        return [said for method, params in self.sent[before:] if (said := _words(params))]

    def resume(self) -> None:
        """Do all that is stored and waits, as after a restart."""
        self.service.wake_waiting()
        self.service.run_until_idle()

    def said_to(self, chat_id: int) -> list[str]:
        return [
            words
            for method, params in self.sent
            if params.get("chat_id") == chat_id and (words := _words(params))
        ]

    def buttons(self) -> dict[str, str]:
        """The buttons of the last message that had any: what stands on them, and their data."""
        for _, params in reversed(self.sent):
            rows = json.loads(params.get("reply_markup", "{}")).get("inline_keyboard")
            if rows:
                return {b["text"]: carried(b) for row in rows for b in row}
        return {}

    def __call__(
        self, method: str, url: str, *, params: JSON | None, files: Any = None, **_: Any
    ) -> Answer:
        """Telegram, as telebot sees it."""
        called, params = url.rsplit("/", 1)[1], dict(params or {})
        if called == "getMe":
            return Answer({"ok": True, "result": ME})
        if "chat_id" in params:
            params["chat_id"] = int(params["chat_id"])
        if files:
            params["document"] = files["document"][1].read()
        refused = self.refuses(called, params)
        if refused is not None:
            return refused
        self.sent.append((called, params))
        return Answer({"ok": True, "result": self._result(called, params)})

    def _result(self, called: str, params: JSON) -> Any:
        if not called.startswith(("send", "edit")) or called == "sendChatAction":
            return True
        chat = {"id": params["chat_id"], "type": "private"}
        message_id = int(params.get("message_id") or next(numbers))
        self.last_id = message_id
        self.shown.append((message_id, params))
        sent = {"message_id": message_id, "date": int(self.now), "chat": chat, "text": ""}
        return [sent] if called == "sendMediaGroup" else sent


def carried(button: JSON) -> str:
    """What a button of the Bot API does: its data, its link or what it copies."""
    copied = button.get("copy_text", {}).get("text", "")
    return str(button.get("callback_data") or button.get("url") or copied)


def _words(params: JSON) -> str:
    return str(params.get("text") or params.get("caption") or "")
