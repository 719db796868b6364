-- What settings and buttons need: what the bot has asked, former texts of notes, recent models.

CREATE TABLE prompts (
    id         INTEGER PRIMARY KEY,
    user_id    INTEGER NOT NULL,            -- whose answer counts
    chat_id    INTEGER NOT NULL,            -- the message that asks
    message_id INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    about      TEXT    NOT NULL,
    UNIQUE (chat_id, message_id)
);
CREATE INDEX ix_prompts_by_user ON prompts (user_id, id);

CREATE TABLE former_texts (
    note_id   INTEGER PRIMARY KEY REFERENCES notes (id) ON DELETE CASCADE,
    edit      INTEGER NOT NULL,             -- counts the edits of the note
    edited_at INTEGER NOT NULL,             -- UTC, seconds since 1970
    undone    INTEGER,                      -- the edit that the last one took back
    text      TEXT,                         -- NULL: it is kept no longer
    markdown  INTEGER NOT NULL,
    entities  TEXT    NOT NULL              -- JSON, as in notes
);
CREATE INDEX ix_former_texts_by_time ON former_texts (edited_at) WHERE text IS NOT NULL;

-- The models that people have chosen, in the order of `place`.
CREATE TABLE recent_models (
    user_id  INTEGER NOT NULL,
    model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    place    INTEGER NOT NULL,
    PRIMARY KEY (user_id, model_id)
) WITHOUT ROWID;

-- What the bot has said of itself in its profile, which its owner may have replaced since.
CREATE TABLE profile_texts (
    bot_id INTEGER NOT NULL,
    field  TEXT    NOT NULL,                -- description or short_description
    code   TEXT    NOT NULL,                -- of a language; '': of all others
    text   TEXT    NOT NULL,
    PRIMARY KEY (bot_id, field, code)
) WITHOUT ROWID;

-- Settings of the whole bot that its owner has changed by a button.
CREATE TABLE overrides (
    name  TEXT PRIMARY KEY,                 -- as in .env
    value TEXT NOT NULL
) WITHOUT ROWID;
