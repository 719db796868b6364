"""Files that come without a command: asked about by their words, else offered a choice."""

from dataclasses import replace

from dialogue.attachments import IMAGE, of_kind
from files import DOWNLOAD_MOST
from handlers import questions
from handlers.buttons import button
from handlers.context import App
from handlers.notes import capture
from handlers.types import Content, Reply, Request, Task
from storage.turns import Turn
from texts import buttons as texts_buttons
from texts import files as texts


def sent(app: App, request: Request) -> Reply:
    """A picture or a document in a private chat: with words a question, else an offer.

    An album is one question, or gets one offer.
    """
    content = request.content
    assert content is not None
    assert content.readable is not None
    if content.readable.size > DOWNLOAD_MOST:
        return Reply(texts.TOO_LARGE, buttons=((capture.save_button(),),), as_reply=True)
    words = "" if _is_forwarded(content) else request.args.strip()
    turn = _joined(app, request, content)
    if turn is not None:
        has_first_words = words and not turn.question
        return _ask_late(app, request, turn, words) if has_first_words else Reply()
    if words:
        return questions.asked(app, request, words, request.quoted)
    turn_id = _keep_unasked(app, request, content)
    if content.album:
        return Reply(tasks=(Task("album", {"turn": turn_id}, questions.ALBUM_WAIT_S),))
    return _offer(app.turns.get(turn_id, request.user_id))


def unreadable(app: App, request: Request) -> Reply:
    """A question about a file that nobody here can read."""
    return Reply(
        texts.UNREADABLE["unsupported"], buttons=((capture.save_button(),),), as_reply=True
    )


def joined(app: App, request: Request) -> Reply:
    """A picture of an album in a group: it belongs to a question, or is not for us."""
    if request.content is not None:
        _joined(app, request, request.content)
    return Reply()


def album_offer(app: App, request: Request, args: dict[str, int]) -> Reply:
    """The task that offers a choice for an album, once all of it may have come."""
    turn = app.turns.get(args["turn"], request.user_id)
    is_asked = turn is not None and app.turns.is_asked_since(turn)
    return Reply() if is_asked else _offer(turn)


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


def _ask_late(app: App, request: Request, turn: Turn, words: str) -> Reply:
    """The words of an album came with another picture than its first."""
    return questions.asked(
        app,
        request,
        words,
        request.quoted,
        message_id=turn.message_id,
        attachments=turn.attachments,
    )


def _keep_unasked(app: App, request: Request, content: Content) -> int:
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
    )
    app.turns.answer(turn_id, "")
    return turn_id


def _offer(turn: Turn | None) -> Reply:
    """What can be done with files that came without words."""
    if turn is None:
        return Reply()
    if of_kind(IMAGE, turn.attachments):
        row = (button(texts.LOOK_BUTTON, "look", turn.id), capture.save_button())
        return Reply(texts.OFFER, buttons=(row,), as_reply=True)
    asking = (
        button(texts.RETELL_BUTTON, "retell", turn.id),
        button(texts.ABOUT_BUTTON, "about", turn.id),
    )
    return Reply(texts.DOCUMENT_OFFER, buttons=(asking, (capture.save_button(),)), as_reply=True)


def _is_forwarded(content: Content) -> bool:
    """Whether somebody else wrote the words."""
    return content.origin_at is not None
