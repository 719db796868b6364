ALTER TABLE people ADD COLUMN language TEXT;    -- of their Telegram, as last seen; NULL: not known

CREATE TABLE preferences (
    user_id     INTEGER PRIMARY KEY,
    language    TEXT,                             -- NULL: that of their Telegram
    timezone    TEXT,                             -- NULL: the bot's
    plain_text  TEXT    NOT NULL DEFAULT 'question' CHECK (plain_text IN ('question', 'note')),
    footer      TEXT    NOT NULL DEFAULT 'full' CHECK (footer IN ('full', 'short', 'off')),
    tools_off   TEXT    NOT NULL DEFAULT '[]',    -- JSON: names of the tools switched off
    digest      TEXT,                             -- HH:MM of the morning digest; NULL: none
    name_shared INTEGER NOT NULL DEFAULT 0        -- models may know their first name
);
