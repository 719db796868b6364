"""Who may spend the owner's money, and which models somebody is shown at all."""

from typing import Any

import pytest

from llm.model_list import CatalogueEntry
from storage.models import Models
from tests.conftest import StartInside
from tests.gigachat import KEY
from tests.inside import Inside
from tests.talk import ANNA, OWNER

HOUR = 3600
PAID = CatalogueEntry("vendor/a-model-with-quite-a-long-name", "Дорогая", 9000, False, True)
OTHER = CatalogueEntry("vendor/other", "Другая", 9000, False, True)
OPENROUTER: dict[str, str] = {"OPENROUTER_API_KEY": "sk-or-test"}


def offering(start_inside: StartInside, **settings: str) -> Inside:
    inside = start_inside(**(OPENROUTER | settings))
    free = inside.app.models.list_models()
    inside.app.models.merge("openrouter", free, [PAID, OTHER])
    return inside


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    """Anna is let in; two models are offered for money."""
    one = offering(start_inside, OWNER_ID=str(OWNER), ALLOWED_USERS="111")
    one.text(OWNER, "/start")
    one.sent.clear()
    return one


def test_a_guest_who_asks_for_a_paid_model_spends_nothing_and_the_owner_is_asked(
    inside: Inside,
) -> None:
    inside.text(ANNA, f"/model {PAID.key.upper()}")
    (answer,) = inside.said_to(ANNA)
    assert answer.startswith("Дорогая — платная модель, за неё платит владелец бота.")
    assert inside.said_to(OWNER) == [
        f"user111 (@user111, id 111) просит платную модель Дорогая [{PAID.key}]. "
        "Разрешить её всем, кто пишет боту?"
    ]
    assert "Дорогая" not in inside.text(ANNA, "/models")[0]
    assert inside.app.models.model_for(ANNA).id == 1


def test_one_tap_of_the_owner_permits_it_and_the_guest_is_told(inside: Inside) -> None:
    inside.text(ANNA, f"/model {PAID.key}")
    said = inside.press(OWNER, inside.buttons()["Разрешить"])
    assert "Владелец бота разрешил модель Дорогая. Выбрать её: /model 11" in said
    assert said.count(f"Модель 11. Дорогая [{PAID.key}] теперь в списке для всех: /models") == 2
    assert inside.text(ANNA, "/model 11")[0].startswith("Теперь отвечает Дорогая")
    assert inside.text(ANNA, f"/model {PAID.key}")[0].startswith("Теперь отвечает Дорогая")


def test_the_owner_is_asked_once_an_hour(inside: Inside) -> None:
    inside.text(ANNA, f"/model {PAID.key}")
    assert "недавно уже спрашивал" in inside.text(ANNA, f"/model {OTHER.key}")[0]
    assert len(inside.said_to(OWNER)) == 1
    inside.now += HOUR
    inside.text(ANNA, f"/model {OTHER.key}")
    assert len(inside.said_to(OWNER)) == 2


def test_nobody_but_the_owner_permits(inside: Inside) -> None:
    inside.text(ANNA, f"/model {PAID.key}")
    data = inside.buttons()["Разрешить"].rpartition("@")[0]
    assert inside.press(ANNA, f"{data}@{ANNA}") == [
        "Эта команда — для владельца бота. Что можно вам: /help"
    ]
    assert inside.app.models.by_key(PAID.key) is None


def test_a_guest_who_lost_access_is_not_told(inside: Inside) -> None:
    inside.text(ANNA, f"/model {PAID.key}")
    permit = inside.buttons()["Разрешить"]
    inside.text(OWNER, "/deny 111")
    assert not any("Владелец бота разрешил" in said for said in inside.press(OWNER, permit))


def test_an_offer_that_is_gone_is_an_old_button(inside: Inside) -> None:
    inside.text(ANNA, f"/model {PAID.key}")
    inside.app.models.merge("openrouter", inside.app.models.list_models(), [OTHER])
    assert "устарела" in inside.press(OWNER, inside.buttons()["Разрешить"])[0]


def test_the_owner_adds_a_paid_model_unasked(inside: Inside) -> None:
    assert inside.text(OWNER, f"/model {PAID.key}")[0].startswith("Теперь отвечает Дорогая")


def test_with_no_owner_nobody_adds_a_paid_model(start_inside: StartInside) -> None:
    inside = offering(start_inside, ALLOWED_USERS="*")
    assert "его пока нет" in inside.text(ANNA, f"/model {PAID.key}")[0]
    assert inside.app.models.by_key(PAID.key) is None


# --- which models there are


def test_with_gigachat_alone_its_first_model_answers_and_only_its_models_are_listed(
    start_inside: StartInside,
) -> None:
    inside = start_inside(ALLOWED_USERS="*", GIGACHAT_CLIENT_SECRET=KEY)
    assert inside.text(ANNA, "/model")[0].startswith("Сейчас отвечает 11. GigaChat-2 [GigaChat-2]")
    (listed,) = inside.text(ANNA, "/models")
    assert listed.startswith("Сейчас отвечает 11. GigaChat-2")
    assert "openrouter" not in listed
    assert len(inside.buttons()) == 3 + 1  # and back to the settings


def test_with_a_local_server_alone_its_first_model_answers(start_inside: StartInside) -> None:
    inside = start_inside(ALLOWED_USERS="*", OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    assert inside.text(ANNA, "/models") == [
        "Моделей пока нет: список поставщика ещё не прочитан. Попробуйте через минуту."
    ]
    local = CatalogueEntry("llama", "llama", None, None, True)
    inside.app.models.merge("openai", [local], [])
    assert inside.app.models.model_for(ANNA).key == "llama"
    assert inside.text(ANNA, "/models")[0].startswith("Сейчас отвечает 11. llama")


def test_with_nothing_set_up_the_ten_rows_show_what_a_key_gives(start_inside: StartInside) -> None:
    inside = start_inside(ALLOWED_USERS="*")
    assert inside.text(ANNA, "/models")
    assert len(inside.buttons()) == 10 + 1
    assert inside.app.models.model_for(ANNA).id == 1


def test_a_choice_waits_for_its_provider_to_come_back(start_inside: StartInside) -> None:
    both: dict[str, Any] = OPENROUTER | {"ALLOWED_USERS": "*", "GIGACHAT_CLIENT_SECRET": KEY}
    inside = start_inside(OWNER_ID=str(OWNER), **both)
    inside.text(ANNA, "/model GigaChat-2-Pro")
    inside = start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS="*", **OPENROUTER)
    assert inside.app.models.model_for(ANNA).id == 1
    inside = start_inside(OWNER_ID=str(OWNER), **both)
    assert inside.app.models.model_for(ANNA).key == "GigaChat-2-Pro"


@pytest.mark.parametrize(
    ("offered", "kept"),
    [("Free Models Router", "Любая бесплатная"), ("Свободные модели", "Свободные модели")],
)
def test_a_model_keeps_its_russian_name_after_the_catalogue_is_read(
    inside: Inside, offered: str, kept: str
) -> None:
    models: Models = inside.app.models
    entry = CatalogueEntry("openrouter/free", offered, 8192, True, True)
    models.merge("openrouter", [entry], [])
    assert models.get_active_model().label == kept
