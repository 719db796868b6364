"""One question: what the model is sent and what becomes of its answer. Knows no Telegram."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from llm.client import ChatClient, ChatStream, Completion, ErrorKind, ProviderError
from llm.provider import FALLBACK_KINDS
from storage.models import Model, Models, NoModelsError
from storage.notes import NoteNotFoundError, Notes
from storage.styles import Styles
from storage.turns import Turn, Turns
from texts import log as texts_log
from texts import models as texts_models
from texts import prompts as texts

CONTEXT_TOKENS = 8192  # of a model that does not say how much it takes
MESSAGE_TOKENS = 4  # what a message costs beside its text
BYTES_A_TOKEN = 4  # of UTF-8; on the safe side for Russian and English alike

log = logging.getLogger(__name__)

Messages = list[dict[str, str]]


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


class Dialogue:
    """Answers questions, each in the memory and the style of its author."""

    def __init__(
        self,
        turns: Turns,
        notes: Notes,
        styles: Styles,
        models: Models,
        clients: Mapping[str, ChatClient],
        limits: Limits,
        fallback: str = "",
    ) -> None:
        """`clients` are keyed by provider; `fallback` is the key of a model, empty for none."""
        self.turns = turns
        self._notes = notes
        self._styles = styles
        self._models = models
        self._clients = clients
        self._limits = limits
        self._fallback = fallback
        self._running: dict[int, Answering] = {}
        self._lock = threading.Lock()

    def answer(self, turn: Turn) -> "Answering":
        """The answer to a question, asked when its pieces are asked for."""
        answering = Answering(self, turn)
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

    def ask(self, turn: Turn, memory: list[Turn], model: Model) -> ChatStream:
        """Send a question with its memory (oldest first) to a model.

        Raises:
            ProviderOffError: its provider is not set up.
        """
        client = self._clients.get(model.provider)
        if client is None:
            raise ProviderOffError(model)
        return client.chat_stream(
            self._messages(turn, memory),
            model=model.key,
            max_tokens=self._limits.answer,
            stall_s=self._limits.stall_s,
        )

    def model(self, turn: Turn) -> Model:
        """The model that answers this person."""
        return self._models.model_for(turn.user_id)

    def fallback(self, model: Model) -> Model | None:
        """The model that answers when this one can't, None when there is no other."""
        other = self._models.by_key(self._fallback) if self._fallback else None
        return other if other and other.id != model.id and other.available else None

    def fitting_memory(self, turn: Turn, model: Model) -> list[Turn]:
        """The newest turns that fit beside the question, oldest first, none of them cut."""
        room = min(
            self._limits.dialogue, (model.context_length or CONTEXT_TOKENS) - self._limits.answer
        )
        room -= sum(_cost(message) for message in self._messages(turn, []))
        fitting: list[Turn] = []
        for earlier in self.turns.memory(turn):
            room -= sum(_cost(message) for message in _turn_messages(earlier))
            if room < 0:
                break
            fitting.insert(0, earlier)
        return fitting

    def _messages(self, turn: Turn, memory: list[Turn]) -> Messages:
        prompt = self._styles.chosen(turn.user_id).prompt
        system = [{"role": "system", "content": prompt}] if prompt else []
        earlier = [message for one in memory for message in _turn_messages(one)]
        return [*system, *earlier, {"role": "user", "content": self._content(turn)}]

    def _content(self, turn: Turn) -> str:
        """The question with what it is about. Later it is remembered without the notes."""
        if not turn.sources:
            return _question(turn)
        found = []
        for number in turn.sources:
            with suppress(NoteNotFoundError):
                found.append(self._notes.get(turn.user_id, number))
        rows = [texts.note_for_model(n.number, n.text) for n in found if n.deleted_at is None]
        return texts.about_notes("\n\n".join(rows), turn.question)


class Answering:
    """One question being answered: iterate for the text, then read what came of it."""

    def __init__(self, dialogue: Dialogue, turn: Turn) -> None:
        self.turn = turn
        self.text = ""
        self.model: Model | None = None  # the one that was asked last
        self.error: ProviderError | None = None
        self.completion: Completion | None = None
        self.forgot = False  # the older half of the memory was dropped
        self.stopped = False
        self.replaced: tuple[Model, ProviderError] | None = None  # who could not answer, and why
        self.refusal = ""  # why nobody was asked
        self._dialogue = dialogue
        self._stream: ChatStream | None = None

    def __iter__(self) -> Iterator[str]:
        """The text in pieces; a failure ends it and is found in `error`."""
        self._dialogue.turns.start(self.turn.id)
        try:
            yield from self._from_somebody(self._dialogue.model(self.turn))
        except ProviderError as error:
            self.error = error
        except NoModelsError:
            self.refusal = texts_models.MODELS_NONE
        except ProviderOffError as off:
            self.refusal = texts_models.provider_off(off.model.label, off.model.provider)
        finally:
            self._dialogue.ended(self.turn)

    def stop(self) -> None:
        """End the answer and close the provider's connection, from any thread."""
        self.stopped = True
        if self._stream is not None:
            self._stream.cancel()

    def _from_somebody(self, model: Model) -> Iterator[str]:
        """From the model or, when it can't and nothing was shown yet, from the fallback."""
        try:
            yield from self._from(model)
        except ProviderError as error:
            other = self._dialogue.fallback(model)
            if error.kind not in FALLBACK_KINDS or self.text or self.stopped or other is None:
                raise
            log.info(texts_log.FELL_BACK, model.key, other.key, texts_log.CAUSES[error.kind])
            self.replaced = (model, error)
            yield from self._from(other)

    def _from(self, model: Model) -> Iterator[str]:
        self.model = model
        memory = self._dialogue.fitting_memory(self.turn, model)
        try:
            yield from self._pieces(memory, model)
        except ProviderError as error:
            if error.kind is not ErrorKind.CONTEXT_LENGTH or self.text or not memory:
                raise
            self._forget_half(memory)
            yield from self._pieces(memory, model)

    def _pieces(self, memory: list[Turn], model: Model) -> Iterator[str]:
        self._stream = self._dialogue.ask(self.turn, memory, model)
        if self.stopped:  # between the press and this line there was no stream to cancel
            self._stream.cancel()
        for piece in self._stream:
            self.text += piece
            yield piece
        self.completion = self._stream.completion

    def _forget_half(self, memory: list[Turn]) -> None:
        log.info(texts_log.MEMORY_HALVED)
        self.forgot = True
        half = -(-len(memory) // 2)
        for turn in memory[:half]:
            self._dialogue.turns.forget(turn.id)
        del memory[:half]


def _question(turn: Turn) -> str:
    return texts.quoted(turn.quoted, turn.question) if turn.quoted else turn.question


def _turn_messages(turn: Turn) -> Messages:
    return [
        {"role": "user", "content": _question(turn)},
        {"role": "assistant", "content": turn.answer or ""},
    ]


def _cost(message: dict[str, str]) -> int:
    return MESSAGE_TOKENS + -(-len(message["content"].encode()) // BYTES_A_TOKEN)
