"""A note made of a model's answer: rendered where it is whole, without marks where it is not."""

import json
import time
from pathlib import Path

import pytest

from handlers.formatting import MARKS_READ, without_marks
from handlers.notes.files import make_export
from handlers.types import Request
from storage.note_rows import Note
from tests.conftest import StartInside
from tests.inside import NOON, Inside
from tests.talk import ANNA, bold
from texts import notes as texts

ANSWER = "# Код\n\nИтог **жирно**, степень 2**10.\n\n```python\ndef __init__(**kw): ...\n```"
PLAIN = "Код\n\nИтог жирно, степень 2**10.\n\ndef __init__(**kw): ...\n"


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    """Anna has note #1, an answer, and #2, the same letters typed by herself."""
    inside = start_inside(ALLOWED_USERS="*")
    for markdown in (True, False):
        inside.app.notes.keep(ANNA, Note(0, ANSWER, NOON, markdown=markdown))
    return inside


def shown(inside: Inside) -> tuple[str, list[str]]:
    """The last message: what stands under the head of the note, and what of it is bold."""
    params = next(p for _, p in reversed(inside.sent) if "text" in p and "chat_id" in p)
    message = {**params, "entities": json.loads(params.get("entities", "[]"))}
    return message["text"].partition("\n")[2], bold(message)


def test_the_whole_note_is_rendered_on_every_way_to_it(inside: Inside) -> None:
    inside.text(ANNA, "/note_list")
    opens = inside.buttons()["#1"]
    inside.text(ANNA, "/note_del 1")
    undo = inside.buttons()[texts.BUTTON_UNDO]
    for data in (undo, opens):
        inside.press(ANNA, data)
        text, marked = shown(inside)
        assert text == PLAIN.rstrip()
        assert marked == ["Код", "жирно"]
    inside.press(ANNA, inside.buttons()[texts.BUTTON_PIN])
    assert shown(inside) == (PLAIN.rstrip(), ["Код", "жирно"])


def test_what_a_person_typed_stays_as_it_is(inside: Inside) -> None:
    inside.text(ANNA, "/note 2")
    assert shown(inside) == (ANSWER, [])


@pytest.mark.parametrize("command", ["/note_list", "/note_find степень"])
def test_a_row_of_a_list_has_no_marks_but_all_of_the_code(inside: Inside, command: str) -> None:
    (said,) = inside.text(ANNA, command)
    typed, answer = said.split("\n\n#1 ")
    assert answer.partition("\n")[2] == PLAIN
    assert ANSWER in typed


@pytest.mark.parametrize(("wanted", "kept"), [("txt", PLAIN), ("md", ANSWER)])
def test_exported_text(inside: Inside, wanted: str, kept: str) -> None:
    inside.app.notes.delete(ANNA, 2, NOON)
    asked = Request(ANNA, ANNA, 1, NOON, private=True)
    (document,) = make_export(inside.app, asked, {"format": wanted}).documents
    assert Path(document.path).read_text("utf-8").endswith(f"\n{kept}\n\n")


def test_the_text_to_edit_has_no_marks_for_what_is_typed_is_plain(inside: Inside) -> None:
    inside.text(ANNA, "/note 1")
    shown_to_edit, asked = inside.press(ANNA, inside.buttons()[texts.BUTTON_EDIT])
    assert PLAIN in shown_to_edit
    assert "#1" in asked
    inside.text(ANNA, "/note_edit 1 **мои** звёзды")
    inside.text(ANNA, "/note 1")
    assert shown(inside) == ("**мои** звёзды", [])


def test_search_for_an_answer_gives_the_model_what_it_wrote(inside: Inside) -> None:
    found = inside.app.search.relevant(ANNA, "степень")
    assert [note.text for note in found] == [ANSWER, ANSWER]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**раз** и ***два***, «**три**».", "раз и два, «три»."),
        ("## Глава\n### Часть", "Глава\nЧасть"),
        ("`a**b` и ``c`d``", "a**b и c`d"),
        (
            "1. код:\n   ```sh\n   # не заголовок\n   ```\nдальше",
            "1. код:\n   # не заголовок\nдальше",
        ),
        ("~~~\n**kw\n~~~", "**kw\n"),
        ("```\nответ остановлен **", "ответ остановлен **"),
        ("```код``` в строке", "код в строке"),
        ("f(**kwargs) и **жирно**", "f(**kwargs) и жирно"),
        ("2**10, 2 ** 10, __init__, C#, #тег", "2**10, 2 ** 10, __init__, C#, #тег"),
        ("**не закрыто", "**не закрыто"),
    ],
)
def test_marks_go_and_letters_stay(markdown: str, text: str) -> None:
    assert without_marks(markdown) == text


@pytest.mark.parametrize(
    ("start", "rest"),
    [
        *[("", unit) for unit in ("**a ", "a** ", " **a*", "`a\n", "a*", "~", "# ", " ", "\n")],
        ("", "```\n"),
        ("~~~\n", "```\n"),
        ("**a", "a*"),
        ("`" * (MARKS_READ // 2), "a"),
        ("`" * (MARKS_READ // 2), "a`"),
        ("*" * (MARKS_READ // 2), "a"),
        ("".join("`" * length + "a" for length in range(1, 400)), "a"),
    ],
)
def test_no_text_takes_long_to_be_rid_of_marks(start: str, rest: str) -> None:
    """Ten times the text takes some ten times as long, not a hundred."""

    def seconds(share: int) -> float:
        opening, length = start[: len(start) // share], MARKS_READ // share
        text = (opening + rest * length)[:length]
        begun = time.process_time()
        without_marks(text)
        return time.process_time() - begun

    short = min(seconds(10) for _ in range(3))
    assert min(seconds(1) for _ in range(3)) < 40 * short + 0.05


def test_a_text_longer_than_any_answer_is_read_in_part() -> None:
    assert without_marks("**а** " * MARKS_READ).endswith("**а** **а** ")
