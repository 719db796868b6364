"""Export and import by chatting, and the memory an upload takes."""

import json
import re
import socket
import threading
import tracemalloc
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telebot import apihelper

from db import Database
from handlers.notes import archive
from handlers.notes.archive import NotExportedError
from scratch import Scratch
from storage.note_rows import Note
from storage.notes import TEXT_MOST, Notes
from telegram.api import Telegram, UnreachableError
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.bot_api_world import Json
from tests.talk import ANNA, BORIS, Talk, buttons
from texts import notes as texts_notes

NOON = 1_763_715_600  # 21.11.2025 12:00 in Moscow


def _send(talk: Talk, content: bytes, name: str = "notes.json", **fields: Any) -> str:
    """Send a file and return the answer."""
    before = len(talk.api.sent(talk.user_id))
    file_id = talk.api.upload_file(content, name, **fields)
    talk.api.send_file(talk.user_id, "document", file_id)
    return str(talk.api.wait_sent(talk.user_id, before + 1)[before]["text"])


def _exported(talk: Talk, suffix: str = "json") -> bytes:
    before = len(talk.api.sent(talk.user_id))
    talk(f"/note_export {suffix}")
    content: bytes = talk.api.sent(talk.user_id)[before]["_bytes"]
    return content


def test_markdown_has_a_heading_for_each_note(anna: Talk) -> None:
    anna("/note_add первая\nстрока", date=NOON)
    anna("/note_add вторая", forward_origin=None, date=NOON)
    assert _exported(anna, ".MD").decode() == (
        "## #1 · 21.11.2025 12:00\n\nпервая\nстрока\n\n## #2 · 21.11.2025 12:00\n\nвторая\n\n"
    )


def test_notes_move_to_another_machine(api: BotApi, start_bot: StartBot, tmp_path: Path) -> None:
    old, anna = start_bot(), Talk(api, ANNA)
    for text in ("раз #тег", "два 😀\n\nстрока", "три"):
        anna(f"/note_add {text}", date=NOON)
    anna("/note_del 1")
    anna.press(anna.message("/note 3"), "📌")
    exported, listed = _exported(anna), anna("/note_list")
    api.wait(lambda a: not a.pending)  # or Telegram would give it to the other machine as well
    old.stop()
    start_bot(folder=tmp_path_of(tmp_path))
    assert anna("/note_list").startswith("Заметок пока нет.")
    assert _send(anna, exported) == "Готово. Добавлено: 2 заметки."
    assert anna("/note_list") == listed
    assert "строка" in anna("/note_find строка")
    assert _send(anna, exported) == "Готово. Добавлено: 0 заметок. Уже были: 2."
    assert anna("/note_add новая") == "Сохранено: заметка #4."
    assert json.loads(_exported(anna))["notes"][:2] == json.loads(exported)["notes"]


def tmp_path_of(path: Path) -> Path:
    other = path / "another machine"
    other.mkdir()
    return other


def test_a_file_of_another_kind_is_offered_for_keeping(anna: Talk, api: BotApi) -> None:
    foreign: list[bytes] = [
        b"",
        b"\x00\x01\xff\xfe",
        b"not json",
        b"[" * 100_000,
        b'{"a": ' * 50_000,
        b"[]",
        b"{}",
        b"null",
        b'{"format": "notes-bot", "version": 2, "notes": []}',
        b'{"format": "notes-bot", "version": 1, "notes": {}}',
        b'{"format": "another", "version": 1, "notes": []}',
        b'{"format": "notes-bot", "version": 1, "notes": [' + b"9" * 5000 + b"]}",
    ]
    for content in foreign:
        answer = _send(anna, content or b" ")
        assert answer.startswith("Это не заметки из /note_export json"), content[:40]
    offer = api.sent(ANNA)[-1]
    anna.turn(offer, "💾 В заметки")
    assert anna("/note_count") == "У вас 1 заметка."


