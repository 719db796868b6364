"""A chat in the terminal: answers telebot's requests as the Bot API would, so that everything
above it is the very same bot."""

import json
import os
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from handlers.buttons import decode
from telegram.api import POLL_TIMEOUT_S
from telegram.screen import Screen
from texts import console as texts
from texts import languages

TOKEN = "0:console"  # noqa: S105  # the bot's id is 0: its updates never mix with a real bot's
STOP = "stop"  # the button under an answer that still grows
IDLE_CHECK_S = 0.02
UNKNOWN_METHOD = {"ok": False, "error_code": 404, "description": "Not Found"}
NOBODY_THERE = {"ok": False, "error_code": 403, "description": "Forbidden: no such chat here"}


@dataclass(frozen=True)
class Answer:
    """What telebot reads of a response."""

    result: dict[str, Any]
    status_code: int = 200
    reason: str = "OK"

    @property
    def text(self) -> str:
        return json.dumps(self.result)  # ASCII, as on the wire: a terminal may send half a letter

    def json(self) -> dict[str, Any]:
        return self.result


class Console:
    """Stands in for the HTTP sender of telebot: lines become updates, calls become print-outs."""

    def __init__(self, user_id: int, screen: Screen, folder: Path) -> None:
        you = {"id": user_id, "first_name": texts.YOU}
        self._person = {**you, "is_bot": False, "language_code": languages.of_machine()}
        self._chat = {"id": user_id, "type": "private", "first_name": texts.YOU}
        self._screen = screen
        self._folder = folder
        self._incoming: queue.Queue[dict[str, Any]] = queue.Queue()
        self._stored_before = 0  # the poller's offset: what came before it has been stored
        self._shown: tuple[int, str] | None = None  # the message that was printed last
        self._choices: list[tuple[int, str]] = []
        self._prompt: int | None = None  # the message that the next line answers
        self._lock = threading.Lock()
        self._offset = 0
        # Numbers go on growing from run to run, as Telegram's do.
        self._last_id = int(time.time() * 1000)

    def read(self, is_idle: Callable[[], bool], at_end: Callable[[], None]) -> None:
        """Turn lines into updates until the input ends.

        Lines of a person come when they come; those of a pipe wait until the line before is done.
        """
        self._screen.show(texts.CONSOLE_HELLO)
        for line in self._whole_lines():
            update = self._update(line)
            self._incoming.put(update)
            while not self._screen.interactive and (
                self._stored_before <= update["update_id"] or not is_idle()
            ):
                time.sleep(IDLE_CHECK_S)
        at_end()

    def __call__(
        self, method: str, url: str, *, params: dict[str, Any] | None, files: Any, **_: Any
    ) -> Answer:
        call = getattr(self, "_on_" + url.rsplit("/", 1)[1].lower(), None)
        if call is None:
            return Answer(UNKNOWN_METHOD, 404, "Not Found")
        if params and int(params.get("chat_id", self._chat["id"])) != self._chat["id"]:
            return Answer(NOBODY_THERE, 403, "Forbidden")
        return Answer({"ok": True, "result": call(params or {}, files)})

    def _whole_lines(self) -> Iterator[str]:
        """Lines of the input; a backslash at the end of one joins the next to it."""
        kept = ""
        for line in self._screen.lines():
            kept += line
            if kept.endswith("\\"):
                kept = kept[:-1] + "\n"
            elif kept.strip():
                yield kept
                kept = ""

    def _next_id(self) -> int:
        with self._lock:
            self._last_id += 1
            return self._last_id

    def _update(self, line: str) -> dict[str, Any]:
        number = self._next_id()
        chosen = re.fullmatch(r"\d{1,3}", line.strip(), re.ASCII)
        if chosen and 1 <= int(line) <= len(self._choices):
            message_id, data = self._choices[int(line) - 1]
            press = {"id": str(number), "from": self._person, "chat_instance": "0", "data": data}
            return {
                "update_id": number,
                "callback_query": {**press, "message": self._message(message_id)},
            }
        message = {**self._message(number), "from": self._person, "text": line}
        if self._prompt is not None and not line.startswith("/"):
            asked = self._message(self._prompt)
            message["reply_to_message"] = {**asked, "from": self._on_getme({}, None)}
        self._prompt = None
        return {"update_id": number, "message": message}

    def _message(self, message_id: int, text: str = "") -> dict[str, Any]:
        return {
            "message_id": message_id,
            "date": int(time.time()),
            "chat": self._chat,
            "text": text,
        }

    def _on_getme(self, params: dict[str, Any], files: Any) -> dict[str, Any]:
        return {"id": 0, "is_bot": True, "first_name": texts.BOT, "username": "console_bot"}

    def _on_setmycommands(self, params: dict[str, Any], files: Any) -> bool:
        return True

    _on_deletemycommands = _on_setmydescription = _on_setmyshortdescription = _on_setmycommands

    def _on_getmydescription(self, params: dict[str, Any], files: Any) -> dict[str, str]:
        return {"description": "", "short_description": ""}

    _on_getmyshortdescription = _on_getmydescription

    def _on_sendchataction(self, params: dict[str, Any], files: Any) -> bool:
        return True

    def _on_deletemessage(self, params: dict[str, Any], files: Any) -> bool:
        return True

    def _on_getupdates(self, params: dict[str, Any], files: Any) -> list[dict[str, Any]]:
        self._stored_before = int(params.get("offset", 0))
        try:
            return [self._incoming.get(timeout=POLL_TIMEOUT_S)]
        except queue.Empty:
            return []

    def _on_sendmessage(self, params: dict[str, Any], files: Any) -> dict[str, Any]:
        return self._put(self._next_id(), params)

    def _on_editmessagetext(self, params: dict[str, Any], files: Any) -> dict[str, Any]:
        return self._put(int(params["message_id"]), params)

    def _on_answercallbackquery(self, params: dict[str, Any], files: Any) -> bool:
        if params.get("text"):
            self._print(f"({params['text']})")
        return True

    def _on_senddocument(self, params: dict[str, Any], files: Any) -> dict[str, Any]:
        filename, content = files["document"]
        path = self._save(filename, content)
        self._print(f"{params.get('caption') or ''}\n{texts.file_saved(path)}".strip())
        return self._message(self._next_id())

    def _put(self, message_id: int, params: dict[str, Any]) -> dict[str, Any]:
        """Print a message, unless it still grows: what a terminal has printed stays."""
        text, buttons = params["text"], _buttons(params)
        if STOP not in (decode(button["callback_data"]).action for button in buttons):
            if self._shown != (message_id, text):
                self._print(text)
            self._shown = (message_id, text)
            self._offer(message_id, buttons)
        if "force_reply" in (params.get("reply_markup") or ""):
            self._prompt = message_id
        return self._message(message_id, text)

    def _offer(self, message_id: int, buttons: list[dict[str, Any]]) -> None:
        if buttons:
            self._choices = [(message_id, button["callback_data"]) for button in buttons]
            self._print("\n".join(f"  [{n}] {b['text']}" for n, b in enumerate(buttons, 1)))

    def _print(self, text: str) -> None:
        self._screen.show(f"{text}\n")

    def _save(self, filename: str, content: BinaryIO) -> Path:
        """Write a file of that name, readable by its owner only, beside any older one."""
        wanted = self._folder / Path(filename).name
        for number in range(1, 1000):
            path = wanted if number == 1 else wanted.with_stem(f"{wanted.stem}-{number}")
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(descriptor, "wb") as file:
                file.write(content.read())
            return path
        raise FileExistsError(wanted)


def _buttons(params: dict[str, Any]) -> list[dict[str, Any]]:
    markup = json.loads(params.get("reply_markup") or "{}")
    rows = markup.get("inline_keyboard", ())
    return [button for row in rows for button in row if "callback_data" in button]
