"""The container's files, without Docker: what they name exists, and their steps start the bot.

The steps are done by hand in a fresh folder: files are copied as .dockerignore lets them, the
settings of ENV apply, ENTRYPOINT and HEALTHCHECK run as a user who is not root. Packages are those
of the tests: installing them anew takes minutes and is what .ci/run does.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.emulators.bot_api import BotApi
from tests.talk import ANNA
from worker.watchdog import BEAT_MOST_S

ROOT = Path(__file__).parents[1]
NOBODY = 65534


class Step(NamedTuple):
    """An instruction of a Dockerfile."""

    name: str
    rest: str


def _steps() -> list[Step]:
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [Step(*line.split(maxsplit=1)) for line in lines]


STEPS = _steps()
FINAL = STEPS[max(i for i, step in enumerate(STEPS) if step.name == "FROM") :]


def _last(name: str) -> str:
    return [step.rest for step in FINAL if step.name == name][-1]


def _command(name: str) -> list[str]:
    """ENTRYPOINT or HEALTHCHECK, which must be in the exec form: no shell eats the signals."""
    found: list[str] = json.loads(_last(name)[_last(name).index("[") :])
    return found


def _environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in shlex.split(_last("ENV")))


def test_the_base_is_slim_and_pinned_and_the_user_is_not_root() -> None:
    bases = [step.rest.split()[0] for step in STEPS if step.name == "FROM"]
    assert all(re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", base) for base in bases)
    assert len(set(bases)) == 1
    assert _last("USER") == "bot"
    assert _last("VOLUME") == "/data"
    assert "--uid 10001" in " ".join(step.rest for step in FINAL if step.name == "RUN")
    assert not re.search(r"apt|gcc|build-essential", "".join(step.rest for step in STEPS))


def test_every_path_and_command_in_the_dockerfile_exists() -> None:
    for step in STEPS:
        if step.name == "COPY" and "--from" not in step.rest:
            *sources, _ = (word for word in step.rest.split() if not word.startswith("--"))
            assert all((ROOT / source).exists() for source in sources), step
        if step.name == "RUN":
            command = step.rest.split()[0]
            assert command.startswith("/venv/") or shutil.which(command), step
    for name in ("ENTRYPOINT", "HEALTHCHECK"):
        python, script, *_ = _command(name)
        assert python == "/venv/bin/python"
        assert (ROOT / script).is_file()


def test_the_image_has_the_packages_of_the_bot_and_none_of_the_tests() -> None:
    (step,) = (step.rest for step in STEPS if step.rest.startswith("sed"))
    _, program, *_ = shlex.split(step)
    kept = subprocess.run(
        ["sed", program, ROOT / "requirements.txt"], capture_output=True, text=True, check=True
    ).stdout
    assert "pyTelegramBotAPI==" in kept
    assert "waitress==" in kept
    assert "pytest" not in kept


def test_the_health_check_is_patient_with_the_start_and_the_heartbeat() -> None:
    seconds = dict(re.findall(r"--([\w-]+)=(\d+)s", _last("HEALTHCHECK")))
    assert int(seconds["start-period"]) >= BEAT_MOST_S


def _is_left_out(path: str) -> bool:
    """Whether .dockerignore keeps a path out; patterns without `**/` are of the top folder."""
    left_out = False
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!").rstrip("/")
        anywhere = pattern.startswith("**/")
        names = Path(path).parts if anywhere else Path(path).parts[:1]
        if any(fnmatchcase(name, pattern.removeprefix("**/")) for name in names):
            left_out = not line.startswith("!")
    return left_out


@pytest.mark.parametrize(
    "path",
    [".env", ".env.local", "notes.db", "notes.db-wal", "notes.db.lock", "notes-2026.json", ".git",
     "tests/conftest.py", "handlers/__pycache__/x.pyc", "__pycache__/x.pyc", ".mypy_cache/x"],
)  # fmt: skip
def test_secrets_notes_and_tools_stay_out_of_the_image(path: str) -> None:
    assert _is_left_out(path)


def _compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return read


def test_compose_gives_the_bot_no_more_than_it_needs() -> None:
    compose = _compose()
    bot = compose["services"]["bot"]
    assert (ROOT / bot["build"] / "Dockerfile").is_file()
    assert bot["restart"] == "unless-stopped"
    assert bot["init"] is True
    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    assert bot["security_opt"] == ["no-new-privileges:true"]
    assert bot["tmpfs"][0].startswith("/tmp")
    assert bot["logging"]["options"] == {"max-size": "10m", "max-file": "3"}
    assert bot["environment"]["DB_PATH"] == _environment()["DB_PATH"]
    assert int(bot["stop_grace_period"].removesuffix("s")) > 12
    volumes = {volume.split(":")[0]: volume.split(":")[1] for volume in bot["volumes"]}
    assert volumes == {"notes": "/data"}
    assert compose["volumes"].keys() >= volumes.keys()


def test_a_bot_api_server_of_ones_own_is_there_only_when_asked_for() -> None:
    services = _compose()["services"]
    assert services["bot-api"]["profiles"] == ["local-api"]
    assert "profiles" not in services["bot"]
    assert re.search(r":\d", services["bot-api"]["image"]), "pinned by a tag"


class Image:
    """A folder with what the image would hold, and the means to run commands in it."""

    def __init__(self, folder: Path, python: str, user: int | None) -> None:
        self._folder, self._python, self._user = folder, python, user
        self._app, self._data = folder / "app", folder / "data"
        shutil.copytree(ROOT, self._app, ignore=_left_out)
        self._data.mkdir(mode=0o700)
        (folder / "tmp").mkdir(mode=0o700)
        if user is not None:
            for path in (self._data, folder / "tmp"):
                os.chown(path, user, user)

    def popen(self, command: list[str], **settings: str) -> "subprocess.Popen[str]":
        inside = {name: self._outside(value) for name, value in _environment().items()}
        return subprocess.Popen(
            [self._python, *command[1:]],
            cwd=self._app,
            env={**inside, **_packages(), "PATH": "/usr/bin:/bin", **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
        )

    def files(self) -> set[str]:
        found = {path for path in self._folder.rglob("*") if path.is_file()}
        return {str(path.relative_to(self._folder)) for path in found}

    def _outside(self, value: str) -> str:
        inside = value.startswith(("/data", "/tmp"))
        return f"{self._folder}{value}" if inside else value


def _left_out(folder: str, names: list[str]) -> set[str]:
    inside = Path(folder).relative_to(ROOT)
    return {name for name in names if _is_left_out(str(inside / name))}


def _packages() -> dict[str, str]:
    """The packages of the tests, for an interpreter that is another one."""
    return {"PYTHONPATH": os.pathsep.join(path for path in sys.path if "site-packages" in path)}


@pytest.fixture
def image() -> Iterator[Image]:
    user = NOBODY if os.geteuid() == 0 else None
    python = _python_for(user)
    # pytest's own folder is closed to others.
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Image(Path(folder), python, user)


def _python_for(user: int | None) -> str:
    """An interpreter that this user may start; root's own may lie where others cannot go."""
    same = f"python{sys.version_info.major}.{sys.version_info.minor}"
    others = shutil.which(same, path="/usr/local/bin:/usr/bin")
    for python in filter(None, (sys.executable, others)):
        try:
            done = subprocess.run(
                [python, "-c", "import telebot, waitress"],
                env=_packages(),
                user=user,
                extra_groups=None if user is None else [],
                capture_output=True,
                check=False,
            )
        except PermissionError:
            continue
        if done.returncode == 0:
            return python
    pytest.skip("there is no Python here that a user other than root may start")