def test_a_file_over_20_mb_is_refused_at_once(anna: Talk, api: BotApi) -> None:
    assert "до 20 МБ" in _send(anna, b"{}", size=60_000_000)
    assert api.calls_to("getFile") == []
    api.fail("getFile", status=400, description="Bad Request: file is too big")
    assert "до 20 МБ" in _send(anna, b"{}")


def test_a_file_that_telegram_does_not_give_is_asked_for_again(anna: Talk, api: BotApi) -> None:
    api.fail("getFile", status=400, description="Bad Request: file is temporarily unavailable")
    assert "Пришлите его ещё раз" in _send(anna, b"{}")


def test_a_download_is_tried_again(anna: Talk, api: BotApi) -> None:
    api.fail("getFile", status=502)
    content = _archive([{"number": 1, "text": "а", "created_at": NOON}])
    assert _send(anna, content) == "Готово. Добавлено: 1 заметка."


def _archive(notes: list[Any]) -> bytes:
    stored = {"format": "notes-bot", "version": 1, "notes": notes}
    return json.dumps(stored).encode()


GOOD: dict[str, Any] = {"number": 7, "text": "хорошая", "created_at": NOON}
HOSTILE: list[Any] = [
    None,
    [],
    "текст",
    {},
    {**GOOD, "text": None},
    {**GOOD, "text": ["список"]},
    {**GOOD, "text": " \n"},
    {**GOOD, "text": "ноль\x00"},
    {**GOOD, "text": "\ud800"},
    {**GOOD, "text": "а" * (TEXT_MOST + 1)},
    {**GOOD, "text": {"глубоко": [[[{}]]]}},
    {**GOOD, "created_at": float("nan")},
    {**GOOD, "number": "7"},
    {**GOOD, "number": -1},
    {**GOOD, "number": 0},
    {**GOOD, "number": True},
    {**GOOD, "number": 1e3},
    {**GOOD, "number": 10**30},
    {**GOOD, "created_at": None},
    {**GOOD, "created_at": 10**18},
    {**GOOD, "created_at": -5},
    {**GOOD, "edited_at": "вчера"},
    {**GOOD, "pinned": 1},
    {**GOOD, "markdown": "да"},
    {**GOOD, "origin": {"name": "x"}},
    {**GOOD, "origin": "а" * 257},
    {**GOOD, "file_kind": "photo"},
    {**GOOD, "file_kind": "message", "file_id": "abc"},
    {**GOOD, "file_kind": ["photo"], "file_id": "abc"},
    {**GOOD, "file_kind": "photo", "file_id": "../../etc"},
    {**GOOD, "deleted_at": NOON},
    {**GOOD, "user_id": BORIS},
]


def test_hostile_entries_are_refused_and_counted(anna: Talk, api: BotApi) -> None:
    answer = _send(anna, _archive([*HOSTILE, GOOD]))
    assert answer == (f"Готово. Добавлено: 1 заметка. Не подошли (повреждены): {len(HOSTILE)}.")
    assert anna("/note 7").endswith("хорошая")
    assert Talk(api, BORIS)("/note_count") == "У вас 0 заметок."


