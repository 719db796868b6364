"""Checks calls against a machine-readable description of the Bot API, where there is one.

The description is a JSON file with `methods` and `types`, each with `fields`; its path is in
BOT_API_SPEC or it lies in shared/spec beside the repository. Without it nothing is checked.
"""

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "spec"
FLAGS = frozenset({"true", "false", "yes", "no", "1", "0"})

Fields = dict[str, tuple[str, ...]]


class Spec:
    """What the Bot API documents: the parameters of its methods, the fields of its objects."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.version: str = description.get("version", "")
        self._methods = {name: _shape(entry) for name, entry in description["methods"].items()}
        self._types = {name: _shape(entry) for name, entry in description["types"].items()}
        self._subtypes: dict[str, list[str]] = {
            name: entry["subtypes"]
            for name, entry in description["types"].items()
            if entry.get("subtypes")
        }

    def violations(
        self, method: str, params: Mapping[str, Any], files: Mapping[str, Any]
    ) -> list[str]:
        """Everything in a call that the documentation does not allow, one line each."""
        if method not in self._methods:
            return [f"{method}: no such method"]
        fields, required = self._methods[method]
        given = params.keys() | files.keys()
        found = [f"{method}: {name} is required" for name in sorted(required - given)]
        attached = {f"attach://{name}": name for name in files}
        known = {attached.get(value) for value in params.values() if isinstance(value, str)}
        found += [
            f"{method}: unknown parameter {name}"
            for name in given
            if name not in fields and name not in known
        ]
        for name, value in params.items():
            if name in fields:
                found += self._check(value, fields[name], f"{method}: {name}")
        return found

    def _check(self, value: Any, types: tuple[str, ...], where: str) -> list[str]:
        """No complaints when one of the types fits; else those of the type that fits best."""
        complaints = [self._check_one(value, name, where) for name in types]
        return min(complaints, key=len)

    def _check_one(self, value: Any, name: str, where: str) -> list[str]:
        if name in _SCALARS:
            return [] if _SCALARS[name](value) else [f"{where} must be {name}"]
        if name.startswith("Array of "):
            if not isinstance(value, list):
                return [f"{where} must be an array"]
            inner = (name.removeprefix("Array of "),)
            checks = (self._check(item, inner, f"{where}[{i}]") for i, item in enumerate(value))
            return [line for found in checks for line in found]
        if not isinstance(value, dict):
            return [f"{where} must be a {name} object"]
        if name in self._subtypes:
            return self._check(value, tuple(self._subtypes[name]), where)
        return self._check_object(value, name, where)

    def _check_object(self, value: dict[str, Any], name: str, where: str) -> list[str]:
        fields, required = self._types.get(name, ({}, frozenset()))
        if not fields:
            return []
        given = {key for key, item in value.items() if item is not None}
        found = [f"{where}.{key} is required" for key in sorted(required - given)]
        for key in sorted(given):
            if key in fields:
                found += self._check(value[key], fields[key], f"{where}.{key}")
            else:
                found.append(f"{where}.{key} is no field of {name}")
        return found


def load_spec() -> Spec | None:
    """The description that is at hand, or None."""
    named = os.environ.get("BOT_API_SPEC")
    candidates = [Path(named)] if named else sorted(BESIDE.glob("telegram-bot-api-*.json"))
    present = [path for path in candidates if path.is_file()]
    return _read(present[-1]) if present else None


@lru_cache(maxsize=4)
def _read(path: Path) -> Spec:
    return Spec(json.loads(path.read_text(encoding="utf-8")))


def _shape(entry: dict[str, Any]) -> tuple[Fields, frozenset[str]]:
    fields = entry.get("fields") or []
    required = frozenset(field["name"] for field in fields if field["required"])
    return {field["name"]: tuple(field["types"]) for field in fields}, required


def _is_integer(value: Any) -> bool:
    if isinstance(value, str):
        return value.removeprefix("-").isdecimal()
    return isinstance(value, int) and not isinstance(value, bool)


def _is_float(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, bool)


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and value.lower() in FLAGS)


def _is_string(value: Any) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool)


_SCALARS = {
    "Integer": _is_integer,
    "Float": _is_float,
    "Boolean": _is_boolean,
    "True": _is_boolean,
    "String": _is_string,
    "InputFile": _is_string,  # an uploaded part is among the files; here it is a name or an id
}
