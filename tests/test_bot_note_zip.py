"""Notes with their files in archives, made and sent back, by chatting."""

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.bot_api_world import Json
from tests.talk import ANNA, BORIS, Talk, buttons, said

NOON = 1_763_715_600  # 21.11.2025 12:00 in Moscow
KINDS = {
    "photo": "а.jpg",
    "document": "Отчёт.PDF",
    "voice": "",
    "audio": "песня.mp3",
    "video": "в.mp4",
}
SAVE = "💾 В заметки"


def keep_files(talk: Talk, sizes: dict[str, int] | None = None) -> None:
    """Notes #1 to #5 have files of all kinds, #6 has none."""
    api = talk.api
    for number, (kind, name) in enumerate(KINDS.items(), 1):
        before = len(api.sent(talk.user_id))
        size = (sizes or {}).get(kind)
        file_id = api.upload_file(kind.encode() * 100, name or "x.ogg", size=size)
        api.send_file(talk.user_id, kind, file_id, caption=f"/note_add {kind}", date=NOON + number)
        api.wait_sent(talk.user_id, before + 1)
    talk("/note_add без файла", date=NOON)


def exported(talk: Talk, parts: int = 1) -> list[Json]:
    """The archives of an export."""
    before = len(talk.api.sent(talk.user_id))
    talk.api.text(talk.user_id, "/note_export zip")

    def all_of_them(api: BotApi) -> list[Json] | None:
        found = [m for m in api.sent(talk.user_id)[before:] if "document" in m]
        return found if len(found) == parts else None

    return talk.api.wait(all_of_them) or []


def opened(message: Json) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(message["_bytes"]))


def send(talk: Talk, content: bytes, size: int | None = None, **fields: Any) -> Json:
    """Send an archive; returns the message that says what became of it."""
    before = len(talk.api.sent(talk.user_id))
    file_id = talk.api.upload_file(content, "notes.ZIP", size=size)
    talk.api.send_file(talk.user_id, "document", file_id, **fields)

    def answer(api: BotApi) -> Json | None:
        new = [m for m in api.sent(talk.user_id)[before:] if "text" in m]
        return new[-1] if new and not new[-1]["text"].startswith("📦") else None

    return talk.api.wait(answer) or {}


def nothing_stays(api: BotApi, folder: Path) -> None:
    """Wait until no temporary file is left."""
    api.wait(lambda _: not list(folder.glob("**/*.tmp/*")))


def test_an_archive_holds_the_notes_with_their_files(
    anna: Talk, api: BotApi, tmp_path: Path
) -> None:
    keep_files(anna)
    (message,) = exported(anna)
    assert message["document"]["file_name"].endswith("-1.zip")
    assert message["caption"].startswith("Архив, часть 1: 6 заметок, 5 файлов. Чтобы вернуть")
    with opened(message) as archive:
        assert sorted(archive.namelist()) == [
            "files/1.jpg", "files/2.pdf", "files/3.ogg", "files/4.mp3", "files/5.mp4", "notes.json",
        ]  # fmt: skip
        assert archive.read("files/3.ogg") == b"voice" * 100
        notes = json.loads(archive.read("notes.json"))["notes"]
    assert [note["number"] for note in notes] == [1, 2, 3, 4, 5, 6]
    assert notes[1]["file_name"] == "Отчёт.PDF"
    shown = [m for m in api.sent(ANNA) if "Собираю архив" in said(m)]
    assert shown == []  # the progress is gone when the archive is there
    texts = [c.params["text"] for c in api.calls_to("sendMessage")]
    assert "📦 Собираю архив: 0 из 6" in texts
    nothing_stays(api, tmp_path)


def test_an_archive_comes_back_in_another_bot(
    api: BotApi, start_bot: StartBot, tmp_path: Path
) -> None:
    old, anna = start_bot(), Talk(api, ANNA)
    keep_files(anna)
    content = exported(anna)[0]["_bytes"]
    again = send(anna, content)  # to the bot that has all of it
    assert said(again) == "Готово. Добавлено: 0 заметок. Уже были: 6."
    api.wait(lambda a: not a.pending)
    old.stop()
    with BotApi(token="777:TEST-other") as other:
        (tmp_path / "other").mkdir()
        elsewhere = {"TELEGRAM_API_URL": other.url}
        start_bot(folder=tmp_path / "other", ready=False, TOKEN=other.token, **elsewhere)
        boris = Talk(other, BORIS)
        answer = send(boris, content)
        assert said(answer) == "Готово. Добавлено: 6 заметок. Вернулось: 5 файлов."
        sent = [m for m in other.sent(BORIS) if "_bytes" in m]
        assert [m["_bytes"] for m in sent] == [kind.encode() * 100 for kind in KINDS]
        assert said(sent[0]) == "#1 · 21.11.2025 12:00\nphoto"
        puts = [c for c in other.calls if c.method in ("sendPhoto", "sendVoice")]
        assert {c.params.get("disable_notification") for c in puts} == {True}
        for number, kind in enumerate(KINDS, 1):
            card = boris.message(f"/note {number}")
            assert kind in card
            assert card["_bytes"] == kind.encode() * 100
        # Sent back once more nothing is new, and no file is put there again.
        answer = send(boris, content)
        assert said(answer) == "Готово. Добавлено: 0 заметок. Уже были: 6."
        assert other.spec_violations == []
        nothing_stays(other, tmp_path)


