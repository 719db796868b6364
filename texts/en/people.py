"""Who may come in."""

from collections.abc import Iterable

from texts.en.counts import questions_count, tokens_count

OWNER_FIRST = "You are the first to write to me, so now you are the owner of this bot."
OWNER_NOW = "This bot had no owner yet: now you are the owner."
OWNER_CAN = (
    "I answer only you and those whom you let in. When somebody else knocks, I will ask you: "
    "“Let in” or “Turn away”. All people: /users, a copy of the database: /backup"
)
OWNER_ONLY = "This command is for the bot's owner. What you can do: /help"
CLOSED = "Hello! This bot is private. I will ask its owner and tell you when you are let in."
CLOSED_NO_OWNER = "Hello! This bot is private, and there is nobody yet who could let you in."
OWNERLESS = "Hello! This bot has no owner yet. If it is yours, send me /start in the private chat."
BLOCKED = "The bot's owner has shut you out."
CLOSED_TOAST = "This bot is private."
ALLOW = "Let in"
DENY = "Turn away"


def person(name: str, username: str | None, user_id: int) -> str:
    """A name, a username and an id, as far as they are known."""
    shown = f"@{username}, id {user_id}" if username else f"id {user_id}"
    return f"{name} ({shown})" if name else shown


def access_request(who: str) -> str:
    return f"Somebody knocks: {who}. Let them in?"


def access_granted(name: str) -> str:
    return f"{name or 'Hello'}, the bot's owner has let you in. What I can do: /help"


ACCESS_REVOKED = "The bot's owner has shut you out. Your notes are kept."


def allowed(who: str) -> str:
    return f"Let in: {who}"


def denied(who: str) -> str:
    return f"Turned away: {who}"


def allowed_already(who: str) -> str:
    return f"Let in already: {who}"


def denied_already(who: str) -> str:
    return f"Turned away already: {who}"


def allowed_later(username: str) -> str:
    return f"@{username} has not written to me yet. I will let them in when they come."


def denied_later(username: str) -> str:
    return f"@{username} has not written to me yet. I will turn them away when they come."


OWNER_ITSELF = (
    "That is you, the bot's owner: your access does not change. To change the owner, put their id "
    "into .env (OWNER_ID) and restart the bot."
)


def whom(command: str) -> str:
    return f"Whom? Give an id or a @name: /{command} 123456789 or /{command} @anna. All: /users"


def not_a_person(command: str, given: str) -> str:
    return f"“{given}” is neither an id nor a @name. Like this: /{command} 123456789 or /{command} @anna"


ROLE_WORDS = {
    "owner": "owner",
    "user": "let in",
    "blocked": "turned away",
    "listed": "let in by .env",
    "everyone": "let in: the bot is open to all",
    "asked": "waits for your decision",
    "unknown": "not let in",
}
USERS_HEAD = "People (questions and tokens are those of this month):"
USERS_END = "To let somebody in: /allow id or @name. To shut somebody out: /deny id or @name"


def user_row(who: str, role: str, questions: int, tokens: int) -> str:
    used = f" · {questions_count(questions)}, {tokens_count(tokens)}" if questions or tokens else ""
    return f"{who} — {ROLE_WORDS[role]}{used}"


def users_page(page: int, pages: int) -> str:
    return f"Page {page} of {pages}."


def still_expected(names: Iterable[str]) -> str:
    return "Have not come yet: " + ", ".join(names)


def expected_name(username: str, *, blocked: bool) -> str:
    return f"@{username}" + (" (to be turned away)" if blocked else "")
