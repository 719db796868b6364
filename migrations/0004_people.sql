-- People, their roles, and what they use.

-- Whom the bot has met, and those whose id the owner named.
CREATE TABLE people (
    user_id    INTEGER PRIMARY KEY,
    role       TEXT    CHECK (role IN ('owner', 'user', 'blocked')), -- NULL: nobody decided yet
    name       TEXT    NOT NULL DEFAULT '',
    username   TEXT    UNIQUE,              -- as last seen, in lower case
    listed_as  TEXT    UNIQUE,              -- the name in ALLOWED_USERS that is this person
    chat_id    INTEGER,                     -- where they last knocked
    knocked_at INTEGER                      -- when they were last told that they may not come in
);
CREATE UNIQUE INDEX ux_people_single_owner ON people (role) WHERE role = 'owner';

-- What the owner decided about usernames nobody has come under yet.
CREATE TABLE expected (
    username TEXT PRIMARY KEY,
    role     TEXT NOT NULL CHECK (role IN ('user', 'blocked'))
);

-- Questions as they are asked, and tokens as they become known.
CREATE TABLE usage (
    id                INTEGER PRIMARY KEY,
    user_id           INTEGER NOT NULL,
    at                INTEGER NOT NULL,     -- UTC, seconds since 1970
    questions         INTEGER NOT NULL DEFAULT 0,
    prompt_tokens     INTEGER NOT NULL DEFAULT 0,
    completion_tokens INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX ix_usage_by_time ON usage (user_id, at);
