"""Replies that answer what the bot has asked: they go to whoever asked it."""

from contextlib import suppress

from handlers import commands
from handlers.actions import bound
from handlers.context import App, Route

COMMANDS = frozenset(row.name for row in commands.COMMANDS)
KINDS = {row.name: row for row in commands.PROMPTS}


def answering(app: App, route: Route) -> Route:
    """The route of an answer to a prompt; any other stays as it is, and so does a command."""
    request = route.request
    if request.callback_id or request.replied is None or route.command in COMMANDS:
        return route
    asked = app.prompts.asked(request.user_id, (request.chat_id, request.replied.message_id))
    if asked is None:
        return route
    kind, about = asked
    with suppress(KeyError, ValueError):  # of a version that is no more
        row = KINDS[kind]
        return Route(bound(row, about), request, row.writes, row.owner_only)
    return route
