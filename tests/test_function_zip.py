"""The zip of the cloud function: it holds what the function needs, and no more."""

import importlib.metadata
import json
import re
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from deploy import function_zip

ROOT = Path(__file__).parents[1]
DIRECT_UPLOAD = 3.5e6  # bytes that the console takes without a bucket
NAME = re.compile(r"[\s<>=!~;\[(]")  # ends with one of these
NEVER = ("Pillow", "fontpkg", "waitress", "filelock", "pytest", "moto")
# What is loaded by whoever imports the function in a folder of its own.
PROBE = """
import json, sys
import function
files = [m.__file__ for m in sys.modules.values() if getattr(m, "__file__", None)]
print(json.dumps([sorted(sys.modules), files]))
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("function")
    function_zip.write(folder / "function.zip")
    with zipfile.ZipFile(folder / "function.zip") as archive:
        archive.extractall(folder / "code")
    return folder


def test_it_is_small_and_the_same_each_time(unpacked: Path) -> None:
    written = (unpacked / "function.zip").read_bytes()
    assert len(written) < DIRECT_UPLOAD
    function_zip.write(unpacked / "again.zip")
    assert (unpacked / "again.zip").read_bytes() == written


def test_it_holds_the_function_alone(unpacked: Path) -> None:
    with zipfile.ZipFile(unpacked / "function.zip") as archive:
        names = set(archive.namelist())
    assert {
        "function.py",
        "cloud/session.py",
        "documents/reader.py",
        "schema.sql",
        "requirements.txt",
    } <= names
    assert not {"bot.py", "terminal.py", "telegram/webhook.py", "telegram/polling.py"} & names
    assert not [name for name in names if name.startswith(("tests/", "bench/", "docs/"))]


def test_it_needs_no_package_that_is_not_on_its_list(unpacked: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=unpacked / "code",
        capture_output=True,
        text=True,
        check=True,
    )
    modules, files = json.loads(done.stdout)
    ours = [file for file in files if Path(file).is_relative_to(ROOT)]
    assert ours == []
    known = importlib.metadata.packages_distributions()
    loaded = {owner for module in modules for owner in known.get(module.partition(".")[0], ())}
    optional = {"pillow"}  # telebot looks whether it is there
    assert {_folded(name) for name in loaded} - _listed() - optional <= {"setuptools"}


def test_its_list_has_the_versions_that_are_tested_and_nothing_heavy() -> None:
    tested = _pins(ROOT / "requirements.txt")
    listed = _pins(function_zip.PACKAGES)
    assert {name: tested.get(name) for name in listed} == listed
    assert [name for name in NEVER if name in listed] == []


def _pins(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w-]+)==(\S+)", path.read_text("utf-8"), re.MULTILINE))


def _listed() -> set[str]:
    """The packages on the list, with what they need themselves here."""
    found: set[str] = set()
    waiting = list(_pins(function_zip.PACKAGES))
    while waiting:
        name = _folded(waiting.pop())
        with suppress(importlib.metadata.PackageNotFoundError):  # for another version of Python
            if name not in found:
                needed = importlib.metadata.requires(name) or ()
                waiting += [NAME.split(row)[0] for row in needed if "extra ==" not in row]
                found.add(name)
    return found


def _folded(name: str) -> str:
    return name.lower().replace("_", "-")
