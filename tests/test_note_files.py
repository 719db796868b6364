"""Notes with several files: kept, shown as albums, exported, and what Telegram has lost of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from files import Attachment
from handlers.notes import archive
from storage.note_rows import Note
from storage.notes import BIN_S, NoteNotFoundError, Notes
from telegram.console import Answer
from tests.conftest import StartInside
from tests.emulators.bot_api import BotApi
from tests.inside import NOON, Inside
from tests.talk import ANNA, Talk, said
from texts import capture as texts

LOST = {
    "ok": False,
    "error_code": 400,
    "description": "Bad Request: wrong file identifier/HTTP URL specified",
}


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    return start_inside(ALLOWED_USERS="*")


def _note(*kinds: str, text: str = "отпуск") -> Note:
    """A note with a file of each of these kinds; their ids are their places."""
    first, *more = (Attachment(kind, f"f{n}", f"{n}.bin", n) for n, kind in enumerate(kinds, 1))
    return Note(0, text, NOON, file_kind=first.kind, file_id=first.file_id, more_files=tuple(more))


def _shown(inside: Inside) -> list[tuple[str, Any]]:
    """What was sent because a note was opened: files with their method, and texts."""
    inside.sent.clear()
    inside.text(ANNA, "/note 1")
    return [(method, _said(params)) for method, params in inside.sent]


def _said(params: dict[str, Any]) -> Any:
    if "media" in params:
        return [(item["type"], item["media"]) for item in json.loads(params["media"])]
    return params.get("text") or next(params[k] for k in ("photo", "video", "voice") if k in params)


CARD = "#1 · 21.11.2025 12:00\n🖼 фото и ещё {}\nотпуск"
ALBUMS = [
    (("photo", "video", "photo"), [[("photo", "f1"), ("video", "f2"), ("photo", "f3")]]),
    (
        ("photo", "document", "photo", "document", "audio", "audio"),
        [
            [("photo", "f1"), ("photo", "f3")],
            [("document", "f2"), ("document", "f4")],
            [("audio", "f5"), ("audio", "f6")],
        ],
    ),
    (("photo", "voice", "voice"), ["f1", "f2", "f3"]),
    (("photo",) * 10, [[("photo", f"f{n}") for n in range(1, 11)]]),
]


@pytest.mark.parametrize(("kinds", "albums"), ALBUMS, ids=lambda value: str(len(value)))
def test_files_come_back_in_albums_before_the_text(
    inside: Inside, kinds: tuple[str, ...], albums: list[Any]
) -> None:
    inside.app.notes.keep(ANNA, _note(*kinds))
    *files, (_, text) = _shown(inside)
    assert [shown for _, shown in files] == albums
    assert text.startswith("#1 · 21.11.2025 12:00\n🖼 фото и ещё ")
    assert text.endswith("\nотпуск")


def test_a_card_that_changes_in_its_place_brings_no_files_again(inside: Inside) -> None:
    inside.app.notes.keep(ANNA, _note("photo", "photo"))
    _shown(inside)
    pin = inside.buttons()["📌"]
    inside.sent.clear()
    inside.press(ANNA, pin)
    assert "sendMediaGroup" not in [method for method, _ in inside.sent]


def test_files_that_telegram_has_lost_are_counted_and_the_others_come(inside: Inside) -> None:
    inside.app.notes.keep(ANNA, _note("photo", "photo", "photo", "document"))

    def refuses(method: str, params: dict[str, Any]) -> Answer | None:
        return Answer(LOST) if "f2" in str(params) or "f3" in str(params) else None

    inside.refuses = refuses
    (_, photo), (_, unavailable), (_, document), (_, text) = _shown_documents(inside)
    assert (photo, document) == ("f1", "f4")
    assert unavailable == texts.files_unavailable(2)
    assert text.endswith("отпуск")


def _shown_documents(inside: Inside) -> list[tuple[str, Any]]:
    inside.sent.clear()
    inside.text(ANNA, "/note 1")
    names = ("text", "photo", "document")
    return [(m, next(p[name] for name in names if name in p)) for m, p in inside.sent]


def test_an_album_of_real_files_is_sent_as_one(anna: Talk, api: BotApi) -> None:
    ids = [api.upload_file(content, "a.jpg") for content in (b"first", b"second")]
    exported = {
        "format": "notes-bot",
        "version": 1,
        "notes": [
            {
                "number": 1,
                "text": "отпуск",
                "created_at": NOON,
                "file_kind": "photo",
                "file_id": ids[0],
                "more_files": [{"kind": "photo", "file_id": ids[1]}],
            }
        ],
    }
    file = api.upload_file(json.dumps(exported).encode(), "notes.json")
    api.send_file(ANNA, "document", file)
    assert said(api.wait_sent(ANNA)[0]) == "Готово. Добавлено: 1 заметка."
    api.text(ANNA, "/note 1")
    first, second, card = api.wait_sent(ANNA, 4)[1:]
    assert [first["_bytes"], second["_bytes"]] == [b"first", b"second"]
    assert first["media_group_id"] == second["media_group_id"]
    assert said(card) == CARD.format("1 файл")


def test_no_note_has_more_files_than_an_album_can_have(notes: Notes) -> None:
    notes.keep(ANNA, _note("photo"))
    for number in range(2, 13):
        notes.add_file(ANNA, 1, Attachment("photo", f"f{number}"))
    assert [file.file_id for file in notes.get(ANNA, 1).more_files] == [
        f"f{number}" for number in range(2, 11)
    ]
    notes.delete(ANNA, 1, NOON)
    with pytest.raises(NoteNotFoundError):
        notes.add_file(ANNA, 1, Attachment("photo", "late"))


def test_files_go_to_the_bin_with_their_note_and_come_back(notes: Notes) -> None:
    kept = _note("photo", "video")
    notes.keep(ANNA, kept)
    notes.delete(ANNA, 1, NOON)
    notes.restore(ANNA, 1, NOON)
    assert notes.get(ANNA, 1).more_files == kept.more_files
    notes.delete(ANNA, 1, NOON)
    assert notes.purge(NOON + BIN_S) == 1
    assert not notes._db.rows("SELECT 1 FROM notes")


def test_an_export_carries_all_files(tmp_path: Path, notes: Notes) -> None:
    notes.keep(ANNA, _note("photo", "video", "document"))
    (note,) = notes.every(ANNA)
    path = tmp_path / "notes.json"
    path.write_text(f"{archive.HEADS['json']}{archive.to_json(note)}{archive.TAILS['json']}")
    assert [*archive.read(path)] == [note]


GOOD = {"kind": "photo", "file_id": "f2"}
BAD_FILES: list[Any] = [
    {**GOOD, "kind": "sticker"},
    {**GOOD, "file_id": ""},
    {**GOOD, "file_id": "../etc"},
    {**GOOD, "size": -1},
    {**GOOD, "size": 1.5},
    {**GOOD, "filename": 7},
    {**GOOD, "path": "/etc/passwd"},
    {"kind": "photo"},
    "photo",
]


@pytest.mark.parametrize("more", [*([file] for file in BAD_FILES), [GOOD] * 10, GOOD, None])
def test_an_entry_with_a_wrong_file_is_no_note(tmp_path: Path, more: Any) -> None:
    entry = {"number": 1, "text": "а", "created_at": NOON, "file_kind": "photo", "file_id": "f1"}
    for fields, is_note in ((entry | {"more_files": [GOOD]}, True), ({"more_files": more}, False)):
        path = tmp_path / "notes.json"
        path.write_text(
            f"{archive.HEADS['json']}{json.dumps(entry | fields)}{archive.TAILS['json']}"
        )
        (note,) = archive.read(path)
        assert (note is not None) == is_note


def test_further_files_without_a_first_are_no_note(tmp_path: Path) -> None:
    entry = {"number": 1, "text": "а", "created_at": NOON, "more_files": [GOOD]}
    path = tmp_path / "notes.json"
    path.write_text(f"{archive.HEADS['json']}{json.dumps(entry)}{archive.TAILS['json']}")
    assert [*archive.read(path)] == [None]
