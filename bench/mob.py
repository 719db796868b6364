"""People who attack a bot: what they write, and what has to be true of it in the end."""

import copy
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from bench.lies import HEAVY, LIES
from tests.emulators.bot_api import BotApi, Sent
from tests.emulators.bot_api_world import Json
from tests.process import BotProcess
from texts import failures

OWNER = 1
WRITERS, EDITORS, ASKERS, IMPORTERS = (
    range(11, 41),
    range(51, 61),
    range(101, 131),
    range(3000, 3500),
)
STRANGERS, PRESSERS, BLOCKED = range(20_000, 20_020), range(201, 211), 301
GROUP = -1_000_000_001
ALLOWED = (*WRITERS, *EDITORS, *ASKERS, *PRESSERS, BLOCKED)
LONG_PRESSED = 20  # the newest messages whose buttons are pressed
JUNK: tuple[Any, ...] = (
    None, True, 0, -5, 1 << 40, 1 << 70, 3.5, "", "\ud800", [], {}, [1], {"id": "x"}, "я" * 5000,
)  # fmt: skip
SAID = (
    "/note_find ' OR 1=1", "/note_list 50", "/note_find a\x00b", "/note_stats 366", "/mode",
    "/model", "/models", "/note_tags", "/usage", "/help", "/note 99999999999999999999",
    "/note_edit 1 x", "/x", "/note_list -1", "/stop", "/new", "/note_export pdf",
    "/note_ask небо", "/backup",
)  # fmt: skip
DATA = (
    "",
    "again:1",
    "more:x",
    "note:1",
    "model:-1",
    "save",
    "x" * 64,
    "keep:999",
    "a@b@c",
    "stop:",
)


