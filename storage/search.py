"""Search in one author's notes: parts of words, tags, and what bears upon a question."""

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, islice, zip_longest

from db import Database
from entities import with_addresses
from storage.excerpts import excerpt
from storage.folding import fold
from storage.indexing import BLOCK_SHIFT, author_term
from storage.note_rows import AUTHOR_SHIFT, COLUMNS, Note, author_of, note_of
from storage.paging import Page, PageTurn, Place, turn_page
from storage.stemming import is_tag, question_stems, question_words

TRIGRAM = 3
# A query may be 4,000 letters long. The index narrows it down by this much of it, which leaves
# few notes or none; whether they hold all of it is then looked up in their texts.
LOOKED_UP_WORDS = 4
LOOKED_UP_LETTERS = 32
SEARCHES_KEPT = 50  # of one person: whose pages can still be turned
RELEVANT_MOST = 20
RELEVANT_CHARS = 12_000
RELEVANT_LEAST = 2_000  # however small the budget, so much is always given
EXCERPT_LEAST = 200  # letters of a note; less would say nothing
OF_PERIOD = (
    "FROM notes AS n WHERE n.user_id = ? AND n.created_at >= ? AND n.created_at < ?"
    " AND n.deleted_at IS NULL"
)

Period = tuple[int, int]  # from the first moment up to the second, seconds since 1970


@dataclass(frozen=True)
class Query:
    """The folded words of a query: each must occur in a note, wherever it may be."""

    words: list[str]

    @classmethod
    def of(cls, text: str) -> "Query":
        return cls(list(dict.fromkeys(fold(text).split())))

    @property
    def tags(self) -> list[str]:
        return [word for word in self.words if is_tag(word)][:LOOKED_UP_WORDS]

    @property
    def parts(self) -> list[str]:
        """The longest words that the index of trigrams can find, cut to what it need know."""
        long = [word for word in self.words if len(word) >= TRIGRAM and not is_tag(word)]
        return [w[:LOOKED_UP_LETTERS] for w in sorted(long, key=len)[-LOOKED_UP_WORDS:]]

    @property
    def letters(self) -> list[str]:
        """Its single letters and pairs, which are too short for the index of trigrams."""
        return [word for word in self.words if len(word) < TRIGRAM][:LOOKED_UP_WORDS]

    def is_held_by(self, folded: str) -> bool:
        return all(word in folded for word in self.words)


@dataclass(frozen=True)
class IdRange:
    """Ids to look among, and in which order."""

    first: int
    last: int
    order: str

    @classmethod
    def of(cls, author: int, last_number: int, place: Place | None, older: bool) -> "IdRange":
        """All of an author's ids, or those on one side of a place."""
        base = author << AUTHOR_SHIFT
        if older:
            last = min(place.number - 1, last_number) if place else last_number
            return cls(base, base | last, "DESC")
        return cls(base | (place.number + 1 if place else 0), base | last_number, "ASC")

    @property
    def blocks(self) -> range:
        """The blocks of ids, in the same order."""
        first, last = self.first >> BLOCK_SHIFT, self.last >> BLOCK_SHIFT
        return range(first, last + 1) if self.order == "ASC" else range(last, first - 1, -1)


