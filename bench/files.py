"""What files cost: in a question, many at once, documents read, archives made and read.

Run from the project's folder: python -m bench.files
"""

import os
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from pypdf import PdfWriter

from bench.tools import PeakMemory, Stand, machine, memory_mb, ms, row
from documents import reading
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import Behaviour, ModelServer, Recorded
from tests.media import docx, ogg, pdf, picture
from tests.process import BotProcess
from tests.talk import ANNA, BORIS

QUESTIONS = 40
READINGS = 20
SIZES = ((0, "без картинки"), (200, "картинка 200 КБ"), (10 * 1024, "картинка 10 МБ"))  # KiB
AT_ONCE = (1, 20, 200)
KEPT = 80  # notes with a file
CROWD = 10_000  # people are numbered from there
LARGE = 10 * 1024 * 1024  # bytes of what everybody sends
LOOK_EVERY_S = 0.1
LONGEST_S = 120.0  # until all are answered
TRANSCRIPTIONS = "/audio/transcriptions"


class Forgetful(ModelServer):
    """Keeps nothing of what it was sent: two gigabytes of pictures would not fit beside the bot."""

    def record(self, request: Recorded) -> Behaviour:
        behaviour = super().record(request)
        request.json = {}
        return behaviour


def main() -> None:
    before = os.getloadavg()[0]
    print(f"{machine()}\n\n| что | сколько | надо |\n| --- | --- | --- |")
    with _stand() as one:
        for kilobytes, name in SIZES:
            taken = [_asked_s(one, _photo(kilobytes)) for _ in range(QUESTIONS)]
            row(f"вопрос, {name}: время самого бота, медиана / p95, мс", ms(taken))
    for name, content in _documents():
        row(f"прочитать {name}: медиана / p95, мс", ms([_read_s(content) for _ in range(READINGS)]))
    with _stand() as one:
        for name, (wall_s, memory) in _archived(one).items():
            cost = f"{wall_s:.1f}; {memory:.0f}"
            row(f"{KEPT} файлов по 200 КБ {name}: за, с; память, МБ", cost, "< 250")
    print("\n| что прислали | людей | за, с; память бота; его процессов; вместе, МБ |")
    print("| --- | --- | --- |")
    for name, file in _files().items():
        for number in AT_ONCE:
            with _stand() as one:
                row(name, str(number), _crowd(one, number, file))
    print(f"\nНагрузка машины (за минуту): {before:.1f} до, {os.getloadavg()[0]:.1f} в конце.")


@contextmanager
def _stand() -> Iterator[Stand]:
    with tempfile.TemporaryDirectory() as folder, BotApi() as api, Forgetful() as model:
        own = {
            "OPENROUTER_API_KEY": "sk-or-bench",
            "OPENROUTER_BASE_URL": model.url,
            "LOG_LEVEL": "WARNING",
            "ALLOWED_USERS": "*",
            "TRANSCRIBE_MODEL": "bench/ears",
        }
        model.pages[TRANSCRIPTIONS] = {"text": "Что здесь?"}
        bot = BotProcess(Path(folder), api, own).start()
        try:
            yield Stand(api, model, bot)
        finally:
            bot.kill()


def _documents() -> Iterator[tuple[str, bytes]]:
    """Documents as large as they are read."""
    yield "текст, 200 000 знаков", ("слово " * 33_333).encode()
    yield "docx, 200 000 знаков", docx(*["слово " * 100] * 333)
    yield "pdf, 100 страниц", pdf(*["words of a page " * 50] * 100)


def _read_s(content: bytes) -> float:
    """Seconds, the start of the process that reads included."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        began = time.monotonic()
        reading.read(Path(file.name))
        return time.monotonic() - began


def _photo(kilobytes: int) -> bytes:
    """A picture of about that size: what follows the end of a JPEG is nobody's business."""
    return picture() + os.urandom(kilobytes * 1024) if kilobytes else b""


