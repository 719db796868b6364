"""The mutation run knows every file, and the attack sees a promise that is broken."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench.attack import faults
from bench.mob import Mob
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.mutants import COVERED, ROOT, mutants_of

FOLDERS = ("acting", "storage", "worker", "dialogue", "llm")


def test_each_file_has_tests_that_there_are() -> None:
    files = {
        f"{folder}/{path.name}"
        for folder in FOLDERS
        for path in (ROOT / folder).glob("*.py")
        if path.name != "__init__.py"
    }
    assert set(COVERED) == files
    for names in COVERED.values():
        for name in names.split():
            assert (ROOT / f"tests/test_{name}.py").exists(), name


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("a < b", "a < b → a <= b"),
        ("a is None", "a is None → a is not None"),
        ("a and b", "a and b → a or b"),
        ("not a", "not a → a"),
        ("a + b", "a + b → a - b"),
        ("x = 4", "4 → 5"),
        ("x = True", "True → False"),
        ("x = 'WHERE a >= ? LIMIT ?'", "'WHERE a >= ? LIMIT ?' → 'WHERE a > ? LIMIT ?'"),
        ("def f(): return a", "return a → return None"),
        ("if a: b()", "if a: → if not a:"),
        ("raise a", "raise a → pass"),
        ("f()", "f() → pass"),
        ("log.info(1)", None),
        ("'''doc'''", None),
        ("x: Literal[4] = y", None),
    ],
)
def test_mutants(
    code: str, expected: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.mutants.ROOT", tmp_path)
    (tmp_path / "file.py").write_text(code, "utf-8")
    found = {mutant.change: mutant.source for mutant in mutants_of("file.py")}
    assert bool(found) == (expected is not None)
    if expected is not None:
        assert found[expected] != code
        compile(found[expected], "file.py", "exec")


def test_an_attack_sees_what_was_lost_and_left_unanswered(api: BotApi, start_bot: StartBot) -> None:
    bot = start_bot()
    mob = Mob(api, random.Random(1))
    for _ in range(20):
        mob.write()
        mob.edit_note()
    mob.ask(heavy=False)
    api.wait(lambda _: not [*mob.broken(bot)])
    bot.stop()
    for spoil, seen in (
        ("UPDATE notes SET text = 'x' WHERE id = (SELECT max(id) FROM notes)", "notes of"),
        ("UPDATE turns SET message_id = -1", "no answer"),
        ("UPDATE notes SET user_id = 20000 WHERE id = (SELECT min(id) FROM notes)", "strangers"),
    ):
        with closing(sqlite3.connect(bot.database, isolation_level=None)) as connection:
            connection.execute(spoil)
        assert any(seen in broken for broken in mob.broken(bot)), spoil


def test_an_attack_excuses_only_what_updates_are_to_blame_for() -> None:
    excused = "ERROR x: Обновление не читается\nTraceback (most recent call last):\n  a\nValueError"
    fault = "ERROR y: Сбой\nTraceback (most recent call last):\n  a\nKeyError: 1"
    assert [*faults(f"{excused}\n{fault}\n")] == ["ERROR y: Сбой … KeyError: 1"]
