-- What models have asked for while they answered, and what was done of it.

CREATE TABLE rounds (
    turn_id           INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    number            INTEGER NOT NULL,      -- from 1
    said              TEXT    NOT NULL,      -- JSON: the model's message, as it is sent back to it
    prompt_tokens     INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    latency_ms        INTEGER NOT NULL,
    PRIMARY KEY (turn_id, number)
) WITHOUT ROWID;

CREATE TABLE calls (
    id        INTEGER PRIMARY KEY,
    turn_id   INTEGER NOT NULL,
    round     INTEGER NOT NULL,
    place     INTEGER NOT NULL,              -- within its round
    call_id   TEXT    NOT NULL,              -- the provider's name for it
    name      TEXT    NOT NULL,              -- of the tool, as the model wrote it
    arguments TEXT    NOT NULL,              -- and so these
    result    TEXT,                          -- what the model was told; NULL: not done yet
    effect    TEXT,                          -- JSON: what it has or would have changed
    offered   INTEGER NOT NULL DEFAULT 0,    -- left to the person's press
    notes     TEXT    NOT NULL DEFAULT '[]', -- JSON: numbers of the notes that it told of
    undone_at INTEGER,                       -- since when the effect is taken back
    UNIQUE (turn_id, round, place),
    FOREIGN KEY (turn_id, round) REFERENCES rounds (turn_id, number) ON DELETE CASCADE
);
