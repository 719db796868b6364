-- One table of tasks instead of updates and jobs; whatever is unfinished goes on.

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

-- A notice had a number below 0, the oldest the nearest to it. Crashes were counted against whoever
-- stood by: nobody is given up for them.
INSERT INTO tasks (bot_id, source_id, kind, lane, body, reply, sent_parts, attempts)
SELECT bot_id, 0, 'notice', 'chat:' || chat_id, '{"request": ' || body || '}', reply, sent_parts,
       min(attempts, 2)
FROM updates WHERE update_id < 0 AND done_at IS NULL ORDER BY update_id DESC;

INSERT INTO tasks (bot_id, source_id, kind, lane, body, reply, sent_parts, attempts, done_at)
SELECT bot_id, update_id, 'update', 'chat:' || chat_id, body, reply, sent_parts,
       min(attempts, 2), done_at
FROM updates WHERE update_id >= 0 ORDER BY update_id;

INSERT INTO tasks
    (bot_id, source_id, kind, lane, due_at, body, reply, sent_parts, shown, attempts)
SELECT bot_id, update_id, kind, lane || ':' || json_extract(request, '$.user_id'), not_before,
       '{"request": ' || request || ', "args": ' || args || '}', reply, sent_parts, shown,
       min(attempts, 2)
FROM jobs ORDER BY id;

DROP TABLE updates;
DROP TABLE jobs;
