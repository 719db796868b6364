DROP INDEX ix_turns_unanswered; -- the lane of a task tells whether it waits
