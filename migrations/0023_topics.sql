-- Each topic of a forum has a dialogue of its own. Of what was asked before the topic is not known:
-- it stays the memory of the chat outside of its topics.

ALTER TABLE turns ADD COLUMN thread_id INTEGER NOT NULL DEFAULT 0;
DROP INDEX ix_turns_by_dialogue;
CREATE INDEX ix_turns_by_dialogue ON turns (chat_id, thread_id, user_id, id);

ALTER TABLE dialogues RENAME TO dialogues_before;
CREATE TABLE dialogues (
    chat_id      INTEGER NOT NULL,
    thread_id    INTEGER NOT NULL,
    user_id      INTEGER NOT NULL,
    begins_after INTEGER NOT NULL,
    PRIMARY KEY (chat_id, thread_id, user_id)
) WITHOUT ROWID;
INSERT INTO dialogues (chat_id, thread_id, user_id, begins_after)
SELECT chat_id, 0, user_id, begins_after FROM dialogues_before;
DROP TABLE dialogues_before;