def _asked_s(one: Stand, photo: bytes) -> float:
    """Seconds from the question to its whole answer; the model answers at once."""
    before = len(one.api.sent(ANNA))
    began = time.monotonic()
    if photo:
        one.api.photo(ANNA, (photo, 1280), caption="Что здесь?")
    else:
        one.api.text(ANNA, "Что здесь?")
    one.api.wait(lambda api: len(api.sent(ANNA)) > before and _is_whole(api.sent(ANNA)[-1]))
    return float(one.api.sent(ANNA)[-1]["_history"][-1]["at"]) - began


def _files() -> dict[str, tuple[str, str, bytes, str | None]]:
    """What a crowd sends: the kind of the message, the file's name, the file, the caption."""
    asked = "Что здесь?"
    words = "слово ".encode()
    return {
        "картинка": ("photo", "photo.jpg", _photo(LARGE // 1024 - 1), asked),
        "текст": ("document", "text.txt", words * (LARGE // len(words)), asked),
        "pdf": ("document", "book.pdf", _large_pdf(), asked),
        "голос": ("voice", "voice.ogg", ogg() + os.urandom(LARGE - 1024), None),
    }


def _large_pdf() -> bytes:
    """A hundred pages of text, and beside them what makes it large."""
    writer, made = PdfWriter(BytesIO(pdf(*["words of a page " * 50] * 100))), BytesIO()
    writer.add_attachment("photo.jpg", os.urandom(LARGE - 200_000))
    writer.write(made)
    return made.getvalue()


def _crowd(one: Stand, number: int, file: tuple[str, str, bytes, str | None]) -> str:
    """Until everybody is answered: seconds; the most memory of the bot, of its children, of all."""
    kind, name, content, caption = file
    people = range(CROWD, CROWD + number)
    file_id = one.api.upload_file(content, name)
    began = time.monotonic()
    with PeakMemory(one.bot.pid) as peak:
        for user in people:
            one.api.send_file(user, kind, file_id, caption=caption)
        waiting = set(people)
        while waiting and time.monotonic() - began < LONGEST_S:
            time.sleep(LOOK_EVERY_S)
            waiting = {user for user in waiting if not any(map(_is_whole, one.api.sent(user)))}
    wall_s = time.monotonic() - began
    _check(one, people, heard=kind == "voice")
    own = memory_mb(one.bot.pid, "VmHWM")
    return f"{wall_s:.1f}; {own:.0f}; {peak.children:.0f}; {peak.together:.0f}"


def _check(one: Stand, people: range, heard: bool) -> None:
    """Everybody was answered once, the model asked once for each, and no file is left."""
    answers = {user: sum(map(_is_whole, one.api.sent(user))) for user in people}
    wrong = {user: count for user, count in answers.items() if count != 1}
    assert not wrong, f"answers by person: {wrong}"
    assert len(one.model.requests) == len(people)
    listened = sum(visit.path.endswith(TRANSCRIPTIONS) for visit in one.model.visits)
    assert listened == (len(people) if heard else 0)
    left = [*one.bot.folder.glob("*.tmp/*")]
    assert not left, left


def _archived(one: Stand) -> dict[str, tuple[float, float]]:
    """Seconds and the most memory while notes with files are exported, and brought to somebody
    else as if from another bot."""
    for number in range(KEPT):
        file_id = one.api.upload_file(os.urandom(200_000), f"{number}.bin")
        one.api.send_file(ANNA, "document", file_id, caption="/note_add x")
    one.api.wait_sent(ANNA, KEPT)
    began = time.monotonic()
    one.api.text(ANNA, "/note_export zip")
    exported = one.api.wait_answer(ANNA, "часть 1")["_bytes"]
    taken = {"выгрузить архивом": (time.monotonic() - began, memory_mb(one.bot.pid))}
    content = BytesIO(exported)
    with zipfile.ZipFile(content, "a") as archive:
        archive.comment = b"another bot"
    began = time.monotonic()
    file_id = one.api.upload_file(content.getvalue(), "notes.zip")
    one.api.send_file(BORIS, "document", file_id)
    one.api.wait_answer(BORIS, f"Вернулось: {KEPT}")
    return taken | {"вернуть": (time.monotonic() - began, memory_mb(one.bot.pid))}


def _is_whole(message: dict[str, object]) -> bool:
    return "модель:" in str(message.get("text"))


if __name__ == "__main__":
    main()
