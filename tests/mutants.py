"""A mutation run: each mutant is one small mistake in the code, which some test has to notice.

    python -m tests.mutants [--files storage/turns.py …] [--sample 60] [--seed 1] [--minutes 15]

Runs in a copy of the tree, for each mutant the tests that `COVERED` names for its file. The
mutants of lines of the log are left out. mutmut and cosmic-ray were not taken: they change code
inside the process of the tests, and here most of it runs in processes that the tests start.
"""

import argparse
import ast
import copy
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(".git", "__pycache__", ".*_cache", ".hypothesis", ".venv")
SLACK, START_S = 4.0, 20.0  # how much longer than without a mutant the tests may take
CLIENTS = (
    "chat_stream openrouter_errors openrouter_client openai_client chat_cancel gigachat_client"
)
MODELS = "models model_commands catalogue paid_models"
# The tests of each file, the quick ones first: the first that fails ends a mutant's run.
COVERED = {
    "acting/consent.py": "acting injection",
    "acting/effects.py": "acting injection bot_acting",
    "acting/notes.py": "acting bot_acting",
    "acting/reminders.py": "acting bot_acting",
    "acting/rounds.py": "acting injection bot_acting bot_acting_models acting_killed",
    "acting/table.py": "acting",
    "acting/tool.py": "acting bot_acting",
    "storage/alerts.py": "owner_alerts",
    "storage/attachments.py": "turns note_files bot_pictures",
    "storage/backup.py": "backup",
    "storage/calls.py": "acting",
    "storage/chats.py": "bot_topics chat_moves",
    "storage/excerpts.py": "search",
    "storage/folding.py": "notes search",
    "storage/former_texts.py": "bot_note_edit notes",
    "storage/gatherings.py": "gathering",
    "storage/indexing.py": "notes search",
    "storage/inspection.py": "restore db",
    "storage/models.py": MODELS,
    "storage/note_parts.py": "cut_notes",
    "storage/note_rows.py": "notes note_stats bot_note_files bot_note_content",
    "storage/notes.py": "notes note_stats bot_note_files",
    "storage/overrides.py": "preferences",
    "storage/paging.py": "notes bot_note_pages",
    "storage/people.py": "access",
    "storage/preferences.py": "languages",
    "storage/profile.py": "menus",
    "storage/prompts.py": "bot_note_edit",
    "storage/reminders.py": "reminders reminder_changes digest timezones reminding",
    "storage/restore.py": "restore",
    "storage/search.py": "notes search bot_note_ask bot_inline",
    "storage/stemming.py": "notes search",
    "storage/styles.py": "styles",
    "storage/tasks.py": "tasks health bot_waiting",
    "storage/turns.py": "turns replies prompt topic_dialogues bot_conversation",
    "storage/usage.py": "limits access bot_waiting",
    "worker/backlog.py": "backlog",
    "worker/due_reminders.py": "reminders reminding",
    "worker/growing.py": "bot_waiting",
    "worker/health.py": "health",
    "worker/inline.py": "bot_inline",
    "worker/lanes.py": "lanes health tasks",
    "worker/outbox.py": "tasks access bot_waiting",
    "worker/progress.py": "progress",
    "worker/quarantine.py": "tasks",
    "worker/relay.py": "tasks retry bot_note_edit bot_waiting",
    "worker/retry.py": "retry tasks",
    "worker/schedule.py": "due_backup",
    "worker/routes.py": "tasks access bot_topics",
    "worker/service.py": "tasks health limits bot_start bot_stop",
    "worker/tasks.py": "tasks retry deadline access bot_stop bot_waiting",
    "worker/upkeep.py": "upkeep",
    "worker/watchdog.py": "watchdog",
    "dialogue/answering.py": "prompt paid_models owner_alerts bot_conversation",
    "dialogue/askers.py": "askers",
    "dialogue/asking.py": "prompt paid_models owner_alerts bot_conversation",
    "dialogue/model_sync.py": "catalogue",
    "dialogue/attachments.py": "bot_pictures bot_documents gigachat_files",
    "dialogue/progress.py": "streaming bot_waiting",
    "dialogue/prompt.py": "prompt",
    "dialogue/transcribing.py": "bot_voice",
    "llm/characters.py": CLIENTS,
    "llm/client.py": f"{CLIENTS} tools",
    "llm/completion.py": f"{CLIENTS} tools",
    "llm/connections.py": CLIENTS,
    "llm/embedded.py": "embedded bot_pictures",
    "llm/errors.py": CLIENTS,
    "llm/http.py": CLIENTS,
    "llm/model_list.py": f"catalogue {CLIENTS}",
    "llm/provider.py": f"{CLIENTS} gigachat_token tools",
    "llm/retry.py": CLIENTS,
    "llm/sse.py": f"sse {CLIENTS}",
    "llm/sources.py": "tools",
    "llm/stream.py": CLIENTS,
    "llm/thoughts.py": "thoughts",
    "llm/tool_calls.py": "tools thoughts",
    "llm/tools.py": "tools gigachat_functions",
}

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
}  # fmt: skip
IS_SQL = re.compile(r"\b(SELECT|UPDATE|INSERT|DELETE|WHERE|AND|ORDER BY|SET|VALUES)\b")
SQL = (
    (" AND ", " OR "), (" NOT ", " "), (" >= ", " > "), (" <= ", " < "), (" > ", " >= "),
    (" < ", " <= "), (" = ", " <> "), (" DESC", ""), ("max(", "min("), (" IS NULL", " IS NOT NULL"),
    (" + 1", ""), (" - 1", ""),
)  # fmt: skip
NOT_RUN = ("annotation", "returns", "decorator_list", "type_params")


