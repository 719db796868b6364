"""Whose language is spoken, and what people have set for themselves."""

import pytest

import texts
from db import Database
from storage.preferences import Preferences, PreferencesTable
from storage.styles import Styles
from tests.conftest import StartInside
from tests.emulators.model_server import ModelServer
from tests.talk import ANNA, BORIS, OWNER
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


ENGLISH = {"id": ANNA, "is_bot": False, "first_name": "Anna", "language_code": "en-GB"}


def test_everybody_is_answered_in_the_language_of_their_telegram(start_inside: StartInside) -> None:
    inside = start_inside(ALLOWED_USERS="*")
    assert inside.text(ANNA, "/note_add milk", author=ENGLISH) == ["Saved: note #1."]
    assert inside.text(BORIS, "/note_add молоко") == ["Сохранено: заметка #1."]
    assert inside.text(ANNA, "/note_count", author=ENGLISH) == ["You have 1 note."]


def test_a_chosen_language_comes_first(start_inside: StartInside) -> None:
    inside = start_inside(ALLOWED_USERS="*")
    inside.app.preferences.set(ANNA, language="ru")
    assert inside.text(ANNA, "/note_add milk", author=ENGLISH) == ["Сохранено: заметка #1."]


def test_who_is_told_of_others_reads_it_in_their_own_language(start_inside: StartInside) -> None:
    inside = start_inside(OWNER_ID=str(OWNER))
    inside.text(OWNER, "/start")
    inside.sent.clear()
    inside.text(ANNA, "Hello", author=ENGLISH)
    assert [words[:18] for words in inside.said_to(ANNA)] == ["Hello! This bot is"]
    assert [words[:10] for words in inside.said_to(OWNER)] == ["Стучится A"]
    inside.sent.clear()
    inside.text(OWNER, f"/allow {ANNA}")
    assert [words[:29] for words in inside.said_to(ANNA)] == ["Anna, the bot's owner has let"]


def test_a_model_is_asked_in_the_language_of_whoever_asks(
    start_inside: StartInside, model: ModelServer
) -> None:
    inside = start_inside(
        ALLOWED_USERS="*", OPENROUTER_API_KEY="sk-or-test", OPENROUTER_BASE_URL=model.url
    )
    inside.text(ANNA, "/ask why?", author=ENGLISH)
    inside.text(BORIS, "/ask почему?")
    styles = [request.json["messages"][0]["content"][:12] for request in model.requests]
    assert styles == ["Answer brief", "Отвечай крат"]


def test_a_style_that_the_owner_has_changed_is_nobody_elses_words(db: Database) -> None:
    with db.transaction() as connection:
        connection.execute("UPDATE styles SET prompt = 'Отвечай стихами.' WHERE key = 'fairy'")
    style = next(style for style in Styles(db).list_styles() if style.key == "fairy")
    with languages.speaking("en"):
        shown = texts.styles.worded(style.key, style.label, style.prompt)
        assert shown == ("сказочный персонаж", "Отвечай стихами.")


def test_the_styles_of_the_table_are_those_that_have_english(db: Database) -> None:
    stored = {style.key: (style.label, style.prompt) for style in Styles(db).list_styles()}
    assert stored == texts.styles.STYLES
