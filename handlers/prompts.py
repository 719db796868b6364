"""Replies that answer what the bot has asked: they go to whoever asked it."""

from contextlib import suppress
from dataclasses import replace

from handlers import commands
from handlers.actions import bound
from handlers.context import App, Route
from handlers.parsing import COMMAND
from handlers.types import Request

KINDS = {row.name: row for row in commands.PROMPTS}


def answering(app: App, route: Route) -> Route:
    """The route of an answer to a prompt; any other stays as it is.

    A command in its place has nothing to do with the prompt, which Telegram had it reply to.
    """
    request = route.request
    if request.callback_id or request.replied is None:
        return route
    asked = app.prompts.asked(request.user_id, (request.chat_id, request.replied.message_id))
    if asked is None:
        return route
    if _is_command(request):
        return replace(route, request=replace(request, replied=None, quoted=""))
    kind, about = asked
    with suppress(KeyError, ValueError):  # of a version that is no more
        row = KINDS[kind]
        return Route(bound(row, about), request, row.writes, row.owner_only)
    return route


def _is_command(request: Request) -> bool:
    return request.content is not None and COMMAND.match(request.content.text) is not None
