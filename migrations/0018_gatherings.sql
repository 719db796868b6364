-- Messages forwarded together are offered together. What waits to be offered as an album of the
-- version before waits for a second only; its files can be sent again.

CREATE TABLE gatherings (
    id         INTEGER PRIMARY KEY,
    user_id    INTEGER NOT NULL,
    began_at   INTEGER NOT NULL,            -- when its first message was sent: UTC, since 1970
    last_at    INTEGER NOT NULL,            -- and its last one
    last_id    INTEGER NOT NULL,            -- which message that is
    messages   INTEGER NOT NULL DEFAULT 1,
    closed     INTEGER NOT NULL DEFAULT 0   -- it is offered: what comes next begins another
);
CREATE INDEX ix_gatherings_by_user ON gatherings (user_id, id);
CREATE TABLE gathered (
    user_id      INTEGER NOT NULL,
    message_id   INTEGER NOT NULL,
    gathering_id INTEGER NOT NULL REFERENCES gatherings (id) ON DELETE CASCADE,
    album        TEXT    NOT NULL,          -- Telegram's media_group_id, or ''
    content      TEXT    NOT NULL,          -- JSON: what a note can keep of the message
    number       INTEGER,                   -- of the note that it has become
    PRIMARY KEY (user_id, message_id)
) WITHOUT ROWID;
CREATE INDEX ix_gathered_together ON gathered (gathering_id);
CREATE INDEX ix_gathered_by_album ON gathered (user_id, album) WHERE album <> '';
DELETE FROM tasks WHERE kind = 'album' AND done_at IS NULL;
