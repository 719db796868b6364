"""One question: whom to ask, with how much of the dialogue, and what came of it."""

import itertools
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dialogue import pictures, prompt
from dialogue.pictures import FetchedPictures, PictureGate, Shown
from files import Attachment, FileUnavailableError
from llm.client import ChatClient, ChatStream, Completion, ErrorKind, ProviderError
from llm.provider import FALLBACK_KINDS
from storage.models import Model, Models, NoModelsError
from storage.search import RELEVANT_CHARS, Search
from storage.styles import Styles
from storage.turns import Turn, Turns
from texts import log as texts_log
from texts import prompts as texts

LETTERS_A_TOKEN = 2  # Russian ones

log = logging.getLogger(__name__)


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


Failure = ProviderError | ProviderOffError | NoModelsError | NobodySeesError | FileUnavailableError
FAILURES = (
    ProviderError, ProviderOffError, NoModelsError, NobodySeesError, FileUnavailableError
)  # fmt: skip
# What may be about the pictures of a request, so that it is tried without them.
PICTURE_KINDS = frozenset(
    {
        ErrorKind.NO_IMAGES,
        ErrorKind.BAD_REQUEST,
        ErrorKind.UNPROCESSABLE,
        ErrorKind.TOO_LARGE,
    }
)


@dataclass(frozen=True)
class Attempt:
    """Whom to ask, and what: `memory` is oldest first, `wanted` the answer's most tokens."""

    model: Model
    style: str
    content: str
    memory: tuple[Turn, ...]
    wanted: int | None  # None: as many as the provider lets it make
    pictures: tuple[Attachment, ...] = ()
    shown: Shown = field(default_factory=dict)
    is_reduced: bool = False

    @property
    def messages(self) -> prompt.Messages:
        return prompt.messages(self.style, self.memory, self.content, self.pictures, self.shown)

    @property
    def max_tokens(self) -> int | None:
        return prompt.answer_tokens(self.wanted, self.model.context_length, self.messages)


