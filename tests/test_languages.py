"""Whose language is spoken, and what people have set for themselves."""

import pytest

import texts
from db import Database
from storage.preferences import Preferences, PreferencesTable
from tests.talk import ANNA, BORIS
from texts import languages


@pytest.mark.parametrize(
    ("code", "language"),
    [("ru", "ru"), ("RU-ru", "ru"), ("be", "ru"), ("en", "en"), ("de", "en"), ("", "ru")],
)
def test_a_client_is_spoken_to_in_the_nearest_language(code: str, language: str) -> None:
    assert languages.nearest(code) == language


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ({}, "ru"),
        ({"LANG": "C.UTF-8"}, "ru"),
        ({"LANG": "POSIX"}, "ru"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LANGUAGE": "en_US:en"}, "en"),
    ],
)
def test_the_terminal_follows_the_locale(
    monkeypatch: pytest.MonkeyPatch, locale: dict[str, str], language: str
) -> None:
    monkeypatch.setattr("locale.getlocale", lambda: ("C", "UTF-8"))
    monkeypatch.delenv("LANG")
    for name, value in locale.items():
        monkeypatch.setenv(name, value)
    assert languages.spoken() == language


def test_a_word_is_taken_in_the_language_that_is_spoken() -> None:
    before = texts.log.STARTED
    with languages.speaking("en"):
        assert languages.spoken() == "en"
        assert before == texts.log.STARTED  # the log speaks to whoever runs the bot
    assert languages.spoken() == "ru"


def test_preferences_are_the_usual_ones_until_they_are_set(db: Database) -> None:
    preferences = PreferencesTable(db)
    assert preferences.of(ANNA) == Preferences()
    preferences.set(ANNA, language="en", tools_off=["save_note"], name_shared=True)
    preferences.set(ANNA, timezone="Asia/Omsk", digest="09:00", plain_text="note", footer="off")
    assert preferences.of(ANNA) == Preferences(
        "en", "Asia/Omsk", "note", "off", ("save_note",), "09:00", name_shared=True
    )
    assert preferences.of(BORIS) == Preferences()


def test_no_preference_but_those_is_set(db: Database) -> None:
    with pytest.raises(KeyError):
        PreferencesTable(db).set(ANNA, role="owner")