class Search:
    """The indexes of notes and the table `searches`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, user_id: int, text: str, size: int, turn: PageTurn | None = None) -> Page:
        """A page of the notes that contain every word of a text, newest first.

        Case does not matter, ё and е are one letter, and nothing in the text is syntax; a word
        that is a tag finds this tag only, not the longer ones that begin with it.
        """
        query = Query.of(text)

        def fetch(place: Place | None, older: bool, limit: int) -> list[Note]:
            return self._fitting(user_id, query, place, older, limit)

        return turn_page(fetch, size, turn) if query.words else Page([])

    def newest(self, user_id: int, size: int, turn: PageTurn | None = None) -> Page:
        """A page of all notes, newest first, whether pinned or not."""

        def fetch(place: Place | None, older: bool, limit: int) -> list[Note]:
            return self._fitting(user_id, Query([]), place, older, limit)

        return turn_page(fetch, size, turn)

    def tags(self, user_id: int) -> list[tuple[str, int]]:
        """The author's tags with the number of notes that have each, the most used first."""
        with self._db.reading() as connection:
            author = author_of(connection, user_id)
        if author is None:
            return []
        first = author_term(author, "#")
        rows = self._db.rows(
            "SELECT substr(term, ?), doc FROM stem_counts WHERE term >= ? AND term < ?"
            " ORDER BY doc DESC, term",
            len(first), first, author_term(author, "$"),
        )  # fmt: skip
        return [(tag, notes) for tag, notes in rows]

    def relevant(
        self,
        user_id: int,
        question: str,
        limit: int = RELEVANT_MOST,
        budget: int = RELEVANT_CHARS,
        period: Period | None = None,
    ) -> list[Note]:
        """The notes that bear upon a question, the best first, of `budget` letters together.

        They share a word with it, whatever the endings («встречи» finds «встреча»), or hold one of
        its words as a part, or all that it says, as /note_find finds it. Those written in the
        `period` that it names come before the others, and bear upon it whatever they say. A note
        that is too long comes with its best part as its text; where there is any note, there is at
        least one.
        """
        notes = (
            self._sharing_stems(user_id, question, limit)
            or self._holding_parts(user_id, question, limit)
            or self.find(user_id, question, limit).notes
        )
        if period is not None:
            both = self._sharing_stems(user_id, question, limit, period)
            of_period = self._newest(user_id, limit, period)
            # By turns: neither a busy week nor a common word is to push the other aside.
            others = filter(None, chain.from_iterable(zip_longest(of_period, notes)))
            notes = list({note.number: note for note in (*both, *others)}.values())[:limit]
        return list(_within(notes, question, max(budget, RELEVANT_LEAST)))

    def remember(self, user_id: int, query: str) -> int:
        """Keep a query, so that a button can name it; returns its number."""
        with self._db.transaction() as connection:
            (number,) = connection.execute(
                "INSERT INTO searches (user_id, query) VALUES (?, ?) RETURNING id",
                (user_id, query),
            ).fetchone()
            connection.execute(
                "DELETE FROM searches WHERE user_id = ?1 AND id <= (SELECT id FROM searches"
                " WHERE user_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                (user_id, SEARCHES_KEPT),
            )
        return int(number)

    def recall(self, user_id: int, number: int) -> str | None:
        """The query with this number, None when it is forgotten or another's."""
        row = self._db.row(
            "SELECT query FROM searches WHERE id = ? AND user_id = ?", number, user_id
        )
        return str(row["query"]) if row else None

    def _sharing_stems(
        self, user_id: int, question: str, limit: int, period: Period | None = None
    ) -> list[Note]:
        stems = question_stems(question)
        # The plus keeps SQLite from asking for the stems once for each note of the period.
        written = f" AND +rowid IN (SELECT id {OF_PERIOD})" if period else ""
        with self._db.reading() as connection:
            author = author_of(connection, user_id)
            if author is None or not stems:
                return []
            ranked = connection.execute(
                f"SELECT {COLUMNS} FROM (SELECT rowid, rank FROM note_stems"
                f" WHERE note_stems MATCH ?{written} ORDER BY rank, rowid DESC LIMIT ?) AS best"
                " JOIN notes AS n ON n.id = best.rowid ORDER BY best.rank, best.rowid DESC",
                (
                    " OR ".join(_quoted(author_term(author, stem)) for stem in stems),
                    *((user_id, *period) if period else ()),
                    limit,
                ),
            ).fetchall()
        return [note_of(row) for row in ranked]

    def _newest(self, user_id: int, limit: int, period: Period) -> list[Note]:
        """The last notes that were written in a period."""
        rows = self._db.rows(
            f"SELECT {COLUMNS} {OF_PERIOD} ORDER BY n.created_at DESC, n.id DESC LIMIT ?",
            user_id, *period, limit,
        )  # fmt: skip
        return [note_of(row) for row in rows]

    def _holding_parts(self, user_id: int, question: str, limit: int) -> list[Note]:
        """The newest notes with one of the question's longest words somewhere in a word."""
        long = sorted((w for w in question_words(question) if len(w) >= TRIGRAM), key=len)
        found = [self.find(user_id, word, limit).notes for word in long[-LOOKED_UP_WORDS:]]
        notes = {note.number: note for some in found for note in some}
        return [notes[number] for number in sorted(notes, reverse=True)[:limit]]

    def _fitting(
        self, user_id: int, query: Query, place: Place | None, older: bool, limit: int
    ) -> list[Note]:
        """Notes that hold the query from a place on, the nearest first."""
        with self._db.reading() as connection:
            found = connection.execute(
                "SELECT id, last_number FROM authors WHERE user_id = ?", (user_id,)
            ).fetchone()
            if found is None:
                return []
            author, last_number = found
            ids = IdRange.of(author, last_number, place, older)
            if query.tags or query.parts:
                rows = _from_index(connection, query, author, ids)
            elif query.letters:
                rows = _from_blocks(connection, query, ids)
            else:
                rows = _all(connection, ids)
            with closing(rows):
                fitting = (note_of(row) for row in rows if query.is_held_by(row["folded"]))
                return list(islice(fitting, limit))


