"""Who may do what: the one check that stands before every handler and every task."""

from collections.abc import Callable
from dataclasses import replace

from handlers.buttons import button
from handlers.context import App, Handler, Route
from handlers.types import Notice, Reply, Request
from storage.people import Person, Role
from texts import people as texts

REQUEST_EVERY_S = 3600


def guard(app: App, route: Route) -> Route:
    """The route itself, or the one to what is said to somebody who may not take it."""
    request = route.request
    person = app.people.record_seen(
        request.user_id,
        request.name,
        request.username,
        request.language or None,
        app.settings.allowed_users.names,
    )
    role = role_of(app, person)
    if role in (Role.OWNER, Role.USER):
        if route.owner_only and role is not Role.OWNER:
            return _instead(route, _owner_only, writes=False)
        return route
    if route.quiet:
        return _instead(route, _nothing, writes=False)
    if request.callback_id is not None:
        return _instead(route, _toast, writes=False)
    if route.command == "start" and request.private and _is_ownerless(app):
        return _instead(route, _welcome_owner(route.handler))
    return _instead(route, _ask_for_access)


def role_of(app: App, person: Person) -> Role | None:
    """Somebody's role, the settings considered; None when nobody gave them access."""
    allowed = app.settings.allowed_users
    if app.settings.owner_id:
        if person.user_id == app.settings.owner_id:
            return Role.OWNER
    elif person.role is Role.OWNER:
        return Role.OWNER
    if person.role in (Role.USER, Role.BLOCKED):
        return person.role
    if allowed.everyone or person.user_id in allowed.ids or person.listed_as in allowed.names:
        return Role.USER
    return None


def has_access(app: App, user_id: int, *, owner_only: bool = False) -> bool:
    """Whether somebody may still have what they asked for: for work begun and answers stored."""
    role = role_of(app, app.people.get(user_id) or Person(user_id))
    return role is Role.OWNER or (role is Role.USER and not owner_only)


def is_blocked(app: App, user_id: int) -> bool:
    """Whether somebody was denied: nothing more is said to them, not even what is stored."""
    person = app.people.get(user_id)
    return person is not None and role_of(app, person) is Role.BLOCKED


def is_owner(app: App, user_id: int) -> bool:
    """Whether somebody is the bot's owner."""
    return user_id == owner(app)


def owner(app: App) -> int | None:
    """The owner's id, if the bot has an owner."""
    return app.settings.owner_id or app.people.owner()


def has_just_asked(app: App, person: Person) -> bool:
    """Whether the owner was asked something for this person within the hour."""
    asked_at = person.requested_at
    return asked_at is not None and app.clock.now() < asked_at + REQUEST_EVERY_S


def notice(app: App, person: Person, words: Callable[[], str]) -> tuple[Notice, ...]:
    """Words for somebody who has written to the bot, in the chat where they last asked."""
    if not person.name:
        return ()
    with app.speaking_to(person.user_id):
        return (Notice(person.chat_id or person.user_id, person.user_id, Reply(words())),)


def _is_ownerless(app: App) -> bool:
    """Whether the first to come becomes the owner."""
    return owner(app) is None and not app.settings.allowed_users


def _instead(route: Route, handler: Handler, *, writes: bool = True) -> Route:
    return replace(route, handler=handler, writes=writes)


def _owner_only(app: App, request: Request) -> Reply:
    if request.callback_id is not None:
        return Reply(toast=texts.OWNER_ONLY)
    return Reply(texts.OWNER_ONLY)


def _toast(app: App, request: Request) -> Reply:
    return Reply(toast=texts.CLOSED_TOAST)


def _nothing(app: App, request: Request) -> Reply:
    return Reply()


def _welcome_owner(start: Handler) -> Handler:
    """Of two who write at the same moment only the first becomes the owner."""

    def handler(app: App, request: Request) -> Reply:
        if not app.people.become_owner(request.user_id):
            return _ask_for_access(app, request)
        greeting = start(app, request)
        others_wrote = app.people.count() > 1
        welcome = texts.OWNER_NOW if others_wrote else texts.OWNER_FIRST
        return replace(greeting, text=f"{welcome}\n{texts.OWNER_CAN}\n\n{greeting.text}")

    return handler


def _ask_for_access(app: App, request: Request) -> Reply:
    """Somebody without access is answered once an hour, and the owner is asked with it."""
    person = app.people.get(request.user_id)
    assert person is not None  # `guard` has recorded them
    if has_just_asked(app, person):
        return Reply()
    app.people.record_request(request.user_id, request.chat_id, app.clock.now())
    if role_of(app, person) is Role.BLOCKED:
        return Reply(texts.BLOCKED)
    if _is_ownerless(app):
        return Reply(texts.OWNERLESS)
    owner_id = owner(app)
    if owner_id is None:
        return Reply(texts.CLOSED_NO_OWNER)
    with app.speaking_to(owner_id):
        request_to_owner = _request_to(owner_id, person)
    return Reply(texts.CLOSED, also=(request_to_owner,))


def _request_to(owner_id: int, person: Person) -> Notice:
    who = texts.person(person.name, person.username, person.user_id)
    buttons = (
        button(texts.ALLOW, "allow", person.user_id),
        button(texts.DENY, "deny", person.user_id),
    )
    return Notice(owner_id, owner_id, Reply(texts.access_request(who), buttons=(buttons,)))
