"""The lines of the log, for the bot's owner. The arguments are filled in by logging."""

from collections.abc import Mapping

STARTED = "The bot @%s is running: https://t.me/%s, database %s"
NO_OWNER_YET = "The bot has no owner yet: the first to send it /start becomes it"
UNEXPECTED = "A failure that nobody expected"
BROKEN_RECORD = "the record could not be put together"

CATALOGUE_READ = "Catalogue %s: models %d, new %d, back again %d, gone %d"
CATALOGUE_EMPTY = "The catalogue %s is empty, the list of models stays as it was"
CATALOGUE_UNREAD = "The catalogue %s was not read: %s"
CATALOGUE_FAILED = "Updating the catalogues failed"
CATALOGUE_ROWS_SKIPPED = "%s: records of the catalogue not understood: %d"

FILE_NOT_READ = "A file that was sent was not read: %s"
FILE_NOT_DELETED = "GigaChat: a file was not deleted (%s), I will try when the catalogue is updated"
NOT_TRANSCRIBED = "%s did not write down a voice message: %s"
TOOLS_REFUSED = "%s takes no tools: asking without them"
TOOL_FAILED = "A tool has failed: %s"
FILES_REFUSED = "%s takes no files (%s): asking without them"
SEES_INSTEAD = "%s does not see pictures, %s answers"
FELL_BACK = "Instead of %s answers %s: %s"
STYLE_UNUSABLE = (
    "The style with the key “%s” cannot be chosen: its key in the table styles is empty or taken"
)
LIMIT_DROPPED = "The limit of the answer does not fit into the model's memory: asking without it"
MEMORY_HALVED = "The conversation does not fit into the model's memory: its beginning is forgotten"

# --- Telegram: taking in what was written

TELEGRAM_SILENT = "Telegram does not answer (%s), trying on"
CONNECTION_LOST = "No connection to Telegram (%s), trying on"
CONNECTION_RESTORED = "The connection to Telegram is back, answering what has gathered"
POLL_THROTTLED = "Telegram asks to poll less often: the next poll in %s s"
POLL_FAILED = "Polling Telegram failed, trying on"
UPDATES_NOT_STORED = (
    "The database does not write (%s): new updates stay at Telegram, it will send them again"
)
CHAT_MOVED = "The group %s has become the supergroup %s: the conversation goes on there"
INLINE_FILE_REFUSED = "The file of a note is refused for another chat, it is offered in words: %s"
INLINE_TOO_LATE = "The answer to an inline query came too late: %s"
INLINE_UNANSWERED = "An inline query is left without an answer: %s"
INLINE_FAILED = "An inline query is left without an answer: internal error"
INLINE_UNREADABLE = "An inline query cannot be read, it is passed over"
UPDATE_WITHOUT_ID = "An update without a number was left out: it cannot be stored"
FILE_NOT_FETCHED = "A file was not fetched from Telegram (%s), trying again"

# --- Telegram: saying replies

CHAT_CLOSED = "The chat %s is closed to the bot (%s), no answer is sent there"
CHAT_THROTTLED = "Telegram asks to wait %s s in the chat %s, answering there later"
SEND_FAILED = "Telegram is not available (%s), trying again"
PART_REFUSED = "Telegram refused (%s), leaving out this part of the answer"
WORDS_REFUSED = (
    "Telegram did not take the beginning of an answer (%s), showing it with the next words"
)
WORDS_NOT_SHOWN = "The beginning of an answer is not shown yet (%s), trying again"
ENTITIES_REFUSED = "Telegram did not take the formatting (%s), sending plain text"
FILE_REFUSED = "Telegram did not take a file (%s), saying so in the chat"
ALBUM_REFUSED = "Telegram did not take an album (%s), sending its files one by one"
NOT_EDITED = "A message was not changed (%s), sending a new one"
NOT_DELETED = "A message was not deleted (%s), it stays in the chat"
ACTION_NOT_SHOWN = "“%s” was not shown (%s), that does not affect the answer"
MENU_NOT_SHOWN = "The command menu was not updated (%s), trying again"
OWNER_MENU_WAITS = "The owner's menu is not shown yet (%s), showing it after their /start"

