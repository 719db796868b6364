"""What the bot does by itself when it is asked in plain words: no model has to be asked for it."""

import re
from dataclasses import replace

from handlers import plain_words, questions
from handlers.context import App
from handlers.notes import capture
from handlers.plain_words import Wish
from handlers.reminders import setting
from handlers.types import Reply, Request
from texts import reminders as texts_reminders
from times.reading import UnreadableTimeError

COMMAND = re.compile(r"/remind(?![a-z0-9_])", re.IGNORECASE)


def plain_text(app: App, request: Request) -> Reply:
    """A text that is no command.

    It is the rest of a note or of a question that Telegram has cut, is done at once, or becomes a
    question or a note.
    """
    if capture.extended(app, request) or questions.is_joined(app, request):
        return Reply()
    if (reply := done(app, request)) is not None:
        return reply
    prefers_notes = app.preferences.of(request.user_id).plain_text == "note"
    if prefers_notes and request.private and request.replied is None:
        return capture.add(app, request)
    return questions.asked(app, request, request.args, request.quoted)


def done(app: App, request: Request) -> Reply | None:
    """The answer to «запомни …» and the like; None: it is a question, or a task for a model."""
    wish = plain_words.read(request.args)
    if wish is None:
        return None
    if wish.kind == "reminder":
        return _reminded(app, request, wish)
    if not wish.certain and request.private and app.dialogue.acts_for(request.user_id):
        return None
    return capture.add(app, replace(request, args=wish.text))


def is_reminder(request: Request) -> bool:
    """Whether a message is meant to set a reminder: /remind or «напомни …»."""
    text = request.content.text if request.content else ""
    wish = plain_words.read(request.args)
    is_wish = wish is not None and wish.kind == "reminder" and wish.certain
    return COMMAND.match(text) is not None or (is_wish and not text.startswith("/"))


def _reminded(app: App, request: Request, wish: Wish) -> Reply | None:
    """A reminder as /remind makes it; «напомни, что такое интеграл» is a question."""
    if not wish.certain:
        return None
    words = plain_words.without_that(wish.text)
    try:
        setting.read_for(app, request, words)
    except UnreadableTimeError:
        if words != wish.text:
            return None
    return setting.set_from_words(app, request, words) if words else Reply(texts_reminders.USAGE)
