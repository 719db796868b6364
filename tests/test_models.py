"""The registry: exactly one model is active."""

import sqlite3

import pytest

from db import Database
from storage.models import Models, NoModelsError


@pytest.fixture
def models(db: Database) -> Models:
    return Models(db)


def test_ten_models_from_the_first_start(models: Models) -> None:
    assert len(models.list_models()) == 10
    assert models.get_active_model().key == "openrouter/free"


@pytest.mark.parametrize("model_id", [7, 3, 10, 1])
def test_switching_up_and_down(models: Models, model_id: int) -> None:
    models.set_active_model(5)
    assert models.set_active_model(model_id).id == model_id
    assert [m.id for m in models.list_models() if m.active] == [model_id]


@pytest.mark.parametrize("model_id", [0, -1, 11, 999_999_999])
def test_an_unknown_id_changes_nothing(models: Models, db: Database, model_id: int) -> None:
    models.set_active_model(4)
    with pytest.raises(ValueError, match="no model"):
        models.set_active_model(model_id)
    with db.transaction(), pytest.raises(ValueError, match="no model"):
        models.set_active_model(model_id)
    assert models.get_active_model().id == 4


def test_with_no_active_row_the_first_becomes_active(models: Models, db: Database) -> None:
    with db.transaction() as connection:
        connection.execute("UPDATE models SET active = 0")
        connection.execute("DELETE FROM models WHERE id = 1")
    assert models.get_active_model().id == 2
    assert models.list_models()[0].active


def test_an_empty_registry_is_an_error(models: Models, db: Database) -> None:
    with db.transaction() as connection:
        connection.execute("DELETE FROM models")
    with pytest.raises(NoModelsError):
        models.get_active_model()


def test_two_active_models_are_impossible(db: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError), db.transaction() as connection:
        connection.execute("UPDATE models SET active = 1")
