"""The registry and the catalogues: new, gone, back, renamed, paid, broken; whose model it is."""

import json
import logging
import threading
from typing import Any

import pytest

import llm.model_list
from db import Database
from dialogue.model_sync import Catalogue
from gigachat_client import GigaChat
from llm.client import ChatClient, ErrorKind
from openai_client import openai_compatible
from openrouter_client import OpenRouter
from storage.models import ModelGoneError, Models
from tests.emulators.model_server import Behaviour, Body, ModelServer, error, html

GEMMA = "google/gemma-4-31b-it:free"  # the second of the first ten


@pytest.fixture
def models(db: Database) -> Models:
    return Models(db)


@pytest.fixture
def catalogue(models: Models, server: ModelServer) -> Catalogue:
    return Catalogue(models, {"openrouter": OpenRouter("sk-or-test", server.url, backoff_s=0.001)})


def row(key: str, label: str = "", price: str = "0", **more: Any) -> dict[str, Any]:
    return {
        "id": key,
        "name": label or key,
        "context_length": 8192,
        "pricing": {"prompt": price, "completion": price},
        "architecture": {"output_modalities": ["text"]},
        **more,
    }


def offer(server: ModelServer, *rows: object) -> None:
    document = json.dumps({"data": rows}).encode()  # ASCII, so that any text can be in it
    server.pages["/models"] = Body(200, document, {"Content-Type": "application/json"})


def the_first_ten(models: Models) -> list[dict[str, Any]]:
    return [row(m.key, m.label) for m in models.list_models()]


def by_key(models: Models, key: str) -> Any:
    found = models.by_key(key)
    assert found is not None
    return found


# What a catalogue changes


def test_new_free_text_models_appear(
    catalogue: Catalogue, models: Models, server: ModelServer
) -> None:
    painter = row("a/painter:free", architecture={"output_modalities": ["image"]})
    offer(
        server, *the_first_ten(models), row("a/new:free", "Новая"), painter, row("a/paid", "", "1")
    )
    (outcome,) = catalogue.refresh()
    assert outcome.changes is not None
    assert outcome.changes.new == ("a/new:free",)
    new = models.list_models()[10:]
    assert [(m.id, m.key, m.label, m.context_length, m.free) for m in new] == [
        (11, "a/new:free", "Новая", 8192, True)
    ]


def test_labels_and_context_lengths_follow_and_ids_stay(
    catalogue: Catalogue, models: Models, server: ModelServer
) -> None:
    before = [(m.id, m.key) for m in models.list_models()]
    rows = the_first_ten(models)
    rows[1] |= {"name": "Gemma, переименована", "context_length": 262_144}
    offer(server, *reversed(rows))
    catalogue.refresh()
    assert [(m.id, m.key) for m in models.list_models()] == before
    gemma = by_key(models, GEMMA)
    assert (gemma.label, gemma.context_length) == ("Gemma, переименована", 262_144)
    del rows[1]["context_length"]
    offer(server, *rows)
    catalogue.refresh()
    assert by_key(models, GEMMA).context_length == 262_144  # what is known is not forgotten


def test_which_models_take_tools_is_kept(
    catalogue: Catalogue, models: Models, server: ModelServer
) -> None:
    said: dict[str, Any] = {
        "yes": ["max_tokens", "tools"],
        "no": ["max_tokens"],
        "unknown": "tools",
        "unsaid": None,
    }
    rows = [row(f"a/{key}:free", supported_parameters=named) for key, named in said.items()]
    paid = row("a/paid", "", "1", supported_parameters=["tools"])
    free = row("openrouter/free", supported_parameters=[])  # it routes to a model that does
    offer(server, free, *rows, paid)
    catalogue.refresh()
    taken = models.take_offer("a/paid")
    assert taken is not None
    assert taken.tools is True
    found = {key: by_key(models, f"a/{key}:free").tools for key in said}
    assert found == {"yes": True, "no": False, "unknown": None, "unsaid": None}
    assert by_key(models, "openrouter/free").tools is True
    for silent in (rows[0], paid):
        del silent["supported_parameters"]
    rows[1]["supported_parameters"] = ["tools"]
    offer(server, free, *rows, paid)
    catalogue.refresh()
    assert by_key(models, "a/yes:free").tools is True  # what is known is not forgotten
    assert by_key(models, "a/paid").tools is True
    assert by_key(models, "a/no:free").tools is True


def test_the_first_model_takes_tools_before_any_catalogue_is_read(models: Models) -> None:
    assert [m.tools for m in models.list_models()] == [True] + [None] * 9


