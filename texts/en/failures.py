"""What is said when something could not be done."""

HANDLER_FAILED = (
    "That did not work: an internal error, it has been written to the log. "
    "Try again or start with /help."
)
SET_ASIDE = (
    "Your message could not be handled: the bot broke off on it again and again. "
    "Try other words or a shorter message."
)
STORAGE_FAILED = (
    "I cannot write anything just now: the bot's disk has a problem. "
    "Your message is not lost, I will try again by myself as soon as I can."
)
STORAGE_REFUSED = (
    "I cannot take your message just now: the bot's disk has a problem. "
    "Please try again in a few minutes."
)
FILE_REFUSED = (
    "The file is ready, but Telegram did not take it: it is too large, or this group allows no "
    "files. Ask for less at once, for another kind of file, or write to me in private."
)
