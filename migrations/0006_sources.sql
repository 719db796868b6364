-- A question about one's notes goes to the model with these.

ALTER TABLE turns ADD COLUMN sources TEXT NOT NULL DEFAULT '[]';  -- JSON: the notes' numbers