def test_what_does_not_fit_is_split_and_what_telegram_does_not_give_is_listed(
    anna: Talk, api: BotApi
) -> None:
    keep_files(anna, {"video": 60_000_000})
    big = api.upload_file(b"z" * 19_500_000, "large.bin")
    api.send_file(ANNA, "document", big, caption="/note_add большой")
    api.wait_answer(ANNA, "Сохранено: заметка #7.")
    api.fail("getFile", status=400, description="Bad Request: wrong file_id")  # of the first one
    first, second = exported(anna, 2)
    assert "Не вошло: 2 файла, список внутри" in first["caption"]
    assert first["caption"].endswith("Следующая часть на подходе.")
    assert second["caption"].startswith("Архив, часть 2: 1 заметка, 1 файл. Чтобы вернуть")
    with opened(first) as archive:
        missing = archive.read("не вошло.txt").decode()
    assert "#1 🖼 фото: Telegram его не отдал\n" in missing
    assert "#5 🎬 в.mp4, 0:01: больше 20 МБ" in missing
    for message in (first, second):
        assert len(message["_bytes"]) < 20 * 1024 * 1024
    boris = Talk(api, BORIS)
    assert said(send(boris, second["_bytes"])).startswith("Готово. Добавлено: 1 заметка.")


def test_an_archive_that_a_crash_cut_off_is_made_anew(
    api: BotApi, start_bot: StartBot, tmp_path: Path
) -> None:
    bot, anna = start_bot(), Talk(api, ANNA)
    keep_files(anna)
    held = api.fail("getFile", status=200, delay=60.0, times=1)
    api.text(ANNA, "/note_export zip")
    api.wait(lambda _: held.hits)
    assert anna("/note_count") == "У вас 6 заметок."  # nobody is held up
    bot.kill()
    assert list(tmp_path.glob("*.tmp/*")) != []
    start_bot()
    message = api.wait(lambda a: [m for m in a.sent(ANNA) if "document" in m])[0]
    assert message["caption"].startswith("Архив, часть 1: 6 заметок, 5 файлов.")
    assert [m for m in api.sent(ANNA) if "Собираю архив" in said(m)] == []
    nothing_stays(api, tmp_path)


def test_an_import_that_a_crash_cut_off_goes_on(
    api: BotApi, start_bot: StartBot, tmp_path: Path
) -> None:
    bot, anna, boris = start_bot(), Talk(api, ANNA), Talk(api, BORIS)
    keep_files(anna)
    content = io.BytesIO(exported(anna)[0]["_bytes"])
    with zipfile.ZipFile(content, "a") as archive:
        archive.comment = b"another bot"
    held = api.fail("sendVoice", drop=True, delay=60.0)
    api.send_file(BORIS, "document", api.upload_file(content.getvalue(), "notes.zip"))
    api.wait(lambda _: held.hits)  # two files are there already
    assert boris("/note_count") == "У вас 6 заметок."
    bot.kill()
    start_bot()
    api.wait_answer(BORIS, "Готово. Добавлено: 0 заметок. Уже были: 6. Вернулось: 3 файла.")
    sent = [m["_bytes"] for m in api.sent(BORIS) if "_bytes" in m]
    assert sent == [kind.encode() * 100 for kind in KINDS]
    assert [m for m in api.sent(BORIS) if "Возвращаю файлы" in said(m)] == []
    nothing_stays(api, tmp_path)


def zipped(**members: bytes) -> Callable[[], bytes]:
    def make() -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name.replace("__", "/").replace("_json", ".json"), content)
        return out.getvalue()

    return make


NOTES = json.dumps(
    {
        "format": "notes-bot",
        "version": 1,
        "notes": [
            {"number": 1, "text": "а", "created_at": NOON, "file_kind": "photo", "file_id": "x-1"}
        ],
    }
).encode()


def encrypted() -> bytes:
    content = bytearray(zipped(notes_json=NOTES)())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


def spoilt() -> bytes:
    content = bytearray(zipped(notes_json=NOTES * 50)())
    content[60:70] = b"\xff" * 10
    return bytes(content)


def crowded() -> bytes:
    """Twenty thousand entries in the list of what is inside, and none of them there."""
    entry = b"PK\x01\x02" + bytes(42)
    count = 20_001
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, count * 46, 0, 0)
    return entry * count + end


