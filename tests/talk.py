"""The tests' own words: people in a chat, what they say, press and see."""

from typing import Any

from tests.emulators.bot_api import BotApi
from tests.emulators.bot_api_world import Json

OWNER, ANNA, BORIS, VERA, STRANGER, GROUP = 100, 111, 222, 333, 444, -1001
SUPERGROUP = -1_009_999  # what the group becomes
UPGRADED = {
    "ok": False,
    "error_code": 400,
    "description": "Bad Request: group chat was upgraded to a supergroup chat",
    "parameters": {"migrate_to_chat_id": SUPERGROUP},
}
QUESTION = [{"role": "user", "content": "Почему небо синее?"}]


class Talk:
    """Says something and returns the answer."""

    def __init__(self, api: BotApi, user_id: int) -> None:
        self.api = api
        self.user_id = user_id

    def __call__(self, text: str | None, **fields: Any) -> str:
        return said(self.message(text, **fields))

    def message(self, text: str | None, **fields: Any) -> Json:
        """The first message of the answer."""
        before = len(self.api.sent(self.user_id))
        self.api.text(self.user_id, text, **fields)
        return self.api.wait_sent(self.user_id, before + 1)[before]

    def press(self, message: Json, label: str) -> str:
        """Press the button with this label; returns what is shown over the chat."""
        shown = self.now(message)
        call = self.api.press(self.user_id, shown, buttons(shown)[label])
        return str(self.api.wait_callback_answer(call).get("text", ""))

    def turn(self, message: Json, label: str) -> Json:
        """Press a button that changes its message, and return it as it is then."""
        versions = len(self.now(message)["_history"])
        self.press(message, label)
        self.api.wait(lambda _: len(self.now(message)["_history"]) > versions)
        return self.now(message)

    def open(self, message: Json, label: str) -> list[Json]:
        """Press a button that brings new messages, and return them up to the one with buttons."""
        before = len(self.api.sent(self.user_id))
        self.press(message, label)
        self.api.wait(lambda api: any(map(buttons, api.sent(self.user_id)[before:])))
        return self.api.sent(self.user_id)[before:]

    def now(self, message: Json) -> Json:
        """A message as it is now."""
        sent = self.api.sent(self.user_id)
        return next(m for m in sent if m["message_id"] == message["message_id"])


def said(message: Json) -> str:
    """The text or the caption of a message."""
    return str(message.get("text") or message.get("caption"))


def buttons(message: Json) -> dict[str, str]:
    """The buttons under a message that can be pressed: label to data."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    keys = [button for row in rows for button in row if "callback_data" in button]
    return {key["text"]: key["callback_data"] for key in keys}


def bold(message: Json) -> list[str]:
    """What stands in bold, cut out as Telegram counts."""
    wide = message["text"].encode("utf-16-le")
    return [
        wide[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
        for e in message.get("entities", [])
        if e["type"] == "bold"
    ]


def ask(talk: Talk, text: str, **fields: Any) -> dict[str, Any]:
    """Ask and wait until the answer has ended: its last message."""
    before = len(talk.api.sent(talk.user_id))
    talk.api.text(talk.user_id, text, **fields)
    return finished(talk.api, talk.user_id, before)


def finished(api: BotApi, chat_id: int, after: int = 0) -> dict[str, Any]:
    def last(api: BotApi) -> dict[str, Any] | None:
        sent = api.sent(chat_id)[after:]
        return sent[-1] if sent and "Ещё раз" in labels(sent[-1]) else None

    return api.wait(last) or {}


def labels(message: dict[str, Any]) -> str:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return " ".join(button["text"] for row in rows for button in row)


def button(message: dict[str, Any], label: str) -> str:
    rows = message["reply_markup"]["inline_keyboard"]
    return str(next(b["callback_data"] for row in rows for b in row if label in b["text"]))
