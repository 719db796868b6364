-- Today's whole database. Older files reach the same shape by the scripts in migrations/.

-- Who writes notes. Numbers are given out from last_number, so that none is ever used again.
CREATE TABLE authors (
    id          INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL UNIQUE,
    last_number INTEGER NOT NULL DEFAULT 0,
    notes       INTEGER NOT NULL DEFAULT 0  -- how many there are, those in the bin left out
);

-- The row's id is author << 32 | number: one author's notes lie side by side, in their order.
CREATE TABLE notes (
    id         INTEGER PRIMARY KEY,
    user_id    INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    text       TEXT    NOT NULL,
    folded     TEXT    NOT NULL,            -- the text as search sees it
    created_at INTEGER NOT NULL,            -- UTC, seconds since 1970
    edited_at  INTEGER,
    deleted_at INTEGER,                     -- since when it lies in the bin
    pinned     INTEGER NOT NULL DEFAULT 0,
    origin     TEXT    NOT NULL DEFAULT '', -- who wrote the message that was kept
    origin_at  INTEGER,                     -- and when
    file_kind  TEXT    NOT NULL DEFAULT '', -- photo, document, …
    file_id    TEXT    NOT NULL DEFAULT '', -- Telegram's name for the file
    chat_id    INTEGER,                     -- the message that made the note
    message_id INTEGER,
    UNIQUE (user_id, number)
);
CREATE INDEX ix_notes_by_time ON notes (user_id, created_at) WHERE deleted_at IS NULL;
CREATE INDEX ix_notes_listed ON notes (user_id, pinned, number) WHERE deleted_at IS NULL;
CREATE INDEX ix_notes_in_bin ON notes (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX ix_notes_by_message ON notes (chat_id, message_id) WHERE message_id IS NOT NULL;

-- The indexes of search hold the notes that are not in the bin; storage/indexing.py keeps them.
-- Parts of three letters and more: an author's range of ids is a seek, not a filter.
CREATE VIRTUAL TABLE found USING fts5 (
    folded, content = 'notes', content_rowid = 'id', tokenize = 'trigram case_sensitive 1'
);
-- One letter or two: which of them may occur in a block of 256 ids.
CREATE TABLE grams (
    block INTEGER NOT NULL,
    gram  TEXT    NOT NULL,
    PRIMARY KEY (block, gram)
) WITHOUT ROWID;
-- Stems of words and whole tags, each with its author's id before it: 7_молок, 7_#работа.
CREATE VIRTUAL TABLE words USING fts5 (stems, tokenize = "ascii tokenchars '_#'");
CREATE VIRTUAL TABLE word_counts USING fts5vocab (words, 'row');

-- What was searched for: too long to fit into the button that turns the page.
CREATE TABLE searches (
    id      INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    query   TEXT    NOT NULL
);
CREATE INDEX ix_searches_by_user ON searches (user_id, id);

CREATE TABLE models (
    id     INTEGER PRIMARY KEY,
    key    TEXT    NOT NULL UNIQUE,
    label  TEXT    NOT NULL,
    active INTEGER NOT NULL DEFAULT 0 CHECK (active IN (0, 1))
);
CREATE UNIQUE INDEX ux_models_single_active ON models (active) WHERE active = 1;

INSERT INTO models (key, label, active) VALUES
    ('openrouter/free',                                'Любая бесплатная',       1),
    ('google/gemma-4-31b-it:free',                     'Gemma 4 31B',            0),
    ('google/gemma-4-26b-a4b-it:free',                 'Gemma 4 26B A4B',        0),
    ('nvidia/nemotron-3-ultra-550b-a55b:free',         'Nemotron 3 Ultra 550B',  0),
    ('nvidia/nemotron-3.5-lightning:free',             'Nemotron 3.5 Lightning', 0),
    ('nvidia/nemotron-3.5-super-vl:free',              'Nemotron 3.5 Super VL',  0),
    ('cohere/north-mini-code:free',                    'North Mini Code',        0),
    ('dots-studio/dots-3-note-preview:free',           'Dots 3 Note',            0),
    ('liquid/lfm-2.5-2.6b:free',                       'LFM 2.5 2.6B',           0),
    ('thinkingmachines/inkling-2-small:free',          'Inkling 2 Small',        0);

-- What Telegram sent, kept as it came until it is done. A reply is stored together with the
-- effect it reports, so that neither can exist without the other.
CREATE TABLE updates (
    bot_id     INTEGER NOT NULL,
    update_id  INTEGER NOT NULL,
    chat_id    INTEGER NOT NULL,
    body       TEXT,                         -- JSON; NULL once done
    reply      TEXT,                         -- JSON of what is being said
    sent_parts INTEGER NOT NULL DEFAULT 0,   -- how much of the reply has arrived
    attempts   INTEGER NOT NULL DEFAULT 0,   -- starts that did not end
    done_at    INTEGER,
    PRIMARY KEY (bot_id, update_id)
) WITHOUT ROWID;
CREATE INDEX ix_updates_waiting ON updates (bot_id, chat_id, update_id) WHERE done_at IS NULL;

-- Long work that an update asked for: questions to a model, files to make.
CREATE TABLE jobs (
    id         INTEGER PRIMARY KEY,
    bot_id     INTEGER NOT NULL,
    update_id  INTEGER NOT NULL,
    lane       TEXT    NOT NULL,             -- jobs of one lane run one after another
    kind       TEXT    NOT NULL,
    request    TEXT    NOT NULL,             -- JSON: who asked, where
    args       TEXT    NOT NULL,             -- JSON
    reply      TEXT,
    sent_parts INTEGER NOT NULL DEFAULT 0,
    attempts   INTEGER NOT NULL DEFAULT 0,
    UNIQUE (bot_id, update_id)
);
CREATE INDEX ix_jobs_by_lane ON jobs (bot_id, lane, id);
