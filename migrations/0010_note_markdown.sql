-- A note made of a model's answer is shown as the answer was.
ALTER TABLE notes ADD COLUMN markdown INTEGER NOT NULL DEFAULT 0;