@dataclass(frozen=True)
class Mutant:
    """A file of the tree with one change, as source."""

    file: str
    line: int
    change: str
    source: str


def mutants_of(file: str) -> Iterator[Mutant]:
    """All mutants of a file."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    for holder, name, at, node in [*_places(tree)]:
        for replacement in _replacements(node):
            _put(holder, name, at, replacement)
            change = f"{_short(node)} → {_short(replacement)}"
            yield Mutant(file, getattr(node, "lineno", 0), change, ast.unparse(tree))
            _put(holder, name, at, node)


def _places(node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Whatever may be changed below a node: who holds it, in which field, at which place of it."""
    for name, value in ast.iter_fields(node):
        if name in NOT_RUN:
            continue
        inner: list[tuple[int | None, Any]] = (
            [*enumerate(value)] if isinstance(value, list) else [(None, value)]
        )
        for at, child in inner:
            if isinstance(child, ast.AST) and not _is_left_out(child):
                yield node, name, at, child
                yield from _places(child)


def _is_left_out(node: ast.AST) -> bool:
    """Imports, docstrings, and what is written to the log."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr):
        return True
    if not isinstance(node, ast.Expr):
        return False
    is_docstring = isinstance(node.value, ast.Constant)
    return is_docstring or ast.unparse(node).startswith("log.")


def _replacements(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
            yield _changed(node, ops=[COMPARISONS[type(op)]()])
        case ast.BoolOp(op=op):
            yield _changed(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(op=op) if type(op) in SUMS:
            yield _changed(node, op=SUMS[type(op)]())
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)) if IS_SQL.search(value):
            yield from (ast.Constant(value.replace(a, b, 1)) for a, b in SQL if a in value)
        case ast.If(test=test) | ast.IfExp(test=test):
            yield _changed(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield ast.Return(ast.Constant(None))
        case ast.Expr() | ast.AugAssign() | ast.Raise():
            yield ast.Pass()


def _changed(node: ast.AST, **fields: Any) -> ast.AST:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _put(holder: ast.AST, name: str, at: int | None, node: ast.AST) -> None:
    if at is None:
        setattr(holder, name, node)
    else:
        getattr(holder, name)[at] = node


def _short(node: ast.AST) -> str:
    """The first line of some code, and not too much of it."""
    return ast.unparse(ast.fix_missing_locations(node)).splitlines()[0][:110]


class Copy:
    """A copy of the tree, in which one file at a time is changed."""

    def __init__(self, folder: Path) -> None:
        self._tree = folder / "tree"
        shutil.copytree(ROOT, self._tree, ignore=LEFT_OUT)
        if (shared := ROOT.parent / "shared").exists():
            (folder / "shared").symlink_to(shared.resolve())
        self._limits: dict[str, float] = {}

    def run(self, mutant: Mutant) -> str:
        """What becomes of a mutant: "killed", "timed out" or "survived"."""
        tests = COVERED[mutant.file]
        if tests not in self._limits:
            self._limits[tests] = START_S + SLACK * self._baseline(tests)
        path = self._tree / mutant.file
        before = path.read_bytes()
        path.write_text(mutant.source, "utf-8")
        try:
            status = self._status(tests, self._limits[tests])
        finally:
            path.write_bytes(before)
        if status is None:
            return "timed out"
        return "survived" if status == 0 else "killed"

    def _baseline(self, tests: str) -> float:
        """Seconds that tests take on the code as it is."""
        for _ in range(2):  # a machine that is busy may spoil one run
            began = time.monotonic()
            if self._status(tests, 900) == 0:
                return time.monotonic() - began
        sys.exit(f"the tests fail without a mutant: {tests}")

    def _status(self, tests: str, limit_s: float) -> int | None:
        """The exit status of tests, None when they took too long."""
        files = [f"tests/test_{name}.py" for name in tests.split()]
        run = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *files],
            cwd=self._tree,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so that the bots that tests have started end with them
        )
        try:
            return run.wait(limit_s)
        except subprocess.TimeoutExpired:
            return None
        finally:
            with suppress(ProcessLookupError):  # all of them have ended
                os.killpg(run.pid, signal.SIGKILL)
            run.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", nargs="+", default=[*COVERED], choices=[*COVERED])
    parser.add_argument("--sample", type=int, help="so many of them, chosen at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no more after that")
    given = parser.parse_args()
    os.nice(10)
    mutants = [mutant for file in given.files for mutant in mutants_of(file)]
    print(f"{len(mutants)} mutants in {len(given.files)} files, seed {given.seed}", flush=True)
    random.Random(given.seed).shuffle(mutants)
    became: Counter[str] = Counter()
    until = time.monotonic() + given.minutes * 60
    with tempfile.TemporaryDirectory() as folder:
        tree = Copy(Path(folder))
        for mutant in mutants[: given.sample]:
            if time.monotonic() > until:
                break
            result = tree.run(mutant)
            became[result] += 1
            print(f"{result}: {mutant.file}:{mutant.line}: {mutant.change}", flush=True)
    tried = became.total()
    score = 100 * (tried - became["survived"]) / max(tried, 1)
    print(f"{tried} tried, {dict(became)}: {score:.0f} % noticed")


if __name__ == "__main__":
    main()
