"""The tests' own words: people in a chat, what they say, what they see."""

from typing import Any

from tests.emulators.bot_api import BotApi

ANNA, BORIS, GROUP = 111, 222, -1001


class Talk:
    """One person in a private chat: say something, get the answer."""

    def __init__(self, api: BotApi, user_id: int) -> None:
        self.api = api
        self.user_id = user_id

    def __call__(self, text: str | None, **fields: object) -> str:
        before = len(self.api.sent(self.user_id))
        self.api.text(self.user_id, text, **fields)  # type: ignore[arg-type]
        answer = self.api.wait_sent(self.user_id, before + 1)[before]
        return str(answer.get("text") or answer.get("caption"))


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
