"""The rounds of one question: what its model calls, done once each, and what the model is told."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from acting import consent
from acting.table import TOOLS
from acting.tool import Arguments, Asker, BadArgumentsError, Outcome, Stores, ToolKind, framed, mark
from clock import Clock
from db import Database, StorageError
from llm.completion import Completion
from llm.tools import Tool, ToolCall, called, result
from storage.calls import Call, Calls, Round
from storage.turns import Turn
from storage.usage import Usage
from texts import log as texts_log
from texts import tool_prompts as texts
from texts import tools as texts_tools

ROUNDS_MOST = 5
CALLS_MOST = 8
RESULT_LETTERS = 6_000  # of what a call tells
RESULTS_LETTERS = 24_000  # of all calls of a question

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Workshop:
    """What all rounds share."""

    db: Database
    calls: Calls
    usage: Usage
    stores: Stores


class Rounds:
    """Those of one question. `allowed` are the names of the tools that its author has left on."""

    def __init__(
        self, workshop: Workshop, turn: Turn, clock: Clock, allowed: frozenset[str]
    ) -> None:
        self._workshop = workshop
        self.turn = turn
        self._asker = Asker(turn.user_id, turn.chat_id, clock, turn.thread_id)
        self._kinds = {name: kind for name, kind in TOOLS.items() if name in allowed}
        self._rounds = workshop.calls.rounds(turn.id)
        self._before = [c for c in workshop.calls.effects(turn) if c.turn_id != turn.id]

    @property
    def made(self) -> list[Round]:
        """The rounds so far."""
        return self._rounds

    @property
    def calls(self) -> list[Call]:
        """Their calls."""
        return [call for one in self._rounds for call in one.calls]

    @property
    def text(self) -> str:
        """What the model has said beside its calls."""
        return "\n\n".join(filter(None, (_said(one) for one in self._rounds)))

    @property
    def notes(self) -> tuple[int, ...]:
        """The numbers of the notes that the model was told of."""
        return tuple(number for call in self.calls for number in call.notes)

    @property
    def is_unfinished(self) -> bool:
        """Whether something that was called has not been done: the process was killed."""
        return any(call.result is None for call in self.calls)

    def offered(self) -> tuple[Tool, ...]:
        """What the model may call now: nothing once it has called enough."""
        if len(self._rounds) >= ROUNDS_MOST or len(self.calls) >= CALLS_MOST:
            return ()
        return tuple(
            Tool(kind.name, texts.TOOLS[kind.name], kind.described())
            for kind in self._kinds.values()
        )

    def messages(self) -> list[dict[str, object]]:
        """What a model that takes tools is sent of the rounds."""
        sent: list[dict[str, object]] = []
        for one in self._rounds:
            sent.append(one.said)
            sent += [result(_tool_call(call), call.result or "") for call in one.calls]
        return sent

    def after_earlier(self, question: str) -> str:
        """The question with what was done for the same message when it was asked before."""
        if not self._before:
            return question
        rows = [f"{call.name} {call.arguments} → {call.result}" for call in self._before]
        done = framed("\n".join(rows)[:RESULT_LETTERS])
        return f"{question}\n\n{texts.done_for_message(done)}"

    def as_text(self, question: str, room: int) -> str:
        """The question with what was found, in `room` letters, for a model without tools."""
        if not self._rounds:
            return question
        rows = [f"{c.name} {c.arguments}\n{c.result}" for c in self.calls if c.result]
        found = "\n\n".join(filter(None, [self.text, *rows]))[:room]
        return texts.findings(found, mark(found), question)

    def add(self, completion: Completion) -> None:
        """Store what the model calls before any of it is done, and what it took to say so."""
        kept = completion.calls[: max(CALLS_MOST - len(self.calls), 0)]
        said = called(replace(completion, calls=kept))
        made = Round(
            said,
            completion.prompt_tokens or 0,
            completion.completion_tokens or 0,
            completion.latency_ms,
        )
        rows = [(call.id, call.name, call.arguments) for call in kept]
        with self._workshop.db.transaction():
            self._rounds = self._workshop.calls.add_round(self.turn.id, made, rows)
            self._workshop.usage.record(
                self.turn.user_id,
                self._asker.clock.now(),
                made.prompt_tokens,
                made.completion_tokens,
            )

    def run(self, room: int, *, is_foreign: bool) -> Iterator[str]:
        """Do what is not done yet; yields what is being done, in words for the person.

        `room` is how many letters the model can read in all. With `is_foreign` it has read before
        its first call what others may have written; what was done for the message before may be
        such a text, too.
        """
        is_foreign = is_foreign or bool(self._before) or self._have_read()
        for call in [call for call in self.calls if call.result is None]:
            yield texts_tools.LOOKING.get(call.name, texts_tools.WORKING)
            self._do(call, room, is_foreign)
            self._rounds = self._workshop.calls.rounds(self.turn.id)

    def _have_read(self) -> bool:
        """Whether the rounds before have told the model something that people have written."""
        earlier = [call.name for one in self._rounds[:-1] for call in one.calls]
        return any(name in TOOLS and not TOOLS[name].writes for name in earlier)

    def _do(self, call: Call, room: int, is_foreign: bool) -> None:
        """One call: its effect and its result are stored together or not at all."""
        finish = self._workshop.calls.finish
        try:
            with self._workshop.db.transaction():
                outcome, is_offered = self._outcome(call, room, is_foreign)
                finish(
                    call.id,
                    outcome.said,
                    outcome.effect,
                    offered=is_offered,
                    notes=outcome.notes,
                )
        except BadArgumentsError as error:
            finish(call.id, str(error))
        except StorageError:
            raise
        except Exception:
            log.exception(texts_log.TOOL_FAILED, call.name)
            finish(call.id, texts.FAILED)

    def _outcome(self, call: Call, room: int, is_foreign: bool) -> tuple[Outcome, bool]:
        """What comes of a call, and whether it is only offered: the person is to decide.

        Raises:
            BadArgumentsError.
        """
        kind = self._kinds.get(call.name)
        if kind is None:
            raise BadArgumentsError(texts.unknown(call.name, ", ".join(self._kinds)))
        given, stores = kind.read(call.arguments), self._workshop.stores
        if (done := self._same(kind, given, call)) is not None:
            return Outcome(texts.done_before(done.result or "")), False
        if is_foreign and kind.changes is not None:
            before, after = kind.changes(stores, self._asker, given)
            if not consent.is_asked_for(kind.name, self.turn.question, before, after):
                return Outcome(texts.OFFERED, {"before": before}), True
        told = sum(len(one.result or "") for one in self.calls)
        if told >= min(RESULTS_LETTERS, room) and not kind.writes:
            return Outcome(texts.TOO_MANY), False
        return kind.run(stores, self._asker, given, min(RESULT_LETTERS, room // 2)), False

    def _same(self, kind: ToolKind, given: Arguments, call: Call) -> Call | None:
        """The call that has made the same change for this message already."""
        if not kind.writes:
            return None
        for one in (*self._before, *self.calls):
            is_live = one.effect is not None and one.undone_at is None
            if one.id != call.id and one.name == kind.name and is_live:
                with suppress(BadArgumentsError):
                    if kind.read(one.arguments) == given:
                        return one
        return None


def _said(one: Round) -> str:
    content = one.said.get("content")
    return content.strip() if isinstance(content, str) else ""


def _tool_call(call: Call) -> ToolCall:
    return ToolCall(call.call_id, call.name, call.arguments)