def _from_index(
    connection: sqlite3.Connection, query: Query, author: int, ids: IdRange
) -> Generator[sqlite3.Row]:
    """Notes with whole tags and parts of three letters and more, straight from an index of FTS5.

    The index gives them in the order of their ids: reading can stop as soon as a page is full.
    """
    tags = " ".join(_quoted(author_term(author, tag)) for tag in query.tags)
    parts = " ".join(map(_quoted, query.parts))
    index = "note_trigrams" if parts else "note_stems"
    conditions, values = [f"{index} MATCH ?"], [parts or tags]
    if parts and tags:
        # The plus keeps SQLite from asking for the parts once for each note with the tag.
        conditions.append(
            "+note_trigrams.rowid IN (SELECT rowid FROM note_stems WHERE note_stems MATCH ?)"
        )
        values.append(tags)
    for letters in query.letters:
        conditions.append(
            "EXISTS (SELECT 1 FROM block_letters"
            f" WHERE block = {index}.rowid >> {BLOCK_SHIFT} AND letters = ?)"
        )
        values.append(letters)
    yield from connection.execute(
        f"SELECT {COLUMNS}, n.folded FROM {index} JOIN notes AS n ON n.id = {index}.rowid"
        f" WHERE {' AND '.join(conditions)} AND {index}.rowid BETWEEN ? AND ?"
        f" ORDER BY {index}.rowid {ids.order}",
        (*values, ids.first, ids.last),
    )


def _from_blocks(
    connection: sqlite3.Connection, query: Query, ids: IdRange
) -> Generator[sqlite3.Row]:
    """Notes with one or two letters, from the blocks of ids in which these may occur.

    What is common fills a page from the first block, what is rare leaves few blocks to read.
    """
    letters = query.letters
    marks = ", ".join("?" for _ in letters)
    held = " AND ".join("instr(n.folded, ?)" for _ in letters)
    for block in ids.blocks:
        (present,) = connection.execute(
            f"SELECT count(*) FROM block_letters WHERE block = ? AND letters IN ({marks})",
            (block, *letters),
        ).fetchone()
        if present == len(letters):
            first = max(ids.first, block << BLOCK_SHIFT)
            last = min(ids.last, (block + 1 << BLOCK_SHIFT) - 1)
            yield from connection.execute(
                f"SELECT {COLUMNS}, n.folded FROM notes AS n WHERE n.id BETWEEN ? AND ?"
                f" AND n.deleted_at IS NULL AND {held} ORDER BY n.id {ids.order}",
                (first, last, *letters),
            )


def _all(connection: sqlite3.Connection, ids: IdRange) -> Generator[sqlite3.Row]:
    """All notes with these ids."""
    yield from connection.execute(
        f"SELECT {COLUMNS}, n.folded FROM notes AS n WHERE n.id BETWEEN ? AND ?"
        f" AND n.deleted_at IS NULL ORDER BY n.id {ids.order}",
        (ids.first, ids.last),
    )


def _quoted(word: str) -> str:
    """A word as a string of FTS5, in which nothing is syntax."""
    return '"' + word.replace('"', '""') + '"'


def _with_addresses(note: Note) -> Note:
    """A note as a model is to read it, which sees no formatting."""
    return replace(note, text=with_addresses(note.text, note.entities), entities=())


def _within(notes: list[Note], question: str, budget: int) -> Iterator[Note]:
    for note in map(_with_addresses, notes):
        if len(note.text) > budget and budget < EXCERPT_LEAST:
            continue
        part = excerpt(note.text, question, budget)
        budget -= len(part)
        yield replace(note, text=part)
