"""Cutting texts into messages as Telegram counts them."""

import pytest

from telegram.splitting import split
from utf16 import MESSAGE_UNITS, head, units


@pytest.mark.parametrize(
    "text",
    [
        "a" * 4096,
        "a" * 4097,
        "я" * 10_000,
        "😀" * 5000,
        "слово " * 3000,
        "строка\n" * 2000,
        ("абзац " * 50 + "\n\n") * 30,
        "a" * 4095 + "😀" + "b" * 4096,
        "\n" * 5000 + "конец",
    ],
)
def test_every_piece_fits_and_every_word_arrives_once(text: str) -> None:
    pieces = [piece for piece, _ in split(text)]
    assert all(0 < units(piece) <= MESSAGE_UNITS and piece.strip() for piece in pieces)
    joined = "".join("".join(pieces).split())
    assert joined == "".join(text.split())


def test_a_text_that_fits_is_left_alone() -> None:
    assert [piece for piece, _ in split("a" * 4096)] == ["a" * 4096]


@pytest.mark.parametrize("text", [" \n ", "\u200b\u2060", "\u2800\u3164\ufeff", ""])
def test_blank_text_is_no_message(text: str) -> None:
    assert list(split(text)) == []


@pytest.mark.parametrize("text", ["🫨", "\ue000", "…", "e\u0301", "٣"])
def test_what_can_be_seen_is_a_message(text: str) -> None:
    assert [piece for piece, _ in split(text)] == [text]


def test_paragraphs_are_cut_before_words() -> None:
    text = "а" * 60 + "\n\n" + "б " * 30
    assert [piece for piece, _ in split(text, limit=80)] == ["а" * 60, "б " * 30]


def test_a_pair_of_surrogates_is_not_cut() -> None:
    assert head("😀😀", 3) == "😀"


def test_entities_go_with_their_words() -> None:
    text = "😀" * 10 + "\n" + "жирный"
    bold = {"type": "bold", "offset": 18, "length": 9}  # the last emoji, the break and the word
    pieces = list(split(text, [bold], limit=22))
    assert [p for p, _ in pieces] == ["😀" * 10, "жирный"]
    assert pieces[0][1] == [{"type": "bold", "offset": 18, "length": 2}]
    assert pieces[1][1] == [{"type": "bold", "offset": 0, "length": 6}]
