-- A note whose text Telegram cut is one note: its messages, so that it can go on and be edited.

CREATE TABLE note_parts (
    chat_id    INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    number     INTEGER NOT NULL,            -- of the note
    text       TEXT    NOT NULL,            -- what this message brought to it
    units      INTEGER NOT NULL,            -- length of the whole message
    sent_at    INTEGER NOT NULL,            -- UTC, seconds since 1970
    PRIMARY KEY (chat_id, user_id, message_id)
) WITHOUT ROWID;
CREATE INDEX ix_note_parts_by_time ON note_parts (sent_at);
