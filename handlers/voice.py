"""Voice messages, video notes and audio: written down, and then as if they had been typed."""

from dataclasses import replace
from functools import partial

from dialogue.transcribing import NobodyHearsError, Transcription
from files import DOWNLOAD_MOST, FileTooLargeError
from handlers import answers, owner_alerts, questions, quota
from handlers.buttons import button
from handlers.context import App
from handlers.notes import capture, gathering
from handlers.types import GrowingReply, Reply, Request, Task
from llm.client import ProviderError
from storage.note_rows import Note
from texts import files as texts
from texts import notes as texts_notes
from texts import questions as texts_questions


def sent(app: App, request: Request) -> Reply:
    """Something to listen to, in a private chat: written down outside the transaction."""
    content = request.content
    assert content is not None
    assert content.readable is not None
    if app.transcriber is None:
        return gathering.sent(app, request)
    if content.readable.size > DOWNLOAD_MOST:
        return _unheard(texts.TOO_LARGE)
    if not app.transcriber.ways():
        return _unheard(texts.NOBODY_HEARS)
    if refused := quota.refusal(app, request.user_id):
        return _unheard(refused)
    turn_id = app.turns.add(
        request.chat_id,
        request.user_id,
        request.message_id,
        "",
        request.quoted,
        request.date,
        0,
        attachments=[content.readable],
    )
    app.turns.answer(turn_id, "")
    return Reply(tasks=(Task("transcribe", {"turn": turn_id}),))


def transcribe(app: App, request: Request, args: dict[str, int]) -> Reply | GrowingReply:
    """The task that listens."""
    turn = app.turns.get(args["turn"], request.user_id)
    if turn is None or app.transcriber is None:
        return _unheard(texts.NOBODY_HEARS)
    hearing = Transcription(app.transcriber, turn, app.dialogue.ended)
    app.dialogue.begin(hearing)
    return GrowingReply(
        pieces=hearing,
        stop_button=button(texts_questions.STOP_BUTTON, "stop", turn.id),
        stop=hearing.stop,
        conclude=partial(_concluded, app, request, hearing),
    )


def keep(app: App, request: Request, turn_id: int) -> Reply:
    """💾 under the words: a note with the words and the sound, once."""
    turn = app.turns.get(turn_id, request.user_id)
    if turn is None or not turn.attachments:
        return Reply(toast=texts_notes.SAVE_LOST)
    source, file = (turn.chat_id, turn.message_id), turn.attachments[0]
    made = app.notes.made_of(request.user_id, source)
    if made is None:
        note = Note(0, turn.question, app.clock.now(), file_kind=file.kind, file_id=file.file_id)
        number = app.notes.keep(request.user_id, note, source)
    else:
        number = made.number
    return Reply(toast=texts_notes.note_added(number))


def _concluded(app: App, request: Request, hearing: Transcription) -> Reply:
    """The words that were heard, and the question that they are."""
    answers.count_tokens(app, hearing.turn, hearing.completion)
    if hearing.failure is not None:
        return _unheard(_why(app, hearing))
    if hearing.stopped:
        return Reply(texts_questions.STOPPED_EMPTY)
    if not hearing.text:
        return _unheard(texts.NOTHING_HEARD)
    turn = hearing.turn
    app.turns.put_words(turn.id, hearing.text)
    keep_it = button(texts_notes.BUTTON_SAVE, "keep_voice", turn.id)
    said = Reply(texts.heard(hearing.text), buttons=((keep_it,),))
    content, caption = request.content, request.args.strip()
    if content is None or content.origin_at is not None:  # somebody else has said it
        return said
    # Words beside a recording are a question about it.
    question, quoted = (caption, hearing.text) if caption else (hearing.text, turn.quoted)
    asked = questions.asked(app, request, question, quoted, attachments=())
    return replace(said, text="\n\n".join(filter(None, (said.text, asked.text))), tasks=asked.tasks)


def _why(app: App, hearing: Transcription) -> str:
    failure = hearing.failure
    if isinstance(failure, ProviderError):
        return owner_alerts.explain(app, hearing.turn, failure)
    if isinstance(failure, NobodyHearsError):
        return texts.NOBODY_HEARS
    return texts.TOO_LARGE if isinstance(failure, FileTooLargeError) else texts.LOST


def _unheard(why: str) -> Reply:
    return Reply(why, buttons=((capture.save_button(),),), as_reply=True)