def test_models_that_are_gone_stay_marked_and_may_come_back(
    catalogue: Catalogue, models: Models, server: ModelServer
) -> None:
    rows = the_first_ten(models)
    offer(server, *rows[:1], *rows[2:])
    (outcome,) = catalogue.refresh()
    assert outcome.changes is not None
    assert outcome.changes.gone == (GEMMA,)
    assert not by_key(models, GEMMA).available
    with pytest.raises(ModelGoneError):
        models.set_active_model(2)
    with pytest.raises(ModelGoneError):
        models.choose(111, 2)
    offer(server, *rows)
    (outcome,) = catalogue.refresh()
    assert outcome.changes is not None
    assert outcome.changes.back == (GEMMA,)
    assert models.choose(111, 2).id == 2


def test_neither_the_default_nor_a_choice_is_changed_behind_anybody_s_back(
    catalogue: Catalogue, models: Models, server: ModelServer
) -> None:
    models.set_active_model(2)
    models.choose(111, 3)
    offer(server, row("a/new:free"))
    catalogue.refresh()
    assert (models.get_active_model().id, models.model_for(111).id) == (2, 3)
    assert not models.model_for(111).available


def test_nobody_pays_without_knowing(
    catalogue: Catalogue, models: Models, server: ModelServer
) -> None:
    rows = the_first_ten(models)
    rows[1]["pricing"] = {"prompt": "0.001", "completion": "0.002"}
    offer(server, *rows)
    catalogue.refresh()
    assert not by_key(models, GEMMA).available
    taken = models.take_offer(GEMMA)
    assert taken is not None
    assert (taken.id, taken.available, taken.free) == (2, True, False)
    catalogue.refresh()
    assert by_key(models, GEMMA).available  # whoever added it knows what it costs


def test_a_paid_model_is_added_by_its_key(
    catalogue: Catalogue, models: Models, server: ModelServer
) -> None:
    offer(server, *the_first_ten(models), row("Vendor/Big", "Большая", "0.00001"))
    catalogue.refresh()
    assert models.by_key("vendor/big") is None
    taken = models.take_offer("vendor/big")
    assert taken is not None
    assert (taken.id, taken.key, taken.label, taken.free) == (11, "Vendor/Big", "Большая", False)
    catalogue.refresh()
    assert by_key(models, "Vendor/Big").available
    offer(server, *the_first_ten(models)[:10])
    catalogue.refresh()
    assert not by_key(models, "Vendor/Big").available
    assert models.take_offer("Vendor/Big") is None


# What changes nothing

BROKEN: dict[str, dict[str, Any] | Behaviour] = {
    "empty": {"data": []},
    "huge": {"data": [row(f"a/{n}:free") for n in range(5000)]},
    "no list": {"data": {"a": 1}},
    "no data": {"models": []},
    "rows of another shape": {"data": [row("a/a:free"), *[{"slug": n} for n in range(20)]]},
    "nothing but paid ones": {"data": [row("a/a", "", "1")]},
    "a page": html(200),
    "an error": error(500),
    "a torn one": Body(200, b'{"data": [', {"Content-Type": "application/json"}),
    "a nest": Body(200, b"[" * 100_000, {"Content-Type": "application/json"}),
}


@pytest.mark.parametrize("page", BROKEN.values(), ids=BROKEN)
def test_a_catalogue_that_makes_no_sense_changes_nothing_and_is_logged(
    catalogue: Catalogue,
    models: Models,
    server: ModelServer,
    caplog: pytest.LogCaptureFixture,
    page: dict[str, Any] | Behaviour,
) -> None:
    before = models.list_models()
    server.pages["/models"] = page
    (outcome,) = catalogue.refresh()
    assert outcome.changes is None
    assert models.list_models() == before
    assert "Каталог openrouter" in caplog.text


def test_an_unreachable_catalogue_changes_nothing_and_is_logged(
    models: Models, caplog: pytest.LogCaptureFixture
) -> None:
    client = OpenRouter("sk-or-test", "http://127.0.0.1:1/v1", backoff_s=0.001)
    before = models.list_models()
    (outcome,) = Catalogue(models, {"openrouter": client}).refresh()
    assert outcome.error is not None
    assert outcome.error.kind is ErrorKind.NETWORK
    assert "Каталог openrouter не прочитан: Нет связи" in caplog.text
    assert models.list_models() == before


