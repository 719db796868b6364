"""Export and import by chatting, and the memory an upload takes."""

import json
import socket
import threading
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from telebot import apihelper

from handlers.notes import archive
from storage.note_rows import Note
from telegram.api import Telegram, UnreachableError
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.bot_api_world import Json
from tests.talk import Talk, buttons

ANNA, BORIS = 111, 222
NOON = 1_763_715_600  # 21.11.2025 12:00 in Moscow


@pytest.fixture
def anna(api: BotApi, start_bot: StartBot) -> Talk:
    start_bot()
    return Talk(api, ANNA)


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


GOOD = {"number": 7, "text": "хорошая", "created_at": NOON}
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
    {**GOOD, "text": "а" * 10_001},
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
def test_each_hostile_entry_is_refused(entry: Any) -> None:
    assert archive.read(_archive([entry])) == ([], 1)


def test_what_is_written_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(archive.PART_BYTES, "json", 400)
    notes = [
        Note(1, 'ё\n"😀"', NOON),
        Note(2, "", NOON, NOON, True, "Пётр", NOON, "photo", "AgAC-_1"),
        *(Note(number, "а" * 50, NOON) for number in range(3, 12)),
    ]
    parts = archive.Parts("json")
    assert parts.write(map(archive.to_json, notes)) == 11
    contents = [path.read_bytes() for path in parts.paths]
    for path in parts.paths:
        path.unlink()
    assert len(contents) > 2
    assert max(map(len, contents)) < 400 + 80
    read = [archive.read(content) for content in contents]
    assert [note for part, _ in read for note in part] == notes
    assert all(refused == 0 for _, refused in read)


def test_an_export_holds_nobody_up(anna: Talk, api: BotApi) -> None:
    anna("/note_add раз")
    api.fail("sendDocument", status=200, delay=1.0)
    before = len(api.sent(ANNA))
    api.text(ANNA, "/note_export")
    api.wait(lambda a: [c for c in a.arrived if c.method == "sendDocument"])
    assert anna("/note_count") == "У вас 1 заметка."
    assert "document" in api.wait_sent(ANNA, before + 2)[before + 1]


def test_a_failed_export_leaves_no_files() -> None:
    parts = archive.Parts("txt")

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
            telegram.send_document(ANNA, path, "имя файла.txt", "подпись")
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


def test_a_part_of_an_export_has_its_number(anna: Talk, api: BotApi) -> None:
    for number in range(1, 4):
        content = _archive(
            [
                {"number": n, "text": f"{n} " + "ы" * 9000, "created_at": NOON + n}
                for n in range(number * 200, number * 200 + 200)
            ]
        )
        assert "200 заметок" in _send(anna, content)
    before = len(api.sent(ANNA))
    anna("/note_export json")
    documents: list[Json] = api.wait_sent(ANNA, before + 2)[before:]
    names = [message["document"]["file_name"] for message in documents]
    assert [name.rsplit("-", 1)[1] for name in names] == ["1.json", "2.json"]
    assert all(len(message["_bytes"]) < 8_100_000 for message in documents)
    assert documents[0]["caption"].startswith("Все ваши заметки: 600 заметок.")
    assert buttons(documents[0]) == {}
    counted = [len(json.loads(message["_bytes"])["notes"]) for message in documents]
    assert sum(counted) == 600
