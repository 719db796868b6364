"""Whatever Telegram may send, from whomever: nothing breaks, and nobody touches another's notes."""

import copy
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from handlers import commands
from tests.inside import Inside
from tests.talk import ANNA, BORIS, GROUP, OWNER, STRANGER, VERA

BLOCKED = 555
ACTORS = (OWNER, ANNA, BORIS, BLOCKED, STRANGER)  # Vera does nothing: her notes stay hers
WRITERS = {OWNER, ANNA, BORIS, STRANGER}  # the owner may let the stranger in
EXAMPLES, UPDATES = 500, 40  # 20,000 together
# Where there is a disk in memory, the time goes into handling and not into waiting for a disk.
MEMORY = Path("/dev/shm")

NAMES = [*(command.name for command in commands.COMMANDS), "nosuch", "ALLOW", "Note_Add@notes_bot"]
HOSTILE = (
    "", " ", "0", "1", "-1", "2", "7", "#1", "999999999999999999999", "①", "1e9", "nan", "*",
    "@user222", "@vera", "@", "222", "444", "333", "1 новый текст", "2 {0.__class__}", "%s%n%d",
    "'); DROP TABLE notes; --", "' OR '1'='1", '" NEAR/2 "', "метка", "%", "_", "../../etc/passwd",
    "<b>x</b>", "[x](tg://user?id=333)", "/note_del 1", "$(reboot)", "`id`", "{user_id}", "\x00",
    "\ud800", "\u202eовт", "я" * 4096, "😀" * 700, "a\n\n\tb", "\\", "\r\n", "ё", "null",
)  # fmt: skip
TELLING = (  # those that come close to other people's things
    "/note_find метка", "/note_find -", "/note_list 50", "/note 1", "/note_edit 1 моя", "/backup",
    "/note_del 1", "/note_export", "/note_stats 366", "/note_count", "/users", "/allow 444",
    "/deny 444", "/allow @friend", "/deny @user222", "/models", "/model 2", "/ask метка", "/usage",
    "/start",
)  # fmt: skip
DATA = (
    "", "model:2", "model:", "model:x", "model:-1", "model:99999999999", "allow:444", "deny:111",
    "deny:100", "allow:", "deny:x", "nosuch:1", "model", ":", "@", "note:1", "x" * 64, "allow:333",
)  # fmt: skip
JUNK: tuple[Any, ...] = (
    None, True, 0, -5, 1 << 40, 1 << 70, 3.5, "", "текст", "\ud800", [], {}, [1], {"id": "x"},
    [[None]], {"id": None, "type": "private"},
)  # fmt: skip
CONTENT: tuple[dict[str, Any], ...] = (
    {"sticker": {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1,
                 "is_animated": False, "is_video": False}},
    {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]},
    {"document": {"file_id": "d", "file_unique_id": "d", "file_name": "../../bot.py"}},
    {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 1}},
    {"location": {"latitude": 1.0, "longitude": 1.0}},
    {"contact": {"phone_number": "+7", "first_name": "x"}},
    {"poll": {"id": "1", "question": "?", "options": [{"persistent_id": "1", "text": "x"}],
              "total_voter_count": 0, "correct_option_ids": [0]}},
    {"checklist": {"title": "x", "tasks": [{"id": 1, "text": "y"}]}},
    {"text": "/note_add x", "entities": [{"type": "bold", "offset": 10, "length": 1}]},
    {"new_chat_members": [{"id": 5, "is_bot": True, "first_name": "Бот"}]},
    {"left_chat_member": {"id": 9, "is_bot": False, "first_name": "x"}},
    {"sender_chat": {"id": GROUP, "type": "supergroup"}, "text": "/note_add x"},
    {"quote": {"text": "цитата", "position": 0}, "text": "/note_add"},
    {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "x"}, "text": "x"},
    {},
)  # fmt: skip

texts = st.one_of(
    st.sampled_from(TELLING),
    st.sampled_from(HOSTILE),
    st.text(max_size=30),
    st.builds(
        lambda name, gap, rest: f"/{name}{gap}{rest}",
        st.sampled_from(NAMES),
        st.sampled_from((" ", " ", " ", "\n", "  ")),
        st.one_of(st.sampled_from(HOSTILE), st.integers(-3, 12).map(str), st.text(max_size=20)),
    ),
)


OTHER_KINDS = (
    "edited_message", "channel_post", "my_chat_member", "inline_query", "poll", "message_reaction"
)  # fmt: skip
# Made once: making a strategy takes longer than drawing from it.
actors, usernames = st.sampled_from(ACTORS), st.sampled_from((None, None, "user222", "friend", "ё"))
kinds = st.sampled_from(("message",) * 6 + ("callback_query",) * 3 + OTHER_KINDS)
contents = st.one_of(texts, texts, texts, st.sampled_from(CONTENT))
data = st.one_of(st.sampled_from(DATA), st.text(max_size=30))
in_group, replies, taken_away = (st.sampled_from((False,) * n + (True,)) for n in (3, 4, 1))
buttons_of, spoilt, depths = (
    st.sampled_from((0, 0, 100, "x")),
    st.sampled_from((0,) * 4 + (1, 2)),
    st.integers(1, 4),
)
ids, places, junk = st.integers(1, 99), st.integers(0, 999), st.sampled_from(JUNK)


