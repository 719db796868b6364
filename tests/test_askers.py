"""What is known of whoever asks: their time, and their name only if they allow it."""

import pytest

from clock import Clock
from db import Database
from dialogue.askers import Askers
from storage.people import People
from storage.preferences import PreferencesTable
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer
from tests.inside import NOON
from tests.talk import ANNA, BORIS, Talk, ask


@pytest.fixture
def preferences(db: Database) -> PreferencesTable:
    return PreferencesTable(db)


@pytest.fixture
def askers(db: Database, preferences: PreferencesTable) -> Askers:
    people = People(db)
    people.record_seen(ANNA, "Анна Петрова", None, "ru", frozenset())
    return Askers(Clock(None, lambda: NOON), people, preferences)


def test_the_name_is_told_once_they_allow_it(askers: Askers, preferences: PreferencesTable) -> None:
    assert askers.name_of(ANNA) == ""
    preferences.set(ANNA, name_shared=True)
    preferences.set(BORIS, name_shared=True)
    assert askers.name_of(ANNA) == "Анна"
    assert askers.name_of(BORIS) == ""  # nobody has met him


def test_the_clock_is_that_of_their_zone(askers: Askers, preferences: PreferencesTable) -> None:
    preferences.set(ANNA, timezone="Asia/Omsk")
    assert askers.clock_of(ANNA).local(NOON).strftime("%H:%M %Z") == "15:00 +06"


def test_a_question_goes_with_the_moment_and_the_zone(
    api: BotApi, start_bot: StartBot, model: ModelServer
) -> None:
    start_bot()
    ask(Talk(api, ANNA), "какой сегодня день?")
    system = model.requests[-1].json["messages"][0]
    assert system["role"] == "system"
    assert "часовой пояс Europe/Moscow (UTC+0300)." in system["content"]
    assert "зовут" not in system["content"]
