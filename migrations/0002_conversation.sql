-- Dialogue memory, styles, and jobs that show what they have so far.

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
    note_number INTEGER                      -- saved as this note
);
CREATE INDEX ix_turns_by_dialogue ON turns (chat_id, user_id, id);
CREATE INDEX ix_turns_by_message ON turns (chat_id, message_id);
CREATE INDEX ix_turns_unanswered ON turns (chat_id) WHERE answer IS NULL;

-- A dialogue begins after this turn: /new moves it to the last one.
CREATE TABLE dialogues (
    chat_id      INTEGER NOT NULL,
    user_id      INTEGER NOT NULL,
    begins_after INTEGER NOT NULL,
    PRIMARY KEY (chat_id, user_id)
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

-- A job may wait for its time, and shows messages before it is done.
DROP INDEX ix_jobs_by_lane;
ALTER TABLE jobs RENAME TO old_jobs;
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
    not_before REAL    NOT NULL DEFAULT 0,   -- seconds since 1970
    shown      TEXT    NOT NULL DEFAULT '[]', -- JSON: ids of the messages shown so far
    UNIQUE (bot_id, update_id, kind)
);
INSERT INTO jobs (id, bot_id, update_id, lane, kind, request, args, reply, sent_parts, attempts)
    SELECT id, bot_id, update_id, lane, kind, request, args, reply, sent_parts, attempts FROM old_jobs
    WHERE kind <> 'question';                -- those have no turn; versions before did not last
DROP TABLE old_jobs;
CREATE INDEX ix_jobs_by_lane ON jobs (bot_id, lane, id);
