-- Which models can call functions.

ALTER TABLE models ADD COLUMN tools INTEGER CHECK (tools IN (0, 1)); -- NULL: not known
ALTER TABLE offers ADD COLUMN tools INTEGER;

-- It finds a model that can do what a question needs.
UPDATE models SET tools = 1 WHERE provider = 'openrouter' AND key = 'openrouter/free';
