"""Who may import whom: arrows point one way, and only the edge knows telebot, SQL and HTTP."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED: dict[str, set[str]] = {
    "times": {"times"},
    "texts": {"texts", "times"},
    "clock": set(),
    "zones": set(),
    "utf16": set(),
    "chart": set(),
    "scratch": set(),
    "files": set(),
    "entities": {"utf16"},
    "documents": {"documents"},
    "logs": {"texts"},
    "setting_values": set(),
    "config": {"setting_values"},
    "terminal": {"config", "texts"},
    "db": set(),
    "sole_user": {"db"},
    "storage": {"clock", "db", "entities", "files", "storage", "times"},
    "proxies": set(),
    "llm": {"llm", "proxies", "texts"},
    "openrouter_client": {"llm"},
    "gigachat_client": {"gigachat_files", "gigachat_functions", "llm", "logs"},
    "gigachat_files": {"llm", "texts"},
    "gigachat_functions": {"llm"},
    "openai_client": {"llm"},
    "providers": {"config", "gigachat_client", "llm", "openai_client", "openrouter_client"},
    "acting": {"acting", "clock", "db", "llm", "storage", "texts", "times"},
    "dialogue": {
        "acting",
        "clock",
        "dialogue",
        "documents",
        "files",
        "llm",
        "scratch",
        "storage",
        "texts",
        "times",
    },
    "handlers": {
        "acting",
        "chart",
        "clock",
        "config",
        "dialogue",
        "documents",
        "entities",
        "files",
        "handlers",
        "llm",
        "scratch",
        "storage",
        "texts",
        "times",
        "utf16",
        "zones",
    },
    "telegram": {
        "db",
        "entities",
        "handlers",
        "proxies",
        "setting_values",
        "storage",
        "telegram",
        "texts",
        "utf16",
    },
    "doctor": {
        "config",
        "db",
        "doctor",
        "llm",
        "logs",
        "openrouter_client",
        "providers",
        "sole_user",
        "storage",
        "telegram",
        "texts",
    },
    "worker": {"db", "handlers", "storage", "telegram", "texts", "times", "utf16", "worker"},
    "cloud": {"cloud", "db", "texts", "worker"},
    "deploy": {"deploy"},
    "wiring": {
        "acting",
        "clock",
        "config",
        "db",
        "dialogue",
        "handlers",
        "openrouter_client",
        "providers",
        "scratch",
        "storage",
        "telegram",
    },
}
FOREIGN: dict[str, set[str]] = {
    "telebot": {"telegram", "worker", "handlers/routing.py", "handlers/content.py"},
    "sqlite3": {"db", "storage"},
    "requests": {
        "gigachat_client",
        "llm",
        "openai_client",
        "openrouter_client",
        "proxies",
        "telegram",
    },
    "PIL": {"chart", "documents/scaler.py"},
    "pypdf": {"documents/reader.py"},
    "docx": {"documents/reader.py"},
    "dateutil": {"clock", "times/repeats.py"},
    "waitress": {"telegram"},
    "sdnotify": {"worker"},
    "boto3": {"cloud"},
    "botocore": {"cloud"},
}
FILES = [
    path
    for path in sorted(ROOT.rglob("*.py"))
    if not {"tests", "bench", "docs", ".venv", ".ci"} & set(path.relative_to(ROOT).parts)
    and path.name not in ("bot.py", "function.py")
]


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_point_down(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    ours = set(ALLOWED) | {"bot", "function"}
    assert _imports(path) & ours <= ALLOWED[room], f"{room} reaches too far"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_foreign_worlds_stay_at_their_edge(path: Path) -> None:
    inside = path.relative_to(ROOT)
    places = {inside.parts[0].removesuffix(".py"), inside.as_posix()}
    for library, rooms in FOREIGN.items():
        assert library not in _imports(path) or places & rooms, f"{inside} imports {library}"
