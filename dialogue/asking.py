"""Whom to ask a question, and with how much of the dialogue."""

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from acting.notes import period_in
from acting.rounds import Rounds, Workshop
from acting.table import TOOLS
from dialogue import prompt
from dialogue.askers import Askers
from dialogue.attachments import IMAGE, REMEMBERED_TURNS, FileGate, Shown
from documents.reading import UnreadableError
from files import Attachment, FileUnavailableError
from llm.client import ChatClient, ChatStream, ProviderError
from llm.tools import Tool
from storage.models import Model, Models, NoModelsError
from storage.search import RELEVANT_CHARS, Search
from storage.styles import Styles
from storage.turns import Turn, Turns
from texts import prompts as texts
from texts import styles as texts_styles
from texts import tool_prompts as texts_tools

LETTERS_A_TOKEN = 2  # Russian ones
TOOLS_SHARE = 4  # a quarter of what a model takes may describe tools


@dataclass(frozen=True)
class Limits:
    """Tokens of the longest answer and of what is sent of a dialogue; seconds of silence."""

    answer: int
    dialogue: int
    stall_s: float


class ProviderOffError(Exception):
    """The model's provider is not set up."""

    def __init__(self, model: Model) -> None:
        super().__init__(model.provider)
        self.model = model


class NobodySeesError(Exception):
    """There is a picture, and no model that sees."""


Failure = (
    ProviderError
    | ProviderOffError
    | NoModelsError
    | NobodySeesError
    | FileUnavailableError
    | UnreadableError
)
FAILURES = (
    ProviderError,
    ProviderOffError,
    NoModelsError,
    NobodySeesError,
    FileUnavailableError,
    UnreadableError,
)


@dataclass(frozen=True)
class Attempt:
    """Whom to ask, and what: `memory` is oldest first, `wanted` the answer's most tokens."""

    model: Model
    system: str
    content: str
    memory: tuple[Turn, ...]
    wanted: int | None  # None: as many as the provider lets it make
    attachments: tuple[Attachment, ...] = ()
    shown: Shown = prompt.NONE_SHOWN
    tools: tuple[Tool, ...] = ()
    rounds: tuple[dict[str, Any], ...] = ()  # the messages of what was called so far
    web_search: bool = False
    is_reduced: bool = False

    @property
    def messages(self) -> prompt.Messages:
        asked = prompt.messages(
            self.system, self.memory, self.content, self.attachments, self.shown
        )
        return [*asked, *self.rounds]

    @property
    def max_tokens(self) -> int | None:
        context = self.model.context_length
        if context is not None:
            context -= prompt.tools_cost(self.tools)
        return prompt.answer_tokens(self.wanted, context, self.messages)


class Question(Protocol):
    """What is to be answered."""

    @property
    def turn(self) -> Turn: ...
    @property
    def go_on(self) -> bool: ...
    @property
    def unlimited(self) -> bool: ...
    @property
    def rounds(self) -> Rounds | None: ...
    def shown(self, model: Model, own: Sequence[Attachment], recent: Sequence[Turn]) -> Shown: ...


class Running(Protocol):
    """Work on a turn that its author can stop."""

    @property
    def turn(self) -> Turn: ...
    def stop(self) -> None: ...


