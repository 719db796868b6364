"""Groups that became supergroups and have had another id since."""

from db import Database

# Above all numbers of messages. Less this, those of the group stand before those of the supergroup,
# in their order: both begin with 1, and one is never taken for the other.
FORMER = 1 << 53


class Chats:
    """The table `chat_moves`, kept in memory as well: it is asked for every task."""

    def __init__(self, db: Database) -> None:
        self._db = db
        rows = db.rows("SELECT old_id, new_id FROM chat_moves")
        self._moves: dict[int, int] = {row["old_id"]: row["new_id"] for row in rows}

    def current(self, chat_id: int) -> int:
        """The id that a chat has now."""
        return self._moves.get(chat_id, chat_id)

    def former(self, chat_id: int) -> list[int]:
        """The ids that a chat has had before."""
        return [old for old, new in self._moves.items() if new == chat_id]

    def move(self, old_id: int, new_id: int) -> None:
        """Let a chat go on under its new id, with its dialogues and those who asked for access.

        Groups have no topics: what comes from one stands outside those of the supergroup.
        What its tasks have shown is not to be changed there: it is shown anew.
        """
        if self.current(old_id) == new_id:
            return
        with self._db.transaction() as connection:
            for statement in MOVE:
                connection.execute(statement, {"old": old_id, "new": new_id, "former": FORMER})
        self._moves[old_id] = new_id


MOVE = (
    "DELETE FROM note_parts WHERE chat_id = :old",
    "INSERT INTO chat_moves (old_id, new_id) VALUES (:old, :new)"
    " ON CONFLICT (old_id) DO UPDATE SET new_id = excluded.new_id",
    "UPDATE turns SET chat_id = :new, thread_id = 0, message_id = message_id - :former,"
    " parts = '[]' WHERE chat_id = :old",
    "INSERT INTO dialogues (chat_id, thread_id, user_id, begins_after)"
    " SELECT :new, 0, user_id, begins_after FROM dialogues WHERE chat_id = :old"
    " ON CONFLICT DO UPDATE SET begins_after = max(begins_after, excluded.begins_after)",
    "DELETE FROM dialogues WHERE chat_id = :old",
    "UPDATE people SET chat_id = :new WHERE chat_id = :old",
    "UPDATE notes SET chat_id = :new, message_id = message_id - :former WHERE chat_id = :old",
    "UPDATE prompts SET chat_id = :new, message_id = message_id - :former WHERE chat_id = :old",
    "UPDATE reminders SET chat_id = :new, thread_id = NULL, message_id = message_id - :former"
    " WHERE chat_id = :old",
    "UPDATE tasks SET shown = '[]' WHERE done_at IS NULL AND lane LIKE '%:' || :old || ':%'",
)
