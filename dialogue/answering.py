"""One question and its answer: asked, asked otherwise when that fails, and what came of it."""

import itertools
import logging
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from acting.rounds import Rounds
from dialogue import progress, prompt
from dialogue.asking import FAILURES, Attempt, Dialogue, Failure, NobodySeesError
from dialogue.attachments import (
    DOCUMENT,
    IMAGE,
    REMEMBERED_TURNS,
    FetchedFiles,
    Shown,
    chosen,
    have_pictures,
    of_kind,
)
from dialogue.progress import Status
from files import Attachment
from llm.client import ChatStream, Completion, ErrorKind, ProviderError
from llm.completion import TOOL_CALLS
from llm.provider import FALLBACK_KINDS, JSON
from storage.models import Model
from storage.turns import Turn
from texts import log as texts_log

# What may be about the files in a request, so that it is tried without them.
FILE_KINDS = frozenset(
    {
        ErrorKind.NO_IMAGES,
        ErrorKind.BAD_REQUEST,
        ErrorKind.UNPROCESSABLE,
        ErrorKind.TOO_LARGE,
    }
)

log = logging.getLogger(__name__)


def begin(
    dialogue: Dialogue, turn: Turn, *, go_on: bool = False, unlimited: bool = False
) -> "Answering":
    """The answer to a question, asked when its pieces are asked for.

    With `go_on` the answer that there is goes on; with `unlimited` it may be as long as the model
    can make it.
    """
    answering = Answering(dialogue, turn, go_on=go_on, unlimited=unlimited)
    dialogue.begin(answering)
    return answering


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
        self.rounds = None if go_on else dialogue.rounds(turn)  # what the model has called
        self._dialogue = dialogue
        self._has_less_room = False  # for documents: they were too long for the model
        self._stream: ChatStream | None = None
        self._fetched = self._files()

    @property
    def text(self) -> str:
        """All text so far."""
        before = self.rounds.text if self.rounds is not None else ""
        return _joined(before, self._stream.text if self._stream is not None else "")

    def took(self, completion: Completion) -> tuple[int, int | None]:
        """Milliseconds and tokens of the answer and of the rounds before it; None: not counted."""
        made = self.rounds.made if self.rounds is not None else []
        latency_ms = completion.latency_ms + sum(one.latency_ms for one in made)
        if completion.completion_tokens is None:
            return latency_ms, None
        return latency_ms, completion.completion_tokens + sum(o.completion_tokens for o in made)

    def __iter__(self) -> Iterator[str | Status]:
        """The text in pieces, and what is done between them; `failure` says what has ended it."""
        self._dialogue.turns.start(self.turn.id)
        try:
            model = self._with_eyes(self._dialogue.models.model_for(self.turn.user_id))
            attempt = self._dialogue.attempt(self, model)
            if self.rounds is not None and self.rounds.is_unfinished:  # the process was killed
                attempt = yield from self._acted(self.rounds, attempt)
            if self.text:
                yield self.text
            while self.completion is None:
                try:
                    completion = yield from self._asked(attempt)
                    if attempt.tools and completion.finish_reason == TOOL_CALLS:
                        attempt = yield from self._called(attempt, completion)
                    else:
                        self.completion = completion
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

    def _asked(self, attempt: Attempt) -> Generator[str | Status, None, Completion]:
        """The text that a model answers with in pieces, then all that is known of it."""
        self.model = attempt.model
        gap = "\n\n" if self.text else ""
        self._stream = self._dialogue.ask(attempt)
        if self.stopped:  # when it was stopped there was no stream to cancel
            self._stream.cancel()
        for piece in progress.told(self._stream):
            if isinstance(piece, str):
                self._fetched.release()  # what has begun is not asked again
                piece, gap = gap + piece, ""
            yield piece
        return self._stream.completion

    def _called(self, attempt: Attempt, completion: Completion) -> Generator[Status, None, Attempt]:
        """Store what the model calls, do it, and ask on."""
        assert self.rounds is not None  # only then tools are offered
        self.rounds.add(completion)
        self._stream = None  # its text is that of the round now
        return (yield from self._acted(self.rounds, attempt))

    def _acted(self, rounds: Rounds, attempt: Attempt) -> Generator[Status, None, Attempt]:
        """Do what was called and is not done; what to ask then."""
        for doing in self._dialogue.act(rounds, attempt):
            if self.stopped:
                break
            yield Status(doing)
        if self._fetched.is_released:  # the files are needed once more
            self._fetched = self._files()
        return self._dialogue.attempt(self, attempt.model)

    def _files(self) -> FetchedFiles:
        return FetchedFiles(self._dialogue.gate, lambda: self.stopped)

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
        if self.stopped or (self._stream is not None and self._stream.text):
            raise error
        is_too_long = error.kind is ErrorKind.CONTEXT_LENGTH
        if is_too_long and attempt.shown.texts and not self._has_less_room:
            self._has_less_room = True
            return self._dialogue.attempt(self, attempt.model)
        if is_too_long and not attempt.is_reduced:
            return self._reduced(attempt, error)
        if error.kind is ErrorKind.TOOLS_REFUSED and (attempt.tools or attempt.web_search):
            log.info(texts_log.TOOLS_REFUSED, attempt.model.key)  # its client remembers
            return self._dialogue.attempt(self, attempt.model)
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


def _joined(before: str, text: str) -> str:
    """What was said before the model looked something up, and what it says now."""
    return "\n\n".join(filter(None, (before, text)))
