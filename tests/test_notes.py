"""Notes in the database: numbers, privacy, search."""

import pytest

from db import Database
from storage.notes import NoteNotFoundError, Notes

ANNA, BORIS = 111, 222
NOON = 1_700_000_000


@pytest.fixture
def notes(db: Database) -> Notes:
    return Notes(db)


def test_numbers_begin_at_one_for_each_author(notes: Notes) -> None:
    assert [notes.add(ANNA, "а", NOON), notes.add(ANNA, "б", NOON)] == [1, 2]
    assert notes.add(BORIS, "в", NOON) == 1


def test_a_number_is_never_used_again(notes: Notes) -> None:
    notes.add(ANNA, "а", NOON)
    notes.delete(ANNA, 1)
    assert notes.add(ANNA, "б", NOON) == 2


def test_lines_and_spaces_are_kept(notes: Notes) -> None:
    text = "  первая\n\n\tвторая  \n"
    notes.add(ANNA, text, NOON)
    assert notes.get(ANNA, 1).text == text


def test_a_stranger_reads_changes_and_deletes_nothing(notes: Notes) -> None:
    notes.add(ANNA, "тайна", NOON)
    for act in (
        lambda: notes.get(BORIS, 1),
        lambda: notes.edit(BORIS, 1, "взлом", NOON),
        lambda: notes.delete(BORIS, 1),
    ):
        with pytest.raises(NoteNotFoundError):
            act()
    assert notes.find(BORIS, "тайна", 10) == []
    assert notes.get(ANNA, 1).text == "тайна"


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Привет, мир", "ПРИВЕТ"),
        ("ПрИвЕт", "привет"),
        ("Ёлка", "елка"),
        ("елка", "ЁЛКА"),
        ("скидка 50% сегодня", "50%"),
        ("snake_case", "e_c"),
        ("it's", "'"),
        ("кафе\u0301", "кафе\u0301"),
        ("и\u0306од", "йод"),  # a decomposed й, as some keyboards send it
    ],
)
def test_search_finds(notes: Notes, text: str, query: str) -> None:
    notes.add(ANNA, text, NOON)
    assert [note.text for note in notes.find(ANNA, query, 10)] == [text]


@pytest.mark.parametrize(("text", "query"), [("50 рублей", "50%"), ("снег", "с_ег"), ("а", "б")])
def test_search_does_not_find(notes: Notes, text: str, query: str) -> None:
    notes.add(ANNA, text, NOON)
    assert notes.find(ANNA, query, 10) == []


def test_search_follows_an_edit(notes: Notes) -> None:
    notes.add(ANNA, "старое", NOON)
    notes.edit(ANNA, 1, "Новое", NOON + 5)
    assert notes.find(ANNA, "старое", 10) == []
    assert notes.find(ANNA, "новое", 10)[0].edited_at == NOON + 5


def test_latest_come_newest_first(notes: Notes) -> None:
    for text in "абв":
        notes.add(ANNA, text, NOON)
    assert [note.text for note in notes.latest(ANNA, 2)] == ["в", "б"]
    assert notes.count(ANNA) == 3


def test_every_reads_all_over_the_batches(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.notes.EXPORT_BATCH", 2)
    for number in range(5):
        notes.add(ANNA, str(number), NOON)
    notes.add(BORIS, "чужая", NOON)
    assert [note.text for note in notes.every(ANNA)] == ["0", "1", "2", "3", "4"]
