"""People who wrote to the bot, what the owner decided about them, and names it waits for."""

from dataclasses import dataclass
from enum import StrEnum

from db import Database


class Role(StrEnum):
    """What the owner decided about somebody."""

    OWNER = "owner"
    USER = "user"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Person:
    """`username` is as last seen, in lower case and without the @.

    `listed_as` is the name in ALLOWED_USERS that is this person. `requested_at` is when they last
    asked for access and were told that they have none, in the chat `chat_id`. `language` is what
    their Telegram spoke when last seen (IETF), None when it did not say.
    """

    user_id: int
    role: Role | None = None
    name: str = ""
    username: str | None = None
    listed_as: str | None = None
    chat_id: int | None = None
    requested_at: int | None = None
    language: str | None = None


class People:
    """The tables `people` and `expected`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, user_id: int) -> Person | None:
        """Whoever has this id, if the bot has heard of them."""
        return _person(self._db.row(f"{SELECT} WHERE user_id = ?", user_id))

    def named(self, username: str) -> Person | None:
        """Whoever was last seen under this username."""
        return _person(self._db.row(f"{SELECT} WHERE username = ?", username))

    def owner(self) -> int | None:
        """The id of whoever became the owner by coming first."""
        row = self._db.row("SELECT user_id FROM people WHERE role = 'owner'")
        return row["user_id"] if row else None

    def record_seen(
        self,
        user_id: int,
        name: str,
        username: str | None,
        language: str | None,
        listed: frozenset[str],
    ) -> Person:
        """Note who somebody is today, and return all that is known of them.

        A username names a person only once, the first time it is seen: what was decided about the
        name, by the owner or in ALLOWED_USERS (`listed`), then belongs to the id.
        """
        known = self.get(user_id)
        unlisted = username in listed and (known is None or known.listed_as not in listed)
        today = (name, username, language)
        is_same = known and (known.name, known.username, known.language) == today
        if known is not None and is_same and not unlisted:
            return known
        with self._db.transaction() as connection:
            self._rename(user_id, *today)
            self._take_decision(user_id, username)
            if unlisted:
                # A name that is already somebody else stays theirs.
                connection.execute(
                    "UPDATE OR IGNORE people SET listed_as = ?"
                    " WHERE user_id = ? AND role IS NOT 'blocked'",
                    (username, user_id),
                )
            seen = self.get(user_id)
        assert seen is not None
        return seen

    def become_owner(self, user_id: int) -> bool:
        """Make somebody who was seen the owner, unless there is one."""
        with self._db.transaction() as connection:
            return bool(
                connection.execute(
                    "UPDATE people SET role = 'owner' WHERE user_id = ?"
                    " AND NOT EXISTS (SELECT 1 FROM people WHERE role = 'owner')",
                    (user_id,),
                ).rowcount
            )

    def decide(self, user_id: int, role: Role) -> None:
        """Give somebody a role, seen or not."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT INTO people (user_id, role) VALUES (?, ?)"
                " ON CONFLICT (user_id) DO UPDATE SET role = excluded.role",
                (user_id, role),
            )

    def expect(self, username: str, role: Role) -> None:
        """Remember a decision about a name until somebody comes under it."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT INTO expected (username, role) VALUES (?, ?)"
                " ON CONFLICT (username) DO UPDATE SET role = excluded.role",
                (username, role),
            )

    def expected(self) -> list[tuple[str, Role]]:
        """Names nobody has come under yet."""
        rows = self._db.rows("SELECT username, role FROM expected ORDER BY username")
        return [(row["username"], Role(row["role"])) for row in rows]

    def unclaimed(self, names: frozenset[str]) -> frozenset[str]:
        """Those of the names in ALLOWED_USERS that are nobody yet."""
        rows = self._db.rows("SELECT listed_as FROM people WHERE listed_as IS NOT NULL")
        return names - {row["listed_as"] for row in rows}

    def record_request(self, user_id: int, chat_id: int, moment: int) -> None:
        """Note that somebody was told that they have no access."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE people SET chat_id = ?, knocked_at = ? WHERE user_id = ?",
                (chat_id, moment, user_id),
            )

    def everyone(self, first: int | None, limit: int, offset: int = 0) -> list[Person]:
        """Person `first`, those with access, those nobody decided about (the last to ask first),
        and then those who were denied."""
        rows = self._db.rows(
            f"{SELECT} ORDER BY user_id IS NOT ?, CASE role WHEN 'user' THEN 1"
            " WHEN 'blocked' THEN 3 ELSE 2 END, knocked_at DESC, user_id LIMIT ? OFFSET ?",
            first, limit, offset,
        )  # fmt: skip
        return [person for person in map(_person, rows) if person]

    def count(self) -> int:
        """How many people the bot knows."""
        return int(self._db.row("SELECT count(*) FROM people")[0])

    def _rename(self, user_id: int, name: str, username: str | None, language: str | None) -> None:
        """Note what somebody is called today; nobody else has that username any more."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE people SET username = NULL WHERE username = ? AND user_id <> ?",
                (username, user_id),
            )
            connection.execute(
                "INSERT INTO people (user_id, name, username, language) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (user_id) DO UPDATE SET name = excluded.name,"
                " username = excluded.username, language = excluded.language",
                (user_id, name, username, language),
            )

    def _take_decision(self, user_id: int, username: str | None) -> None:
        """What was decided about the name; whoever is blocked cannot shed it by a new name."""
        with self._db.transaction() as connection:
            taken = connection.execute(
                "UPDATE people SET role = expected.role FROM expected WHERE user_id = ?"
                " AND expected.username = ? AND (people.role IS NULL"
                " OR people.role = 'user' AND expected.role = 'blocked')",
                (user_id, username),
            ).rowcount
            if taken:
                connection.execute("DELETE FROM expected WHERE username = ?", (username,))


SELECT = (
    "SELECT user_id, role, name, username, listed_as, chat_id, knocked_at, language FROM people"
)


def _person(row: tuple[object, ...] | None) -> Person | None:
    if row is None:
        return None
    user_id, role, *rest = row
    return Person(user_id, Role(role) if role else None, *rest)  # type: ignore[arg-type]
