"""Entities of a text: kept, cut, joined, and written as Markdown."""

from typing import Any

import pytest

import entities
from utf16 import units

TEXT = "до 😀 жирно и ссылка\nцитата в\nдве строки к`од"
Json = dict[str, Any]


def of(kind: str, words: str, text: str = TEXT, **details: str) -> Json:
    return {
        "type": kind,
        "offset": units(text[: text.index(words)]),
        "length": units(words),
        **details,
    }


LINK = of("text_link", "ссылка", url="https://a.b/(c)")
MARKED = (
    of("bold", "😀 жирно"),
    LINK,
    of("italic", " ссылка\n"),
    of("blockquote", "цитата в\nдве строки"),
    of("code", "к`од"),
)


def test_markdown_says_the_same_as_the_entities() -> None:
    assert entities.to_markdown(TEXT, MARKED) == (
        "до **😀 жирно** и [_ссылка_](https://a.b/(c%29)\n> цитата в\n> две строки ``к`од``"
    )


@pytest.mark.parametrize(
    ("text", "marks", "expected"),
    [
        ("a", [of("bold", "a", "a"), of("italic", "a", "a")], "**_a_**"),
        ("a b", [of("bold", "a b", "a b"), of("italic", "b", "a b")], "**a _b_**"),
        ("a b", [of("bold", "a", "a b"), of("italic", "b", "a b")], "**a** _b_"),
        ("a b", [of("strikethrough", " ", "a b")], "a b"),
        ("a b", [of("pre", "b", "a b", language="py")], "a \n```py\nb\n```"),
        ("a\nb", [of("pre", "b", "a\nb")], "a\n```\nb\n```"),
        ("a", [of("spoiler", "a", "a"), of("underline", "a", "a")], "||<u>a</u>||"),
        ("a", [of("bold", "a", "a"), of("expandable_blockquote", "a", "a")], "> **a**"),
    ],
)
def test_marks_stand_where_markdown_reads_them(text: str, marks: list[Json], expected: str) -> None:
    assert entities.to_markdown(text, marks) == expected


def test_addresses_stand_behind_their_words() -> None:
    again = of("text_link", "жирно", url="tg://x")
    shown = entities.with_addresses(TEXT, [LINK, again, MARKED[0]])
    assert shown.startswith("до 😀 жирно (tg://x) и ссылка (https://a.b/(c))\nцитата")
    assert entities.addresses([*MARKED, again]) == ["https://a.b/(c)", "tg://x"]


@pytest.mark.parametrize(
    "entity",
    [
        None,
        "bold",
        {},
        {"type": "bold"},
        {"type": ["bold"], "offset": 0, "length": 1},
        {"type": "mention", "offset": 0, "length": 1},
        {"type": "bold", "offset": -1, "length": 2},
        {"type": "bold", "offset": 0, "length": 0},
        {"type": "bold", "offset": 0.0, "length": 1},
        {"type": "bold", "offset": True, "length": 1},
        {"type": "bold", "offset": 0, "length": units(TEXT) + 1},
        {"type": "bold", "offset": 4, "length": 1},  # the middle of 😀
        {"type": "bold", "offset": 0, "length": 4},
        {"type": "text_link", "offset": 0, "length": 1},
        {"type": "text_link", "offset": 0, "length": 1, "url": ""},
        {"type": "text_link", "offset": 0, "length": 1, "url": "a\nb"},
        {"type": "text_link", "offset": 0, "length": 1, "url": "a" * 2049},
        {"type": "text_link", "offset": 0, "length": 1, "url": 5},
    ],
)
def test_what_cannot_be_shown_is_not_kept(entity: Any) -> None:
    assert entities.kept(TEXT, [entity, LINK]) == (LINK,)


def test_what_is_kept_is_bounded_and_has_nothing_else() -> None:
    noisy = {**LINK, "user": {"id": 1}, "language": None}
    assert entities.kept(TEXT, [noisy] * 150) == (LINK,) * 100
    code = of("pre", "од")
    assert entities.kept(TEXT, [{**code, "language": None}]) == (code,)


def test_the_end_of_a_text_keeps_its_part_of_the_entities() -> None:
    end = "жирно и ссылка\nцитата в\nдве строки к`од"
    cut = entities.of_end(TEXT, MARKED, end)
    assert cut[:2] == (of("bold", "жирно", end), {**LINK, "offset": LINK["offset"] - 6})
    assert entities.of_end(TEXT, MARKED, "другое") == ()
    assert entities.of_end(TEXT, MARKED, "") == ()


def test_joined_texts_keep_their_entities() -> None:
    other = ("😀 б", (of("bold", "б", "😀 б"),))
    text, marks = entities.joined([(" ", ()), other, ("", ()), other], "\n\n")
    assert text == "😀 б\n\n😀 б"
    assert marks == (
        {"type": "bold", "offset": 3, "length": 1},
        {"type": "bold", "offset": 9, "length": 1},
    )
    assert len(entities.joined([("а" * 9, ({**other[1][0]},) * 90)] * 2, "")[1]) == 100