def test_its_steps_in_a_fresh_folder_start_a_bot_that_is_healthy_and_ends_as_promised(
    image: Image, api: BotApi
) -> None:
    before = image.files()
    bot = image.popen(
        _command("ENTRYPOINT"), TOKEN=api.token, TELEGRAM_API_URL=api.url, ALLOWED_USERS="*"
    )
    try:
        api.text(ANNA, "/note_add из контейнера")
        api.wait_answer(ANNA, "#1")
        check = image.popen(_command("HEALTHCHECK"))
        said = check.communicate(timeout=20)[0]
        assert (check.returncode, said) == (0, "Бот работает.\n")
        made = {path for path in image.files() - before if not path.startswith("tmp/")}
        assert {path.partition(".")[0] for path in made} == {"data/notes"}
        bot.send_signal(getattr(signal, _last("STOPSIGNAL")))
        log = bot.communicate(timeout=12)[0]
    finally:
        bot.kill()
        bot.wait()
    assert bot.returncode == 0, log
    assert "Traceback" not in log
    assert "не читается" not in log


def test_a_bot_that_is_not_there_is_not_healthy(image: Image) -> None:
    check = image.popen(_command("HEALTHCHECK"))
    said = check.communicate(timeout=20)[0]
    assert (check.returncode, said) == (1, "Бот не запущен.\n")
