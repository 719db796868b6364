"""What a row of the tables in `commands` is: something people do, or work that follows from it."""

from collections.abc import Callable
from dataclasses import dataclass

from handlers.buttons import Field, arguments_of
from handlers.context import Handler
from handlers.types import GrowingReply, Reply


@dataclass(frozen=True)
class Action:
    """Something people do, and the handler of it.

    `writes`: the handler changes the database and runs in a transaction of its own. What is
    `owner_only` is refused to others, and they are not shown it. What is `private_only` would show
    a group what one has saved; so would, of other things, all that is the owner's. Of what is
    `quiet` strangers hear nothing. `fields` read the arguments of a button, which its handler is
    given after the request.
    """

    name: str
    handler: Callable[..., Reply]
    writes: bool = False
    owner_only: bool = False
    private_only: bool = False
    quiet: bool = False
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class TaskKind:
    """Work outside the transaction: `action` is what Telegram shows while it is done.

    With `grows` the handler may return a GrowingReply; one that `reports` is given what shows how
    far it has come. What it returns may ask for more work, once it has been said. It is done in
    order with its kind, or with the kind that `lane` names. What is `timed` may wait for a moment
    far ahead; other kinds wait for seconds at the most. What `gathers` waits for messages that may
    be with Telegram still. What is `retried` nobody has asked for just now: while the database
    fails it waits rather than being refused.
    """

    name: str
    handler: Callable[..., Reply | GrowingReply]
    action: str = ""
    grows: bool = False
    reports: bool = False
    owner_only: bool = False
    timed: bool = False
    gathers: bool = False
    retried: bool = False
    lane: str = ""


def bound(row: Action, arguments: str) -> Handler:
    """The handler of a row, given also what a button or a prompt carries.

    Raises:
        ValueError: that is not what its fields want.
    """
    given = arguments_of(arguments, row.fields)
    return lambda app, request: row.handler(app, request, *given)
