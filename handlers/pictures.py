"""Pictures that come without a command: asked about by their words, else offered a choice."""

from dataclasses import replace

from dialogue.pictures import BYTES_MOST
from handlers import questions
from handlers.buttons import button
from handlers.context import App
from handlers.types import Content, Reply, Request, Task
from storage.turns import Turn
from texts import buttons as texts_buttons
from texts import notes as texts_notes
from texts import pictures as texts


def sent(app: App, request: Request) -> Reply:
    """A picture in a private chat: with words a question, else an offer, for an album one."""
    content = request.content
    assert content is not None
    assert content.picture is not None
    if content.picture.size > BYTES_MOST:
        return _offer(texts.TOO_LARGE)
    words = "" if _is_forwarded(content) else request.args.strip()
    turn = _joined(app, request, content)
    if turn is not None:
        is_first_words = words and not turn.question
        return _ask_late(app, request, turn, words) if is_first_words else Reply()
    if words:
        return questions.asked(app, request, words, request.quoted)
    turn_id = _keep_unasked(app, request, content)
    if content.album:
        return Reply(tasks=(Task("album", {"turn": turn_id}, questions.ALBUM_WAIT_S),))
    return _offer(texts.OFFER, turn_id)


def joined(app: App, request: Request) -> Reply:
    """A picture of an album in a group: it belongs to a question, or is not for us."""
    if request.content is not None:
        _joined(app, request, request.content)
    return Reply()


def album_offer(app: App, request: Request, args: dict[str, int]) -> Reply:
    """The task that offers a choice for an album, once all of it may have come."""
    turn = app.turns.get(args["turn"], request.user_id)
    if turn is None or app.turns.is_asked_since(turn):
        return Reply()
    return _offer(texts.OFFER, turn.id)


def look(app: App, request: Request, turn_id: int) -> Reply:
    """🔍: what there is to see."""
    turn = app.turns.get(turn_id, request.user_id)
    if turn is None:
        return Reply(toast=texts_buttons.OLD)
    if app.turns.is_asked_since(turn):
        return Reply(toast=texts.LOOKED)
    asked = questions.asked_again(app, request, replace(turn, question=texts.LOOK))
    return replace(asked, toast=texts.LOOKING if asked.tasks else "")


def _joined(app: App, request: Request, content: Content) -> Turn | None:
    """The turn of the album that this picture belongs to, with it; None for the first one."""
    if not content.album or content.picture is None:
        return None
    return app.turns.join_album(request.chat_id, request.user_id, content.album, content.picture)


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
    assert content.picture is not None
    turn_id = app.turns.add(
        request.chat_id,
        request.user_id,
        request.message_id,
        "",
        content.text if _is_forwarded(content) else request.quoted,
        request.date,
        0,
        attachments=[content.picture],
        album=content.album,
    )
    app.turns.answer(turn_id, "")
    return turn_id


def _offer(text: str, turn_id: int | None = None) -> Reply:
    look_at_it = () if turn_id is None else (button(texts.LOOK_BUTTON, "look", turn_id),)
    row = (*look_at_it, button(texts_notes.BUTTON_SAVE, "save"))
    return Reply(text, buttons=(row,), as_reply=True)


def _is_forwarded(content: Content) -> bool:
    """Whether somebody else wrote the words."""
    return content.origin_at is not None
