"""Temporary files: private, in one folder, and gone whatever ended the process."""

import stat
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from telebot import apihelper

from scratch import Scratch
from telegram.api import Telegram, TooLargeError, UnreachableError
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.talk import ANNA, Talk


def test_files_are_private_and_go_with_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "notes.db.tmp"
    scratch = Scratch(folder)
    assert not folder.exists()
    one, other = scratch.new(".json"), scratch.new(".json")
    assert one != other
    assert (one.suffix, one.parent) == (".json", folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(one.stat().st_mode) == 0o600
    Scratch(folder)  # the next start
    assert not folder.exists()
    assert scratch.new(".db").exists()


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    foreign = tmp_path / "letters.txt"
    foreign.write_text("письма", "utf-8")
    scratch = Scratch(tmp_path)
    path = scratch.new(".db")
    scratch.clear()
    assert foreign.exists()
    assert not path.exists()


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_nothing_is_left_when_the_process_ends(
    api: BotApi, start_bot: StartBot, tmp_path: Path, end: str
) -> None:
    bot, anna = start_bot(), Talk(api, ANNA)
    anna("/note_add раз")
    api.fail("sendDocument", status=502, delay=20.0)
    api.text(ANNA, "/note_export json")
    api.wait(lambda a: [c for c in a.arrived if c.method == "sendDocument"])
    folder = tmp_path / "notes.db.tmp"
    assert [path.suffix for path in folder.iterdir()] == [".json"]
    if end == "kill":
        bot.kill()
        start_bot(folder=tmp_path)
        assert "document" in api.wait_sent(ANNA, 2)[-1]
    else:
        assert bot.stop() == 0
        assert not folder.exists()


class Endless(BaseHTTPRequestHandler):
    """A file server that says nothing of the size, or too little of it."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(64):
            try:
                self.wfile.write(b"x" * 65536)
            except OSError:
                return

    def log_message(self, *args: object) -> None:
        """Quietly."""


def test_a_download_ends_where_it_becomes_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("API_URL", "FILE_URL", "CUSTOM_REQUEST_SENDER"):  # telebot keeps them for all
        monkeypatch.setattr(apihelper, name, getattr(apihelper, name))
    target = tmp_path / "file"
    with HTTPServer(("127.0.0.1", 0), Endless) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        telegram = Telegram("1:x", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setattr(telegram.bot, "get_file", lambda _: SimpleNamespace(file_path="a"))
        with pytest.raises(TooLargeError):
            telegram.download("id", target, 1_000_000)
        assert target.stat().st_size <= 1_000_000
        telegram.download("id", target, 64 * 65536)
        assert target.stat().st_size == 64 * 65536
        monkeypatch.setattr("telegram.api.DOWNLOAD_MOST_S", -1.0)
        with pytest.raises(UnreachableError):
            telegram.download("id", target, 64 * 65536)
        server.shutdown()
        thread.join()
