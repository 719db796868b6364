"""The words that people read: where they stand, and what every sentence keeps to."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

import texts

ROOT = Path(__file__).parents[1]
PLACEHOLDER = re.compile(r"%[.\d]*[sdf]")
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
# Russian that nobody reads as words of the bot's.
DATA = {
    "zones.py": "the cities by which people name a time zone",
    "acting/consent.py": "the verbs that ask for a change",
    "handlers/plain_words.py": "the words that ask the bot itself",
    "storage/folding.py": "the letters that search takes for one another",
    "storage/stemming.py": "the words that search leaves out",
    "times/russian.py": "the words about time that are understood",
}
MOST_LINES = 200
FILES = [
    path
    for path in sorted(ROOT.rglob("*.py"))
    if not {"tests", "bench", "docs", "texts", ".venv", ".ci"} & set(path.relative_to(ROOT).parts)
]


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    """The string literals of a file with their lines, docstrings left out."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield node.lineno, str(node.value)


def _logged(path: Path) -> Iterator[tuple[int, str, int]]:
    """The lines of the log that a file takes from `texts`, with the number of their arguments."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    rooms = {
        alias.asname or alias.name: getattr(texts, alias.name)
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "texts"
        for alias in node.names
    }
    for node in filter(_is_log_call, nodes):
        match node.args:
            case [ast.Attribute(value=ast.Name(id=alias), attr=name), *arguments]:
                line = getattr(rooms[alias], name)
                yield node.lineno, line, len(arguments)


def _is_log_call(node: ast.AST) -> TypeGuard[ast.Call]:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_russian_stands_in_the_room_of_words(path: Path) -> None:
    if path.relative_to(ROOT).as_posix() in DATA:
        return
    assert [f"{line}: {text}" for line, text in _strings(path) if CYRILLIC.search(text)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_line_of_the_log_gets_what_it_names(path: Path) -> None:
    assert [
        f"{line}: {text}"
        for line, text, arguments in _logged(path)
        if len(PLACEHOLDER.findall(text)) != arguments
    ] == []


@pytest.mark.parametrize(
    "path", sorted(ROOT.joinpath("texts").rglob("*.py")), ids=lambda path: path.name
)
def test_a_file_of_words_has_one_subject(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < MOST_LINES


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_word_is_taken_before_it_is_known_who_reads_it(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    subjects = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "texts"
        for alias in node.names
        if alias.name not in ("languages", "log")
    }
    assert [
        f"{node.lineno}: {node.attr}"
        for node in _run_at_import(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in subjects
    ] == []


def _run_at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """The code of a module outside its functions."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.Lambda):
            yield node
            yield from _run_at_import(node)
