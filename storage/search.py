"""Search in one author's notes: parts of words, tags, and what bears upon a question."""

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from db import Database
from storage.folding import fold
from storage.indexing import BLOCK_SHIFT, token
from storage.paging import Page, Place, Turn, turn_page
from storage.rows import AUTHOR_SHIFT, COLUMNS, Note, author_of, note_of
from storage.wording import is_tag, question_stems

TRIGRAM = 3
# A query may be 4,000 letters long. The index narrows it down by this much of it, which leaves
# few notes or none; whether they hold all of it is then looked up in their texts.
LOOKED_UP_WORDS = 4
LOOKED_UP_LETTERS = 32
SEARCHES_KEPT = 50  # of one person: whose pages can still be turned
RELEVANT_MOST = 20
RELEVANT_CHARS = 12_000


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
    def grams(self) -> list[str]:
        return [word for word in self.words if len(word) < TRIGRAM][:LOOKED_UP_WORDS]

    def fits(self, folded: str) -> bool:
        return all(word in folded for word in self.words)


@dataclass(frozen=True)
class Span:
    """Ids to look among, and in which order."""

    first: int
    last: int
    order: str

    @classmethod
    def of(cls, author: int, last_number: int, place: Place | None, older: bool) -> "Span":
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

    def find(self, user_id: int, text: str, size: int, turn: Turn | None = None) -> Page:
        """A page of the notes that contain every word of a text, newest first.

        Case does not matter, ё and е are one letter, and nothing in the text is syntax; a word
        that is a tag finds this tag only, not the longer ones that begin with it.
        """
        query = Query.of(text)

        def fetch(place: Place | None, older: bool, limit: int) -> list[Note]:
            return self._fitting(user_id, query, place, older, limit)

        return turn_page(fetch, size, turn) if query.words else Page([])

    def tags(self, user_id: int) -> list[tuple[str, int]]:
        """The author's tags with the number of notes that have each, the most used first."""
        with self._db.reading() as connection:
            author = author_of(connection, user_id)
        if author is None:
            return []
        first = token(author, "#")
        rows = self._db.rows(
            "SELECT substr(term, ?), doc FROM word_counts WHERE term >= ? AND term < ?"
            " ORDER BY doc DESC, term",
            len(first), first, token(author, "$"),
        )  # fmt: skip
        return [(tag, notes) for tag, notes in rows]

    def relevant(
        self,
        user_id: int,
        question: str,
        limit: int = RELEVANT_MOST,
        budget: int = RELEVANT_CHARS,
    ) -> list[Note]:
        """The notes that bear upon a question, the best first, of `budget` letters together.

        They share a word with it, whatever the endings: «встречи» finds «встреча». Empty when
        none does.
        """
        stems = question_stems(question)
        with self._db.reading() as connection:
            author = author_of(connection, user_id)
            if author is None or not stems:
                return []
            ranked = connection.execute(
                f"SELECT {COLUMNS} FROM (SELECT rowid, rank FROM words WHERE words MATCH ?"
                " ORDER BY rank, rowid DESC LIMIT ?) AS best JOIN notes AS n ON n.id = best.rowid"
                " ORDER BY best.rank, best.rowid DESC",
                (" OR ".join(_quoted(token(author, stem)) for stem in stems), limit),
            ).fetchall()
        return list(_within(map(note_of, ranked), budget))

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
            span = Span.of(author, last_number, place, older)
            if query.tags or query.parts:
                rows = _from_index(connection, query, author, span)
            else:
                rows = _from_blocks(connection, query, span)
            with closing(rows):
                fitting = (note_of(row) for row in rows if query.fits(row["folded"]))
                return list(islice(fitting, limit))


def _from_index(
    connection: sqlite3.Connection, query: Query, author: int, span: Span
) -> Generator[sqlite3.Row]:
    """Notes with whole tags and parts of three letters and more, straight from an index of FTS5.

    The index gives them in the order of their ids: reading can stop as soon as a page is full.
    """
    tags = " ".join(_quoted(token(author, tag)) for tag in query.tags)
    parts = " ".join(map(_quoted, query.parts))
    index = "found" if parts else "words"
    conditions, values = [f"{index} MATCH ?"], [parts or tags]
    if parts and tags:
        # The plus keeps SQLite from asking `found` once for each note with the tag.
        conditions.append("+found.rowid IN (SELECT rowid FROM words WHERE words MATCH ?)")
        values.append(tags)
    for gram in query.grams:
        conditions.append(
            "EXISTS (SELECT 1 FROM grams"
            f" WHERE block = {index}.rowid >> {BLOCK_SHIFT} AND gram = ?)"
        )
        values.append(gram)
    yield from connection.execute(
        f"SELECT {COLUMNS}, n.folded FROM {index} JOIN notes AS n ON n.id = {index}.rowid"
        f" WHERE {' AND '.join(conditions)} AND {index}.rowid BETWEEN ? AND ?"
        f" ORDER BY {index}.rowid {span.order}",
        (*values, span.first, span.last),
    )


def _from_blocks(
    connection: sqlite3.Connection, query: Query, span: Span
) -> Generator[sqlite3.Row]:
    """Notes with one or two letters, from the blocks of ids in which these may occur.

    What is common fills a page from the first block, what is rare leaves few blocks to read.
    """
    grams = query.grams
    marks = ", ".join("?" for _ in grams)
    held = " AND ".join("instr(n.folded, ?)" for _ in grams)
    for block in span.blocks:
        (present,) = connection.execute(
            f"SELECT count(*) FROM grams WHERE block = ? AND gram IN ({marks})", (block, *grams)
        ).fetchone()
        if present == len(grams):
            first = max(span.first, block << BLOCK_SHIFT)
            last = min(span.last, (block + 1 << BLOCK_SHIFT) - 1)
            yield from connection.execute(
                f"SELECT {COLUMNS}, n.folded FROM notes AS n WHERE n.id BETWEEN ? AND ?"
                f" AND n.deleted_at IS NULL AND {held} ORDER BY n.id {span.order}",
                (first, last, *grams),
            )


def _quoted(word: str) -> str:
    """A word as a string of FTS5, in which nothing is syntax."""
    return '"' + word.replace('"', '""') + '"'


def _within(notes: Iterator[Note], budget: int) -> Iterator[Note]:
    for note in notes:
        if len(note.text) <= budget:
            budget -= len(note.text)
            yield note
