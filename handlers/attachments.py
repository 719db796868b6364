"""Files that come without a command: asked about by their words, else offered a choice."""

from dataclasses import replace

from dialogue.attachments import IMAGE, of_kind
from files import DOWNLOAD_MOST
from handlers import at_once, questions
from handlers.buttons import button
from handlers.context import App
from handlers.notes import capture, gathering
from handlers.types import Button, Content, Reply, Request, Task
from storage.turns import Turn
from texts import buttons as texts_buttons
from texts import files as texts
from texts import notes as texts_notes

QUIET_S = 5.0  # within which the words of an album in a group come, if they do


def sent(app: App, request: Request) -> Reply:
    """A picture or a document in a private chat: with words a question, else an offer.

    An album is one question, or gets one offer.
    """
    content = request.content
    assert content is not None
    assert content.readable is not None
    words = "" if _is_forwarded(content) else request.args.strip()
    done = at_once.done(app, request) if words else None
    if done is not None:
        return done
    comes_together = bool(content.album) or _is_forwarded(content)
    if content.readable.size > DOWNLOAD_MOST:
        if comes_together and not words:
            return gathering.sent(app, request)
        return Reply(texts.TOO_LARGE, buttons=((capture.save_button(),),), as_reply=True)
    if not words and gathering.joins_note(app, request):
        return Reply()
    turn = _joined(app, request, content)
    if words:
        return _asked(app, request, turn, words)
    if turn is not None and turn.question:
        return Reply()
    if turn is None:
        turn = _keep_unasked(app, request, content)
    return gathering.gather(app, request) if comes_together else _offer(turn)


def unreadable(app: App, request: Request) -> Reply:
    """A question about a file that nobody here can read."""
    return Reply(
        texts.UNREADABLE["unsupported"], buttons=((capture.save_button(),),), as_reply=True
    )


def joined(app: App, request: Request) -> Reply:
    """A file of an album in a group: it belongs to a question, perhaps to one that is to come."""
    content = request.content
    if content is None or content.readable is None or _joined(app, request, content):
        return Reply()
    turn = _keep_unasked(app, request, content)
    return Reply(tasks=(Task("quiet_album", {"turn": turn.id}, QUIET_S),) if turn else ())


def forget_quiet(app: App, request: Request, args: dict[str, int]) -> Reply:
    """The task that drops the files of an album that was not for us."""
    app.turns.drop_unasked(args["turn"])
    return Reply()


def gathered(app: App, request: Request, args: dict[str, int]) -> Reply:
    """The task that offers what has come together, once all of it may have come."""
    notes = gathering.closed(app, request, args["gathering"], args["last"])
    if len(notes) != 1:
        return gathering.offer(args["gathering"], len(notes)) if notes else Reply()
    first, *others = notes[0]
    in_chat = (request.chat_id, request.user_id)
    turn = app.turns.of_album(*in_chat, first.album)
    return _offer(
        turn or app.turns.by_message(*in_chat, first.message_id),
        gathering.save_button(args["gathering"]) if others else None,
    )


def look(app: App, request: Request, turn_id: int) -> Reply:
    """🔍: what there is to see."""
    return _pressed(app, request, turn_id, texts.LOOK)


def retell(app: App, request: Request, turn_id: int) -> Reply:
    """📝: what a document says, in short."""
    return _pressed(app, request, turn_id, texts.RETELL)


def about(app: App, request: Request, turn_id: int) -> Reply:
    """❓: the next question will be about the document, as if it had just been talked of."""
    turn = app.turns.get(turn_id, request.user_id)
    if turn is None:
        return Reply(toast=texts_buttons.OLD)
    talked = app.turns.add(
        turn.chat_id,
        turn.user_id,
        turn.message_id,
        texts.HERE_IT_IS,
        turn.quoted,
        app.clock.now(),
        0,
        attachments=turn.attachments,
        thread_id=request.thread_id,
    )
    app.turns.answer(talked, texts.ASK_WHAT)
    return Reply(texts.ASK_WHAT)


def _pressed(app: App, request: Request, turn_id: int, words: str) -> Reply:
    turn = app.turns.get(turn_id, request.user_id)
    if turn is None:
        return Reply(toast=texts_buttons.OLD)
    if app.turns.is_asked_since(turn):
        return Reply(toast=texts.LOOKED)
    asked = questions.asked_again(app, request, replace(turn, question=words))
    return replace(asked, toast=texts.LOOKING if asked.tasks else "")


def _joined(app: App, request: Request, content: Content) -> Turn | None:
    """The turn of the album that this picture belongs to, with it; None for the first one."""
    if not content.album or content.readable is None:
        return None
    return app.turns.join_album(request.chat_id, request.user_id, content.album, content.readable)


def _asked(app: App, request: Request, turn: Turn | None, words: str) -> Reply:
    """A question, or the words of an album that came with another picture than its first."""
    if turn is None:
        return questions.asked(app, request, words, request.quoted)
    if turn.question:
        return Reply()
    return questions.asked(
        app,
        request,
        words,
        request.quoted,
        message_id=turn.message_id,
        attachments=turn.attachments,
    )


def _keep_unasked(app: App, request: Request, content: Content) -> Turn | None:
    """Somebody else's words are what the question will be about."""
    assert content.readable is not None
    turn_id = app.turns.add(
        request.chat_id,
        request.user_id,
        request.message_id,
        "",
        content.text if _is_forwarded(content) else request.quoted,
        request.date,
        0,
        attachments=[content.readable],
        album=content.album,
        thread_id=request.thread_id,
    )
    app.turns.answer(turn_id, "")
    return app.turns.get(turn_id, request.user_id)


def _offer(turn: Turn | None, save: Button | None = None) -> Reply:
    """What can be done with what came without words; a turn has the files that can be read."""
    save = save or capture.save_button()
    if turn is None:
        return Reply(texts_notes.SAVE_OFFER, buttons=((save,),), as_reply=True)
    if of_kind(IMAGE, turn.attachments):
        row = (button(texts.LOOK_BUTTON, "look", turn.id), save)
        return Reply(texts.OFFER, buttons=(row,), as_reply=True)
    asking = (
        button(texts.RETELL_BUTTON, "retell", turn.id),
        button(texts.ABOUT_BUTTON, "about", turn.id),
    )
    return Reply(texts.DOCUMENT_OFFER, buttons=(asking, (save,)), as_reply=True)


def _is_forwarded(content: Content) -> bool:
    """Whether somebody else wrote the words."""
    return content.origin_at is not None
