-- A kept message keeps its formatting, and its file the name, by which it is found.
ALTER TABLE notes ADD COLUMN entities  TEXT    NOT NULL DEFAULT '[]'; -- JSON: Telegram's, of the text
ALTER TABLE notes ADD COLUMN file_name TEXT    NOT NULL DEFAULT '';
ALTER TABLE notes ADD COLUMN file_size INTEGER NOT NULL DEFAULT 0;    -- bytes; 0: not known
ALTER TABLE notes ADD COLUMN duration  INTEGER NOT NULL DEFAULT 0;    -- seconds, of a recording
ALTER TABLE notes ADD COLUMN file_brought TEXT NOT NULL DEFAULT '';   -- the file_id it had in the bot it was brought from
