"""The words that people read: where they stand, and what every sentence keeps to."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
# Russian that nobody reads as words of the bot's.
DATA = {
    "storage/folding.py": "the letters that search takes for one another",
    "storage/stemming.py": "the words that search leaves out",
}
# Not moved yet: rooms whose log lines still stand where they are written.
ROOMS_THAT_LOG = {"worker", "telegram"}
MOST_LINES = 200
FILES = [
    path
    for path in sorted(ROOT.rglob("*.py"))
    if not {"tests", "bench", "docs", "texts", ".venv", ".ci"} & set(path.relative_to(ROOT).parts)
]


def _strings(path: Path, *, logged: bool) -> Iterator[tuple[int, str]]:
    """The string literals of a file with their lines, docstrings left out."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    left_out = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    if not logged:
        left_out |= {id(part) for node in nodes if _is_log_call(node) for part in ast.walk(node)}
    for node in nodes:
        if isinstance(node, ast.Constant) and id(node) not in left_out:
            yield node.lineno, str(node.value)


def _is_log_call(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_russian_stands_in_the_room_of_words(path: Path) -> None:
    inside = path.relative_to(ROOT)
    if inside.as_posix() in DATA:
        return
    strings = _strings(path, logged=inside.parts[0] not in ROOMS_THAT_LOG)
    assert [f"{line}: {text}" for line, text in strings if CYRILLIC.search(text)] == []


@pytest.mark.parametrize(
    "path", sorted(ROOT.joinpath("texts").glob("*.py")), ids=lambda path: path.name
)
def test_a_file_of_words_has_one_subject(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < MOST_LINES