class Mob:
    """Does one thing at a time to the bot, and remembers what has to come of it."""

    def __init__(self, api: BotApi, rng: random.Random) -> None:
        self.updates = 0
        self._api, self._rng = api, rng
        self._notes: dict[int, list[str]] = {user: [] for user in (*WRITERS, *EDITORS)}
        self._notes_made: list[tuple[int, Sent]] = []  # by editors: the note's place, the message
        self._asked: list[tuple[int, int, str]] = []  # chat, message, what was asked
        self._questions: dict[int, Sent] = {}
        self._imported: dict[int, list[str]] = {}
        self._importers = iter(IMPORTERS)
        self._photo = api.upload_file(b"\xff\xd8photo", "photo.jpg", "image/jpeg")

    # --- what they do

    def act(self, *, heavy: bool) -> None:
        """Something small; with `heavy` a model may be asked for the worst it can do."""
        acts: tuple[tuple[int, Callable[[], None]], ...] = (
            (45, self.write), (12, lambda: self.ask(heavy=heavy)), (6, self.edit_note),
            (6, self.press), (5, self.say), (6, self.hostile), (3, self.edit_question),
            (2, self.knock), (2, self.album), (1, self.ask_blocked),
        )  # fmt: skip
        self._rng.choices([act for _, act in acts], [weight for weight, _ in acts])[0]()

    def write(self) -> None:
        """A note by one of the writers."""
        user = self._rng.choice(WRITERS)
        text = f"заметка {len(self._notes[user]) + 1} от {user} {'😀я' * self._rng.randrange(20)}"
        text = text.strip()
        self._notes[user].append(text)
        self._say(user, f"/note_add {text}")

    def edit_note(self) -> None:
        """A note by one of the editors, or an edit of one."""
        user = self._rng.choice(EDITORS)
        mine = [(at, sent) for at, sent in self._notes_made if sent["from"]["id"] == user]
        if len(mine) < 5 or self._rng.random() < 0.2:
            text = f"правка 0 заметки {len(self._notes[user]) + 1}"
            self._notes[user].append(text)
            sent = self._say(user, f"/note_add {text}")
            self._notes_made.append((len(self._notes[user]) - 1, sent))
            return
        at, sent = self._rng.choice(mine)
        text = f"правка {self._rng.randrange(10**6)} заметки {at + 1}"
        self._notes[user][at] = text
        self._edit(sent, f"/note_add {text}")

    def ask(self, *, heavy: bool) -> None:
        """A question whose last word says how the model is to answer."""
        user = self._rng.choice(ASKERS)
        lie = self._rng.choice([word for word in LIES if heavy or word not in HEAVY])
        fields: dict[str, Any] = {"chat_id": GROUP} if self._rng.random() < 0.15 else {}
        sent = self._say(user, f"/ask вопрос {len(self._asked)} {lie}", **fields)
        self._asked.append((sent["chat"]["id"], sent["message_id"], lie))
        self._questions[user] = sent

    def edit_question(self) -> None:
        """The last question of somebody, in other words."""
        if self._questions:
            sent = self._rng.choice([*self._questions.values()])
            self._edit(sent, f"/ask иначе {self._rng.randrange(10**6)} сразу")

    def press(self) -> None:
        """A button under one of the newest messages of somebody, or one that is made up."""
        user = self._rng.choice((*ASKERS, *PRESSERS))
        shown = self._api.sent(user)[-LONG_PRESSED:]
        under = [(message, data) for message in shown for data in _data(message)]
        self.updates += 1
        if under and self._rng.random() < 0.8:
            self._api.press(user, *self._rng.choice(under))
        else:
            self._api.press(user, (user, self._rng.randrange(1, 999)), self._rng.choice(DATA))

    def say(self) -> None:
        """A command that is wrong or asks for much."""
        said = self._rng.choice(SAID)
        self._say(OWNER if said == "/backup" else self._rng.choice(PRESSERS), said)

    def knock(self) -> None:
        """Somebody who is not let in."""
        said = self._rng.choice(("/start", "/note_add чужое", "/ask чужое", "чужое", *SAID))
        self._say(self._rng.choice(STRANGERS), said)

    def album(self) -> None:
        """Ten photos at once, to be kept or not."""
        user, group = self._rng.choice(PRESSERS), str(self._rng.randrange(10**9))
        for number in range(10):
            self.updates += 1
            caption = "подпись " * 100 if number == 0 else None
            self._api.send_file(user, "photo", self._photo, caption=caption, media_group_id=group)

    def ask_blocked(self) -> None:
        """A question by somebody who has blocked the bot by the time of the answer."""
        self._api.blocked_by(BLOCKED)
        self._say(
            BLOCKED, f"/ask никто не прочтёт {self._rng.choice(('медленно', 'много', '503'))}"
        )

    def hostile(self) -> None:
        """An update that no Telegram would send."""
        user = {"id": self._rng.choice(PRESSERS), "is_bot": False, "first_name": "Х"}
        message: Json = {
            "message_id": self._rng.randrange(1, 10**6),
            "date": 1_763_715_600,
            "chat": {"id": user["id"], "type": "private"},
            "from": user,
            "text": self._rng.choice(SAID),
        }
        call = {"id": "1", "from": user, "chat_instance": "1", "message": message, "data": "save"}
        update = copy.deepcopy(
            {"callback_query": call} if self._rng.random() < 0.3 else {"message": message}
        )
        for _ in range(self._rng.randrange(1, 4)):
            _spoil(self._rng, update)
        self.updates += 1
        self._api.push(**update)

    def export(self) -> None:
        """Ask for all notes of somebody, so that they can be brought to somebody else."""
        self._say(self._rng.choice(WRITERS), "/note_export json")

    def bring(self) -> None:
        """Give the newest exported file to somebody new; every second time a torn one first."""
        files = [m for user in WRITERS for m in self._api.sent(user)[-200:] if "document" in m]
        content = max(files, key=lambda m: m["_at"])["_bytes"] if files else b"[]"
        try:
            notes = [note["text"] for note in json.loads(content)["notes"]]
        except (ValueError, KeyError, TypeError):
            return
        user = next(self._importers)
        if self._rng.random() < 0.5:
            self._send(user, content[: self._rng.randrange(len(content))])
        self._imported[user] = notes
        for _ in range(2):  # brought twice, they are there once
            self._send(user, content)

    def _send(self, user: int, content: bytes) -> None:
        self.updates += 1
        file_id = self._api.upload_file(content, "notes.json", "application/json")
        self._api.send_file(user, "document", file_id)

    def _say(self, user: int, text: str, **fields: Any) -> Sent:
        self.updates += 1
        return self._api.text(user, text, **fields)

    def _edit(self, sent: Sent, text: str) -> None:
        self.updates += 1
        self._api.edit(sent, text)

    # --- what has to be true in the end

    def broken(self, bot: BotProcess) -> Iterator[str]:
        """Every promise that was not kept."""
        for user, notes in (*self._notes.items(), *self._imported.items()):
            kept = bot.notes(user)
            if kept != notes:
                lost, more = Counter(notes) - Counter(kept), Counter(kept) - Counter(notes)
                yield f"notes of {user}: lost {[*lost][:3]}, too many {[*more][:3]}, or their order"
        if strange := sum(len(bot.notes(user)) for user in STRANGERS):
            yield f"{strange} notes of strangers"
        yield from self._unanswered(bot)
        aside = sum(m.get("text") == failures.SET_ASIDE for m in self._heard())
        failed = sum(m.get("text") == failures.HANDLER_FAILED for m in self._heard())
        if aside or failed:
            yield f"set aside {aside}, failed inside {failed}"

    def _unanswered(self, bot: BotProcess) -> Iterator[str]:
        """Questions that have no turn, and turns whose last message nobody was shown."""
        turns: dict[tuple[int, int], list[int]] = {}
        for turn, chat, message in bot.query("SELECT id, chat_id, message_id FROM turns"):
            turns.setdefault((chat, message), []).append(turn)
        pressed = {data for m in self._heard() for data in _data(m)}
        shown = {int(d.split(":")[1].split("@")[0]) for d in pressed if d.startswith("again:")}
        for chat, message, lie in self._asked:
            of_it = turns.get((chat, message), [])
            if not shown.intersection(of_it):
                yield f"question {message} in {chat} ({lie}), turns {of_it}: no answer"

    def _heard(self) -> Iterator[Json]:
        for chat in (*ALLOWED, *IMPORTERS[: len(self._imported)], GROUP):
            yield from self._api.sent(chat)

    @property
    def done(self) -> str:
        """How much they did, in Russian."""
        notes = sum(map(len, self._notes.values()))
        return (
            f"обновлений {self.updates}: заметок {notes}, вопросов {len(self._asked)}, "
            f"импортов {2 * len(self._imported)}"
        )


def _data(message: Json) -> list[str]:
    """What the buttons under a message carry, links left out."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


def _spoil(rng: random.Random, update: Json) -> None:
    """Take something away or replace it."""
    holder: Any = update
    for _ in range(rng.randrange(1, 4)):
        inner = [value for value in holder.values() if isinstance(value, dict) and value]
        if not inner:
            break
        holder = rng.choice(inner)
    name = rng.choice(sorted(holder))
    if rng.random() < 0.3:
        del holder[name]
    else:
        holder[name] = copy.deepcopy(rng.choice(JUNK))
