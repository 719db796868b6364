"""`python bot.py --check`: says of each thing whether it is right, mends and reveals nothing."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import requests

import config
from db import Database
from doctor import machine
from doctor.findings import Case
from doctor.machine import file_system
from storage.people import People
from tests.certificates import Authority
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.gigachat_server import GigaChatServer
from tests.emulators.model_server import ModelServer, answer, error, reasoning_only
from tests.emulators.proxies import PASSWORD, running_proxy
from tests.gigachat import KEY
from tests.process import BOT
from tests.talk import ANNA
from texts import doctor as texts
from texts import doctor_machine as texts_machine

SECRET = "sk-or-v1-verysecretkey0123456789"
FREE = {"id": "openrouter/free", "name": "Free", "context_length": 8000}


class Doctor:
    """Looks at a bot in a folder; everything is right unless a test spoils it."""

    def __init__(self, folder: Path, api: BotApi, model: ModelServer) -> None:
        self.folder, self.api, self.model = folder, api, model
        model.pages["/models"] = {"data": [FREE]}
        self.settings = {
            "TOKEN": api.token,
            "TELEGRAM_API_URL": api.url,
            "OPENROUTER_API_KEY": SECRET,
            "OPENROUTER_BASE_URL": model.url,
            "OWNER_ID": str(ANNA),
            "TIMEZONE": "Europe/Moscow",
        }
        self.status = -1
        self.errors = ""

    def __call__(self, *options: str, **settings: str) -> list[str]:
        """The lines of the verdict."""
        env_file = self.folder / ".env"
        if not env_file.exists():
            given = self.settings | settings
            env_file.write_text("".join(f"{name}={value}\n" for name, value in given.items()))
            env_file.chmod(0o600)
        done = subprocess.run(
            [sys.executable, str(BOT), "--check", *options],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        self.status, self.errors = done.returncode, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout.splitlines()

    @property
    def database(self) -> Path:
        return self.folder / "notes.db"


@pytest.fixture
def doctor(tmp_path: Path, api: BotApi, model: ModelServer) -> Doctor:
    return Doctor(tmp_path, api, model)


def _marked(lines: list[str], mark: str) -> list[str]:
    return [line for line in lines if line.startswith(mark)]


def test_all_is_right(doctor: Doctor) -> None:
    Database(doctor.database).close()
    lines = doctor()
    assert doctor.status == 0, lines
    assert lines[-1] == "Всё в порядке."
    assert _marked(lines, texts.WRONG) == _marked(lines, texts.DOUBT) == []
    assert len(_marked(lines, texts.RIGHT)) == len(lines) - 1
    said = "\n".join(lines)
    for words in (
        "Настройки: ошибок нет",
        "бот @notes_test_bot, https://t.me/",
        "вебхука нет",
        "Часы: идут верно",
        "сейчас не запущен",
        "цела",
        f"Владелец: id {ANNA}",
        "Диск: свободно",
        "Права на файлы: другим закрыты",
        "Часовой пояс: Europe/Moscow",
        "OpenRouter: ключ принят, 1 модель",
    ):
        assert words in said
    assert doctor.errors == ""
    assert doctor.model.requests == [], "no question is asked"


@pytest.mark.parametrize(
    ("is_on", "words"), [(True, "наберите там @notes_test_bot"), (False, "/setinline")]
)
def test_whether_notes_are_offered_in_other_chats(doctor: Doctor, is_on: bool, words: str) -> None:
    doctor.api.bot_user["supports_inline_queries"] = is_on
    (line,) = [line for line in doctor() if "Заметки в любом чате" in line]
    assert line.startswith(texts.RIGHT)
    assert words in line


def _refuse_token(doctor: Doctor) -> None:
    doctor.api.fail("*", status=401, description="Unauthorized", times=None)


def _no_telegram(doctor: Doctor) -> None:
    doctor.api.outage()


def _ahead(doctor: Doctor) -> None:
    doctor.api.ahead_s = -110.0


def _behind(doctor: Doctor) -> None:
    doctor.api.ahead_s = 7200.0


def _key_refused(doctor: Doctor) -> None:
    doctor.model.pages["/key"] = error(401, {"error": {"code": 401, "message": SECRET}})


def _no_catalogue(doctor: Doctor) -> None:
    doctor.model.pages["/models"] = {"data": []}


def _junk_catalogue(doctor: Doctor) -> None:
    doctor.model.pages["/models"] = error(404, {"error": {"code": 404, "message": "?"}})


def _newer(doctor: Doctor) -> None:
    with closing(sqlite3.connect(doctor.database)) as connection:
        connection.execute("PRAGMA user_version=999")


def _spoilt(doctor: Doctor) -> None:
    content = bytearray(doctor.database.read_bytes())
    for page in range(2, len(content) // 4096, 2):
        content[page * 4096 : page * 4096 + 2000] = os.urandom(2000)
    doctor.database.write_bytes(content)


def _junk(doctor: Doctor) -> None:
    doctor.database.write_bytes(b"\0junk" * 999)


def _open_to_all(doctor: Doctor) -> None:
    doctor.database.chmod(0o644)


def _setting(name: str, value: str) -> Callable[[Doctor], None]:
    return lambda doctor: doctor.settings.update({name: value})


@pytest.mark.parametrize(
    ("spoil", "words", "remedy"),
    [
        (_setting("TOKEN", ""), "TOKEN: не задан", "исправьте в .env"),
        (_setting("TOKEN", "мой"), "TOKEN: должен выглядеть", "исправьте в .env"),
        (_setting("MAX_TOKENS", "много"), "MAX_TOKENS «много»", "исправьте в .env"),
        (_setting("TIMEZONE", "Луна"), "TIMEZONE «Луна»", "исправьте в .env"),
        (_setting("GIGACHAT_CLIENT_SECRET", "x"), "GIGACHAT_CLIENT_SECRET", "исправьте в .env"),
        (_setting("DB_PATH", "нет/notes.db"), "папки нет нет", "DB_PATH"),
        (_refuse_token, "ключ не принят", "@BotFather"),
        (_no_telegram, "не отвечает", "проверьте интернет"),
        (_ahead, "спешат на 2 мин", "NTP"),
        (_behind, "отстают на 2 ч", "NTP"),
        (_key_refused, "✗ OpenRouter не принял ключ", "OPENROUTER_API_KEY"),
        (_no_catalogue, "OpenRouter: каталог пуст", "проверьте"),
        (_junk_catalogue, "нет списка моделей", "BASE_URL"),
        (_newer, "более новой версией", "Обновите программу"),
        (_spoilt, "повреждён", "--restore"),
        (_junk, "не база SQLite", "--restore"),
        (_open_to_all, "notes.db могут прочитать", "chmod 600"),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy(
    doctor: Doctor, spoil: Callable[[Doctor], None], words: str, remedy: str
) -> None:
    Database(doctor.database).close()
    spoil(doctor)
    lines = doctor()
    (found,) = _marked(lines, texts.WRONG)
    assert words in found
    assert remedy in found.partition("→")[2]
    assert lines[-1] == "Исправить: 1 место."
    assert doctor.status == 1


def _unknown(doctor: Doctor) -> None:
    doctor.settings["MAX_TOKEN"] = "7"


def _webhook_of_another(doctor: Doctor) -> None:
    doctor.api.webhook.local_mode = True
    method = f"{doctor.api.url}/bot{doctor.api.token}/setWebhook"
    body = {"url": "https://other.example.org/secret-path"}
    assert requests.post(method, json=body, timeout=10).ok


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_unknown, "Может быть, MAX_TOKENS?"),
        (_webhook_of_another, "уходят на вебхук (other.example.org)"),
        (_setting("OPENROUTER_API_KEY", ""), "Модели: ключа нет"),
        (_setting("OWNER_ID", ""), "отправьте боту /start первым"),
        (_setting("WEBHOOK_URL", "http://bot.example.org/x"), "ещё не стоит → запустите бота"),
    ],
)
def test_what_the_bot_can_work_with_is_no_mistake(
    doctor: Doctor, spoil: Callable[[Doctor], None], words: str
) -> None:
    Database(doctor.database).close()
    spoil(doctor)
    lines = doctor()
    (found,) = _marked(lines, texts.DOUBT)
    assert words in found
    assert "secret-path" not in found
    assert doctor.status == 0


def test_nobody_becomes_the_owner_of_a_bot_for_others(doctor: Doctor) -> None:
    lines = doctor(OWNER_ID="", ALLOWED_USERS="@anna")
    assert "! " + texts_machine.OWNER_NOBODY in lines


def test_whoever_came_first_is_the_owner(doctor: Doctor) -> None:
    with closing(Database(doctor.database)) as db:
        People(db).record_seen(ANNA, "Анна", None, "ru", frozenset())
        People(db).become_owner(ANNA)
    lines = doctor(OWNER_ID="")
    assert f"✓ Владелец: id {ANNA} (первым отправил /start)" in lines


def test_all_mistakes_are_told_and_the_rest_is_looked_at(doctor: Doctor) -> None:
    lines = doctor(MAX_TOKENS="x", STALL_SECONDS="x", OPENAI_BASE_URL="x", TELEGRAM_API_URL="x")
    assert len(_marked(lines, texts.WRONG)) == 4
    assert any("OpenRouter: ключ принят" in line for line in lines)
    assert any("база" in line.lower() and "бот создаст" in line for line in lines)


def _state(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.name: (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.iterdir()
        if path.is_file() and not path.name.endswith((".log", "-shm"))
    }


def test_nothing_is_changed_beside_a_stopped_bot(doctor: Doctor) -> None:
    Database(doctor.database).close()
    doctor()
    before = _state(doctor.folder)
    calls = len(doctor.api.calls)
    doctor()
    assert _state(doctor.folder) == before
    assert {call.method for call in doctor.api.calls[calls:]} == {"getMe", "getWebhookInfo"}


def test_a_killed_bots_database_is_looked_at_as_it_is(doctor: Doctor, start_bot: StartBot) -> None:
    start_bot().kill()
    doctor()
    before = _state(doctor.folder)
    lines = doctor()
    assert any("сейчас не запущен" in line for line in lines)
    assert any("цела" in line for line in lines)
    assert _state(doctor.folder) == before


def test_a_bot_at_work_is_seen_and_left_alone(doctor: Doctor, start_bot: StartBot) -> None:
    bot = start_bot(OWNER_ID=str(ANNA))
    lines = doctor()
    assert "✓ Бот: работает на этой базе" in lines
    assert doctor.status == 0, lines
    doctor.api.text(ANNA, "/note_add раз")
    doctor.api.wait_answer(ANNA, "заметка #1")
    assert "Traceback" not in bot.log


def test_another_copy_that_takes_the_updates_of_a_bot_at_work_is_wrong(
    doctor: Doctor, start_bot: StartBot
) -> None:
    start_bot(OWNER_ID=str(ANNA))
    _webhook_of_another(doctor)
    (found,) = _marked(doctor(), texts.WRONG)
    assert "остановите другую копию" in found


def test_the_proxy_is_named_without_its_password(doctor: Doctor, tmp_path: Path) -> None:
    folder = tmp_path / "proxy"
    folder.mkdir()
    with running_proxy(folder) as proxy:
        address = proxy.url("socks5h")
        said = "\n".join(doctor(TELEGRAM_PROXY=address, MODELS_PROXY=address))
        assert "через прокси 127.0.0.1" in said
        assert doctor.status == 0, said
        assert PASSWORD not in said
    found = _marked(doctor(), texts.WRONG)
    assert "прокси не отвечает" in found[0]
    assert "MODELS_PROXY" in found[1]
    assert PASSWORD not in "".join(found)


def test_models_are_asked_on_request_only(doctor: Doctor) -> None:
    doctor.model.default = answer("1")
    lines = doctor("--ask")
    assert any("OpenRouter: модель openrouter/free ответила за" in line for line in lines)
    (asked,) = doctor.model.requests
    assert asked.json["max_tokens"] == 1
    doctor.model.default = reasoning_only()
    assert any("ответила за" in line for line in doctor("--ask"))
    doctor.model.default = error(402, {"error": {"code": 402, "message": "no money"}})
    (found,) = _marked(doctor("--ask"), texts.WRONG)
    assert "не ответила → На счёте OpenRouter" in found


def test_servers_that_hang_are_not_waited_for(doctor: Doctor) -> None:
    doctor.api.fail("*", status=200, delay=120.0, times=None)
    doctor.model.pages["/key"] = answer("?", delay=120.0)
    lines = doctor()  # it has 60 s
    assert len(_marked(lines, texts.WRONG)) == 2
    assert doctor.status == 1


def test_no_secret_is_shown(doctor: Doctor, gigachat: GigaChatServer, authority: Authority) -> None:
    secrets = {
        "TOKEN": doctor.api.token,
        "OPENROUTER_API_KEY": SECRET,
        "GIGACHAT_CLIENT_SECRET": KEY,
        "OPENAI_API_KEY": "key-of-no-known-looks",
        "WEBHOOK_SECRET": "webhook-secret-of-ours",
    }
    doctor.api.fail("getMe", status=400, description=f"bad {doctor.api.token}")
    quoted = error(401, {"error": {"code": 401, "message": " ".join(secrets.values())}})
    doctor.model.pages["/models"] = quoted
    gigachat.pages["/models"] = quoted
    lines = doctor(
        **secrets,
        LOG_LEVEL="DEBUG",
        GIGACHAT_AUTH_URL=gigachat.auth_url,
        GIGACHAT_BASE_URL=gigachat.url,
        GIGACHAT_CA_BUNDLE=str(authority.bundle),
        OPENAI_BASE_URL=doctor.model.url.replace("://", "://me:pass-word-of-mine@"),
        WEBHOOK_URL="ftp://me:another-password@example.org/",
    )
    shown = "\n".join(lines) + doctor.errors
    hidden = [*secrets.values(), doctor.api.token.partition(":")[2], KEY]
    hidden += ["pass-word-of-mine", "another-password"]
    assert [secret for secret in hidden if secret in shown] == []
    assert len(_marked(lines, texts.WRONG)) >= 4


def test_asking_alone_makes_no_sense(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(BOT), "--ask"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert texts.ASK_ALONE in done.stderr


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/bot", "ext4"),
        ("/mnt/net/bot", "nfs4"),
        ("/mnt/net store/a", "fuse.s3fs"),
        ("/home/x", "overlay"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(
    tmp_path: Path, folder: str, kind: str
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "overlay / overlay rw 0 0\n/dev/sda1 /srv ext4 rw 0 0\nhost:/x /mnt/net nfs4 rw 0 0\n"
        "s3fs /mnt/net\\040store fuse.s3fs rw 0 0\n"
    )
    assert file_system(Path(folder), mounts) == kind
    assert file_system(Path(folder), tmp_path / "none") is None


def test_a_disk_without_room_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = config.load({"DB_PATH": str(tmp_path / "notes.db")}, tmp_path / ".env")
    monkeypatch.setattr(machine, "LEAST_ROOM", 10**18)
    found = list(machine.disk(Case(settings, (), tmp_path / ".env")))
    assert found[0].mark == texts.WRONG
    assert "освободите хотя бы" in found[0].text


@pytest.mark.parametrize(("kind", "mark"), [("nfs4", "!"), ("fuse.s3fs", "!"), ("ext4", "✓")])
def test_a_database_on_a_network_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, mark: str
) -> None:
    settings = config.load({"DB_PATH": str(tmp_path / "notes.db")}, tmp_path / ".env")
    monkeypatch.setattr(machine, "file_system", lambda folder: kind)
    *_, found = machine.disk(Case(settings, (), tmp_path / ".env"))
    assert found.mark == mark
    assert kind in found.text
