"""The table of styles may hold anything: /mode always answers."""

import logging

import pytest

from tests.conftest import StartInside
from tests.inside import Inside
from tests.talk import ANNA


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    return start_inside(ALLOWED_USERS="*")


def add(inside: Inside, key: str, label: str = "странный") -> None:
    with inside.db.transaction() as connection:
        connection.execute("INSERT INTO styles VALUES (?, ?, 'Отвечай странно.')", (key, label))


@pytest.mark.parametrize(
    "key",
    [
        "х" * 200, "x" * 64, "Капитан", "два слова", "a:b:c", "a@b", "%s{0}", "'; --", " с краю ",
        "x" * 5000, "🏴‍☠️", "x\ny", "-",
    ],
)  # fmt: skip
def test_a_style_with_an_odd_key_is_listed_and_chosen(inside: Inside, key: str) -> None:
    add(inside, key)
    assert any("странный" in said for said in inside.text(ANNA, "/mode"))
    if (data := inside.buttons().get("странный")) is not None:
        assert "Теперь отвечаю так: странный." in inside.press(ANNA, data)
    assert inside.text(ANNA, f"/mode {key.upper()[:4000]}") == (
        ["Теперь отвечаю так: странный."]
        if len(key) <= 4000
        else [f"Стиля «{'X' * 49}…» нет. Посмотрите список: /mode"]
    )


@pytest.mark.parametrize("key", ["", "  ", "custom", "CUSTOM"])
def test_a_style_that_nobody_can_choose_is_named_in_the_log(
    inside: Inside, caplog: pytest.LogCaptureFixture, key: str
) -> None:
    add(inside, key)
    with caplog.at_level(logging.WARNING):
        (said,) = inside.text(ANNA, "/mode")
    assert "странный" not in said
    assert f"Стиль с ключом «{key}» нельзя выбрать" in caplog.text


def test_a_style_without_a_name_is_called_by_its_key(inside: Inside) -> None:
    add(inside, "pirate", "  ")
    inside.text(ANNA, "/mode")
    assert "Теперь отвечаю так: pirate." in inside.press(ANNA, inside.buttons()["pirate"])


def test_two_hundred_styles_are_listed(inside: Inside) -> None:
    for number in range(200):
        add(inside, f"style{number}", f"номер {number}")
    listed = "\n".join(inside.text(ANNA, "/mode"))
    assert "style199 — номер 199" in listed
    assert len(inside.buttons()) == 60 + 1  # and back to the settings
