"""One question: whom to ask, with how much of the dialogue, and what came of it."""

import itertools
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from dialogue import progress, prompt
from dialogue.attachments import (
    DOCUMENT,
    IMAGE,
    REMEMBERED_TURNS,
    FetchedFiles,
    FileGate,
    Shown,
    chosen,
    have_pictures,
    of_kind,
)
from dialogue.progress import Status
from documents.reading import UnreadableError
from files import Attachment, FileUnavailableError
from llm.client import ChatClient, ChatStream, Completion, ErrorKind, ProviderError
from llm.provider import FALLBACK_KINDS, JSON
from storage.models import Model, Models, NoModelsError
from storage.search import RELEVANT_CHARS, Search
from storage.styles import Styles
from storage.turns import Turn, Turns
from texts import log as texts_log
from texts import prompts as texts
from texts import styles as texts_styles

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
# What may be about the files in a request, so that it is tried without them.
FILE_KINDS = frozenset(
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
    attachments: tuple[Attachment, ...] = ()
    shown: Shown = prompt.NONE_SHOWN
    is_reduced: bool = False

    @property
    def messages(self) -> prompt.Messages:
        return prompt.messages(self.style, self.memory, self.content, self.attachments, self.shown)

    @property
    def max_tokens(self) -> int | None:
        return prompt.answer_tokens(self.wanted, self.model.context_length, self.messages)


class Running(Protocol):
    """Work on a turn that its author can stop."""

    @property
    def turn(self) -> Turn: ...
    def stop(self) -> None: ...


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
        gate: FileGate,
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
        self._running: dict[int, Running] = {}
        self._lock = threading.Lock()

    def answer(self, turn: Turn, *, go_on: bool = False, unlimited: bool = False) -> "Answering":
        """The answer to a question, asked when its pieces are asked for.

        With `go_on` the answer that there is goes on; with `unlimited` it may be as long as the
        model can make it.
        """
        answering = Answering(self, turn, go_on=go_on, unlimited=unlimited)
        self.begin(answering)
        return answering

    def begin(self, running: "Running") -> None:
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

    def _place_of(self, turn: Turn) -> tuple[int, int | None]:
        """Where the turn is now: its group may have become a supergroup meanwhile."""
        now = self.turns.get(turn.id, turn.user_id) or turn
        return now.chat_id, now.thread_id

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

    def attempt(self, answering: "Answering", model: Model) -> Attempt:
        """The question with as much memory as fits into the model."""
        turn, limits = answering.turn, self.limits
        chosen = self._styles.chosen(turn.user_id)
        _, style = texts_styles.worded(chosen.key, chosen.label, chosen.prompt)
        content = self._content(turn, model)
        earlier = self.turns.memory(turn)
        most = limits.dialogue
        if answering.go_on:
            # The notes that the answer is made of, if any, go along with its question.
            earlier = itertools.chain([replace(turn, question=content, quoted="")], earlier)
            content = texts.GO_ON
            most = max(most, 2 * limits.answer)  # whatever may be remembered, this must be
        earlier = iter(earlier)
        recent = list(itertools.islice(earlier, REMEMBERED_TURNS))
        own = () if answering.go_on else turn.attachments
        shown = answering.shown(model, own, recent)
        context = (model.context_length or prompt.CONTEXT_TOKENS) - prompt.texts_cost(shown)
        room = prompt.memory_room(style, content, most, limits.answer, context)
        memory = tuple(prompt.fitting_memory(itertools.chain(recent, earlier), room))
        wanted = None if answering.unlimited else limits.answer
        return Attempt(model, style, content, memory, wanted, own, shown)

    def reads_pdf(self, model: Model) -> bool:
        """Whether its provider makes a text of pages that are pictures, and for nothing."""
        client = self._clients.get(model.provider)
        return client is not None and client.reads_pdf

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
        self.unseen = False  # the files were not taken
        self.missing = 0  # how many of the question's own files the model was not given
        self.shares: dict[str, float] = {}  # of its own documents, by name: how much was read
        self._dialogue = dialogue
        self._has_less_room = False  # for documents: they were too long for the model
        self._stream: ChatStream | None = None
        self._fetched = FetchedFiles(dialogue.gate, lambda: self.stopped)

    @property
    def text(self) -> str:
        """All text so far."""
        return self._stream.text if self._stream is not None else ""

    def __iter__(self) -> Iterator[str | Status]:
        """The text in pieces, and what goes on meanwhile; a failure is found in `failure`."""
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
                    for piece in progress.told(self._stream):
                        if isinstance(piece, str):
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

    def shown(self, model: Model, own: Sequence[Attachment], recent: Sequence[Turn]) -> Shown:
        """What the model is given of the files: its own, and those of the turns just before.

        Raises:
            FileUnavailableError, UnreadableError: the question has some, and none can be given.
        """
        files, failures = self._fetched, self._fetched.failures
        documents = chosen(DOCUMENT, own, recent)
        room = prompt.documents_room(self._dialogue.limits.answer, model.context_length)
        texts, shares = prompt.excerpts(
            documents, files.documents(documents), room // (2 if self._has_less_room else 1)
        )
        parts: dict[str, JSON] = {}
        if not self.unseen:
            if model.takes(IMAGE) is not False:
                parts |= files.pictures(chosen(IMAGE, own, recent))
            if self._dialogue.reads_pdf(model):
                parts |= files.unread(documents)
        given = parts.keys() | texts.keys()
        failed = [f.file_id for f in own if f.file_id in failures and f.file_id not in given]
        if own and len(failed) == len(own):
            raise failures[failed[0]]
        self.missing = 0 if self.unseen else sum(file.file_id not in given for file in own)
        self.shares = {f.filename: shares[f.file_id] for f in own if f.file_id in shares}
        return Shown(parts, texts)

    def _with_eyes(self, model: Model) -> Model:
        """The model or, when it does not see and there is something to see, one that does.

        Raises:
            NobodySeesError: the question has pictures, and there is no such model.
        """
        turn, turns = self.turn, self._dialogue.turns
        is_needed = bool(of_kind(IMAGE, turn.attachments))
        if model.takes(IMAGE) is not False or not (
            is_needed or have_pictures(itertools.islice(turns.memory(turn), REMEMBERED_TURNS))
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
        is_too_long = error.kind is ErrorKind.CONTEXT_LENGTH
        if is_too_long and attempt.shown.texts and not self._has_less_room:
            self._has_less_room = True
            return self._dialogue.attempt(self, attempt.model)
        if is_too_long and not attempt.is_reduced:
            return self._reduced(attempt, error)
        if attempt.shown.parts and error.kind in FILE_KINDS:
            log.info(texts_log.FILES_REFUSED, attempt.model.key, texts_log.CAUSES[error.kind])
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
        is_seen = bool(attempt.shown.parts)
        seeing = self._dialogue.seeing(attempt.model) if is_seen else None
        other = seeing or self._dialogue.fallback(attempt.model)
        self.unseen |= is_seen and other is not None and seeing is None
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
