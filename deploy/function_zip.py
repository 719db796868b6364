"""Makes the zip of the cloud function: the code that it imports, and the list of its packages.

Run from the project's folder: python -m deploy.function_zip [FILE]
"""

import ast
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENTRY = ROOT / "function.py"
READ = ("schema.sql", "migrations/*.sql")  # what the code reads beside itself
PACKAGES = ROOT / "requirements-function.txt"
MOMENT = (2000, 1, 1, 0, 0, 0)  # of every file: the same code makes the same zip


def main(target: Path) -> None:
    write(target)
    print(f"{target}: {target.stat().st_size / 1024:.0f} KB")


def write(target: Path) -> None:
    """Write the zip."""
    files = sorted(set(code()) | {path for pattern in READ for path in ROOT.glob(pattern)})
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            _add(archive, path.relative_to(ROOT).as_posix(), path)
        _add(archive, "requirements.txt", PACKAGES)


def code() -> list[Path]:
    """The entry and whatever of the project it imports, at once or later."""
    found, waiting = [], [ENTRY]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.append(path)
            waiting += _imported(path)
    return found


def _imported(path: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from _files(node.module)
            for alias in node.names:  # a name may be a module of the package
                yield from _files(f"{node.module}.{alias.name}")


def _files(module: str) -> Iterator[Path]:
    """The project's files that importing a module loads: it, and the packages that hold it."""
    parts = module.split(".")
    for depth in range(1, len(parts) + 1):
        inside = ROOT.joinpath(*parts[:depth])
        for path in (inside.with_suffix(".py"), inside / "__init__.py"):
            if path.is_file():
                yield path


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> None:
    entry = zipfile.ZipInfo(name, MOMENT)
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("function.zip"))
