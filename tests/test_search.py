"""Search: exactly the notes that hold the query, tags, and notes that bear upon a question."""

import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db import Database
from storage.excerpts import excerpt
from storage.folding import fold, hits
from storage.notes import Notes
from storage.search import RELEVANT_LEAST, SEARCHES_KEPT, Search
from tests.talk import ANNA, BORIS

NOON = 1_700_000_000
FIRST_SCHEMA = Path(__file__).parent / "data" / "schema_1.sql"


def _texts(search: Search, query: str) -> list[str]:
    return [note.text for note in search.find(ANNA, query, 100).notes]


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
        ("Straße", "STRASSE"),
        ("купить молоко и хлеб", "хлеб купить"),
        ("а\x00молоко", "молоко"),
        ("😀😀", "😀"),
        ('сказал "да" *всем*', '"да" *всем*'),
        ("NEAR(a b) -c", "NEAR(a -c"),
        ("col:x AND y OR z", "OR col:x"),
        ("слово " * 600, "слово " * 600),
        ("а" * 4000, "а" * 4000),
    ],
)
def test_search_finds(notes: Notes, search: Search, text: str, query: str) -> None:
    notes.add(ANNA, text, NOON)
    assert _texts(search, query) == [text]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("50 рублей", "50%"),
        ("снег", "с_ег"),
        ("а", "б"),
        ("привет", "прив*"),
        ("привет мир", "привет -мир"),
        ("привет", "привет OR пока"),
        ("а" * 3999, "а" * 4000),
        ("\ufffe\ufffe\ufffe", "\uffff\uffff\uffff"),  # one and the same to the tokenizer
        ("привет", "   "),
    ],
)
def test_search_does_not_find(notes: Notes, search: Search, text: str, query: str) -> None:
    notes.add(ANNA, text, NOON)
    assert _texts(search, query) == []


# Few letters that are often the same, and all of Unicode but lone surrogates.
LETTERS = st.sampled_from("аёеЕБ aß\u0301\u0306и\x00😀\"*-'\n\ufffe\uffff\u0130ﬁ한\u1161")
ANY = st.characters(codec="utf-8", exclude_characters="#")  # a tag is found as a whole
TEXT = st.text(LETTERS, max_size=12) | st.text(LETTERS | ANY, max_size=20)


@contextmanager
def _fresh() -> Iterator[tuple[Notes, Search]]:
    with TemporaryDirectory() as folder, closing(Database(Path(folder) / "n.db")) as db:
        yield Notes(db), Search(db)


@settings(deadline=None, max_examples=150)
@given(texts=st.lists(TEXT, max_size=8), queries=st.lists(TEXT, min_size=1, max_size=6))
def test_search_finds_exactly_what_holds_the_query(texts: list[str], queries: list[str]) -> None:
    with _fresh() as (notes, search):
        for text in texts:
            notes.add(ANNA, text, NOON)
        parts = [text[at : at + 4] for text in texts for at in range(0, len(text), 5)]
        for query in [*queries, *parts]:
            words = fold(query).split()
            expected = [t for t in texts if words and all(word in fold(t) for word in words)]
            assert _texts(search, query) == expected[::-1], query


CHANGES = st.lists(
    st.tuples(st.sampled_from(["add", "edit", "delete", "restore"]), st.integers(1, 4), TEXT),
    max_size=12,
)


@settings(deadline=None, max_examples=100)
@given(changes=CHANGES, query=TEXT.filter(str.strip))
def test_the_index_follows_every_change(changes: list[tuple[str, int, str]], query: str) -> None:
    with _fresh() as (notes, search):
        here: dict[int, str] = {}
        binned: dict[int, str] = {}
        for act, number, text in changes:
            if act == "add":
                here[notes.add(ANNA, text, NOON)] = text
            elif act == "edit" and number in here:
                notes.edit(ANNA, number, text, NOON)
                here[number] = text
            elif act == "delete" and number in here:
                notes.delete(ANNA, number, NOON)
                binned[number] = here.pop(number)
            elif act == "restore" and number in binned:
                notes.restore(ANNA, number, NOON)
                here[number] = binned.pop(number)
        for wanted in [query, *here.values(), *binned.values()]:
            words = fold(wanted).split()
            found = {n.number for n in search.find(ANNA, wanted, 100).notes}
            assert found == {
                number
                for number, text in here.items()
                if words and all(word in fold(text) for word in words)
            }


@given(text=TEXT, word=TEXT)
def test_hits_are_where_the_folded_word_is(text: str, word: str) -> None:
    text, word = unicodedata.normalize("NFC", text), fold(word)
    found = hits(text, [word]) if word else []
    assert bool(found) == (word != "" and word in fold(text))
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(end < later for (_, end), (later, _) in pairwise(found))
    assert all(word in fold(text[start:end]) for start, end in found)


def test_hits_count_in_letters_of_the_text() -> None:
    assert hits("Straße и STRASSE", ["ss"]) == [(4, 5), (13, 15)]
    assert hits("молоко и хлеб", ["хл", "моло", "око"]) == [(0, 6), (9, 11)]


