"""What the bot does by itself when it is asked in plain words: no model has to be asked for it."""

from dataclasses import replace

from handlers import plain_words
from handlers.buttons import button
from handlers.context import App
from handlers.notes import capture
from handlers.plain_words import Wish
from handlers.types import Reply, Request
from texts import notes as texts_notes


def done(app: App, request: Request) -> Reply | None:
    """The answer to «запомни …» and the like; None: it is a question, or a task for a model."""
    wish = plain_words.read(request.args)
    if wish is None or wish.kind != "note":
        return None
    if not wish.certain and request.private and app.dialogue.acts_for(request.user_id):
        return None
    return _kept(app, request, wish)


def _kept(app: App, request: Request, wish: Wish) -> Reply:
    """A note as /note_add makes it, which a button puts into the bin."""
    reply = capture.add(app, replace(request, args=wish.text))
    sources = [one.message_id for one in (request.content, request.replied) if one is not None]
    made = (app.notes.made_of(request.user_id, (request.chat_id, source)) for source in sources)
    note = next(filter(None, made), None)
    if note is None:
        return reply
    take_back = button(texts_notes.BUTTON_TAKE_BACK, "del", note.number)
    return replace(reply, buttons=(*reply.buttons, (take_back,)))
