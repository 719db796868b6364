"""Both languages have the same words, of the same shape, with the same things filled in."""

import importlib
import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Any

import pytest

from texts.languages import ENGLISH, RUSSIAN

ROOT = Path(__file__).parents[1] / "texts"
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
PERCENT = re.compile(r"%[.\d]*[sdf]")
# English has no form for a few: what takes the forms of a noun differs.
OF_ONE_LANGUAGE = {"plural"}
# English needs to know which Russian it stands for.
OF_ENGLISH = {"IN_RUSSIAN"}
# Words that are not for people who read English alone.
RUSSIAN_IN_ENGLISH = {"startup.YES"}
# Subjects whose private tables follow the grammar of their language.
OWN_TABLES = {"times"}
NOON = datetime(2026, 11, 24, 12, 30)
NUMBERS = (1, 2, 5, 21)


def _subjects(language: str) -> set[str]:
    return {path.stem for path in (ROOT / language).glob("*.py")} - {"__init__"}


def _words(language: str, subject: str) -> dict[str, Any]:
    """What a subject says itself, by name: imported helpers left out."""
    module = importlib.import_module(f"texts.{language}.{subject}")
    return {
        name: value
        for name, value in vars(module).items()
        if name.isidentifier() and not name.startswith("__") and _is_own(module, value)
    }


def _is_own(module: ModuleType, value: Any) -> bool:
    if inspect.isfunction(value):
        return value.__module__ == module.__name__
    return not inspect.ismodule(value) and not isinstance(value, type) and not callable(value)


SUBJECTS = sorted(_subjects(RUSSIAN))
by_subject = pytest.mark.parametrize("subject", SUBJECTS)


def test_both_languages_have_the_same_subjects() -> None:
    assert _subjects(ENGLISH) == _subjects(RUSSIAN)


@by_subject
def test_no_language_lacks_a_word(subject: str) -> None:
    russian, english = (
        {name for name in _words(language, subject) if not name.startswith("_")}
        for language in (RUSSIAN, ENGLISH)
    )
    assert english - OF_ENGLISH == russian


@by_subject
def test_a_word_has_the_same_shape_in_both_languages(subject: str) -> None:
    shapes = [
        {
            name: _shape(value)
            for name, value in _words(language, subject).items()
            if subject not in OWN_TABLES or not name.startswith("_")
        }
        for language in (RUSSIAN, ENGLISH)
    ]
    assert {n: s for n, s in shapes[1].items() if n not in OF_ENGLISH} == shapes[0]


@by_subject
def test_english_is_in_english(subject: str) -> None:
    found = {
        f"{subject}.{name}"
        for name, value in _words(ENGLISH, subject).items()
        if name not in OF_ENGLISH and any(CYRILLIC.search(text) for text in _texts(value))
    }
    assert found <= RUSSIAN_IN_ENGLISH


@by_subject
def test_a_sentence_names_the_same_things(subject: str) -> None:
    for name, russian in _functions(subject).items():
        english = _words(ENGLISH, subject)[name]
        for number in NUMBERS:
            given = {
                name: _sample(name, parameter.annotation, number)
                for name, parameter in inspect.signature(russian).parameters.items()
            }
            try:
                said = [russian(**given), english(**given)]
            except (LookupError, AttributeError):  # a key of a table, compared above
                continue
            assert _named(said[0], given) == _named(said[1], given), name
            assert not any(CYRILLIC.search(text) for text in _texts(said[1])), name


def _functions(subject: str) -> dict[str, Any]:
    words = _words(RUSSIAN, subject)
    return {
        name: value
        for name, value in words.items()
        if inspect.isfunction(value) and name not in OF_ONE_LANGUAGE
    }


def _shape(value: Any) -> object:
    """The places to be filled in, the keys of tables, the parameters of functions."""
    if isinstance(value, str):
        fields = sorted(field for _, field, _, _ in Formatter().parse(value) if field)
        return fields, PERCENT.findall(value)
    if isinstance(value, Mapping):
        return {key: _shape(row) for key, row in value.items()}
    if isinstance(value, list | tuple):
        return (
            [_shape(row) for row in value] if value and isinstance(value[0], tuple) else type(value)
        )
    return type(value)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for row in value.values():
            yield from _texts(row)
    elif isinstance(value, list | tuple):
        for row in value:
            yield from _texts(row)


def _sample(name: str, annotation: Any, number: int) -> Any:
    """A value for a parameter, such that it is found again in what is said."""
    samples: dict[Any, Any] = {
        int: number,
        float: float(number),
        bool: number > 1,
        datetime: NOON,
        date: NOON.date(),
        Sequence[str]: [f"<{name}>"],
        Iterable[str]: [f"<{name}>"],
    }
    for type_, sample in samples.items():
        if annotation == type_ or annotation == (type_ | None):
            return sample
    if name == "rule":
        return "FREQ=DAILY"
    if "Mapping" in str(annotation):
        return {}
    return f"<{name}>"


def _named(value: Any, given: dict[str, Any]) -> set[str]:
    text = " ".join(_texts(value))
    return {name for name, sample in given.items() if isinstance(sample, str) and sample in text}
