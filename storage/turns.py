"""Dialogues: questions with their answers, kept for each person in each chat and topic."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from db import Database
from files import Attachment
from storage import attachments as stored_files

BATCH = 20  # turns read at a time, newest first
JOIN_S = 2  # parts of one long text come within this time
FULL_UNITS = 4000  # a message this long may be a part of a longer text
KEPT_S = 90 * 24 * 3600


@dataclass(frozen=True)
class Turn:
    """A question; `answer` is None until there is one, `asked_at` is seconds since 1970, UTC.

    `sources` are the numbers of the notes that it is about. `parts` are (message id, text) of the
    messages that it came in, if there were several. `attachments` were sent with it, `album` names
    the messages that brought them. `thread_id` is the topic of a forum that it was asked in; None
    outside of topics, and for what was asked before topics were told apart.
    """

    id: int
    chat_id: int
    user_id: int
    message_id: int
    question: str
    quoted: str
    asked_at: int
    answer: str | None
    note_number: int | None
    sources: tuple[int, ...]
    parts: tuple[tuple[int, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    album: str = ""
    thread_id: int | None = None

    def edited(self, message_id: int, text: str) -> "Turn":
        """The question as it is after an edit of this message of it."""
        if not self.parts:
            return replace(self, question=text.strip())
        parts = tuple((id_, text if id_ == message_id else part) for id_, part in self.parts)
        return replace(self, parts=parts, question="".join(part for _, part in parts))


class Turns:
    """The tables `turns` and `dialogues`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(
        self,
        chat_id: int,
        user_id: int,
        message_id: int,
        question: str,
        quoted: str,
        asked_at: int,
        tail_units: int,
        sources: Iterable[int] = (),
        parts: Iterable[tuple[int, str]] = (),
        attachments: Iterable[Attachment] = (),
        album: str = "",
        thread_id: int | None = None,
    ) -> int:
        """Store a question and return the id of its turn."""
        with self._db.transaction() as connection:
            added = connection.execute(
                "INSERT INTO turns (chat_id, user_id, message_id, question, quoted, asked_at,"
                " tail_units, sources, parts, attachments, album, thread_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ifnull(?, 0))",
                (
                    chat_id,
                    user_id,
                    message_id,
                    question,
                    quoted,
                    asked_at,
                    tail_units,
                    json.dumps([*sources]),
                    _parts_json(parts),
                    stored_files.written(attachments),
                    album,
                    thread_id,
                ),
            )
        return int(added.lastrowid or 0)

    def get(self, turn_id: int, user_id: int) -> Turn | None:
        """A turn of this person, None when there is none (any more)."""
        row = self._db.row(f"{SELECT} WHERE id = ? AND user_id = ?", turn_id, user_id)
        return _turn(row) if row else None

    def answer_in(self, chat_id: int, turn_id: int) -> str:
        """An answer given in this chat, whoever asked; "" when it is not kept."""
        row = self._db.row(
            "SELECT answer FROM turns WHERE id = ? AND chat_id = ?", turn_id, chat_id
        )
        return (row["answer"] or "") if row else ""

    def by_message(self, chat_id: int, user_id: int, message_id: int) -> Turn | None:
        """The last turn asked by this message, alone or with others."""
        row = self._db.row(
            f"{SELECT} WHERE chat_id = ? AND message_id <= ? AND user_id = ?"
            " ORDER BY message_id DESC, id DESC LIMIT 1",
            chat_id, message_id, user_id,
        )  # fmt: skip
        turn = _turn(row) if row else None
        is_asked_by = turn and message_id in {turn.message_id, *(part for part, _ in turn.parts)}
        return turn if is_asked_by else None

    def extend(
        self,
        chat_id: int,
        user_id: int,
        message_id: int,
        text: str,
        at: int,
        tail_units: int,
        thread_id: int | None = None,
    ) -> bool:
        """Join a text to the question it continues; False when there is no such question.

        Telegram cuts a long text into messages: the one before must be full, just sent, and not
        yet asked.
        """
        with self._db.transaction() as connection:
            return bool(
                connection.execute(
                    "UPDATE turns SET question = question || ?2, asked_at = ?3, tail_units = ?4,"
                    " parts = json_insert(iif(parts = '[]',"
                    " json_array(json_array(message_id, question)), parts),"
                    " '$[#]', json_array(?1, ?2))"
                    " WHERE id = (SELECT max(id) FROM turns"
                    "  WHERE chat_id = ?5 AND thread_id = ifnull(?9, 0) AND user_id = ?6)"
                    " AND NOT started AND answer IS NULL"
                    " AND tail_units >= ?7 AND ?3 - asked_at BETWEEN 0 AND ?8",
                    (
                        message_id,
                        text,
                        at,
                        tail_units,
                        chat_id,
                        user_id,
                        FULL_UNITS,
                        JOIN_S,
                        thread_id,
                    ),
                ).rowcount
            )

    def join_album(
        self, chat_id: int, user_id: int, album: str, attachment: Attachment
    ) -> Turn | None:
        """Add a file of an album to the turn of its first one; None when there is no such turn."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE turns SET attachments = json_insert(attachments, '$[#]', json(?))"
                f" WHERE id = ({LAST_OF_ALBUM})"
                f" AND json_array_length(attachments) < {stored_files.ALBUM_MOST}",
                (stored_files.one_written(attachment), chat_id, user_id, album),
            )
            return self.of_album(chat_id, user_id, album)

    def of_album(self, chat_id: int, user_id: int, album: str) -> Turn | None:
        """The last turn with the files of an album that this person has sent there."""
        row = self._db.row(f"{SELECT} WHERE id = ({LAST_OF_ALBUM})", chat_id, user_id, album)
        return _turn(row) if row else None

    def reword(self, edited: Turn) -> bool:
        """Replace a question that was not asked yet by its edited form; False when it was."""
        with self._db.transaction() as connection:
            return bool(
                connection.execute(
                    "UPDATE turns SET question = ?, parts = ?"
                    " WHERE id = ? AND NOT started AND answer IS NULL",
                    (edited.question, _parts_json(edited.parts), edited.id),
                ).rowcount
            )

    def heard(self, chat_id: int, user_id: int, message_id: int) -> str:
        """What was said in the recording that this message brought, "" while nobody listened."""
        row = self._db.row(
            "SELECT question FROM turns WHERE chat_id = ? AND message_id = ? AND user_id = ?"
            " AND attachments <> '[]' AND question <> '' ORDER BY id DESC LIMIT 1",
            chat_id, message_id, user_id,
        )  # fmt: skip
        return str(row["question"]) if row else ""

    def put_words(self, turn_id: int, words: str) -> None:
        """What was said in the recording that came with a turn."""
        self._change("question = ?", turn_id, words)

    def start(self, turn_id: int) -> None:
        """The model is being asked: nothing is joined to the question any more."""
        self._change("started = 1", turn_id)

    def answer(self, turn_id: int, answer: str, *, cut: bool = False) -> None:
        """Store the answer; an empty one ends the turn and is not remembered.

        One that was `cut` may go on.
        """
        self._change(
            "answer = ?, cut = ?, remembered = remembered AND ? <> ''", turn_id, answer, cut, answer
        )

    def go_on(self, turn_id: int) -> bool:
        """A cut answer is going on; False when it is whole, or does so already."""
        with self._db.transaction() as connection:
            return bool(
                connection.execute(
                    "UPDATE turns SET cut = 0 WHERE id = ? AND cut", (turn_id,)
                ).rowcount
            )

    def is_asked_since(self, turn: Turn) -> bool:
        """Whether the same message was asked once more after this turn."""
        row = self._db.row(
            "SELECT 1 FROM turns WHERE chat_id = ? AND message_id = ? AND user_id = ? AND id > ?"
            " AND (started OR answer IS NULL) LIMIT 1",
            turn.chat_id, turn.message_id, turn.user_id, turn.id,
        )  # fmt: skip
        return row is not None

    def drop_unasked(self, turn_id: int) -> None:
        """Keep nothing of files with which no question came."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM turns WHERE id = ? AND question = ''", (turn_id,))

    def forget(self, turn_id: int) -> None:
        """The turn leaves the memory."""
        self._change("remembered = 0", turn_id)

    def save_note(self, turn_id: int, number: int) -> None:
        """The answer was saved as this note."""
        self._change("note_number = ?", turn_id, number)

    def memory(self, turn: Turn) -> Iterator[Turn]:
        """The remembered turns of its dialogue before this one, newest first."""
        before = turn.id
        while batch := self._db.rows(
            f"{SELECT} WHERE {OF_DIALOGUE} AND id < ? AND id >"
            f" coalesce((SELECT begins_after FROM dialogues WHERE {OF_DIALOGUE}), 0)"
            f" AND remembered AND answer IS NOT NULL ORDER BY id DESC LIMIT {BATCH}",
            *_dialogue(turn), before, *_dialogue(turn),
        ):  # fmt: skip
            yield from (_turn(row) for row in batch)
            before = batch[-1]["id"]

    def begin_anew(self, chat_id: int, user_id: int, thread_id: int | None = None) -> bool:
        """Start an empty dialogue in a chat or one of its topics; False when it was empty."""
        with self._db.transaction() as connection:
            last = connection.execute(
                f"SELECT coalesce(max(id), 0) FROM turns WHERE {OF_DIALOGUE}",
                (chat_id, thread_id, user_id),
            ).fetchone()[0]
            return bool(
                connection.execute(
                    "INSERT INTO dialogues (chat_id, thread_id, user_id, begins_after)"
                    " VALUES (?, ifnull(?, 0), ?, ?) ON CONFLICT DO UPDATE"
                    " SET begins_after = excluded.begins_after"
                    " WHERE begins_after < excluded.begins_after",
                    (chat_id, thread_id, user_id, last),
                ).rowcount
                and last
            )

    def is_current(self, turn: Turn) -> bool:
        """Whether the turn belongs to the dialogue that goes on."""
        row = self._db.row(
            f"SELECT begins_after FROM dialogues WHERE {OF_DIALOGUE}", *_dialogue(turn)
        )
        return row is None or turn.id > row[0]

    def forget_old(self, now: int) -> None:
        """Drop turns so old that nobody goes back to them."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM turns WHERE asked_at < ?", (now - KEPT_S,))

    def _change(self, assignments: str, turn_id: int, *values: object) -> None:
        with self._db.transaction() as connection:
            connection.execute(f"UPDATE turns SET {assignments} WHERE id = ?", (*values, turn_id))


SELECT = (
    "SELECT id, chat_id, user_id, message_id, question, quoted, asked_at, answer,"
    " note_number, sources, parts, attachments, album, nullif(thread_id, 0) AS thread_id FROM turns"
)
OF_DIALOGUE = "chat_id = ? AND thread_id = ifnull(?, 0) AND user_id = ?"
LAST_OF_ALBUM = (
    "SELECT max(id) FROM turns WHERE chat_id = ? AND user_id = ? AND album = ? AND album <> ''"
)


def _dialogue(turn: Turn) -> tuple[int, int | None, int]:
    """The dialogue that a turn belongs to, as OF_DIALOGUE names it."""
    return turn.chat_id, turn.thread_id, turn.user_id


def _turn(row: Any) -> Turn:
    parts = tuple((int(message_id), text) for message_id, text in json.loads(row["parts"]))
    sources = tuple(json.loads(row["sources"]))
    attachments = stored_files.read(row["attachments"])
    return Turn(**{**dict(row), "sources": sources, "parts": parts, "attachments": attachments})


def _parts_json(parts: Iterable[tuple[int, str]]) -> str:
    return json.dumps([*parts], ensure_ascii=False)