@st.composite
def updates(draw: st.DrawFn) -> dict[str, Any]:
    """One update, well-formed or spoiled in a place or two, and who it is from."""
    actor, kind, username = draw(actors), draw(kinds), draw(usernames)
    private, group = {"id": actor, "type": "private"}, {"id": GROUP, "type": "supergroup"}
    message: dict[str, Any] = {
        "message_id": draw(ids),
        "date": 1_763_715_600,
        "chat": group if draw(in_group) else private,
        "from": {"id": actor, "is_bot": False, "first_name": f"user{actor}"},
    }
    if username:
        message["from"]["username"] = username
    if kind == "callback_query":
        content = {"id": "1", "from": message["from"], "chat_instance": "1", "message": message}
        content["data"] = f"{draw(data)}@{draw(buttons_of) or actor}"
    else:
        said = draw(contents)
        content = message | (said if isinstance(said, dict) else {"text": said})
        if draw(replies):
            content["reply_to_message"] = {**message, "text": draw(texts)}
    update = copy.deepcopy({kind: content})
    for _ in range(draw(spoilt)):
        _spoil(draw, update)
    return {"actor": actor, "update": update}


def _spoil(draw: st.DrawFn, update: dict[str, Any]) -> None:
    """Take away or replace something, not too deep to matter."""
    holder: Any = update
    for _ in range(draw(depths)):
        inner = [value for value in holder.values() if isinstance(value, dict) and value]
        if not inner:
            break
        holder = inner[draw(places) % len(inner)]
    name = sorted(holder)[draw(places) % len(holder)]
    if draw(taken_away):
        del holder[name]
    else:
        holder[name] = copy.deepcopy(draw(junk))


class Faults(logging.Handler):
    """Collects what went wrong that should not, whatever was sent."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.getMessage().startswith("Обновление"):  # cannot be read, or has no number
            self.found.append(self.format(record))


@contextmanager
def _watched() -> Iterator[tuple[Inside, Faults]]:
    """A bot whose people have notes, and whose tables tell who changed them."""
    faults, root = Faults(), logging.getLogger()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        inside = Inside(Path(folder), OWNER_ID=str(OWNER), ALLOWED_USERS="111,222,333")
        root.addHandler(faults)
        try:
            for person in (*ACTORS, VERA):
                inside.app.notes.add(person, _mark(person), 1)
            inside.text(OWNER, f"/deny {BLOCKED}")
            with inside.db.transaction() as connection:
                connection.execute("CREATE TABLE touched (user_id INTEGER)")
                for event, row in (("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")):
                    connection.execute(
                        f"CREATE TRIGGER on_{event} AFTER {event} ON notes"
                        f" BEGIN INSERT INTO touched VALUES ({row}.user_id); END"
                    )
            yield inside, faults
        finally:
            root.removeHandler(faults)
            inside.close()


def _mark(person: int) -> str:
    return f"метка-{person}-"


def _touched(inside: Inside) -> set[int]:
    with inside.db.transaction() as connection:
        return {row[0] for row in connection.execute("DELETE FROM touched RETURNING user_id")}


def _check(inside: Inside, sent: list[tuple[str, dict[str, Any]]], actor: int) -> None:
    """After something `actor` did: what was said to whom, and whose rows were changed."""
    assert _touched(inside) <= {actor} & WRITERS
    for method, params in sent:
        assert "parse_mode" not in params  # what people write is never markup
        shown = str(params)
        if "SQLite format 3" in shown:
            assert (actor, params["chat_id"]) == (OWNER, OWNER)
            continue
        if isinstance(params.get("document"), bytes):
            shown += params["document"].decode("utf-8")
        for person in {*ACTORS, VERA} - {actor}:
            assert _mark(person) not in shown, f"{method} shows {person}'s note to {actor}"


def test_no_update_breaks_the_bot_or_reaches_anothers_notes() -> None:
    handled = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,  # the same updates in every run: a failure can be looked at again
        database=None,
        phases=[Phase.generate],  # making a story shorter would take minutes: it names the step
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(updates(), min_size=UPDATES, max_size=UPDATES))
    def check(story: list[dict[str, Any]]) -> None:
        nonlocal handled
        with _watched() as (inside, faults):
            for step in story:
                note(f"now {step}")
                inside.sent.clear()
                inside.feed(step["update"])
                _check(inside, inside.sent, step["actor"])
                handled += 1
            assert inside.app.notes.get(VERA, 1).text == _mark(VERA)
            assert inside.app.models.get_active_model()
            assert inside.app.people.get(OWNER)
            assert faults.found == []

    check()
    assert handled >= 20_000
