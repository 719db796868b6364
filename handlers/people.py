"""/users, /allow and /deny, and the buttons under a request for access: the owner's own."""

from dataclasses import replace
from functools import partial

import config
from handlers import access
from handlers.buttons import arrows, button, in_rows, to_owner_settings
from handlers.context import App
from handlers.formatting import preview
from handlers.types import Notice, Reply, Request
from storage.people import Person, Role
from storage.usage import Used
from texts import buttons as texts_buttons
from texts import people as texts

PAGE = 10
IN_ROW = 2
NAME_SHOWN = 24


def users(app: App, request: Request) -> Reply:
    """/users: people, their roles and what they used this month."""
    return _page(app, 0)


def press_users(app: App, request: Request, page: int) -> Reply:
    """◀ and ▶ under the list of people."""
    return replace(_page(app, page), edit=True)


def press_person(app: App, request: Request, user_id: int) -> Reply:
    """One person of the list, with what can be decided about them."""
    person = app.people.get(user_id)
    if person is None:
        return Reply(toast=texts_buttons.OLD)
    decisions = {
        Role.USER: button(texts.ALLOW, "allow", user_id),
        Role.BLOCKED: button(texts.DENY, "deny", user_id),
    }
    role = access.role_of(app, person)
    open_to = [key for decided, key in decisions.items() if role not in (Role.OWNER, decided)]
    used = app.usage.since(user_id, _month(app))
    return Reply(_row(app, person, used), buttons=in_rows(open_to, IN_ROW))


def allow(app: App, request: Request) -> Reply:
    """/allow <id|@name>."""
    return _command(app, request, "allow", Role.USER)


def deny(app: App, request: Request) -> Reply:
    """/deny <id|@name>."""
    return _command(app, request, "deny", Role.BLOCKED)


def press_allow(app: App, request: Request, user_id: int) -> Reply:
    """The button that lets somebody in."""
    return _pressed(_decide(app, user_id, Role.USER))


def press_deny(app: App, request: Request, user_id: int) -> Reply:
    """The button that turns somebody away."""
    return _pressed(_decide(app, user_id, Role.BLOCKED))


def _command(app: App, request: Request, command: str, role: Role) -> Reply:
    given = request.args.strip()
    if not given:
        return Reply(texts.whom(command))
    try:
        if not given.startswith("@"):
            return _decide(app, config.user_id(given), role)
        username = config.username(given)
    except ValueError:
        return Reply(texts.not_a_person(command, given[:64]))
    person = app.people.named(username)
    if person is not None:
        return _decide(app, person.user_id, role)
    app.people.expect(username, role)
    later = texts.allowed_later if role is Role.USER else texts.denied_later
    return Reply(later(username))


def _pressed(decided: Reply) -> Reply:
    return replace(decided, edit=True, toast=decided.text)


def _decide(app: App, user_id: int, role: Role) -> Reply:
    if access.is_owner(app, user_id):
        return Reply(texts.OWNER_ITSELF)
    person = app.people.get(user_id) or Person(user_id)
    before = access.role_of(app, person)
    app.people.decide(user_id, role)
    decided = _grant if role is Role.USER else _revoke
    return decided(app, person, before, texts.person(person.name, person.username, user_id))


def _grant(app: App, person: Person, before: Role | None, who: str) -> Reply:
    if before is Role.USER:
        return Reply(texts.allowed_already(who))
    told = access.notice(app, person, lambda: texts.access_granted(person.name))
    return Reply(texts.allowed(who), also=told)


def _revoke(app: App, person: Person, before: Role | None, who: str) -> Reply:
    if before is Role.BLOCKED:
        return Reply(texts.denied_already(who))
    told: tuple[Notice, ...] = ()
    if before is Role.USER:
        told = access.notice(app, person, lambda: texts.ACCESS_REVOKED)
        # They know now: it is not said again within the hour.
        app.people.record_request(person.user_id, person.chat_id or person.user_id, app.clock.now())
    after = partial(app.dialogue.stop, person.user_id)
    return Reply(texts.denied(who), also=told, after=after)


def _page(app: App, page: int) -> Reply:
    """People page by page, the last if too far; on it also those who have not come yet."""
    pages = -(-app.people.count() // PAGE)
    page = min(page, pages - 1)
    used = app.usage.everyone_since(_month(app))
    people = app.people.everyone(access.owner(app), PAGE, page * PAGE)
    rows = [_row(app, person, used.get(person.user_id, Used())) for person in people]
    if pages > 1:
        rows.append(texts.users_page(page + 1, pages))
    if page == pages - 1 and (expected := _expected(app)):
        rows.append(texts.still_expected(expected))
    keys = [
        button(preview(person.name or str(person.user_id), NAME_SHOWN), "person", person.user_id)
        for person in people
    ]
    return Reply(
        "\n".join([texts.USERS_HEAD, *rows, "", texts.USERS_END]),
        buttons=(*in_rows(keys, IN_ROW), *arrows("users", page, pages), to_owner_settings()),
    )


def _month(app: App) -> int:
    return app.clock.start_of(app.clock.today().replace(day=1))


def _row(app: App, person: Person, used: Used) -> str:
    who = texts.person(person.name, person.username, person.user_id)
    return texts.user_row(who, _standing(app, person), used.questions, used.tokens)


def _standing(app: App, person: Person) -> str:
    """Why somebody may come in or may not: a key of `texts.ROLE_WORDS`."""
    role = access.role_of(app, person)
    if role is None:
        return "asked" if person.requested_at else "unknown"
    if role is Role.USER and person.role is not Role.USER:
        return "everyone" if app.settings.allowed_users.everyone else "listed"
    return role.value


def _expected(app: App) -> list[str]:
    """Whom the owner named, here or in the settings, and who has not written to the bot."""
    allowed = app.settings.allowed_users
    names = [
        texts.expected_name(username, blocked=role is Role.BLOCKED)
        for username, role in app.people.expected()
    ]
    listed = [f"@{name}" for name in sorted(app.people.unclaimed(allowed.names))]
    ids = [f"id {user_id}" for user_id in sorted(allowed.ids) if not app.people.get(user_id)]
    return [*names, *listed, *ids]
