-- What the owner has been told that stands in the way of answers, until it is over.
CREATE TABLE alerts (
    provider TEXT    NOT NULL,
    model    TEXT    NOT NULL,              -- '': all models of the provider
    kind     TEXT    NOT NULL,
    told_at  INTEGER NOT NULL,              -- UTC, seconds since 1970
    PRIMARY KEY (provider, model, kind)
);
