"""What models have called while they answered, round by round, and what came of it."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from db import Database
from storage.notes import BIN_S
from storage.turns import Turn

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One call of a tool: `call_id` is the provider's name for it, `arguments` are as they came.

    `result` is what the model was told, None while it is not done. `effect` is what it has changed,
    None: nothing; of one that is `offered`, and waits for the person to want it, what it would
    change. `notes` are the numbers of those that it told of. `undone_at` is when its effect was
    taken back.
    """

    id: int
    turn_id: int
    call_id: str
    name: str
    arguments: str
    result: str | None = None
    effect: Json | None = None
    offered: bool = False
    notes: tuple[int, ...] = ()
    undone_at: int | None = None


@dataclass(frozen=True)
class Round:
    """What a model asked for in one go; `said` is its message, as it is sent back to it."""

    said: Json
    prompt_tokens: int
    completion_tokens: int
    latency_ms: int
    calls: tuple[Call, ...] = ()


class Calls:
    """The tables `rounds` and `calls`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def rounds(self, turn_id: int) -> list[Round]:
        """The rounds of a question, in order."""
        calls = defaultdict[int, list[Call]](list)
        for row in self._db.rows(
            f"SELECT {COLUMNS}, round FROM calls AS c WHERE turn_id = ? ORDER BY round, place",
            turn_id,
        ):
            calls[row["round"]].append(_call(row))
        rows = self._db.rows(
            "SELECT number, said, prompt_tokens, completion_tokens, latency_ms FROM rounds"
            " WHERE turn_id = ? ORDER BY number",
            turn_id,
        )
        return [
            Round(json.loads(said), prompt, completion, latency, tuple(calls[number]))
            for number, said, prompt, completion, latency in rows
        ]

    def add_round(
        self, turn_id: int, made: Round, calls: Iterable[tuple[str, str, str]]
    ) -> list[Round]:
        """Store what a model asks for before any of it is done: (call id, name, arguments) each.

        Returns all rounds of the question.
        """
        with self._db.transaction() as connection:
            (number,) = connection.execute(
                "INSERT INTO rounds SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5"
                " FROM rounds WHERE turn_id = ?1 RETURNING number",
                (
                    turn_id, json.dumps(made.said, ensure_ascii=False),
                    made.prompt_tokens, made.completion_tokens, made.latency_ms,
                ),
            ).fetchone()  # fmt: skip
            connection.executemany(
                "INSERT INTO calls (turn_id, round, place, call_id, name, arguments)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [(turn_id, number, place, *call) for place, call in enumerate(calls)],
            )
            return self.rounds(turn_id)

    def finish(
        self,
        call: int,
        result: str,
        effect: Json | None = None,
        *,
        offered: bool = False,
        notes: Iterable[int] = (),
    ) -> None:
        """What came of a call; in the transaction that has done it."""
        stored = None if effect is None else json.dumps(effect, ensure_ascii=False)
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE calls SET result = ?, effect = ?, offered = ?, notes = ? WHERE id = ?",
                (result, stored, offered, json.dumps([*notes]), call),
            )

    def take_back(self, call: int, moment: int) -> None:
        """The effect of a call is undone; in the transaction that undoes it."""
        with self._db.transaction() as connection:
            connection.execute("UPDATE calls SET undone_at = ? WHERE id = ?", (moment, call))

    def get(self, call: int, user_id: int) -> Call | None:
        """A call in the answer to a question of this person."""
        row = self._db.row(
            f"SELECT {COLUMNS} FROM calls AS c JOIN turns AS t ON t.id = c.turn_id"
            " WHERE c.id = ? AND t.user_id = ?",
            call, user_id,
        )  # fmt: skip
        return _call(row) if row else None

    def effects(self, turn: Turn) -> list[Call]:
        """What was done for a message, asked however often, and not taken back; oldest first."""
        rows = self._db.rows(
            f"SELECT {COLUMNS} FROM turns AS t JOIN calls AS c ON c.turn_id = t.id"
            " WHERE t.chat_id = ? AND t.message_id = ? AND t.user_id = ? AND c.effect IS NOT NULL"
            " AND NOT c.offered AND c.undone_at IS NULL ORDER BY c.id",
            turn.chat_id, turn.message_id, turn.user_id,
        )  # fmt: skip
        return [_call(row) for row in rows]

    def forget_old(self, now: int) -> None:
        """Drop what was called so long ago that the notes it told of may be gone for good."""
        with self._db.transaction() as connection:
            connection.execute(
                "DELETE FROM rounds WHERE turn_id IN (SELECT id FROM turns WHERE asked_at < ?)",
                (now - BIN_S,),
            )

    def are_made_for(self, turns: Iterable[int]) -> bool:
        """Whether a model has called something while it answered one of these questions."""
        row = self._db.row(
            "SELECT 1 FROM rounds WHERE turn_id IN (SELECT value FROM json_each(?)) LIMIT 1",
            json.dumps([*turns]),
        )
        return row is not None


COLUMNS = (
    "c.id, c.turn_id, c.call_id, c.name, c.arguments, c.result, c.effect, c.offered, c.notes,"
    " c.undone_at"
)


def _call(row: Any) -> Call:
    effect = row["effect"]
    return Call(
        id=row["id"],
        turn_id=row["turn_id"],
        call_id=row["call_id"],
        name=row["name"],
        arguments=row["arguments"],
        result=row["result"],
        effect=None if effect is None else json.loads(effect),
        offered=bool(row["offered"]),
        notes=tuple(json.loads(row["notes"])),
        undone_at=row["undone_at"],
    )
