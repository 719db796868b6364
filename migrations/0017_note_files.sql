-- A note may have several files, as an album has.

ALTER TABLE notes ADD COLUMN more_files TEXT NOT NULL DEFAULT '[]';
