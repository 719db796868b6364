"""What buttons carry: written and read by one codec, and by the buttons of older versions."""

import pytest

from config import MOST_ID
from handlers import buttons, commands
from handlers.parsing import number
from tests.conftest import StartInside
from tests.inside import Inside
from tests.talk import ANNA, BORIS, OWNER

OLD = "Кнопка устарела. Начните заново: /help"


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    """Anna has two notes, one of them in the bin."""
    one = start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS="111,222")
    one.text(OWNER, "/start")
    one.text(ANNA, "/note_add молоко")
    one.text(ANNA, "/note_add хлеб")
    one.text(ANNA, "/note_del 2")
    return one


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        ((), ()),
        ((7,), (number,)),
        ((7, 1, "слово"), (number, number, str)),
        ((7, "a:b@c:"), (number, str)),
        ((MOST_ID,), (number,)),
        (("",), (str,)),
    ],
)
def test_what_is_written_is_read(
    arguments: tuple[object, ...], fields: tuple[buttons.Field, ...]
) -> None:
    made = buttons.button("!", "act", *arguments)
    press = buttons.decode(buttons.encode(made.data, MOST_ID))
    assert (press.action, press.owner) == ("act", str(MOST_ID))
    assert buttons.arguments_of(press.arguments, fields) == arguments


def test_a_button_is_never_larger_than_telegram_takes() -> None:
    most = buttons.button("!", "act", "x" * 43).data
    assert len(buttons.encode(most, MOST_ID).encode()) == 64
    with pytest.raises(ValueError, match="too much"):
        buttons.button("!", "act", "x" * 44)


# The data as the version before wrote it: such buttons stand under messages for years.
EARLIER = [
    ("list:10:>2", "#1"),
    ("list:10:<p5", "#1"),
    ("note:1", "молоко"),
    ("edit:1", "Пришлите новый текст заметки #1"),
    ("del:1", "Заметка #1 удалена."),
    ("undo:2", "Заметка #2 снова на месте."),
    ("pin:1", "Заметка #1 закреплена."),
    ("save:", "Не вижу исходного сообщения"),
    ("model:2:0:gemma", "Теперь отвечает"),
    ("model:2", "Теперь отвечает"),
    ("models:0:", "Сейчас отвечает"),
    ("mode:fairy", "сказочный персонаж"),
    ("stop:1", "Останавливать нечего"),
    ("again:1", "Этот ответ уже не хранится"),
    ("keep:1", "Этот ответ уже не хранится"),
    ("find:1:>5", OLD),  # nothing was looked for
]


@pytest.mark.parametrize(("data", "words"), EARLIER)
def test_a_button_of_the_version_before_works(inside: Inside, data: str, words: str) -> None:
    assert any(words in said for said in inside.press(ANNA, f"{data}@{ANNA}"))


@pytest.mark.parametrize(("data", "words"), [("allow:333", "Впущен"), ("deny:333", "Отклонён")])
def test_an_owners_button_of_the_version_before_works(
    inside: Inside, data: str, words: str
) -> None:
    assert words in inside.press(OWNER, f"{data}@{OWNER}")[0]


def test_every_kind_of_button_that_there_was_is_pressed_here() -> None:
    pressed = {buttons.decode(f"{data}@1").action for data, _ in EARLIER} | {"allow", "deny"}
    assert {row.name for row in commands.BUTTONS} - pressed == {
        "about",
        "back",
        "do",
        "gathered",
        "help",
        "keep_voice",
        "look",
        "menu",
        "model_default",
        "models_default",
        "more",
        "owner_set",
        "owner_settings",
        "permit",
        "remind_cancel",
        "remind_done",
        "remind_edit",
        "remind_keep",
        "remind_note",
        "remind_note_at",
        "remind_open",
        "remind_pause",
        "remind_resume",
        "remind_snooze",
        "remind_to",
        "remind_undo",
        "reminders",
        "person",
        "retell",
        "stop_all",
        "stop_pack",
        "set",
        "settings",
        "tag",
        "tags",
        "tools",
        "unedit",
        "ungather",
        "unlimited",
        "users",
        "zone",
    }  # they came later


@pytest.mark.parametrize(
    "data",
    [
        "", ":", "nosuch:1", "list:51:>2", "list:0:>2", "list:10:2", "list:10", "find:x:>1",
        "note:", "note:0", "note:x", "note:-1", "note:٣", "del:1:2",
        "note:99999999999999999999",
        "model:", "model:x", "model:2:x", "model:2:-1:", "models:x", "models:1.5:", "mode:нет",
        "stop:", "again:①", "keep:1e9", "model:77", "find:9:>1",
    ],
)  # fmt: skip
def test_data_that_makes_no_sense_is_an_old_button(inside: Inside, data: str) -> None:
    assert inside.press(ANNA, f"{data}@{ANNA}") == [OLD]
    assert inside.app.models.model_for(ANNA).id == 1
    assert inside.app.notes.count(ANNA) == 1


@pytest.mark.parametrize("owner", [f"@{BORIS}", "@", "", "@x", f"@0{ANNA}"])
def test_a_button_of_somebody_else_does_nothing(inside: Inside, owner: str) -> None:
    said = inside.press(ANNA, f"del:1{owner}")
    assert said in (["Эта кнопка не для вас."], [OLD])
    assert inside.app.notes.count(ANNA) == 1
