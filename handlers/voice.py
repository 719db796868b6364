"""Voice messages, video notes and audio: written down, and then as if they had been typed."""

from dataclasses import replace
from functools import partial

from dialogue.transcribing import NobodyHearsError, Transcription
from files import DOWNLOAD_MOST, FileTooLargeError
from handlers import answers, at_once, owner_alerts, questions, quota
from handlers.buttons import button
from handlers.context import App, Handler
from handlers.notes import capture, gathering
from handlers.types import Content, GrowingReply, Reply, Request, Task
from llm.client import ProviderError
from storage.note_rows import Note, of_file
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
    return _listen(app, request, content)


def plain_text(app: App, request: Request) -> Reply:
    """A text that is no command, perhaps in reply to a recording.

    «запомни» and «напомни …» are about the recording itself: nobody has to listen to it.
    """
    if _is_recording(request.replied) and (done := at_once.done(app, request)) is not None:
        return done
    return heard_first(at_once.plain_text)(app, request)


def heard_first(handler: Handler) -> Handler:
    """The handler of a question; a recording that it is about is written down before."""

    def given(app: App, request: Request) -> Reply:
        about = next(filter(_is_recording, (request.content, request.replied)), None)
        if about is None or app.transcriber is None:
            return handler(app, request)
        words = app.turns.heard(request.chat_id, request.user_id, about.message_id)
        if words:
            return handler(app, replace(request, quoted=words))
        return _listen(app, request, about)

    return given


def transcribe(app: App, request: Request, args: dict[str, int]) -> Reply | GrowingReply:
    """The task that listens."""
    turn = app.turns.get(args["turn"], request.user_id)
    if turn is None or app.transcriber is None:
        return _unheard(request, texts.NOBODY_HEARS)
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
        note = Note(0, turn.question, app.clock.now(), **of_file(file))
        number = app.notes.keep(request.user_id, note, source)
    else:
        number = made.number
    return Reply(toast=texts_notes.note_added(number))


def _is_recording(content: Content | None) -> bool:
    readable = content.readable if content else None
    return readable is not None and readable.kind not in questions.GIVEN


def _listen(app: App, request: Request, content: Content) -> Reply:
    """Have a recording written down, that of the message itself or of the one replied to."""
    assert app.transcriber is not None
    assert content.readable is not None
    if content.readable.size > DOWNLOAD_MOST:
        return _unheard(request, texts.TOO_LARGE)
    if not app.transcriber.ways():
        return _unheard(request, texts.NOBODY_HEARS)
    if refused := quota.refusal(app, request.user_id):
        return _unheard(request, refused)
    turn_id = app.turns.add(
        request.chat_id,
        request.user_id,
        content.message_id,
        "",
        request.quoted,
        request.date,
        0,
        attachments=[content.readable],
        thread_id=request.thread_id,
    )
    app.turns.answer(turn_id, "")
    return Reply(tasks=(Task("transcribe", {"turn": turn_id}),))


def _concluded(app: App, request: Request, hearing: Transcription) -> Reply:
    """The words that were heard, and the question that they are."""
    answers.count_tokens(app, hearing.turn, hearing.completion)
    if hearing.failure is not None:
        return _unheard(request, _why(app, hearing))
    if hearing.stopped:
        return Reply(texts_questions.STOPPED_EMPTY)
    if not hearing.text:
        return _unheard(request, texts.NOTHING_HEARD)
    turn = hearing.turn
    app.turns.put_words(turn.id, hearing.text)
    keep_it = button(texts_notes.BUTTON_SAVE, "keep_voice", turn.id)
    said = Reply(texts.heard(hearing.text), buttons=((keep_it,),))
    content, caption = request.content, request.args.strip()
    if content is None or content.origin_at is not None:  # somebody else has said it
        return said
    # Words beside a recording are a question about it.
    question, quoted = (caption, hearing.text) if caption else (hearing.text, turn.quoted)
    done = at_once.done(app, replace(request, args=question))
    if done is not None:
        return replace(done, text=f"{said.text}\n\n{done.text}")
    asked = questions.asked(app, request, question, quoted, attachments=())
    return replace(said, text="\n\n".join(filter(None, (said.text, asked.text))), tasks=asked.tasks)


def _why(app: App, hearing: Transcription) -> str:
    failure = hearing.failure
    if isinstance(failure, ProviderError):
        return owner_alerts.explain(app, hearing.turn, failure)
    if isinstance(failure, NobodyHearsError):
        return texts.NOBODY_HEARS
    return texts.TOO_LARGE if isinstance(failure, FileTooLargeError) else texts.LOST


def _unheard(request: Request, why: str) -> Reply:
    """Why nothing was written down; the recording can be kept all the same, if it was sent now."""
    keeps = ((capture.save_button(),),) if _is_recording(request.content) else ()
    return Reply(why, buttons=keeps, as_reply=True)
