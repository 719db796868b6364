"""From a model's Markdown to messages: nothing lost, nothing misread, messages that do not move."""

import pytest

from telegram.markdown import messages, render
from utf16 import units


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("List<String>", "List<String>"),
        ("`List<String>`", "List<String>"),
        ("2*3*4 = 24", "2*3*4 = 24"),
        ("2**3**4", "2**3**4"),
        ("a < b и c > d", "a < b и c > d"),
        ("<div>\nтекст\n</div>", "<div>\nтекст\n</div>"),
        ("snake_case_name", "snake_case_name"),
        ("# Заголовок", "Заголовок"),
        ("- раз\n- два", "• раз\n• два"),
        ("слово **жирное** и *косое*", "слово жирное и косое"),
        ("$E = mc^2$", "E = mc²"),
        ("```py\nif a<b: x*y*z\n```", "if a<b: x*y*z"),
    ],
)
def test_marks_are_read_as_they_were_meant(source: str, shown: str) -> None:
    assert render(source)[0].strip() == shown


def test_entities_lie_within_the_text() -> None:
    source = "😀 **жирный** `код` [ссылка](https://example.com)\n> цитата\n\n```py\nprint()\n```"
    text, entities = render(source)
    assert {"bold", "code", "text_link", "blockquote", "pre"} <= {e["type"] for e in entities}
    assert all(0 <= e["offset"] < e["offset"] + e["length"] <= units(text) for e in entities)


LONG = "\n\n".join(
    f"Абзац {n}: " + "слово " * 60 + f"\n```python\n{'code = 1  # комментарий' * 20}\n```"
    for n in range(20)
)


@pytest.mark.parametrize("step", [7, 1000])
def test_messages_that_are_full_never_change_while_the_text_grows(step: int) -> None:
    seen = list[object]()
    for at in range(step, len(LONG) + step, step):
        now = messages(LONG[:at])
        full = now[:-1]
        assert full[: len(seen)] == seen
        seen = list(full)
    assert len(seen) > 2


def test_code_that_crosses_a_border_is_code_on_both_sides() -> None:
    first, second = messages("```python\n" + "x = 1\n" * 1000 + "```")
    for text, entities in (first, second):
        assert entities == [
            {"type": "pre", "offset": 0, "length": units(text), "language": "python"}
        ]


def test_every_word_arrives_once() -> None:
    text = " ".join(f"слово{n}" for n in range(5000))
    assert " ".join(message for message, _ in messages(text)).split() == text.split()
