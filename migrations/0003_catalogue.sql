-- Models of several providers, kept by their catalogues. Ids stay: people know them.
CREATE TABLE models_3 (
    id             INTEGER PRIMARY KEY,
    key            TEXT    NOT NULL,
    label          TEXT    NOT NULL,
    active         INTEGER NOT NULL DEFAULT 0 CHECK (active IN (0, 1)),
    provider       TEXT    NOT NULL DEFAULT 'openrouter',
    context_length INTEGER,
    free           INTEGER CHECK (free IN (0, 1)),
    available      INTEGER NOT NULL DEFAULT 1 CHECK (available IN (0, 1)),
    UNIQUE (provider, key)
);
INSERT INTO models_3 (id, key, label, active, free)
    SELECT id, key, label, active, key LIKE '%free' FROM models;
DROP TABLE models;
ALTER TABLE models_3 RENAME TO models;
CREATE UNIQUE INDEX ux_models_single_active ON models (active) WHERE active = 1;

CREATE TABLE choices (
    user_id  INTEGER PRIMARY KEY,
    model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE
);

CREATE TABLE offers (
    provider       TEXT NOT NULL,
    key            TEXT NOT NULL,
    label          TEXT NOT NULL,
    context_length INTEGER,
    PRIMARY KEY (provider, key)
) WITHOUT ROWID;
