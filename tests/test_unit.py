"""The unit for systemd: it is correct, hardened, names what exists and agrees with the bot."""

import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

import bot
from tests.conftest import StartBot
from worker.watchdog import LOOK_EVERY_S

ROOT = Path(__file__).parents[1]
UNIT = ROOT / "deploy" / "notes-bot.service"
INSTALLED = "/opt/notes-bot"
MOST_EXPOSED = 3.0

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here"
)


def _settings() -> dict[str, str]:
    """The last value of each setting; the bot's environment is among them."""
    lines = [line for line in UNIT.read_text("utf-8").splitlines() if not line.startswith("#")]
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    for line in lines:
        if line.startswith("Environment="):
            found |= dict(pair.split("=", 1) for pair in line.partition("=")[2].split())
    return found


SETTINGS = _settings()


def _analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", "--no-pager", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@needs_systemd
def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/bin/true")
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text("utf-8").replace(INSTALLED, str(tmp_path)), "utf-8")
    verified = _analyze("verify", unit)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


@needs_systemd
def test_it_gives_the_bot_little_to_do_harm_with() -> None:
    said = _analyze("security", "--offline=true", UNIT).stdout
    exposure = re.search(r"Overall exposure level for \S+: (\d+\.\d+)", said)
    assert exposure is not None, said
    assert float(exposure[1]) < MOST_EXPOSED


def test_it_starts_what_exists_where_it_may_write() -> None:
    python, script = SETTINGS["ExecStart"].split()
    assert python == f"{INSTALLED}/.venv/bin/python"
    assert (ROOT / script).is_file()
    assert SETTINGS["WorkingDirectory"] == INSTALLED
    assert Path(SETTINGS["DB_PATH"]).parent == Path("/var/lib") / SETTINGS["StateDirectory"]
    assert SETTINGS["PrivateTmp"] == "yes"


def test_its_times_are_those_of_the_bot() -> None:
    assert SETTINGS["Type"] == "notify"
    assert SETTINGS["Restart"] == "on-failure"
    assert float(SETTINGS["WatchdogSec"]) >= 3 * LOOK_EVERY_S
    assert float(SETTINGS["TimeoutStopSec"]) > bot.LEAVE_S
    assert SETTINGS["TimeoutStartSec"] == "infinity"
    assert int(SETTINGS["RestartPreventExitStatus"]) == bot.EXIT_WRONG


def test_a_bot_that_systemd_ends_because_it_hangs_says_where(start_bot: StartBot) -> None:
    running = start_bot()
    running.send_signal(signal.SIGABRT)
    assert running.wait() == -signal.SIGABRT
    assert "most recent call first" in running.log
    assert "service.py" in running.log
