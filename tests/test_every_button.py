"""Every button that any message shows, three presses deep: each is answered and leads somewhere."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from handlers import buttons, commands
from llm.model_list import CatalogueEntry
from telegram.console import Answer
from tests.conftest import StartInside
from tests.emulators.model_server import ModelServer, answer
from tests.inside import JSON, Inside
from tests.talk import ANNA, OWNER, STRANGER

DEPTH = 3
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
WRONG = ("Кнопка устарела", "out of date", "внутренняя ошибка", "internal error")
# A press of these ends a matter: what is left needs no button.
ENDS = {"allow", "deny", "permit"}
MESSAGES: tuple[JSON, ...] = (
    {"text": "why is the sky blue?"},
    {"text": "https://example.com"},
    {"text": "idea", "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "X"}},
    {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]},
    {"document": {"file_id": "d", "file_unique_id": "d", "file_name": "a.zip"}},
)
# What follows a command, where it shows more so.
ARGUMENTS = {
    "note_add": ("milk #home", "bread #home #food"),
    "note_list": ("", "1"),
    "note_find": ("#home",),
    "note": ("", "1"),
    "note_edit": ("1", "1 kefir"),
    "note_del": ("2",),
    "note_ask": ("milk?",),
    "ask": ("why?",),
    "model": ("", "gemma"),
    "models": ("", "nvidia/"),
    "remind": ("in 2 hours call mum", "every day at 9 tea"),
    "timezone": ("", "Omsk"),
    "digest": ("", "09:00"),
    "mode": ("", "custom Be brief"),
    "allow": ("333",),
    "deny": ("333",),
}


NO_FILE = Answer({"ok": False, "error_code": 400, "description": "invalid file_id"}, 400)


@dataclass
class Walk:
    """One person at their buttons; `pressed` says of data how deep it was gone into."""

    inside: Inside
    user_id: int
    language: str
    pressed: dict[str, int] = field(default_factory=dict)
    presses: int = 0
    written: JSON | None = None

    def start(self, message: JSON) -> None:
        """Write something and press whatever comes of it."""
        before = len(self.inside.shown)
        self.written = {
            "message_id": 10**6 + before, "date": int(self.inside.now),
            "chat": {"id": self.user_id, "type": "private"}, "from": self._person, **message,
        }  # fmt: skip
        self.inside.feed({"message": self.written})
        self._press_all(before, DEPTH)

    @property
    def _person(self) -> JSON:
        return self.inside.person(self.user_id) | {"language_code": self.language}

    def _press_all(self, since: int, depth: int) -> None:
        for message_id, params in self.inside.shown[since:]:
            if params["chat_id"] != self.user_id:
                continue
            self._read(str(params.get("text", "")))
            for label, data in _keys(params, self.user_id):
                self._read(label)
                if depth > self.pressed.get(data, 0):
                    self._press(message_id, data, depth)

    def _press(self, message_id: int, data: str, depth: int) -> None:
        before, sent = len(self.inside.shown), len(self.inside.sent)
        chat = {"id": self.user_id, "type": "private"}
        under = {"message_id": message_id, "date": 1, "chat": chat, "text": ""}
        call = {
            "id": str(self.presses), "chat_instance": "1", "data": data,
            "from": self._person,
            "message": {**under, "reply_to_message": self.written},
        }  # fmt: skip
        self.pressed[data] = depth
        self.presses += 1
        self.inside.feed({"callback_query": call})
        changes_language = data.startswith("set:language")
        self._check(call["id"], data, sent, is_read=not changes_language)
        if changes_language:
            self.inside.app.preferences.set(self.user_id, language=None)
        else:
            self._press_all(before, depth - 1)

    def _check(self, call_id: object, data: str, since: int, *, is_read: bool) -> None:
        """The press was answered once, something is seen of it, and no way is closed."""
        calls = self.inside.sent[since:]
        answers = [p for method, p in calls if method == "answerCallbackQuery"]
        assert [a["callback_query_id"] for a in answers] == [call_id], data
        toast = str(answers[0].get("text", ""))
        self._read(toast if is_read else "")
        seen = [p for method, p in calls if method.startswith(("send", "edit"))]
        assert toast or seen, f"{data} does nothing that is seen"
        said = [toast, *(str(p.get("text", "")) for p in seen)]
        assert not any(wrong in words for wrong in WRONG for words in said), f"{data}: {said}"
        for method, params in calls:
            if method == "editMessageText" and buttons.decode(data).action not in ENDS:
                assert "inline_keyboard" in params.get("reply_markup", ""), f"{data} is a dead end"

    def _read(self, words: str) -> None:
        if self.language == "en":
            found = CYRILLIC.search(words)
            assert found is None, f"not in English: {words}"


def _keys(params: JSON, user_id: int) -> Iterator[tuple[str, str]]:
    """The buttons of a message that this person can press."""
    for row in json.loads(params.get("reply_markup", "{}")).get("inline_keyboard", ()):
        for key in row:
            data = str(key.get("callback_data", ""))
            if buttons.decode(data).owner == str(user_id):
                yield key["text"], data


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("user_id", [OWNER, ANNA], ids=["owner", "guest"])
def test_every_button_is_answered_and_leads_somewhere(
    start_inside: StartInside, model: ModelServer, user_id: int, language: str
) -> None:
    model.default = answer("Because.", pace=0.0)
    inside = start_inside(
        OWNER_ID=str(OWNER), ALLOWED_USERS="111", OPENROUTER_API_KEY="sk-or-test",
        OPENROUTER_BASE_URL=model.url,
    )  # fmt: skip
    inside.refuses = lambda method, params: NO_FILE if method == "getFile" else None
    known = inside.app.models.list_models()
    more = [CatalogueEntry(f"maker/m{n}", f"Model {n}", 8000, n % 2 == 0, True) for n in range(30)]
    inside.app.models.merge("openrouter", [*known, *more], [])
    walk = Walk(inside, user_id, language)
    walk.start({"text": "/start"})
    inside.text(STRANGER, "/start")  # and the owner is asked
    for row in commands.COMMANDS:
        if row.owner_only and user_id != OWNER:
            continue
        for args in ARGUMENTS.get(row.name, ("",)):
            walk.start({"text": f"/{row.name} {args}".strip()})
    for message in MESSAGES:
        walk.start(message)
    actions = {buttons.decode(data).action for data in walk.pressed}
    assert {"list", "note", "edit", "undo", "model", "models", "again", "set", "help"} <= actions
    assert ("owner_set" in actions) == (user_id == OWNER)
