"""From a model's Markdown to messages: nothing lost, nothing misread, pages that do not move."""

import re

import pytest

from telegram.live import GrowingText
from telegram.markdown import render
from telegram.pages import PAGE_UNITS, Pager, pages
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


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_full_pages_never_change_while_the_text_grows(step: int) -> None:
    pager, seen = Pager(), list[str]()
    text = LONG[:9000] if step == 1 else LONG
    for at in range(0, len(text), step):
        pager.feed(text[at : at + step])
        assert pager.full[: len(seen)] == seen
        seen = list(pager.full)
    assert [*pager.full, pager.current] == pages(text)
    assert all(units(page) <= PAGE_UNITS + 10 for page in pager.full)


def test_every_page_closes_its_code() -> None:
    for page in pages(LONG):
        assert len(re.findall(r"^```", page, re.MULTILINE)) % 2 == 0


def test_every_word_arrives_once() -> None:
    text = " ".join(f"слово{n}" for n in range(5000))
    growing = GrowingText()
    for at in range(0, len(text), 37):
        growing.add(text[at : at + 37])
    shown = " ".join(message for message, _ in growing.messages())
    assert shown.split() == text.split()
