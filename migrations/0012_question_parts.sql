-- A question may have come in several messages, and an answer may go on after it was cut.

ALTER TABLE turns ADD COLUMN parts TEXT NOT NULL DEFAULT '[]';      -- JSON: [message id, text], if several
ALTER TABLE turns ADD COLUMN cut   INTEGER NOT NULL DEFAULT 0;      -- the answer can go on