class Dialogue:
    """Asks models, each question in the memory and the style of its author."""

    def __init__(
        self,
        turns: Turns,
        search: Search,
        styles: Styles,
        models: Models,
        clients: Mapping[str, ChatClient],
        limits: Limits,
        gate: FileGate,
        askers: Askers,
        workshop: Workshop,
        fallback: str = "",
        *,
        may_search: Callable[[int], bool] = lambda user_id: False,
    ) -> None:
        """`clients` are keyed by provider; `fallback` is the key of a model, empty for none.

        `may_search` tells whether models may search the web for somebody, which costs money.
        """
        self.turns = turns
        self.models = models
        self.limits = limits
        self.gate = gate
        self._search = search
        self._styles = styles
        self._clients = clients
        self.workshop = workshop
        self._may_search = may_search
        self._askers = askers
        self._fallback = fallback
        self._running: dict[int, Running] = {}
        self._lock = threading.Lock()

    def begin(self, running: Running) -> None:
        """Something is running that `stop` can end, until it has `ended`."""
        with self._lock:
            self._running[running.turn.id] = running

    def stop(
        self,
        user_id: int,
        *,
        turn_id: int | None = None,
        chat_id: int | None = None,
        thread_id: int | None = None,
    ) -> bool:
        """End the person's running answers that fit; False when there are none.

        Those in a chat are those of one place in it: a topic or, with None, outside of all.
        """
        with self._lock:
            running = list(self._running.values())
        fitting = [
            answering
            for answering in running
            if answering.turn.user_id == user_id
            and turn_id in (None, answering.turn.id)
            and (chat_id is None or (chat_id, thread_id) == self._place_of(answering.turn))
        ]
        for answering in fitting:
            answering.stop()
        return bool(fitting)

    def ended(self, turn: Turn) -> None:
        """The answer is no longer running."""
        with self._lock:
            self._running.pop(turn.id, None)

    def ask(self, attempt: Attempt) -> ChatStream:
        """Ask a model.

        Raises:
            ProviderOffError: its provider is not set up.
        """
        client = self._clients.get(attempt.model.provider)
        if client is None:
            raise ProviderOffError(attempt.model)
        return client.chat_stream(
            attempt.messages,
            model=attempt.model.key,
            max_tokens=attempt.max_tokens,
            stall_s=self.limits.stall_s,
            tools=attempt.tools,
            web_search=attempt.web_search,
        )

    def fallback(self, model: Model) -> Model | None:
        """The model that answers when this one can't, None when there is no other."""
        other = self.models.by_key(self._fallback) if self._fallback else None
        return other if other and other.id != model.id and other.available else None

    def sees(self, user_id: int) -> bool:
        """Whether there is a model that can answer this person about a picture.

        Raises:
            NoModelsError: there are no models at all.
        """
        model = self.models.model_for(user_id)
        return model.takes(IMAGE) is not False or self.seeing(model) is not None

    def seeing(self, besides: Model) -> Model | None:
        """Another model that sees: the fallback if it can, else a free one of the catalogues."""
        fallback = self.fallback(besides)
        if fallback is not None and fallback.takes(IMAGE) is not False:
            return fallback
        free = (m for m in self.models.listed() if m.available and m.free and m.id != besides.id)
        return next((m for m in free if m.takes(IMAGE)), None)

    def attempt(self, question: Question, model: Model) -> Attempt:
        """The question with as much memory as fits into the model."""
        turn, limits, rounds = question.turn, self.limits, question.rounds
        tools = self._tools(model, rounds)
        system = self._system(turn.user_id, acts=bool(tools))
        content = self._content(turn, model)
        called: tuple[dict[str, Any], ...] = ()
        if rounds is not None and tools:
            content, called = rounds.after_earlier(content), tuple(rounds.messages())
        elif rounds is not None:
            content = rounds.after_earlier(rounds.as_text(content, self._letters(model)))
        earlier = self.turns.memory(turn)
        most = limits.dialogue
        if question.go_on:
            # The notes that the answer is made of, if any, go along with its question.
            earlier = itertools.chain([replace(turn, question=content, quoted="")], earlier)
            content = texts.GO_ON
            most = max(most, 2 * limits.answer)  # whatever may be remembered, this must be
        earlier = iter(earlier)
        recent = list(itertools.islice(earlier, REMEMBERED_TURNS))
        own = () if question.go_on else turn.attachments
        shown = question.shown(model, own, recent)
        context = (model.context_length or prompt.CONTEXT_TOKENS) - prompt.texts_cost(shown)
        context -= prompt.cost(called) + prompt.tools_cost(tools)
        room = prompt.memory_room(system, content, most, limits.answer, context)
        memory = tuple(prompt.fitting_memory(itertools.chain(recent, earlier), room))
        wanted = None if question.unlimited else limits.answer
        searches = self._searches(model, turn.user_id)
        return Attempt(model, system, content, memory, wanted, own, shown, tools, called, searches)

    def rounds(self, turn: Turn) -> Rounds | None:
        """What models may do for a question; None: nothing, for others would see what they find."""
        if turn.chat_id != turn.user_id or turn.sources:
            return None
        allowed = frozenset(TOOLS) - self._askers.tools_off(turn.user_id)
        return Rounds(self.workshop, turn, self._askers.clock_of(turn.user_id), allowed)

    def act(self, rounds: Rounds, attempt: Attempt) -> Iterator[str]:
        """Do what a model has called; yields words about it for the person."""
        talk = (rounds.turn, *attempt.memory)
        is_foreign = (
            attempt.web_search
            or any(turn.quoted or turn.attachments or turn.sources for turn in talk)
            or self.workshop.calls.are_made_for(turn.id for turn in attempt.memory)
        )
        return rounds.run(self._letters(attempt.model), is_foreign=is_foreign)

    def acts_for(self, user_id: int) -> bool:
        """Whether somebody's model is known to take tools, and is given any."""
        return self.model_acts(user_id) and not self._askers.tools_off(user_id) >= set(TOOLS)

    def model_acts(self, user_id: int) -> bool:
        """Whether the model that answers somebody is known to take tools."""
        try:
            model = self.models.model_for(user_id)
        except NoModelsError:
            return False
        return bool(model.tools) and model.provider in self._clients and self._takes_tools(model)

    def reads_pdf(self, model: Model) -> bool:
        """Whether its provider makes a text of pages that are pictures, and for nothing."""
        client = self._clients.get(model.provider)
        return client is not None and client.reads_pdf

    def _place_of(self, turn: Turn) -> tuple[int, int | None]:
        """Where the turn is now: its group may have become a supergroup meanwhile."""
        now = self.turns.get(turn.id, turn.user_id) or turn
        return now.chat_id, now.thread_id

    def _tools(self, model: Model, rounds: Rounds | None) -> tuple[Tool, ...]:
        """What the model is offered for a question."""
        if rounds is None or not self._takes_tools(model):
            return ()
        tools, context = rounds.offered(), model.context_length or prompt.CONTEXT_TOKENS
        return tools if prompt.tools_cost(tools) <= context // TOOLS_SHARE else ()

    def _takes_tools(self, model: Model) -> bool:
        client = self._clients.get(model.provider)
        is_refused = client is not None and client.refuses_tools(model.key)
        return model.tools is not False and not is_refused

    def _searches(self, model: Model, user_id: int) -> bool:
        """Whether the model may look things up in the web."""
        client = self._clients.get(model.provider)
        return (
            self._may_search(user_id)
            and client is not None
            and client.searches_web
            and self._takes_tools(model)
        )

    def _system(self, user_id: int, *, acts: bool) -> str:
        """How to answer this person, and what is known of them."""
        clock, chosen = self._askers.clock_of(user_id), self._styles.chosen(user_id)
        _, style = texts_styles.worded(chosen.key, chosen.label, chosen.prompt)
        if acts:
            style = f"{style}\n\n{texts_tools.ACT}"
        return prompt.system(style, clock.local(clock.now()), self._askers.name_of(user_id))

    def _letters(self, model: Model) -> int:
        """How much of notes a model can read."""
        return prompt.notes_room(self.limits.answer, model.context_length) * LETTERS_A_TOKEN

    def _content(self, turn: Turn, model: Model) -> str:
        """The question with what it is about. Later it is remembered without the notes."""
        if not turn.sources:
            return prompt.question(turn)
        room = prompt.notes_room(self.limits.answer, model.context_length)
        letters = min(self._letters(model), RELEVANT_CHARS)
        clock = self._askers.clock_of(turn.user_id)
        period = period_in(turn.question, clock)
        notes = self._search.relevant(turn.user_id, turn.question, budget=letters, period=period)
        return prompt.about_notes(turn, notes, room, clock.local)