@pytest.mark.parametrize("entry", HOSTILE, ids=lambda entry: str(entry)[-40:])
def test_each_hostile_entry_is_refused(entry: Any, tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_bytes(_archive([entry]))
    assert list(archive.read(path)) == [None]


BEGINNING = '{"format": "notes-bot", "version": 1, "notes": ['
FOREIGN = [
    '{"format": "notes-bot", "version": 1}',
    BEGINNING + "]",
    BEGINNING + "]} {}",
    BEGINNING + "]}]",
    BEGINNING + "1 2]}",
    BEGINNING + "1,]}",
    BEGINNING + "1",
    BEGINNING + '"не закрыта]}',
    BEGINNING + "[" * 5_000_000,
    BEGINNING + '{"a":' * 2_000_000,
    BEGINNING + "9" * 20_000_000,
    BEGINNING + '"' + "😀" * 5_000_000,
    '{"format": "notes-bot", "version": 1, "more": 1, "notes": []}',
    "{" + ", ".join(f'"{key}": 1' for key in range(1_000_000)),
    " " * 20_000_000,
    "\x00",
]


@pytest.mark.parametrize("content", FOREIGN, ids=lambda content: str(content)[:60])
def test_a_hostile_file_is_refused_in_little_memory(content: str, tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_text(content, "utf-8")
    tracemalloc.start()
    with pytest.raises(NotExportedError):
        archive.check(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 80_000_000


def test_other_blanks_and_another_order_are_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    stored = {"notes": [GOOD, GOOD], "version": 1, "format": "notes-bot"}
    path.write_text("\ufeff" + json.dumps(stored, indent=4), "utf-8")
    assert list(archive.read(path)) == [Note(**GOOD)] * 2


# Whatever the bot itself may have stored, and what it made of it: (note, what happened to it).
CHARS = st.characters(codec="utf-8", exclude_characters="\x00")
MOMENTS = st.integers(NOON, NOON + 2)  # so that many are of one second
FILES_KEPT = st.one_of(
    st.just(("", "")),
    st.tuples(st.sampled_from(sorted(texts_notes.FILE_KINDS)), st.just("AgAC-_1")),
)
STORED = st.builds(
    lambda text, times, created_at, markdown, origin, origin_at, file: replace(
        Note(0, text * times, created_at, None, False, markdown, origin, origin_at, *file),
        entities=({"type": "bold", "offset": 0, "length": 1},) if text[0] <= "\uffff" else (),
    ),
    st.sampled_from(["равная", "#тег ещё", "а"]) | st.text(CHARS, min_size=1).filter(str.strip),
    st.sampled_from([1, 1, 1, 3000, 15_006]),
    MOMENTS,
    st.booleans(),
    st.sampled_from(["", "Пётр"]),
    st.none() | MOMENTS,
    FILES_KEPT,
)
FATES = st.sampled_from(["", "", "edit", "pin", "delete"])


@settings(deadline=None, max_examples=40)
@given(
    stored=st.lists(st.tuples(STORED, FATES), max_size=12), part=st.sampled_from([1, 500, 10**7])
)
def test_moving_loses_nothing(stored: list[tuple[Note, str]], part: int) -> None:
    with TemporaryDirectory() as folder, ExitStack() as stack:
        old, new = (
            Notes(stack.enter_context(closing(Database(Path(folder) / name))))
            for name in ("old.db", "new.db")
        )
        for note, fate in stored:
            number = old.keep(ANNA, note)
            if fate == "edit":
                old.edit(ANNA, number, "изменена", NOON + 9)
            elif fate == "pin":
                old.pin(ANNA, number, True)
            elif fate == "delete":
                old.delete(ANNA, number, NOON)
        with mock.patch.dict(archive.PART_BYTES, json=part):
            parts = archive.Parts("json", Scratch(Path(folder) / "scratch").new)
            parts.write(map(archive.to_json, old.every(ANNA)))
        for _ in range(2):  # the second time nothing is new
            for path in parts.paths:
                new.take_in(ANNA, [note for note in archive.read(path) if note], set())
            assert list(new.every(ANNA)) == list(old.every(ANNA))
            assert new.count(ANNA) == old.count(ANNA)


def test_parts_are_read_back_and_no_row_is_cut(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(archive.PART_BYTES, "json", 400)
    notes = [Note(number, "а" * 50, NOON) for number in range(1, 12)]
    parts = archive.Parts("json", Scratch(tmp_path).new)
    assert parts.write(map(archive.to_json, notes)) == 11
    assert len(parts.paths) > 2
    assert max(path.stat().st_size for path in parts.paths) < 400 + 80
    assert [note for path in parts.paths for note in archive.read(path)] == notes


def test_an_export_holds_nobody_up(anna: Talk, api: BotApi) -> None:
    anna("/note_add раз")
    api.fail("sendDocument", status=200, delay=1.0)
    before = len(api.sent(ANNA))
    api.text(ANNA, "/note_export")
    api.wait(lambda a: [c for c in a.arrived if c.method == "sendDocument"])
    assert anna("/note_count") == "У вас 1 заметка."
    assert "document" in api.wait_sent(ANNA, before + 2)[before + 1]


def test_a_failed_export_leaves_no_files(tmp_path: Path) -> None:
    parts = archive.Parts("txt", Scratch(tmp_path).new)

    def rows() -> Any:
        yield "строка"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        parts.write(rows())
    assert [path.exists() for path in parts.paths] == [False]


def test_an_upload_is_not_held_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_URL", "FILE_URL", "CUSTOM_REQUEST_SENDER"):  # telebot keeps them for all
        monkeypatch.setattr(apihelper, name, getattr(apihelper, name))
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(40_000_000)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        received: list[int] = []
        thread = threading.Thread(target=_swallow, args=(listener, received))
        thread.start()
        telegram = Telegram("1:x", f"http://127.0.0.1:{listener.getsockname()[1]}")
        tracemalloc.start()
        with pytest.raises(UnreachableError):  # nobody answers
            telegram.send_file(ANNA, "document", path, "имя файла.txt", "подпись")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        thread.join(20)
    assert received[0] > 40_000_000
    assert peak < 4_000_000


def _swallow(listener: socket.socket, received: list[int]) -> None:
    connection, _ = listener.accept()
    buffer, total, wanted = bytearray(1 << 20), 0, 40_000_000
    with connection:
        while total <= wanted and (got := connection.recv_into(buffer)):
            total += got
    received.append(total)


def test_a_part_of_an_export_has_its_number(
    api: BotApi, start_bot: StartBot, tmp_path: Path
) -> None:
    with closing(Database(tmp_path / "notes.db")) as db:
        for number in range(12):
            Notes(db).add(ANNA, f"{number} " + "ы" * 900_000, NOON)
    start_bot()
    before = len(api.sent(ANNA))
    Talk(api, ANNA)("/note_export json")
    documents: list[Json] = api.wait_sent(ANNA, before + 2)[before:]
    names = [message["document"]["file_name"] for message in documents]
    assert [name.rsplit("-", 1)[1] for name in names] == ["1.json", "2.json"]
    assert all(len(message["_bytes"]) < 20_000_000 for message in documents)
    assert documents[0]["caption"].startswith("Все ваши заметки: 12 заметок.")
    assert buttons(documents[0]) == {}
    counted = [len(json.loads(message["_bytes"])["notes"]) for message in documents]
    assert sum(counted) == 12


def test_a_long_answer_that_was_kept_moves(
    api: BotApi, start_bot: StartBot, tmp_path: Path
) -> None:
    with closing(Database(tmp_path / "notes.db")) as db:
        Notes(db).add(ANNA, "ответ " * 2501, NOON)
    start_bot()
    exported = _exported(Talk(api, ANNA))
    boris = Talk(api, BORIS)
    assert _send(boris, exported) == "Готово. Добавлено: 1 заметка."
    assert _exported(boris) == exported


def test_an_import_of_20_mb_takes_little_memory(
    api: BotApi, start_bot: StartBot, tmp_path: Path
) -> None:
    bot, anna = start_bot(), Talk(api, ANNA)
    notes = [
        {"number": number, "text": f"{number} " + "ы" * 1600, "created_at": NOON + number}
        for number in range(1, 2001)
    ]
    content = _archive(notes)
    assert 19_000_000 < len(content) < 20_000_000
    assert _send(anna, content) == "Готово. Добавлено: 2000 заметок."
    assert _peak_mb(bot.pid) < 150
    assert list(tmp_path.glob("*.tmp/*")) == []


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]