def test_all_files_of_a_note_come_back(anna: Talk, api: BotApi) -> None:
    more = [{"kind": "document", "file_id": f"x-{n}", "filename": f"{n}.txt"} for n in (2, 3)]
    album = {"number": 7, "text": "альбом", "created_at": NOON, "file_kind": "photo"}
    notes = [{**album, "file_id": "x-1", "more_files": more}]
    packed = {"format": "notes-bot", "version": 1, "notes": notes}
    files = {"files__7.jpg": b"1", "files__7-2.txt": b"2", "files__7-3.txt": b"3"}
    content = zipped(notes_json=json.dumps(packed).encode(), **files)()
    topic = {"message_thread_id": 77, "is_topic_message": True}
    assert said(send(anna, content, **topic)).endswith("Вернулось: 3 файла.")
    puts = api.calls_to("sendPhoto") + api.calls_to("sendDocument")
    assert [call.params["message_thread_id"] for call in puts] == [77] * 3
    assert "#7" in anna("/note_find 3.txt")
    shown = [m["_bytes"] for m in anna.open(anna.message("/note_list"), "#7") if "_bytes" in m]
    assert shown == [b"1", b"2", b"3"]
    with opened(exported(anna)[0]) as archive:
        assert sorted(archive.namelist()) == [
            "files/7-2.txt", "files/7-3.txt", "files/7.jpg", "notes.json",
        ]  # fmt: skip
        assert archive.read("files/7-3.txt") == b"3"


HOSTILE: list[tuple[Callable[[], bytes], str]] = [
    (lambda: b"no archive", "Это не архив из /note_export zip"),
    (zipped(readme=b"x"), "Это не архив из /note_export zip"),
    (zipped(notes_json=b"{}"), "Это не архив из /note_export zip"),
    (zipped(notes_json=NOTES, files__1=bytes(70_000_000)), "Архив раскрывается"),
    (crowded, "Архив раскрывается"),
    (encrypted, "Архив закрыт паролем"),
    (spoilt, "Архив повреждён"),
]


def test_hostile_archives_are_refused_with_words(anna: Talk, tmp_path: Path) -> None:
    for make, words in HOSTILE:
        answer = send(anna, make())
        assert said(answer).startswith(words), words
        assert SAVE in buttons(answer)
    answer = send(anna, b"PK", size=60_000_000)
    assert said(answer).startswith("Архив больше 20 МБ")
    assert said(anna.turn(answer, SAVE)) == "Сохранено: заметка #1."
    nothing_stays(anna.api, tmp_path)


def test_paths_that_lead_out_are_not_followed(anna: Talk, tmp_path: Path) -> None:
    escaping = zipped(notes_json=NOTES, **{"..__..__evil": b"x", "files__..__1.jpg": b"x"})
    assert said(send(anna, escaping())) == "Готово. Добавлено: 1 заметка."
    assert list(tmp_path.parent.rglob("*evil*")) == []


def test_a_file_that_is_not_taken_as_it_was_becomes_a_document(anna: Talk, api: BotApi) -> None:
    content = zipped(notes_json=NOTES, **{"files__1.jpg": b"photo"})()
    api.fail("sendPhoto", status=400, description="Bad Request: IMAGE_PROCESS_FAILED")
    assert said(send(anna, content)).endswith("Вернулось: 1 файл.")
    card = anna.message("/note 1")
    assert (card["document"]["file_name"], card["_bytes"]) == ("1.jpg", b"photo")
    # Refused altogether, the note stays and says so; sent again, the file is tried again.
    boris = Talk(api, BORIS)
    api.fail("send[PD]*", status=400, description="Bad Request: refused", times=2)
    assert "Telegram не принял: 1 файл" in said(send(boris, content))
    assert said(boris.message("/note 1")).startswith("Файл недоступен")
    assert said(send(boris, content)).endswith("Вернулось: 1 файл.")


def test_others_wait_while_two_archives_are_made(api: BotApi, start_bot: StartBot) -> None:
    start_bot()
    people = [Talk(api, user_id) for user_id in (ANNA, BORIS, 333)]
    for person in people:
        keep_files(person)
    held = api.fail("getFile", status=200, delay=1.0, times=2)
    for person in people[:2]:
        api.text(person.user_id, "/note_export zip")
    api.wait(lambda _: held.hits == 2)
    assert said(exported(people[2])[0]).startswith("Архив, часть 1: 6 заметок, 5 файлов.")
    first, _, third = [call.at for call in api.arrived if call.method == "getFile"][:3]
    assert third - first >= 1.0


def test_it_can_be_stopped(anna: Talk, api: BotApi, tmp_path: Path) -> None:
    keep_files(anna)
    held = api.fail("getFile", status=200, delay=0.5)
    api.text(ANNA, "/note_export zip")
    progress = api.wait_answer(ANNA, "Собираю архив: 0 из 6")
    api.wait(lambda _: held.hits)
    assert anna.press(progress, "⏹ Стоп") == "Останавливаю…"
    assert said(api.wait_answer(ANNA, "Остановлено")).endswith("/note_export zip")
    nothing_stays(api, tmp_path)
    assert [m for m in api.sent(ANNA) if "document" in m] == []
    assert said(exported(anna)[0]).startswith("Архив, часть 1: 6 заметок, 5 файлов.")


def test_an_export_of_nothing_says_so(anna: Talk) -> None:
    assert anna("/note_export zip") == "Сохранять нечего: заметок пока нет."
