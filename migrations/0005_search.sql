-- Search, the bin, pins, captured messages. What SQL cannot compute, the words and pairs of
-- letters of each note, is written when the file is next opened for notes (storage/indexing.py).
ALTER TABLE authors ADD COLUMN notes INTEGER NOT NULL DEFAULT 0;
UPDATE authors SET notes = (SELECT count(*) FROM notes WHERE notes.user_id = authors.user_id);

ALTER TABLE notes ADD COLUMN deleted_at INTEGER;
ALTER TABLE notes ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notes ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE notes ADD COLUMN origin_at INTEGER;
ALTER TABLE notes ADD COLUMN file_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE notes ADD COLUMN file_id TEXT NOT NULL DEFAULT '';
ALTER TABLE notes ADD COLUMN chat_id INTEGER;
ALTER TABLE notes ADD COLUMN message_id INTEGER;

DROP INDEX ix_notes_by_time;
CREATE INDEX ix_notes_by_time ON notes (user_id, created_at) WHERE deleted_at IS NULL;
CREATE INDEX ix_notes_listed ON notes (user_id, pinned, number) WHERE deleted_at IS NULL;
CREATE INDEX ix_notes_in_bin ON notes (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX ix_notes_by_message ON notes (chat_id, message_id) WHERE message_id IS NOT NULL;

CREATE VIRTUAL TABLE found USING fts5 (
    folded, content = 'notes', content_rowid = 'id', tokenize = 'trigram case_sensitive 1'
);
CREATE TABLE grams (
    block INTEGER NOT NULL,
    gram  TEXT    NOT NULL,
    PRIMARY KEY (block, gram)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (stems, tokenize = "ascii tokenchars '_#'");
CREATE VIRTUAL TABLE word_counts USING fts5vocab (words, 'row');

CREATE TABLE searches (
    id      INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    query   TEXT    NOT NULL
);
CREATE INDEX ix_searches_by_user ON searches (user_id, id);
