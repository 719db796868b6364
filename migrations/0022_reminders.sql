-- Reminders are numbered for each person, as notes are, and no number is given out twice.
ALTER TABLE authors ADD COLUMN last_reminder INTEGER NOT NULL DEFAULT 0;

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
