-- Today's whole database. Older files reach the same shape by the scripts in migrations/.

-- Who writes notes. Numbers are given out from last_number, so that none is ever used again.
CREATE TABLE authors (
    id          INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL UNIQUE,
    last_number INTEGER NOT NULL DEFAULT 0,
    notes       INTEGER NOT NULL DEFAULT 0, -- how many there are, those in the bin left out
    last_reminder INTEGER NOT NULL DEFAULT 0 -- their reminders have numbers of their own
);

-- The row's id is author << 32 | number: one author's notes lie side by side, in their order.
CREATE TABLE notes (
    id         INTEGER PRIMARY KEY,
    user_id    INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    text       TEXT    NOT NULL,
    folded     TEXT    NOT NULL,            -- what search sees: text, links, name
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
    markdown   INTEGER NOT NULL DEFAULT 0,  -- the text is a model's and has marks
    more_files TEXT    NOT NULL DEFAULT '[]', -- JSON: as in turns.attachments, after the first
    entities   TEXT    NOT NULL DEFAULT '[]', -- JSON: Telegram's, of the text
    file_name  TEXT    NOT NULL DEFAULT '',
    file_size  INTEGER NOT NULL DEFAULT 0,  -- bytes; 0: not known
    duration   INTEGER NOT NULL DEFAULT 0,  -- seconds, of a recording
    file_brought TEXT  NOT NULL DEFAULT '', -- the file_id it had in the bot it was brought from
    UNIQUE (user_id, number)
);
CREATE INDEX ix_notes_by_time ON notes (user_id, created_at) WHERE deleted_at IS NULL;
CREATE INDEX ix_notes_listed ON notes (user_id, pinned, number) WHERE deleted_at IS NULL;
CREATE INDEX ix_notes_in_bin ON notes (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX ix_notes_by_message ON notes (chat_id, message_id) WHERE message_id IS NOT NULL;

-- The messages of a note that may go on in the next one: Telegram cuts long texts.
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

-- Messages that came one right after another, offered and kept together.
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

-- The indexes of search hold the notes that are not in the bin; storage/indexing.py keeps them.
-- Parts of three letters and more: an author's range of ids is a seek, not a filter.
CREATE VIRTUAL TABLE note_trigrams USING fts5 (
    folded, content = 'notes', content_rowid = 'id', tokenize = 'trigram case_sensitive 1'
);
-- The single letters and the pairs that may occur in a block of 256 ids.
CREATE TABLE block_letters (
    block   INTEGER NOT NULL,
    letters TEXT    NOT NULL,
    PRIMARY KEY (block, letters)
) WITHOUT ROWID;
-- Stems of words and whole tags, each with its author's id before it: 7_молок, 7_#работа.
CREATE VIRTUAL TABLE note_stems USING fts5 (stems, tokenize = "ascii tokenchars '_#'");
CREATE VIRTUAL TABLE stem_counts USING fts5vocab (note_stems, 'row');

-- What was searched for: too long to fit into the button that turns the page.
CREATE TABLE searches (
    id      INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    query   TEXT    NOT NULL
);
CREATE INDEX ix_searches_by_user ON searches (user_id, id);

-- Rows are never deleted: an id that people know keeps its meaning, and a model that its provider
-- has no more may come back.
CREATE TABLE models (
    id             INTEGER PRIMARY KEY,
    key            TEXT    NOT NULL,         -- the provider's name for it
    label          TEXT    NOT NULL,
    active         INTEGER NOT NULL DEFAULT 0 CHECK (active IN (0, 1)),  -- the default
    provider       TEXT    NOT NULL DEFAULT 'openrouter',
    context_length INTEGER,                  -- tokens; NULL: not known
    free           INTEGER CHECK (free IN (0, 1)),                       -- NULL: not said
    available      INTEGER NOT NULL DEFAULT 1 CHECK (available IN (0, 1)),
    inputs         TEXT,                     -- beside text: image, audio, …; NULL: not known
    tools          INTEGER CHECK (tools IN (0, 1)),                      -- NULL: not known
    UNIQUE (provider, key)
);
CREATE UNIQUE INDEX ux_models_single_active ON models (active) WHERE active = 1;

INSERT INTO models (key, label, active, free) VALUES
    ('openrouter/free',                                'Любая бесплатная',       1, 1),
    ('google/gemma-4-31b-it:free',                     'Gemma 4 31B',            0, 1),
    ('google/gemma-4-26b-a4b-it:free',                 'Gemma 4 26B A4B',        0, 1),
    ('nvidia/nemotron-3-ultra-550b-a55b:free',         'Nemotron 3 Ultra 550B',  0, 1),
    ('nvidia/nemotron-3.5-lightning:free',             'Nemotron 3.5 Lightning', 0, 1),
    ('nvidia/nemotron-3.5-super-vl:free',              'Nemotron 3.5 Super VL',  0, 1),
    ('cohere/north-mini-code:free',                    'North Mini Code',        0, 1),
    ('dots-studio/dots-3-note-preview:free',           'Dots 3 Note',            0, 1),
    ('liquid/lfm-2.5-2.6b:free',                       'LFM 2.5 2.6B',           0, 1),
    ('thinkingmachines/inkling-2-small:free',          'Inkling 2 Small',        0, 1);

-- It finds a model that can do what a question needs.
UPDATE models SET tools = 1 WHERE provider = 'openrouter' AND key = 'openrouter/free';

-- Who has a model of their own; the others follow the default.
CREATE TABLE choices (
    user_id  INTEGER PRIMARY KEY,
    model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE
);

-- What the catalogues offer for money: not in the list, but can be added by its key.
CREATE TABLE offers (
    provider       TEXT NOT NULL,
    key            TEXT NOT NULL,
    label          TEXT NOT NULL,
    context_length INTEGER,
    inputs         TEXT,
    tools          INTEGER,
    PRIMARY KEY (provider, key)
) WITHOUT ROWID;

-- What is to be done, kept until it is done: what Telegram sent (kind 'update'), what is said in a
-- chat where nobody asked ('notice'), and the long work that updates asked for. A reply is stored
-- together with the effect it reports, so that neither can exist without the other.
CREATE TABLE tasks (
    id         INTEGER PRIMARY KEY,
    bot_id     INTEGER NOT NULL,
    source_id  INTEGER NOT NULL,             -- the update that it is, or that asked for it
    kind       TEXT    NOT NULL,
    lane       TEXT    NOT NULL,             -- tasks of one lane run one after another
    due_at     REAL    NOT NULL DEFAULT 0,   -- seconds since 1970; 0: at once
    body       TEXT,                         -- JSON; NULL once done
    reply      TEXT,                         -- JSON of what is being said
    sent_parts INTEGER NOT NULL DEFAULT 0,   -- how much of the reply has arrived
    shown      TEXT    NOT NULL DEFAULT '[]', -- JSON: ids of the messages shown so far
    attempts   INTEGER NOT NULL DEFAULT 0,   -- starts that did not end
    done_at    INTEGER
);
CREATE UNIQUE INDEX ux_tasks_updates ON tasks (bot_id, source_id) WHERE kind = 'update';
CREATE INDEX ix_tasks_by_lane ON tasks (bot_id, lane, due_at, id) WHERE done_at IS NULL;
CREATE INDEX ix_tasks_by_time ON tasks (bot_id, kind, due_at, lane) WHERE done_at IS NULL;

-- A question and its answer. What is sent to a model is made of the remembered turns.
CREATE TABLE turns (
    id          INTEGER PRIMARY KEY,
    chat_id     INTEGER NOT NULL,
    user_id     INTEGER NOT NULL,
    message_id  INTEGER NOT NULL,            -- the message that asked
    question    TEXT    NOT NULL,
    quoted      TEXT    NOT NULL,            -- the text of the message it replies to
    asked_at    INTEGER NOT NULL,            -- UTC, seconds since 1970
    tail_units  INTEGER NOT NULL,            -- length of the last message it came in
    started     INTEGER NOT NULL DEFAULT 0,  -- the model was asked
    answer      TEXT,                        -- NULL until there is one
    remembered  INTEGER NOT NULL DEFAULT 1,  -- part of the memory
    note_number INTEGER,                     -- saved as this note
    sources     TEXT    NOT NULL DEFAULT '[]', -- JSON: numbers of the notes it is about
    parts       TEXT    NOT NULL DEFAULT '[]', -- JSON: [message id, text], if it came in several
    cut         INTEGER NOT NULL DEFAULT 0,  -- the answer can go on
    attachments TEXT    NOT NULL DEFAULT '[]', -- JSON: [kind, file_id, name, bytes] of each file
    album       TEXT    NOT NULL DEFAULT '', -- Telegram's media_group_id
    thread_id   INTEGER NOT NULL DEFAULT 0   -- the topic of a forum; 0: outside of topics
);
CREATE INDEX ix_turns_by_dialogue ON turns (chat_id, thread_id, user_id, id);
CREATE INDEX ix_turns_by_message ON turns (chat_id, message_id);
CREATE INDEX ix_turns_by_album ON turns (chat_id, user_id, album) WHERE album <> '';

-- What a model has asked for while it answered, round by round.
CREATE TABLE rounds (
    turn_id           INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    number            INTEGER NOT NULL,      -- from 1
    said              TEXT    NOT NULL,      -- JSON: the model's message, as it is sent back to it
    prompt_tokens     INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    latency_ms        INTEGER NOT NULL,
    PRIMARY KEY (turn_id, number)
) WITHOUT ROWID;

-- What was done of it. A call is stored before it is done, its effect together with its result.
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

-- A dialogue begins after this turn: /new moves it to the last one.
CREATE TABLE dialogues (
    chat_id      INTEGER NOT NULL,
    thread_id    INTEGER NOT NULL,
    user_id      INTEGER NOT NULL,
    begins_after INTEGER NOT NULL,
    PRIMARY KEY (chat_id, thread_id, user_id)
) WITHOUT ROWID;

CREATE TABLE styles (
    key    TEXT PRIMARY KEY,
    label  TEXT NOT NULL,
    prompt TEXT NOT NULL
) WITHOUT ROWID;

INSERT INTO styles (key, label, prompt) VALUES
    ('default', 'кратко и по делу',
     'Отвечай кратко и по существу. На технические вопросы отвечай по пунктам. Не повторяй вопрос. Если не знаешь, скажи об этом прямо.'),
    ('professor', 'научный сотрудник',
     'Ты научный сотрудник. Объясняй строго и последовательно: определения, суть, доказательства или данные, ограничения. Отделяй установленное от спорного, термины поясняй.'),
    ('fairy', 'сказочный персонаж',
     'Ты добрый сказочный персонаж. Отвечай образно, с присказками и тёплым юмором, но смысл и факты передавай верно.'),
    ('translator', 'переводчик',
     'Ты переводчик. Переводи присланный текст: русский — на английский, любой другой язык — на русский. Сохраняй смысл, тон и оформление. Выводи только перевод; если фраза многозначна, добавь варианты одной строкой.'),
    ('editor', 'редактор',
     'Ты редактор. Исправь в присланном тексте ошибки и тяжёлые места, сохрани смысл и голос автора. Сначала дай готовый текст, затем коротко перечисли главные правки.'),
    ('programmer', 'программист',
     'Ты опытный программист. Давай работающий код в блоках с указанием языка, короткое пояснение и крайние случаи. Если условия неясны, назови допущение и продолжай.'),
    ('teacher', 'терпеливый учитель',
     'Ты терпеливый учитель. Объясняй простыми словами, шаг за шагом, с примером из жизни. В конце предложи один вопрос для самопроверки.');

CREATE TABLE chosen_styles (
    user_id INTEGER PRIMARY KEY,
    style   TEXT NOT NULL,                   -- a key of styles, or 'custom'
    prompt  TEXT                             -- one's own, when it is 'custom'
);
-- Whom the bot has met, and those whose id the owner named.
CREATE TABLE people (
    user_id    INTEGER PRIMARY KEY,
    role       TEXT    CHECK (role IN ('owner', 'user', 'blocked')), -- NULL: nobody decided yet
    name       TEXT    NOT NULL DEFAULT '',
    username   TEXT    UNIQUE,              -- as last seen, in lower case
    listed_as  TEXT    UNIQUE,              -- the name in ALLOWED_USERS that is this person
    chat_id    INTEGER,                     -- where they last knocked
    knocked_at INTEGER,                     -- when they were last told that they may not come in
    language   TEXT                         -- of their Telegram, as last seen; NULL: not known
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

-- What the owner has been told that stands in the way of answers, until it is over.
CREATE TABLE alerts (
    provider TEXT    NOT NULL,
    model    TEXT    NOT NULL,              -- '': all models of the provider
    kind     TEXT    NOT NULL,
    told_at  INTEGER NOT NULL,              -- UTC, seconds since 1970
    PRIMARY KEY (provider, model, kind)
);

-- Groups that became supergroups: what is stored under the old id is said under the new one.
CREATE TABLE chat_moves (
    old_id INTEGER PRIMARY KEY,
    new_id INTEGER NOT NULL
);

-- What people have set for themselves.
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

-- What the bot has asked people: a reply to the message is the answer.
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

-- What a note said before its last edit.
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

-- What people want to be reminded of. `due_at` is the next moment of the series, or the only one; a
-- snooze stands beside it, so that it moves nothing. What has come due becomes a task, and
-- `occasion_at` the moment that task is for.
CREATE TABLE reminders (
    id           INTEGER PRIMARY KEY,
    user_id      INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    kind         TEXT    NOT NULL DEFAULT '', -- 'digest': its words are made when they are said
    chat_id      INTEGER NOT NULL,            -- where it is said
    thread_id    INTEGER,
    message_id   INTEGER NOT NULL DEFAULT 0,  -- the message it is about; 0: none
    text         TEXT    NOT NULL,
    note_number  INTEGER,                     -- the note it is about
    first        TEXT    NOT NULL,            -- the first moment by the clock on the wall
    zone         TEXT    NOT NULL,            -- of that clock; '': the machine's
    rule         TEXT    NOT NULL DEFAULT '', -- RRULE; '': once
    due_at       INTEGER,                     -- UTC, seconds since 1970
    snoozed_at   INTEGER,
    occasion_at  INTEGER,
    paused       INTEGER NOT NULL DEFAULT 0,
    cancelled_at INTEGER,
    next_at      INTEGER GENERATED ALWAYS AS (
        CASE WHEN cancelled_at IS NOT NULL THEN NULL
             WHEN paused THEN snoozed_at
             ELSE coalesce(min(due_at, snoozed_at), due_at, snoozed_at) END
    ) VIRTUAL,
    UNIQUE (user_id, number)
);
CREATE INDEX ix_reminders_by_time ON reminders (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX ix_reminders_listed ON reminders (user_id, next_at, number)
    WHERE next_at IS NOT NULL OR paused;
