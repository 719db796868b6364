"""What a group sees: never what somebody has saved, and the way to where it is shown."""

import re

import pytest

from handlers import commands, links
from tests.conftest import StartInside
from tests.inside import Inside
from tests.talk import ANNA, GROUP, OWNER

SECRET = "сокровище"
PRIVATE = "Это я покажу только в личном чате."
KEPT = [row for row in commands.COMMANDS if row.private_only]


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    """Anna has a note, and one in the bin."""
    one = start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS="111")
    one.text(OWNER, "/start")
    one.text(ANNA, f"/note_add {SECRET} #тег")
    one.text(ANNA, f"/note_add {SECRET} второе")
    one.text(ANNA, "/note_del 2")
    one.sent.clear()
    return one


def shown_in_group(inside: Inside) -> str:
    return str([params for _, params in inside.sent if params.get("chat_id") == GROUP])


@pytest.mark.parametrize("row", commands.COMMANDS, ids=lambda row: row.name)
@pytest.mark.parametrize("args", ["", " 1", f" {SECRET[:5]}", " 2", " 1 новое"])
def test_no_command_shows_a_group_what_one_has_saved(
    inside: Inside, row: commands.Action, args: str
) -> None:
    inside.text(ANNA, f"/{row.name}{args}", chat_id=GROUP)
    assert SECRET not in shown_in_group(inside)
    assert "document" not in shown_in_group(inside)


@pytest.mark.parametrize("row", commands.BUTTONS, ids=lambda row: row.name)
@pytest.mark.parametrize("arguments", ["1", "2", "10:>9", ""])
def test_no_button_shows_a_group_what_one_has_saved(
    inside: Inside, row: commands.Action, arguments: str
) -> None:
    inside.press(ANNA, f"{row.name}:{arguments}@{ANNA}", chat_id=GROUP)
    assert SECRET not in str(inside.sent)


@pytest.mark.parametrize("row", KEPT, ids=lambda row: row.name)
def test_a_group_gets_a_button_to_the_chat_where_it_is_shown(
    inside: Inside, row: commands.Action
) -> None:
    args = {"note": "1", "note_find": SECRET, "note_ask": f"где {SECRET}?"}.get(row.name, "")
    assert inside.text(ANNA, f"/{row.name} {args}", chat_id=GROUP) == [PRIVATE]
    link = inside.buttons()["Открыть личный чат"]
    assert link.startswith("https://t.me/notes_bot?start=")
    followed = inside.text(ANNA, f"/start {link.partition('=')[2]}")
    assert followed == inside.text(ANNA, f"/{row.name} {args}") or row.name == "note_ask"
    assert followed


def test_a_press_in_a_group_is_told_where_it_works(inside: Inside) -> None:
    assert inside.press(ANNA, f"note:1@{ANNA}", chat_id=GROUP) == [PRIVATE, PRIVATE]
    assert inside.buttons() == {"Открыть личный чат": "https://t.me/notes_bot"}


def test_a_note_is_added_in_a_group_without_being_repeated(inside: Inside) -> None:
    said = inside.text(ANNA, f"/note_add {SECRET} третье", chat_id=GROUP)
    assert said == ["Сохранено: заметка #3."]
    assert SECRET in inside.text(ANNA, "/note 3")[0]


def test_a_note_is_deleted_and_taken_back_in_a_group_without_being_shown(inside: Inside) -> None:
    assert inside.text(ANNA, "/note_del 1", chat_id=GROUP) == ["Заметка #1 удалена."]
    back = inside.press(ANNA, inside.buttons()["↩️ Вернуть"], chat_id=GROUP)
    assert back == ["Заметка #1 снова на месте."] * 2
    assert inside.app.notes.count(ANNA) == 1


@pytest.mark.parametrize("command", ["allow 333", "backup", "note_add x", "nosuch", "", "note_del"])
def test_a_link_carries_nothing_but_what_shows_one_ones_own(inside: Inside, command: str) -> None:
    parameter = links.to_private_chat("b", command).partition("=")[2]
    (said,) = inside.text(OWNER, f"/start {parameter}")
    assert said.startswith("Здравствуйте!")
    assert inside.app.notes.count(OWNER) == 0
    assert inside.app.people.get(333) is None


@pytest.mark.parametrize("parameter", ["x", "====", "ключ", "_" * 64, "A" * 65, "bm90", "\x00"])
def test_a_link_of_somebody_else_is_a_plain_start(inside: Inside, parameter: str) -> None:
    assert inside.text(ANNA, f"/start {parameter}")[0].startswith("Здравствуйте!")


@pytest.mark.parametrize(
    ("command", "carried"),
    [
        ("note_find молоко и хлеб", "note_find молоко и хлеб"),
        ("note_find " + "ё" * 100, "note_find"),
        ("note_list", "note_list"),
    ],
)
def test_a_link_carries_as_much_as_telegram_takes(command: str, carried: str) -> None:
    parameter = links.to_private_chat("notes_bot", command).partition("=")[2]
    assert len(parameter) <= 64
    assert links.command_in(parameter) == carried


def test_the_help_of_a_group_lists_what_works_there(inside: Inside) -> None:
    inside.text(OWNER, "/help", chat_id=GROUP)
    pages = [inside.press(OWNER, data, chat_id=GROUP)[0] for data in inside.buttons().values()]
    listed = set(re.findall(r"^/\w+", "\n".join(pages), re.MULTILINE))
    assert "/note_add" in listed
    assert not listed & {f"/{row.name}" for row in KEPT}
    assert "/backup" not in listed
