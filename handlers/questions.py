"""Questions: asking, stopping, asking again, keeping the answer, starting afresh."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from acting.notes import period_in
from dialogue.answering import begin
from dialogue.attachments import DOCUMENT, IMAGE, of_kind
from files import Attachment
from handlers import answers, quota
from handlers.buttons import button
from handlers.context import App
from handlers.types import GrowingReply, Reply, Request, Task
from storage.models import NoModelsError
from storage.note_rows import Note
from storage.turns import FULL_UNITS, Turn
from texts import files as texts_files
from texts import notes as texts_notes
from texts import questions as texts
from utf16 import units

JOIN_WAIT_S = 1.5  # for the next part of a long text
ALBUM_WAIT_S = 1.0  # for the other files of an album
GIVEN = (IMAGE, DOCUMENT)  # to a model as they are; recordings are written down first
EDIT_S = 60


def ask(app: App, request: Request) -> Reply:
    """/ask <question>."""
    words, quoted = request.args.strip(), request.quoted
    if not words and (files := _sent_with(app, request)):
        words = texts_files.LOOK if of_kind(IMAGE, files) else texts_files.RETELL
    elif not words:
        words, quoted = quoted.strip(), ""
    return asked(app, request, words, quoted) if words else Reply(texts.ASK_EMPTY)


def note_ask(app: App, request: Request) -> Reply:
    """/note_ask <question>: answered from one's own notes, or not at all."""
    question = request.args.strip()
    if not question:
        return Reply(texts.NOTE_ASK_EMPTY)
    sources = _relevant(app, request.user_id, question)
    if not sources:
        return Reply(texts.NOTE_ASK_NONE)
    return asked(app, request, question, "", sources=sources, attachments=())


def is_joined(app: App, request: Request) -> bool:
    """Whether a text has gone on with the question before: Telegram cuts a long one."""
    has_file = request.content is not None and request.content.readable is not None
    return not has_file and app.turns.extend(
        request.chat_id,
        request.user_id,
        request.message_id,
        request.args,
        request.date,
        units(request.args),
        request.thread_id,
    )


def is_asked(app: App, request: Request) -> bool:
    """Whether a message is, or belongs to, a question."""
    message_id = request.message_id
    return app.turns.by_message(request.chat_id, request.user_id, message_id) is not None


def edited(app: App, request: Request) -> Reply:
    """A question edited within a minute is asked anew, one edited later if that is wished."""
    turn = app.turns.by_message(request.chat_id, request.user_id, request.message_id)
    if turn is None or not request.args.strip():
        return Reply()
    new = turn.edited(request.message_id, request.args)
    if new.question == turn.question or app.turns.reword(new):
        return Reply()
    if (request.edited_at or 0) - request.date > EDIT_S:
        return _offered(app, request, new)
    anew = asked_again(app, request, new)
    if anew.tasks:
        app.dialogue.stop(request.user_id, turn_id=turn.id)
    return anew


def again(app: App, request: Request, turn_id: int) -> Reply:
    """🔁: the same question once more; the old answer leaves the memory."""
    return _pressed_again(app, request, turn_id)


def again_unlimited(app: App, request: Request, turn_id: int) -> Reply:
    """🔁 with an answer as long as the model can make it: its thinking took all there was."""
    return _pressed_again(app, request, turn_id, unlimited=True)


def go_on(app: App, request: Request, turn_id: int) -> Reply:
    """▶️ under a cut answer: it goes on in the next message."""
    turn = app.turns.get(turn_id, request.user_id)
    if turn is None or not turn.answer:
        return Reply(toast=texts.ANSWER_GONE)
    if not app.turns.is_current(turn):
        return Reply(toast=texts.DIALOGUE_RESET)
    if refused := quota.refusal(app, request.user_id):
        return Reply(toast=refused)
    if not app.turns.go_on(turn.id):
        return Reply(toast=texts.GONE_ON)
    app.usage.asked(request.user_id, app.clock.now())
    task = Task("question", {"turn": turn.id, "go_on": True})
    return Reply(toast=texts.GOING_ON, tasks=(task,))


def keep(app: App, request: Request, turn_id: int) -> Reply:
    """💾: the answer as a note."""
    turn = app.turns.get(turn_id, request.user_id)
    if turn is None or not turn.answer:
        return Reply(toast=texts.ANSWER_GONE)
    if turn.note_number is not None and app.notes.has(request.user_id, turn.note_number):
        return Reply(toast=texts.already_kept(turn.note_number))
    note = Note(0, turn.answer, app.clock.now(), markdown=True)
    number = app.notes.keep(request.user_id, note)
    app.turns.save_note(turn.id, number)
    return Reply(toast=texts_notes.note_added(number))


def new(app: App, request: Request) -> Reply:
    """/new: an empty dialogue."""
    app.dialogue.stop(request.user_id, chat_id=request.chat_id, thread_id=request.thread_id)
    had_turns = app.turns.begin_anew(request.chat_id, request.user_id, request.thread_id)
    return Reply(texts.NEW_DIALOGUE if had_turns else texts.ALREADY_NEW)


