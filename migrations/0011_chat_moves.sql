-- A group that becomes a supergroup gets another id.
CREATE TABLE chat_moves (
    old_id INTEGER PRIMARY KEY,
    new_id INTEGER NOT NULL
);