class Dialogue:
    """Answers questions, each in the memory and the style of its author."""

    def __init__(
        self,
        turns: Turns,
        search: Search,
        styles: Styles,
        models: Models,
        clients: Mapping[str, ChatClient],
        limits: Limits,
        gate: PictureGate,
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
        self._fallback = fallback
        self._running: dict[int, Answering] = {}
        self._lock = threading.Lock()

    def answer(self, turn: Turn, *, go_on: bool = False, unlimited: bool = False) -> "Answering":
        """The answer to a question, asked when its pieces are asked for.

        With `go_on` the answer that there is goes on; with `unlimited` it may be as long as the
        model can make it.
        """
        answering = Answering(self, turn, go_on=go_on, unlimited=unlimited)
        with self._lock:
            self._running[turn.id] = answering
        return answering

    def stop(self, user_id: int, *, turn_id: int | None = None, chat_id: int | None = None) -> bool:
        """End the person's running answers that fit; False when there are none."""
        with self._lock:
            fitting = [
                answering
                for answering in self._running.values()
                if answering.turn.user_id == user_id
                and turn_id in (None, answering.turn.id)
                and chat_id in (None, answering.turn.chat_id)
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
        return model.takes(pictures.IMAGE) is not False or self.seeing(model) is not None

    def seeing(self, besides: Model) -> Model | None:
        """Another model that sees: the fallback if it can, else a free one of the catalogues."""
        fallback = self.fallback(besides)
        if fallback is not None and fallback.takes(pictures.IMAGE) is not False:
            return fallback
        free = (m for m in self.models.listed() if m.available and m.free and m.id != besides.id)
        return next((m for m in free if m.takes(pictures.IMAGE)), None)

    def attempt(self, answering: "Answering", model: Model) -> Attempt:
        """The question with as much memory as fits into the model."""
        turn, limits = answering.turn, self.limits
        style = self._styles.chosen(turn.user_id).prompt
        content = self._content(turn, model)
        earlier = self.turns.memory(turn)
        most = limits.dialogue
        if answering.go_on:
            # The notes that the answer is made of, if any, go along with its question.
            earlier = itertools.chain([replace(turn, question=content, quoted="")], earlier)
            content = texts.GO_ON
            most = max(most, 2 * limits.answer)  # whatever may be remembered, this must be
        room = prompt.memory_room(style, content, most, limits.answer, model.context_length)
        memory = tuple(prompt.fitting_memory(earlier, room))
        wanted = None if answering.unlimited else limits.answer
        own = () if answering.go_on else tuple(pictures.pictures_of(turn))
        shown = answering.fetched(model, own, memory)
        return Attempt(model, style, content, memory, wanted, own, shown)

    def _content(self, turn: Turn, model: Model) -> str:
        """The question with what it is about. Later it is remembered without the notes."""
        if not turn.sources:
            return prompt.question(turn)
        room = prompt.notes_room(self.limits.answer, model.context_length)
        letters = min(room * LETTERS_A_TOKEN, RELEVANT_CHARS)
        notes = self._search.relevant(turn.user_id, turn.question, budget=letters)
        return prompt.about_notes(turn, notes, room)


class Answering:
    """One question being answered: iterate for the text, then read what came of it."""

    def __init__(self, dialogue: Dialogue, turn: Turn, *, go_on: bool, unlimited: bool) -> None:
        self.turn = turn
        self.go_on = go_on
        self.unlimited = unlimited
        self.model: Model | None = None  # the one that was asked last
        self.failure: Failure | None = None
        self.completion: Completion | None = None
        self.forgot = False  # the older half of the memory was dropped
        self.stopped = False
        self.replaced: tuple[Model, ProviderError] | None = None  # who could not answer, and why
        self.sightless: Model | None = None  # the model that was not asked, for it does not see
        self.unseen = False  # the pictures were not taken
        self.missing = 0  # how many of the question's own pictures could not be shown
        self._dialogue = dialogue
        self._stream: ChatStream | None = None
        self._fetched = FetchedPictures(dialogue.gate, lambda: self.stopped)

    @property
    def text(self) -> str:
        """All text so far."""
        return self._stream.text if self._stream is not None else ""

    def __iter__(self) -> Iterator[str]:
        """The text in pieces; a failure ends it and is found in `failure`."""
        self._dialogue.turns.start(self.turn.id)
        try:
            model = self._with_eyes(self._dialogue.models.model_for(self.turn.user_id))
            attempt = self._dialogue.attempt(self, model)
            while self.completion is None:
                self.model = attempt.model
                self._stream = self._dialogue.ask(attempt)
                if self.stopped:  # when it was stopped there was no stream to cancel
                    self._stream.cancel()
                try:
                    for piece in self._stream:
                        self._fetched.release()  # what has begun is not asked again
                        yield piece
                    self.completion = self._stream.completion
                except ProviderError as error:
                    attempt = self._next_attempt(attempt, error)
        except FAILURES as failure:
            self.failure = failure
        finally:
            self._fetched.release()
            self._dialogue.ended(self.turn)

    def stop(self) -> None:
        """End the answer and close the provider's connection, from any thread."""
        self.stopped = True
        if self._stream is not None:
            self._stream.cancel()

    def fetched(self, model: Model, own: Sequence[Attachment], memory: Sequence[Turn]) -> Shown:
        """The pictures that the model is shown.

        Raises:
            FileUnavailableError: the question has some, and none of them is to be had.
        """
        if self.unseen or model.takes(pictures.IMAGE) is False:
            return {}
        shown = self._fetched.fetch(pictures.chosen(own, reversed(memory)))
        failures = self._fetched.failures
        if own and all(file.file_id in failures for file in own):
            raise failures[own[0].file_id]
        self.missing = sum(file.file_id not in shown for file in own)
        return shown

    def _with_eyes(self, model: Model) -> Model:
        """The model or, when it does not see and there is something to see, one that does.

        Raises:
            NobodySeesError: the question has pictures, and there is no such model.
        """
        turn, turns = self.turn, self._dialogue.turns
        is_needed = bool(pictures.pictures_of(turn))
        if model.takes(pictures.IMAGE) is not False or not (
            is_needed or pictures.are_remembered(turns.memory(turn))
        ):
            return model
        other = self._dialogue.seeing(model)
        if other is None and is_needed:
            raise NobodySeesError
        if other is None:
            return model
        log.info(texts_log.SEES_INSTEAD, model.key, other.key)
        self.sightless = model
        return other

    def _next_attempt(self, attempt: Attempt, error: ProviderError) -> Attempt:
        """What to try after an error; raises it when its text is shown or there is nothing."""
        if self.text or self.stopped:
            raise error
        if error.kind is ErrorKind.CONTEXT_LENGTH and not attempt.is_reduced:
            return self._reduced(attempt, error)
        if attempt.shown and error.kind in PICTURE_KINDS:
            log.info(texts_log.PICTURES_REFUSED, attempt.model.key, texts_log.CAUSES[error.kind])
            self.unseen = True
            return self._dialogue.attempt(self, attempt.model)
        if error.kind in FALLBACK_KINDS and self.replaced is None:
            other = self._other_model(attempt)
            if other is not None:
                cause = texts_log.CAUSES[error.kind]
                log.info(texts_log.FELL_BACK, attempt.model.key, other.key, cause)
                self.replaced = (attempt.model, error)
                return self._dialogue.attempt(self, other)
        raise error

    def _other_model(self, attempt: Attempt) -> Model | None:
        """Who answers instead: of a question with pictures one that sees, if there is any."""
        seeing = self._dialogue.seeing(attempt.model) if attempt.shown else None
        other = seeing or self._dialogue.fallback(attempt.model)
        self.unseen |= bool(attempt.shown and other and seeing is None)
        return other

    def _reduced(self, attempt: Attempt, error: ProviderError) -> Attempt:
        """The question with half of the memory or, when it has none, without a limit of ours."""
        # An answer that goes on needs what it goes on from, the last of its memory.
        half = len(attempt.memory) // 2 if self.go_on else -(-len(attempt.memory) // 2)
        if half:
            log.info(texts_log.MEMORY_HALVED)
            self.forgot = True
            for turn in attempt.memory[:half]:
                self._dialogue.turns.forget(turn.id)
            return replace(attempt, memory=attempt.memory[half:], is_reduced=True)
        if attempt.wanted is None or prompt.cost(attempt.messages) > attempt.wanted // 2:
            raise error
        log.info(texts_log.LIMIT_DROPPED)
        return replace(attempt, wanted=None, is_reduced=True)
