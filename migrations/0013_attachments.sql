-- What was sent with a question, as references to Telegram's files; what models take beside text.

ALTER TABLE turns ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]'; -- JSON: [kind, file_id, name, bytes]
ALTER TABLE turns ADD COLUMN album       TEXT NOT NULL DEFAULT '';   -- Telegram's media_group_id
CREATE INDEX ix_turns_by_album ON turns (chat_id, user_id, album) WHERE album <> '';

ALTER TABLE models ADD COLUMN inputs TEXT;                           -- image, audio, …; NULL: not known
ALTER TABLE offers ADD COLUMN inputs TEXT;
