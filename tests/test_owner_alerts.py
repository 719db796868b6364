"""Troubles that the owner alone can mend: what guests read, and what the owner is told when."""

import pytest

from llm.client import ErrorKind, ProviderError
from llm.provider import OWNER_KINDS
from tests.conftest import StartInside
from tests.emulators.model_server import ModelServer, answer, error
from tests.inside import Inside
from tests.talk import ANNA, BORIS, GROUP, OWNER
from texts import errors

AUTH = error(401, {"error": {"code": 401, "message": "bad key"}})
CREDITS = error(402, {"error": {"code": 402, "message": "no money"}})
SETTINGS_WORDS = (".env", "http", "Пополн", "_KEY", "ключ", "настройк", "интернет")


@pytest.fixture
def inside(start_inside: StartInside, model: ModelServer) -> Inside:
    return _start(start_inside, model)


def _start(start_inside: StartInside, model: ModelServer) -> Inside:
    return start_inside(
        ALLOWED_USERS="*",
        OWNER_ID=str(OWNER),
        OPENROUTER_API_KEY="sk-or-test",
        OPENROUTER_BASE_URL=model.url,
    )


def _told(inside: Inside) -> list[str]:
    """What the owner was told since the last time."""
    said = inside.said_to(OWNER)
    inside.sent.clear()
    return said


def test_a_guest_reads_that_the_owner_knows_and_the_owner_reads_what(
    inside: Inside, model: ModelServer
) -> None:
    model.default = AUTH
    inside.text(ANNA, "/ask что?")
    (guest,) = inside.said_to(ANNA)
    assert "владелец уже знает" in guest
    assert not [words for words in SETTINGS_WORDS if words in guest]
    (told,) = _told(inside)
    assert "Проверьте OPENROUTER_API_KEY в файле .env" in told
    assert "перезапустите бота" in told


def test_the_owner_is_told_once_a_cause_and_once_that_it_is_over(
    inside: Inside, model: ModelServer
) -> None:
    model.default = AUTH
    for guest in (ANNA, BORIS, ANNA):
        inside.text(guest, "/ask что?")
    assert len(_told(inside)) == 1
    model.default = CREDITS
    inside.text(ANNA, "/ask что?")
    (told,) = _told(inside)
    assert "credits" in told
    model.default = answer("Рим.")
    inside.text(ANNA, "/ask что?")
    inside.text(BORIS, "/ask что?")
    (told,) = _told(inside)
    assert "снова отвечает" in told
    model.default = AUTH
    inside.text(BORIS, "/ask что?")
    assert len(_told(inside)) == 1


def test_a_restart_does_not_tell_it_again(start_inside: StartInside, model: ModelServer) -> None:
    model.default = AUTH
    _start(start_inside, model).text(ANNA, "/ask что?")
    again = _start(start_inside, model)
    again.text(ANNA, "/ask что?")
    assert _told(again) == []
    model.default = answer("Рим.")
    again.text(ANNA, "/ask что?")
    assert len(_told(again)) == 1


def test_the_owner_reads_the_remedy_in_the_answer_itself(
    inside: Inside, model: ModelServer
) -> None:
    model.default = AUTH
    (said,) = inside.text(OWNER, "/ask что?")
    assert "OPENROUTER_API_KEY" in said
    inside.sent.clear()
    inside.text(OWNER, "/ask что?", chat_id=GROUP)  # where others read it too
    assert "владелец уже знает" in "".join(inside.said_to(GROUP))
    assert len(_told(inside)) == 1


def test_what_guests_can_do_something_about_is_theirs(inside: Inside, model: ModelServer) -> None:
    model.default = error(400, {"error": {"code": 400, "message": "context_length exceeded"}})
    (said,) = inside.text(ANNA, "/ask что?")
    assert "не помещается в память" in said
    assert _told(inside) == []


@pytest.mark.parametrize("kind", ErrorKind)
def test_no_guest_reads_of_keys_money_or_settings(kind: ErrorKind) -> None:
    failure = ProviderError(0, kind=kind, name="OpenRouter")
    for owner_knows in (True, False):
        said = errors.explain_to_guest(failure, owner_knows=owner_knows)
        assert not [words for words in SETTINGS_WORDS if words in said]
        assert ("владелец" in said) == (kind in OWNER_KINDS and owner_knows)