def test_without_a_key_the_log_stays_quiet(
    models: Models, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    Catalogue(models, {"openrouter": OpenRouter("")}).refresh()
    assert caplog.text == ""


def test_hostile_entries_do_no_harm(
    catalogue: Catalogue, models: Models, server: ModelServer
) -> None:
    offer(
        server,
        *the_first_ten(models),
        row("a/lines:free", "две\nстроки\x00\u202e и " + "длинно" * 100),
        row("with space:free"),
        row("a/\ud800:free"),
        row("x" * 1000),
        row("'; DROP TABLE models; --:free".replace(" ", "")),
        row("a/number:free", context_length=2**70),
        row("a/true:free", context_length=True),
        row("a/minus:free", context_length=-1),
    )
    catalogue.refresh()
    new = {m.key: m for m in models.list_models()[10:]}
    assert len(new) == 5
    label = new["a/lines:free"].label
    assert label.startswith("две строки и длинно")
    assert len(label) <= llm.model_list.MOST_LABEL
    assert {m.context_length for m in new.values()} == {8192, None}


def test_two_thousand_models_are_no_trouble(
    catalogue: Catalogue, models: Models, server: ModelServer
) -> None:
    offer(
        server,
        *(row(f"a/{n}:free") for n in range(1000)),
        *(row(f"b/{n}", "", "1") for n in range(1000)),
    )
    catalogue.refresh()
    assert len(models.list_models()) == 1010
    assert models.take_offer("b/999") is not None


# When it is read, and of whom


def test_it_is_read_at_the_start_and_ends_with_the_bot(
    models: Models, server: ModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    stopping = threading.Event()
    catalogue = Catalogue(models, {"openrouter": OpenRouter("sk-or-test", server.url)})
    thread = threading.Thread(target=catalogue.run, args=(stopping,))
    thread.start()
    server.wait(lambda: server.visits)
    stopping.set()
    thread.join(5)
    assert not thread.is_alive()
    assert [visit.path for visit in server.visits] == ["/api/v1/models"]


def test_a_failure_does_not_end_the_reading(
    models: Models, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialogue.model_sync.AGAIN_S", 0.01)
    monkeypatch.setattr(Models, "merge", lambda *args: 1 / 0)
    offer(server, row("a/new:free"))
    stopping = threading.Event()
    catalogue = Catalogue(models, {"openrouter": OpenRouter("sk-or-test", server.url)})
    thread = threading.Thread(target=catalogue.run, args=(stopping,))
    thread.start()
    server.wait(lambda: len(server.visits) > 2)
    stopping.set()
    thread.join(5)
    assert not thread.is_alive()


def test_models_of_two_providers_with_one_key_are_two_models(
    db: Database, server: ModelServer
) -> None:
    clients: dict[str, ChatClient] = {"openai": openai_compatible(server.url)}
    models = Models(db, clients)
    offer(server, {"id": GEMMA, "object": "model"}, {"id": "text-embedding-3", "object": "model"})
    Catalogue(models, clients).refresh()
    (local,) = models.list_models()[10:]
    assert local.tools is None  # nobody says: it is tried
    assert (local.key, local.provider, local.free, local.available) == (GEMMA, "openai", None, True)
    assert by_key(models, GEMMA) == local  # OpenRouter is not set up here
    with pytest.raises(ModelGoneError):
        models.choose(111, 2)


def test_gigachat_s_models_are_there_before_it_is_asked(db: Database) -> None:
    clients: dict[str, ChatClient] = {"gigachat": GigaChat("a2V5")}
    models = Models(db, clients)
    for _ in range(2):
        Catalogue(models, clients).introduce()
    known = [(m.key, m.tools) for m in models.list_models() if m.provider == "gigachat"]
    assert known == [("GigaChat-2", True), ("GigaChat-2-Pro", True), ("GigaChat-2-Max", True)]


# Whose model it is


def test_a_choice_is_one_s_own_and_the_others_follow_the_default(models: Models) -> None:
    assert models.choose(111, 5).id == 5
    models.set_active_model(3)
    assert (models.model_for(111).id, models.model_for(222).id) == (5, 3)
    models.choose(111, 6)
    assert models.model_for(111).id == 6
    models.follow_default(111)
    assert models.model_for(111).id == 3


@pytest.mark.parametrize("model_id", [0, -1, 11, 999_999_999])
def test_an_unknown_model_is_not_chosen(models: Models, model_id: int) -> None:
    models.choose(111, 4)
    with pytest.raises(ValueError, match="no model"):
        models.choose(111, model_id)
    assert models.model_for(111).id == 4