# --- the order of the work

BACKLOG_GROWS = "The backlog grows: messages %s, questions and files %s"
BACKLOG_DONE = "The backlog is done: left %s"
LANE_FAILED = "The queue %s failed, trying again soon"
TASK_SET_ASIDE = "The task %s (%s) made the bot break off again and again, not taking it any more"
TASK_CANCELLED = "The task %s is cancelled: %s has no access any more"
TASK_UNREADABLE = "The task %s (%s) cannot be read and is forgotten"
TASK_AUTHOR_UNKNOWN = "Whose task %s is, is not known: nobody is told that it is given up"
UPDATE_UNREADABLE = "An update cannot be read and is forgotten"
HANDLER_FAILED = "The handler failed on the update %s, saying so in the chat"
WORK_FAILED = "The work %s failed, saying so in the chat"
STOPPING = "Stopping: finishing what has begun, taking nothing new"
STOPPED_UNFINISHED = "Not all answers are finished: they go on at the next start"

# --- a database that does not take or give anything

WRITE_FAILED = "The database does not write (%s), trying again"
LANE_WAITS = "The database does not write (%s), the queue %s waits"
UPDATE_WAITS = "The database does not write (%s), the update %s waits"
WORK_NOT_STORED = "The database does not write (%s): the work %s failed, saying so in the chat"
REPLY_NOT_STORED = "The database does not write (%s): sending the answer without storing it"
OLD_NOT_FORGOTTEN = "The database does not write (%s), deleting old things in an hour"
OBJECT_CHANGED = (
    "Somebody else has changed the database in the bucket: taking it anew and trying again"
)
INBOX_SILENT = "What other calls have taken in cannot be read (%s), looking again soon"
STEPS_NOT_ENDED = "The time of the call is over, and what has begun is not: the next call goes on"
NOT_SAVED = "The database is not saved (%s), answers wait"
STARTS_NOT_RELEASED = (
    "The database does not write (%s): for the tasks broken off this stop counts as a crash"
)
NOT_MAINTAINED = "The database is busy just now (%s), tidying up in a minute"
DATABASE_LOST = "The database file %s was deleted or replaced: taking no new updates"
DATABASE_BACK = "The database file %s is back"
OWNER_NOT_TOLD = "The owner could not be told (%s), trying again"
BACKUP_FAILED = "The scheduled copy was not made"
BACKUP_KEPT = "Copy of the database: %s"
WAITING_UNREAD = "The database cannot be read (%s), looking again soon"
APOLOGY_UNSAID = "Could not say in the chat that the database has a problem: %s"

# By the kind of `llm.provider.ErrorKind`, as it stands after the name of a provider or a model.
CAUSES: Mapping[str, str] = {
    "bad_request": "request not understood",
    "context_length": "question longer than the memory",
    "no_key": "no key",
    "auth": "key not accepted",
    "credits": "not enough money",
    "key_limit": "key used up or its rights restricted",
    "moderation": "question did not pass the content check",
    "region": "closed to this country",
    "gone": "withdrawn",
    "no_images": "takes no pictures",
    "tools_refused": "takes no tools",
    "too_large": "question too large",
    "unprocessable": "cannot do such requests",
    "rate_minute": "too many questions a minute",
    "rate_day": "questions of today used up",
    "rate_provider": "too many people asking",
    "overloaded": "no free servers",
    "server": "server error",
    "timeout": "did not answer in time",
    "stalled": "fell silent",
    "cut": "connection broke off in the middle",
    "network": "no connection",
    "proxy": "proxy does not answer or refuses",
    "tls": "no secure connection",
    "bad_body": "answer not understood",
    "empty": "empty answer",
    "reasoning_only": "thoughts only, no answer",
    "cancelled": "stopped",
}


def no_answer(provider: str, model: str, kind: str, status: int, retry_s: float | None) -> str:
    """`model` is "" when something else than a model was asked, `status` 0 without an answer."""
    who = f"{provider}, model {model}" if model else provider
    code = f" (status {status})" if status else ""
    end = "no answer" if retry_s is None else f"again in {retry_s:.1f} s"
    return f"{who}: {CAUSES[kind]}{code}, {end}"
