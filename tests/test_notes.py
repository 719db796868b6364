"""Notes in the database: numbers, privacy, pages, the bin."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from db import Database
from files import Attachment
from storage.folding import fold
from storage.note_rows import Note
from storage.notes import BIN_S, TAKEN_IN_MOST, NoteNotFoundError, Notes
from storage.paging import Page, PageTurn, Place
from storage.search import Search
from storage.stemming import stem
from tests.talk import ANNA, BORIS

NOON = 1_700_000_000


def _numbers(page: Page) -> list[int]:
    return [note.number for note in page.notes]


def test_numbers_begin_at_one_for_each_author(notes: Notes) -> None:
    assert [notes.add(ANNA, "а", NOON), notes.add(ANNA, "б", NOON)] == [1, 2]
    assert notes.add(BORIS, "в", NOON) == 1


def test_a_number_is_never_used_again(notes: Notes) -> None:
    notes.add(ANNA, "а", NOON)
    notes.delete(ANNA, 1, NOON)
    notes.purge(NOON + BIN_S)
    assert notes.add(ANNA, "б", NOON) == 2


def test_lines_and_spaces_are_kept(notes: Notes) -> None:
    text = "  первая\n\n\tвторая  \n"
    notes.add(ANNA, text, NOON)
    assert notes.get(ANNA, 1).text == text


def test_a_stranger_reads_changes_and_deletes_nothing(notes: Notes, search: Search) -> None:
    notes.add(ANNA, "тайна #тайна", NOON, message=(ANNA, 5))
    acts: list[Callable[[], object]] = [
        lambda: notes.get(BORIS, 1),
        lambda: notes.edit(BORIS, 1, "взлом", NOON),
        lambda: notes.pin(BORIS, 1, True),
        lambda: notes.delete(BORIS, 1, NOON),
        lambda: notes.restore(BORIS, 1, NOON),
    ]
    notes.add(BORIS, "своя", NOON)
    notes.delete(BORIS, 1, NOON)
    notes.purge(NOON + BIN_S)
    for act in acts:
        with pytest.raises(NoteNotFoundError):
            act()
    for query in ("тайна", "т", "#тайна"):
        assert search.find(BORIS, query, 10).notes == []
    assert search.relevant(BORIS, "тайна") == []
    assert search.tags(BORIS) == []
    assert notes.made_of(BORIS, (ANNA, 5)) is None
    assert notes.page(BORIS, 10).notes == []
    assert notes.get(ANNA, 1).text == "тайна #тайна"


def test_the_count_follows_every_change(notes: Notes) -> None:
    for text in "абв":
        notes.add(ANNA, text, NOON)
    notes.delete(ANNA, 2, NOON)
    notes.delete(ANNA, 3, NOON)
    assert notes.count(ANNA) == 1
    notes.restore(ANNA, 2, NOON)
    assert notes.count(ANNA) == 2
    notes.purge(NOON + BIN_S)
    assert notes.count(ANNA) == 2
    assert notes.count(BORIS) == 0


def test_a_deleted_note_can_be_restored_for_thirty_days(notes: Notes) -> None:
    notes.add(ANNA, "а", NOON)
    notes.delete(ANNA, 1, NOON)
    with pytest.raises(NoteNotFoundError):
        notes.edit(ANNA, 1, "б", NOON)
    notes.restore(ANNA, 1, NOON + BIN_S - 1)
    assert notes.get(ANNA, 1).deleted_at is None
    notes.delete(ANNA, 1, NOON)
    with pytest.raises(NoteNotFoundError):
        notes.restore(ANNA, 1, NOON + BIN_S)


def test_what_lay_in_the_bin_for_thirty_days_is_gone(
    notes: Notes, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.notes.PURGE_BATCH", 2)
    for number in range(1, 8):
        notes.add(ANNA, "секрет", NOON)
        notes.delete(ANNA, number, NOON + number)
    assert notes.purge(NOON + BIN_S + 5) == 5
    assert [row["number"] for row in db.rows("SELECT number FROM notes")] == [6, 7]
    assert notes.purge(NOON + BIN_S + 5) == 0


def test_pinned_notes_come_first(notes: Notes) -> None:
    for text in "абвг":
        notes.add(ANNA, text, NOON)
    notes.pin(ANNA, 1, True)
    notes.pin(ANNA, 3, True)
    assert _numbers(notes.page(ANNA, 10)) == [3, 1, 4, 2]
    notes.pin(ANNA, 3, False)
    assert _numbers(notes.page(ANNA, 10)) == [1, 4, 3, 2]


def _older(page: Page) -> PageTurn:
    return PageTurn(older=True, place=Place(page.notes[-1].pinned, page.notes[-1].number))


def _newer(page: Page) -> PageTurn:
    return PageTurn(older=False, place=Place(page.notes[0].pinned, page.notes[0].number))


def test_pages_go_to_the_end_and_back(notes: Notes) -> None:
    for _ in range(7):
        notes.add(ANNA, "а", NOON)
    notes.pin(ANNA, 2, True)
    first = notes.page(ANNA, 3)
    second = notes.page(ANNA, 3, _older(first))
    third = notes.page(ANNA, 3, _older(second))
    assert [_numbers(page) for page in (first, second, third)] == [[2, 7, 6], [5, 4, 3], [1]]
    assert [(p.newer, p.older) for p in (first, second, third)] == [
        (False, True),
        (True, True),
        (True, False),
    ]
    assert notes.page(ANNA, 3, _newer(third)) == second
    assert notes.page(ANNA, 3, _newer(second)) == first


def test_pages_stay_right_when_notes_come_and_go(notes: Notes) -> None:
    for _ in range(9):
        notes.add(ANNA, "а", NOON)
    first = notes.page(ANNA, 3)
    notes.add(ANNA, "новая", NOON)
    notes.delete(ANNA, 7, NOON)  # the note that the next page begins behind
    notes.delete(ANNA, 5, NOON)
    second = notes.page(ANNA, 3, _older(first))
    assert _numbers(second) == [6, 4, 3]
    assert _numbers(notes.page(ANNA, 3, _newer(second))) == [10, 9, 8]


def test_behind_an_end_that_has_moved_is_the_first_page(notes: Notes) -> None:
    for _ in range(4):
        notes.add(ANNA, "а", NOON)
    first = notes.page(ANNA, 3)
    notes.delete(ANNA, 1, NOON)
    assert notes.page(ANNA, 3, _older(first)) == Page(first.notes)
    for number in (2, 3, 4):
        notes.delete(ANNA, number, NOON)
    assert notes.page(ANNA, 3, _older(first)) == Page([])
    assert notes.page(ANNA, 3, _newer(first)) == Page([])


def test_search_pages_turn_like_those_of_the_list(notes: Notes, search: Search) -> None:
    for number in range(1, 10):
        notes.add(ANNA, "молоко" if number % 2 else "хлеб", NOON)
    for query in ("мол", "м", "ко мо"):
        first = search.find(ANNA, query, 2)
        second = search.find(ANNA, query, 2, _older(first))
        third = search.find(ANNA, query, 2, _older(second))
        assert [_numbers(page) for page in (first, second, third)] == [[9, 7], [5, 3], [1]]
        assert search.find(ANNA, query, 2, _newer(third)) == second
        assert search.find(ANNA, query, 2, _newer(second)) == first


def test_every_reads_all_over_the_batches(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.notes.EXPORT_BATCH", 2)
    for number in range(6):
        notes.add(ANNA, str(number), NOON)
    notes.delete(ANNA, 3, NOON)
    notes.add(BORIS, "чужая", NOON)
    assert [note.text for note in notes.every(ANNA)] == ["0", "1", "3", "4", "5"]


def test_a_note_is_found_by_the_message_that_made_it(notes: Notes) -> None:
    notes.add(ANNA, "а", NOON, message=(ANNA, 5))
    made = notes.made_of(ANNA, (ANNA, 5))
    assert made is not None
    assert made.number == 1
    assert notes.made_of(ANNA, (BORIS, 5)) is None
    notes.delete(ANNA, 1, NOON)
    assert notes.made_of(ANNA, (ANNA, 5)) is None


def _exported(number: int, text: str, **fields: object) -> Note:
    return Note(number, text, NOON + number, **fields)  # type: ignore[arg-type]


def test_exported_notes_come_back_with_their_numbers_once(notes: Notes, search: Search) -> None:
    exported = [_exported(2, "два", pinned=True), _exported(7, "семь", origin="Пётр")]
    assert notes.take_in(ANNA, exported, set()) == 2
    assert list(notes.every(ANNA)) == exported
    assert notes.take_in(ANNA, exported, set()) == 0
    assert notes.count(ANNA) == 2
    assert _numbers(search.find(ANNA, "семь", 5)) == [7]
    assert notes.add(ANNA, "следующая", NOON) == 8


def test_a_number_that_is_taken_gives_way(notes: Notes) -> None:
    notes.add(ANNA, "своя", NOON)
    exported = [_exported(1, "из файла"), _exported(TAKEN_IN_MOST + 1, "огромный номер")]
    assert notes.take_in(ANNA, exported, set()) == 2
    assert [note.number for note in notes.every(ANNA)] == [1, 2, 3]
    assert notes.take_in(ANNA, exported, set()) == 0  # under other numbers, but the same notes


def test_two_equal_notes_of_one_second_stay_two(notes: Notes) -> None:
    notes.add(ANNA, "своя", NOON)
    notes.add(ANNA, "своя", NOON)
    exported = [Note(number, "равная", NOON + 1) for number in (1, 2, 5)]
    for new in (3, 0):  # under other numbers than in the file, and in batches
        matched: set[int] = set()
        assert sum(notes.take_in(ANNA, [note], matched) for note in exported) == new
    assert [note.text for note in notes.every(ANNA)] == ["своя"] * 2 + ["равная"] * 3


def test_notes_of_two_bots_with_one_number_and_second_are_two(notes: Notes) -> None:
    notes.add(ANNA, "этот бот", NOON)
    exported = [Note(1, "другой бот", NOON)]
    assert [notes.take_in(ANNA, exported, set()) for _ in range(2)] == [1, 0]
    assert [note.text for note in notes.every(ANNA)] == ["этот бот", "другой бот"]


def test_many_notes_of_one_second_hold_nobody_up(
    notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.notes.SAME_SECOND_MOST", 3)
    exported = [Note(number, "равная", NOON) for number in range(1, 9)]
    assert notes.take_in(ANNA, exported, set()) == 8
    assert notes.take_in(ANNA, exported, set()) == 0  # known by their numbers


def test_an_edited_note_is_not_taken_in_beside_itself(notes: Notes) -> None:
    notes.take_in(ANNA, [_exported(1, "старый текст")], set())
    notes.edit(ANNA, 1, "новый текст", NOON)
    assert notes.take_in(ANNA, [_exported(1, "старый текст")], set()) == 0
    assert notes.get(ANNA, 1).text == "новый текст"


SECRETS = ("Перепёлочка", "квазимодами", "unforgettable", "#тайнопись")


def _bytes(db: Database) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(db.path.parent.glob("notes.db*")))


def _traces(content: bytes) -> set[str]:
    """What of the secrets can still be read: as written, as search sees it, or their stems."""
    words = {form for word in SECRETS for form in (word, fold(word), stem(fold(word)))}
    # An index keeps of a word only what it does not share with the one before it.
    words |= {word[at : at + 4] for word in words for at in range(len(word) - 3)}
    return {word for word in words if word.encode() in content}


@pytest.mark.parametrize("neighbours", [0, 200])
def test_erased_for_good_is_so(db: Database, tmp_path: Path, neighbours: int) -> None:
    notes, chance = Notes(db), random.Random(neighbours)
    innocent = _traces(_bytes(db))  # «пере» is in other words, too
    numbers: dict[str, list[int]] = {"secret": [], "other": []}
    for at in range(neighbours + 20):
        secret = at % 20 == 7 or not neighbours
        text = "".join(chance.choices("абвгд ", k=chance.randint(1, 900)))
        text = f"{' '.join(SECRETS)} {text}" if secret else text
        numbers["secret" if secret else "other"].append(notes.add(ANNA, text, NOON))
    for number in chance.sample(numbers["other"], neighbours // 2):
        notes.edit(ANNA, number, "".join(chance.choices("абвгд ", k=1500)), NOON)
    edited = numbers["secret"].pop()
    notes.edit(ANNA, edited, "другой текст", NOON)
    for number in numbers["secret"]:
        notes.delete(ANNA, number, NOON)
    db.maintain()
    assert len(_traces(_bytes(db)) - innocent) > 20
    assert notes.purge(NOON + BIN_S) == len(numbers["secret"])
    db.maintain()
    assert _traces(_bytes(db)) == innocent
    copy = tmp_path / "copy.db"
    db.copy(copy)
    assert _traces(copy.read_bytes()) == innocent
    assert not {row[0] for row in db.rows("SELECT letters FROM block_letters")} & {"пе", "кв", "un"}


def test_erasing_leaves_the_others_to_be_found(notes: Notes, search: Search) -> None:
    for text in ("забыть молоко", "помнить молоко #дом"):
        notes.add(ANNA, text, NOON)
    notes.delete(ANNA, 1, NOON)
    notes.purge(NOON + BIN_S)
    for query in ("молоко", "мо", "м", "#дом"):
        assert _numbers(search.find(ANNA, query, 5)) == [2]
    assert [note.number for note in search.relevant(ANNA, "молока")] == [2]
    assert search.find(ANNA, "заб", 5).notes == []


def test_a_file_gets_another_name_wherever_it_is(notes: Notes) -> None:
    more = (Attachment("photo", "old"), Attachment("voice", "other", "б.ogg", 5, 42))
    notes.keep(ANNA, Note(0, "раз", NOON, file_kind="photo", file_id="old"))
    notes.keep(ANNA, Note(0, "два", NOON, file_kind="photo", file_id="x", more_files=more))
    notes.keep(BORIS, Note(0, "чужая", NOON, file_kind="photo", file_id="old"))
    notes.replace_file(ANNA, "old", Attachment("document", "new"))
    first, second = notes.every(ANNA)
    assert (first.file_kind, first.file_id) == ("document", "new")
    assert second.file_id == "x"
    assert second.more_files == (Attachment("document", "new"), more[1])
    assert notes.get(BORIS, 1).file_id == "old"
    assert notes.with_file(ANNA, "old") is None
    assert [notes.with_file(ANNA, name) for name in ("new", "other")] == [first, second]
    notes.delete(ANNA, 2, NOON)
    assert notes.with_file(ANNA, "other") is None


def test_a_file_that_got_another_name_is_the_same_as_in_its_export(notes: Notes) -> None:
    exported = Note(7, "раз", NOON, file_kind="photo", file_id="old")
    assert notes.take_in(ANNA, [exported], set()) == 1
    notes.replace_file(ANNA, "old", Attachment("photo", "new"))
    assert notes.take_in(ANNA, [exported], set()) == 0
    assert notes.take_in(ANNA, [replace(exported, number=8)], {7}) == 1
    # Under another number it is found by its moment and its text.
    assert notes.take_in(ANNA, [replace(exported, number=3)], {8}) == 0
    assert notes.take_in(ANNA, [replace(exported, number=3, file_id="third")], set()) == 1


def test_links_and_names_of_files_are_searched_and_forgotten(notes: Notes, search: Search) -> None:
    link = {"type": "text_link", "offset": 0, "length": 3, "url": "https://example.org/тайна"}
    notes.keep(ANNA, Note(0, "раз", NOON, entities=(link,), file_id="x", file_name="смета.xls"))
    notes.add_file(ANNA, 1, Attachment("document", "y", "договор.pdf"))
    for word in ("тайна", "смета", "договор"):
        assert [note.number for note in search.find(ANNA, word, 5).notes] == [1], word
    notes.edit(ANNA, 1, "два", NOON)
    assert search.find(ANNA, "тайна", 5).notes == []
    assert len(search.find(ANNA, "договор", 5).notes) == 1
    notes.delete(ANNA, 1, NOON)
    notes.restore(ANNA, 1, NOON)
    assert len(search.find(ANNA, "смета", 5).notes) == 1
    (shown,) = search.relevant(ANNA, "два")
    assert shown.text == "два"
    notes.edit(ANNA, 1, "раз", NOON, entities=(link,))
    (shown,) = search.relevant(ANNA, "раз")
    assert shown.text == "раз (https://example.org/тайна)"


def test_notes_after_a_number(notes: Notes) -> None:
    for text in ("раз", "два", "три"):
        notes.add(ANNA, text, NOON)
    assert [note.text for note in notes.every(ANNA, 1)] == ["два", "три"]