def test_a_failed_change_leaves_the_index_as_it_was(
    db: Database, notes: Notes, search: Search
) -> None:
    notes.add(ANNA, "старое", NOON)

    def fail() -> None:
        with db.transaction():
            notes.edit(ANNA, 1, "новое", NOON)
            notes.add(ANNA, "ещё", NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert _texts(search, "старое") == ["старое"]
    assert _texts(search, "новое") == _texts(search, "щ") == []


def test_rare_letters_are_found_in_blocks_far_apart(notes: Notes, search: Search) -> None:
    texts = [f"{number} щъ" if number in (0, 700) else "обычная" for number in range(900)]
    for text in texts:
        notes.add(ANNA, text, NOON)
    assert _texts(search, "ъ") == _texts(search, "щъ") == ["700 щъ", "0 щъ"]
    assert _texts(search, "щ ъ 70") == ["700 щъ"]
    assert _texts(search, "обычная ъ") == []


def test_a_tag_finds_itself_and_not_what_begins_with_it(notes: Notes, search: Search) -> None:
    notes.add(ANNA, "купить #Дом", NOON)
    notes.add(ANNA, "#домашка и #2025 год", NOON)
    notes.add(ANNA, "ссылка http://x/#дом", NOON)
    assert _texts(search, "#дом") == ["ссылка http://x/#дом", "купить #Дом"]
    assert _texts(search, "#дом куп") == ["купить #Дом"]
    assert _texts(search, "#ДОМ к") == ["ссылка http://x/#дом", "купить #Дом"]
    assert _texts(search, "#2025") == ["#домашка и #2025 год"]  # digits alone are no tag
    for nothing in ("#!!!", "##дом", "#домаш"):
        assert _texts(search, nothing) == []


def test_tags_are_counted_by_notes(notes: Notes, search: Search) -> None:
    for text in ("#Ёлка #елка #дом", "#дом", "нет", "а#б #a_1 #1"):
        notes.add(ANNA, text, NOON)
    notes.add(BORIS, "#чужой", NOON)
    assert search.tags(ANNA) == [("#дом", 2), ("#a_1", 1), ("#елка", 1)]
    notes.delete(ANNA, 1, NOON)
    notes.edit(ANNA, 2, "#работа", NOON)
    assert search.tags(ANNA) == [("#a_1", 1), ("#работа", 1)]
    notes.restore(ANNA, 1, NOON)
    assert ("#дом", 1) in search.tags(ANNA)
    assert search.tags(333) == []


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("встреча с Петром во вторник", "Когда мои встречи?"),
        ("записался на приём к врачу", "что там с приёмами у врачей"),
        ("купил ёлку за 3000", "Сколько стоила елка?"),
        ("running shoes, 90 euro", "how much were the shoes I run in"),
        ("код от домофона 4815", "4815"),
    ],
)
def test_endings_hide_no_note_from_a_question(
    notes: Notes, search: Search, text: str, question: str
) -> None:
    notes.add(ANNA, "совсем о другом: погода на завтра", NOON)
    notes.add(ANNA, text, NOON)
    notes.add(BORIS, text, NOON)
    assert [note.number for note in search.relevant(ANNA, question)] == [2]


def test_the_notes_that_share_more_with_a_question_come_first(notes: Notes, search: Search) -> None:
    for text in ("отпуск", "билеты в театр", "билеты на море в отпуск", "море волнуется"):
        notes.add(ANNA, text, NOON)
    best = search.relevant(ANNA, "какие билеты я взял в отпуск на море?")
    assert best[0].number == 3
    assert len(best) == 4
    assert len(search.relevant(ANNA, "билеты, отпуск, море", limit=2)) == 2


def test_notes_for_a_question_keep_within_the_budget(notes: Notes, search: Search) -> None:
    for length in (500, 5000, 2000, 600):
        notes.add(ANNA, "море " + "я" * length, NOON)
    for budget in (2200, 3000, 5000, 12_000):
        found = search.relevant(ANNA, "море", budget=budget)
        assert sum(len(note.text) for note in found) <= budget
        assert found[0].number == 4
    assert {note.number for note in found} == {1, 2, 3, 4}


FAR = "пустые слова " * 1000


@pytest.mark.parametrize("budget", [0, 100, 2000, 12_000])
def test_a_note_longer_than_the_budget_comes_with_its_best_part(
    notes: Notes, search: Search, budget: int
) -> None:
    notes.add(ANNA, f"встреча {FAR} встреча с Петром во вторник {FAR}", NOON)
    (note,) = search.relevant(ANNA, "Когда встречи с Петром?", budget=budget)
    assert "встреча с Петром во вторник" in note.text
    assert len(note.text) <= max(budget, RELEVANT_LEAST)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("автокафе на трассе", "какие кафе"),  # a part of a word
        ("где", "где"),  # nothing but a word that says nothing
        ("скидка 5% #дом", "5%"),
        ("#дом", "#дом"),
        ("x" * 50, "x" * 50),  # too long for a stem
        ("😀", "😀"),
    ],
)
def test_a_question_finds_what_a_search_finds(
    notes: Notes, search: Search, text: str, question: str
) -> None:
    notes.add(ANNA, text, NOON)
    notes.add(ANNA, "совсем о другом", NOON)
    notes.add(BORIS, text, NOON)
    assert [note.number for note in search.relevant(ANNA, question, budget=0)] == [1]