def answer(app: App, request: Request, args: dict[str, Any]) -> Reply | GrowingReply:
    """The task of a question, or of an answer that goes on."""
    turn = app.turns.get(args["turn"], request.user_id)
    if turn is None:
        return Reply(texts.ANSWER_GONE)
    answering = begin(
        app.dialogue,
        turn,
        go_on=args.get("go_on", False),
        unlimited=args.get("unlimited", False),
    )
    return GrowingReply(
        pieces=answering,
        stop_button=button(texts.STOP_BUTTON, "stop", turn.id),
        stop=answering.stop,
        conclude=partial(answers.concluded, app, answering),
    )


def asked(
    app: App,
    request: Request,
    question: str,
    quoted: str,
    *,
    message_id: int | None = None,
    sources: Iterable[int] = (),
    parts: Iterable[tuple[int, str]] = (),
    unlimited: bool = False,
    attachments: tuple[Attachment, ...] | None = None,
) -> Reply:
    """Take a question in; None for `attachments`: what the message or the one replied to holds."""
    if attachments is None:
        attachments = _sent_with(app, request)
    if of_kind(IMAGE, attachments) and not _is_seen(app, request.user_id):
        return Reply(texts_files.NOBODY_SEES)
    if refused := quota.refusal(app, request.user_id):
        return Reply(refused)
    app.usage.asked(request.user_id, app.clock.now())
    size = units(request.args)
    album = request.content.album if request.content else ""
    app.gatherings.drop_album(request.user_id, album)  # it is asked about, not to be kept
    turn_id = app.turns.add(
        request.chat_id,
        request.user_id,
        message_id or request.message_id,
        question,
        quoted,
        request.edited_at or request.date,
        size,
        sources,
        parts,
        attachments,
        album,
        request.thread_id,
    )
    wait_s = JOIN_WAIT_S if size >= FULL_UNITS else ALBUM_WAIT_S if album else 0.0
    return Reply(tasks=(Task("question", {"turn": turn_id, "unlimited": unlimited}, wait_s),))


def asked_again(app: App, request: Request, turn: Turn, *, unlimited: bool = False) -> Reply:
    """A question that there was before, perhaps in other words; its old answer is forgotten."""
    sources = _relevant(app, request.user_id, turn.question) if turn.sources else ()
    if turn.sources and not sources:
        return Reply(texts.NOTE_ASK_NONE)
    anew = asked(
        app,
        request,
        turn.question,
        turn.quoted,
        message_id=turn.message_id,
        sources=sources,
        parts=turn.parts,
        unlimited=unlimited,
        attachments=turn.attachments,
    )
    if anew.tasks:
        app.turns.forget(turn.id)
    return anew


def _pressed_again(app: App, request: Request, turn_id: int, *, unlimited: bool = False) -> Reply:
    turn = app.turns.get(turn_id, request.user_id)
    if turn is None:
        return Reply(toast=texts.ANSWER_GONE)
    if not app.turns.is_current(turn):
        return Reply(toast=texts.DIALOGUE_RESET)
    if app.turns.is_asked_since(turn):
        return Reply(toast=texts.ASKED_AGAIN)
    anew = asked_again(app, request, turn, unlimited=unlimited)
    toast = texts.ASKING_AGAIN if anew.tasks else anew.text
    return Reply(toast=toast, tasks=anew.tasks)


def _sent_with(app: App, request: Request) -> tuple[Attachment, ...]:
    """The files that a question is about: its own, then those of the message replied to."""
    own, replied = request.content, request.replied
    found = [own.readable] if own and own.readable and own.readable.kind in GIVEN else []
    if own and (before := app.turns.of_album(request.chat_id, request.user_id, own.album)):
        found = [*before.attachments, *found]
    if replied and replied.readable and replied.readable.kind in GIVEN:
        whole = app.turns.of_album(request.chat_id, request.user_id, replied.album)
        found += whole.attachments if whole else [replied.readable]
    return tuple(found)


def _is_seen(app: App, user_id: int) -> bool:
    """Whether a model can answer about a picture; that there is none at all is said later."""
    try:
        return app.dialogue.sees(user_id)
    except NoModelsError:
        return True


def _offered(app: App, request: Request, turn: Turn) -> Reply:
    """The edited question is kept as one that was not asked: a button asks it as any other."""
    turn_id = app.turns.add(
        turn.chat_id,
        turn.user_id,
        turn.message_id,
        turn.question,
        turn.quoted,
        request.edited_at or request.date,
        0,
        turn.sources,
        turn.parts,
        turn.attachments,
        thread_id=request.thread_id,
    )
    app.turns.answer(turn_id, "")
    ask_it = button(texts.EDITED_BUTTON, "again", turn_id)
    return Reply(texts.EDITED_TOO_LATE, buttons=((ask_it,),), as_reply=True)


def _relevant(app: App, user_id: int, question: str) -> tuple[int, ...]:
    """The numbers of the notes that bear upon a question."""
    period = period_in(question, app.clock_of(user_id))
    return tuple(note.number for note in app.search.relevant(user_id, question, period=period))
