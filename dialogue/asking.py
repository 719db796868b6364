"""Whom to ask a question, and with how much of the dialogue."""

import itertools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from dialogue import prompt
from dialogue.askers import Askers
from dialogue.attachments import IMAGE, REMEMBERED_TURNS, FileGate, Shown
from documents.reading import UnreadableError
from files import Attachment, FileUnavailableError
from llm.client import ChatClient, ChatStream, ProviderError
from storage.models import Model, Models, NoModelsError
from storage.search import RELEVANT_CHARS, Search
from storage.styles import Styles
from storage.turns import Turn, Turns
from texts import prompts as texts
from texts import styles as texts_styles

LETTERS_A_TOKEN = 2  # Russian ones


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
    is_reduced: bool = False

    @property
    def messages(self) -> prompt.Messages:
        return prompt.messages(self.system, self.memory, self.content, self.attachments, self.shown)

    @property
    def max_tokens(self) -> int | None:
        return prompt.answer_tokens(self.wanted, self.model.context_length, self.messages)


class Question(Protocol):
    """What is to be answered."""

    @property
    def turn(self) -> Turn: ...
    @property
    def go_on(self) -> bool: ...
    @property
    def unlimited(self) -> bool: ...
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
        fallback: str = "",
    ) -> None:
        """`clients` are keyed by provider; `fallback` is the key of a model, empty for none."""
        self.turns = turns
        self.models = models
        self.limits = limits
        self.gate = gate
        self._search = search
        self._styles = styles
        self._clients = clients
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
        turn, limits = question.turn, self.limits
        system = self._system(turn.user_id)
        content = self._content(turn, model)
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
        room = prompt.memory_room(system, content, most, limits.answer, context)
        memory = tuple(prompt.fitting_memory(itertools.chain(recent, earlier), room))
        wanted = None if question.unlimited else limits.answer
        return Attempt(model, system, content, memory, wanted, own, shown)

    def reads_pdf(self, model: Model) -> bool:
        """Whether its provider makes a text of pages that are pictures, and for nothing."""
        client = self._clients.get(model.provider)
        return client is not None and client.reads_pdf

    def _place_of(self, turn: Turn) -> tuple[int, int | None]:
        """Where the turn is now: its group may have become a supergroup meanwhile."""
        now = self.turns.get(turn.id, turn.user_id) or turn
        return now.chat_id, now.thread_id

    def _system(self, user_id: int) -> str:
        """How to answer this person, and what is known of them."""
        clock, chosen = self._askers.clock_of(user_id), self._styles.chosen(user_id)
        _, style = texts_styles.worded(chosen.key, chosen.label, chosen.prompt)
        return prompt.system(style, clock.local(clock.now()), self._askers.name_of(user_id))

    def _content(self, turn: Turn, model: Model) -> str:
        """The question with what it is about. Later it is remembered without the notes."""
        if not turn.sources:
            return prompt.question(turn)
        room = prompt.notes_room(self.limits.answer, model.context_length)
        letters = min(room * LETTERS_A_TOKEN, RELEVANT_CHARS)
        notes = self._search.relevant(turn.user_id, turn.question, budget=letters)
        return prompt.about_notes(turn, notes, room, self._askers.clock_of(turn.user_id).local)