@settings(deadline=None, max_examples=100)
@given(texts=st.lists(TEXT.filter(str.strip), min_size=1, max_size=5), at=st.integers(0, 4))
def test_what_a_search_finds_is_never_nothing_for_a_question(texts: list[str], at: int) -> None:
    with _fresh() as (notes, search):
        for text in texts:
            notes.add(ANNA, text, NOON)
        question = texts[at % len(texts)]
        if search.find(ANNA, question, 1).notes:
            assert search.relevant(ANNA, question, budget=0)


@given(text=st.text(LETTERS | ANY), question=TEXT, room=st.integers(1, 60))
def test_an_excerpt_fits_its_room(text: str, question: str, room: int) -> None:
    part = excerpt(text, question, room)
    assert len(part) <= max(room, 3)
    assert part == text or part.strip("…").strip() in unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "question", ["", "где и когда?", "???", '" OR * NEAR(', "о чём", "ледокол", "x" * 4000]
)
def test_nothing_is_found_for_a_question_about_nothing(
    notes: Notes, search: Search, question: str
) -> None:
    notes.add(ANNA, "Где и когда встреча? О том, о сём", NOON)
    assert search.relevant(ANNA, question) == []
    assert search.relevant(BORIS, "встреча") == []


def test_deleted_notes_answer_no_question(notes: Notes, search: Search) -> None:
    notes.add(ANNA, "встреча", NOON)
    notes.delete(ANNA, 1, NOON)
    assert search.relevant(ANNA, "встречи") == []
    notes.restore(ANNA, 1, NOON)
    assert len(search.relevant(ANNA, "встречи")) == 1


def test_searches_are_kept_for_their_author_and_not_for_ever(search: Search) -> None:
    first = search.remember(ANNA, "раз")
    other = search.remember(BORIS, "чужое")
    assert search.recall(ANNA, first) == "раз"
    assert search.recall(ANNA, other) is None
    for number in range(SEARCHES_KEPT):
        last = search.remember(ANNA, str(number))
    assert search.recall(ANNA, first) is None
    assert search.recall(ANNA, last) == str(SEARCHES_KEPT - 1)
    assert search.recall(BORIS, other) == "чужое"


def test_notes_older_than_the_index_are_indexed(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST_SCHEMA.read_text("utf-8"))
        connection.executescript(
            "INSERT INTO authors VALUES (7, 111, 3);"
            "INSERT INTO notes VALUES"
            " (7 << 32 | 3, 111, 3, 'Ёж #лес', 'еж #лес', 1700000000, NULL);"
            "PRAGMA user_version=1;"
        )
    with closing(Database(path)) as db:
        notes, search = Notes(db), Search(db)
        assert (
            _texts(search, "еж") == _texts(search, "лес") == _texts(search, "#лес") == ["Ёж #лес"]
        )
        assert [note.number for note in search.relevant(ANNA, "ежи")] == [3]
        assert notes.count(ANNA) == 1
        Notes(db)  # once is enough
        assert search.tags(ANNA) == [("#лес", 1)]


DAY_S = 86_400
YESTERDAY = (NOON - DAY_S, NOON)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("что я записал вчера?", [4, 3, 2]),  # nothing but the date: the newest first
        ("что про отпуск вчера?", [2, 4, 3, 1]),  # both, then by turns what is of one of them
        ("рецепт борща вчера", [4, 3, 2]),
    ],
)
def test_a_question_with_a_date_is_answered_from_the_notes_of_that_time(
    notes: Notes, search: Search, question: str, expected: list[int]
) -> None:
    notes.add(ANNA, "отпуск в июле", NOON - 2 * DAY_S)
    notes.add(ANNA, "отпуск: взять билеты", NOON - DAY_S)
    notes.add(ANNA, "хлеб", NOON - 5)
    notes.add(ANNA, "сыр", NOON - 1)
    notes.add(ANNA, "в следующий миг", NOON)
    notes.add(ANNA, "удалено", NOON - 2)
    notes.delete(ANNA, 6, NOON)
    notes.add(BORIS, "отпуск Бориса", NOON - 5)
    found = search.relevant(ANNA, question, period=YESTERDAY)
    assert [note.number for note in found] == expected
    assert [n.number for n in search.relevant(ANNA, question, limit=1, period=YESTERDAY)] == [
        expected[0]
    ]
    assert search.relevant(ANNA, "борщ", period=(0, 5)) == []
