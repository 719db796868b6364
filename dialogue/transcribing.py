"""What was said in a recording, written down by whoever can: a server, a model that hears."""

import contextvars
import itertools
import logging
import mimetypes
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from dialogue.attachments import IMAGE, FileGate
from dialogue.progress import Status
from files import Attachment, FileUnavailableError
from llm.client import ChatClient, Completion, ErrorKind, ProviderError
from llm.embedded import EmbeddedFile
from llm.http import Call, End
from storage.models import Models
from storage.turns import Turn
from texts import files as texts
from texts import log as texts_log
from texts import prompts

USUAL_MODEL = "whisper-1"  # of a server that was not told which; most take it for the one they have
LONGEST_S = 600.0
# Nobody there does that: the next one may.
NOT_OFFERED = frozenset({ErrorKind.GONE, ErrorKind.BAD_REQUEST, ErrorKind.UNPROCESSABLE})

log = logging.getLogger(__name__)

Way = Callable[["Transcription", EmbeddedFile], Completion]
Failure = ProviderError | FileUnavailableError


class NobodyHearsError(Exception):
    """There is a recording, and nobody who writes it down."""


class Transcriber:
    """Knows who writes recordings down; `model` is that of TRANSCRIBE_MODEL, "" for none."""

    def __init__(
        self, models: Models, clients: Mapping[str, ChatClient], gate: FileGate, model: str
    ) -> None:
        self.gate = gate
        self._models = models
        self._clients = clients
        self._model = model

    def ways(self) -> list[Way]:
        """Who can be asked, in this order; empty when there is nobody."""
        return [*self._servers(), *self._hearing_models()]

    def _servers(self) -> Iterator[Way]:
        """Those with a way of their own for recordings; OpenRouter's costs money."""
        if client := self._clients.get("openai"):
            yield partial(_by_server, client, self._model or USUAL_MODEL)
        if self._model and (client := self._clients.get("openrouter")):
            yield partial(_by_server, client, self._model)

    def _hearing_models(self) -> Iterator[Way]:
        """GigaChat's bigger models, which hear as they see, then a free one of the catalogues."""
        models = [m for m in self._models.listed() if m.available and m.provider in self._clients]
        giga = (m for m in models if m.provider == "gigachat" and m.takes(IMAGE))
        free = (m for m in models if m.free and m.takes("audio"))
        for model in itertools.chain(itertools.islice(giga, 1), itertools.islice(free, 1)):
            yield partial(_by_model, self._clients[model.provider], model.key)


class Transcription:
    """One recording being written down: iterate for what goes on, then read what came of it."""

    def __init__(self, transcriber: Transcriber, turn: Turn, ended: Callable[[Turn], None]) -> None:
        self.turn = turn
        self.text = ""
        self.failure: Failure | NobodyHearsError | None = None
        self.stopped = False
        self.completion: Completion | None = None
        self._transcriber = transcriber
        self._ended = ended
        self._end: Callable[[], None] = lambda: None

    def __iter__(self) -> Iterator[Status]:
        """What goes on; what was said stands in `text` afterwards."""
        done: Future[str] = Future()
        # The thread speaks the language that is spoken here.
        run = partial(contextvars.copy_context().run, self._run, done)
        threading.Thread(target=run, name="listening", daemon=True).start()
        try:
            yield Status(texts.LISTENING)
            self.text = done.result()
        except (ProviderError, FileUnavailableError, NobodyHearsError) as failure:
            self.failure = failure
        finally:
            self._ended(self.turn)

    def stop(self) -> None:
        """End it, from any thread."""
        self.stopped = True
        self._end()

    def ended_by(self, end: Callable[[], None]) -> None:
        """`end` is what stops the request that is under way."""
        self._end = end
        if self.stopped:
            end()

    def _run(self, done: "Future[str]") -> None:
        try:
            done.set_result(self._written_down(self.turn.attachments[0]))
        except Exception as exc:  # whatever it is, it belongs to the one who waits
            done.set_exception(exc)

    def _written_down(self, recording: Attachment) -> str:
        gate = self._transcriber.gate
        if not gate.enter(lambda: self.stopped):
            return ""
        try:
            path = gate.fetch(recording.file_id)
            try:
                return self._by_somebody(_audio(path, recording))
            finally:
                path.unlink(missing_ok=True)
        finally:
            gate.leave()

    def _by_somebody(self, audio: EmbeddedFile) -> str:
        """Ask one after another.

        Raises:
            ProviderError: of the last one who does such a thing at all.
            NobodyHearsError: there is none.
        """
        failure: ProviderError | None = None
        for way in self._transcriber.ways():
            try:
                self.completion = way(self, audio)
                return self.completion.text.strip()
            except ProviderError as error:
                if self.stopped:
                    return ""
                log.info(texts_log.NOT_TRANSCRIBED, error.name, texts_log.CAUSES[error.kind])
                failure = failure if error.kind in NOT_OFFERED else error
        if failure is None:
            raise NobodyHearsError
        raise failure


def _by_server(
    client: ChatClient, model: str, hearing: Transcription, audio: EmbeddedFile
) -> Completion:
    with Call(LONGEST_S) as call:
        hearing.ended_by(partial(call.end, End.CANCELLED))
        return client.transcribe(call, audio, model)


def _by_model(
    client: ChatClient, model: str, hearing: Transcription, audio: EmbeddedFile
) -> Completion:
    part = {"data": audio, "format": audio.name.rpartition(".")[2]}
    content = [
        {"type": "text", "text": prompts.TRANSCRIBE},
        {"type": "input_audio", "input_audio": part},
    ]
    stream = client.chat_stream(
        [{"role": "user", "content": content}],
        model=model,
        temperature=0.0,
        max_tokens=None,
        timeout_s=LONGEST_S,
    )
    hearing.ended_by(stream.cancel)
    for _ in stream:
        pass
    return stream.completion


def _audio(path: Path, recording: Attachment) -> EmbeddedFile:
    media_type = mimetypes.guess_type(recording.filename)[0] or "audio/mpeg"
    return EmbeddedFile(path, media_type, is_url=False, name=recording.filename)
