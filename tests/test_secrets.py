"""What must never be seen by others: secrets and people's words in the log, files, settings."""

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import config
from tests import leaks
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.talk import ANNA, Talk

ROOT = Path(__file__).parents[1]
SECRETS = (leaks.HASH, leaks.KEY, leaks.ISSUED)
LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"]


def _sections(*arguments: str) -> dict[str, str]:
    """What each provoked leak wrote."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.leaks", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr  # the last one is not caught
    found = re.split(r"^=== (\w+)\n", done.stderr + done.stdout, flags=re.MULTILINE)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


def test_every_provoked_leak_is_one_without_our_logging() -> None:
    sections = _sections("DEBUG", "bare")
    del sections["words_in_a_traceback"]
    tight = [name for name, shown in sections.items() if not any(s in shown for s in SECRETS)]
    assert len(sections) == len(leaks.LEAKS) + 1
    assert tight == []


@pytest.mark.parametrize("level", LEVELS)
def test_no_secret_gets_into_the_log_at_any_level(level: str) -> None:
    for name, shown in _sections(level).items():
        assert shown or level == "ERROR", f"{name} wrote nothing"
        assert not any(secret in shown for secret in SECRETS), name


def test_words_of_people_are_logged_at_debug_only() -> None:
    assert leaks.TEXT in _sections("DEBUG")["words_in_a_traceback"]
    shown = "".join(_sections("INFO").values())
    assert leaks.TEXT not in shown
    assert "builtins.ValueError" in shown


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_a_conversation_is_logged_at_debug_only(
    start_bot: StartBot, api: BotApi, level: str
) -> None:
    bot, anna, words = start_bot(LOG_LEVEL=level), Talk(api, ANNA), "сокровенное"
    for said in (f"/note_add {words}", f"/{words}", words, f"/model {words}", f"/ask {words}"):
        anna(said)
    broken = {"message_id": 1, "date": words, "text": words, "chat": {"id": ANNA, "type": "?"}}
    api.push_raw({"update_id": 10**9, "message": broken | {"from": {"id": words}}})
    anna("/help")
    shown = any(form in bot.log for form in (words, repr(words.encode())[2:-1]))
    assert shown == (level == "DEBUG")
    assert api.token.partition(":")[2] not in bot.log
    assert "sk-or-test-key" not in bot.log


@pytest.mark.parametrize(("mode", "warned"), [(0o644, True), (0o640, True), (0o600, False)])
def test_settings_that_others_can_read_are_warned_about(
    start_bot: StartBot, tmp_path: Path, mode: int, warned: bool
) -> None:
    env = tmp_path / ".env"
    env.write_text("MAX_TOKENS=100\n", "utf-8")
    env.chmod(mode)
    assert ("chmod 600 .env" in start_bot().log) == warned


def test_whatever_the_bot_writes_is_for_its_owner_only(
    start_bot: StartBot, api: BotApi, tmp_path: Path
) -> None:
    start_bot(OWNER_ID=str(ANNA))
    api.fail("sendDocument", status=200, delay=10.0, times=None)
    Talk(api, ANNA)("/note_add x")
    api.text(ANNA, "/backup")
    api.text(ANNA, "/note_export")
    # While the files are on their way they are still there.
    api.wait(lambda a: sum(call.method == "sendDocument" for call in a.arrived) == 2)
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "bot.log"]
    made = {path.suffix for path in files if path.parent == tmp_path / "notes.db.tmp"}
    assert made == {".db", ".txt"}
    assert {path.name for path in files} >= {"notes.db", "notes.db-wal", "notes.db.lock"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_settings_do_not_show_their_secrets() -> None:
    settings = config.load({"TOKEN": leaks.TOKEN, "OPENROUTER_API_KEY": leaks.KEY})
    assert not any(secret in repr(settings) for secret in SECRETS)
