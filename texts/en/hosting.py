"""Words about where the bot runs, for its owner: the webhook, and what watches over the process."""

from collections.abc import Mapping

WEBHOOK_PORTS = "80, 88, 443 and 8443"

# What Telegram says when it refuses a webhook (Client.cpp and WebhookActor.cpp of its server), in
# lower case, and what the owner can do about it.
WEBHOOK_REFUSALS = {
    "https url must be provided": "the address must begin with https://.",
    "only on ports": f"Telegram comes to the ports {WEBHOOK_PORTS} only. Remove the port from the address "
    "or give one of these.",
    "is reserved": "the address leads into a local network, and Telegram comes from the internet. It takes "
    "a name that everybody can see.",
    "ipv6": "this name has an IPv6 address only, and Telegram comes by IPv4. Add an A record.",
    "resolve host": "Telegram found no such name. Check for a misprint and whether the name has "
    "an A record.",
    "getaddrinfo": "Telegram found no such name. Check for a misprint and whether the name has "
    "an A record.",
    "invalid webhook url": "that is no address. An example: https://bot.example.org/telegram",
    "secret token": "the secret in WEBHOOK_SECRET must consist of 1–256 Latin letters, digits and "
    "the signs _ and -.",
}


def webhook_refused(url: str, description: str) -> str:
    """Why Telegram does not take this address; `description` is what it said."""
    said = description.lower()
    for part, advice in WEBHOOK_REFUSALS.items():
        if part in said:
            return f"Telegram did not take WEBHOOK_URL “{url}”: {advice}"
    return f"Telegram did not take WEBHOOK_URL “{url}”: “{description}”."


def port_taken(host: str, port: int, reason: str | None) -> str:
    """The webhook's server cannot listen there; `reason` is the system's."""
    return (
        f"Cannot listen on {host}:{port} ({reason or 'the reason is not known'}). "
        "Free the port or give another address in WEBHOOK_LISTEN."
    )


# --- whether the bot is alive


def no_poll(seconds: int) -> str:
    return f"no poll of Telegram has ended for {seconds} s"


def lane_stands(seconds: int) -> str:
    return f"one and the same task has waited for its turn for {seconds} s"


def no_write(seconds: int) -> str:
    return f"nothing could be written to the database for {seconds} s"


def health(age_s: float | None, most_s: float) -> str:
    """What the health check says; `age_s`: since the last sign of life, None: there was none."""
    if age_s is None:
        return "The bot is not running."
    if age_s > most_s:
        return f"The bot has given no sign of life for {age_s:.0f} s. The reason is in its log."
    return "The bot is running."


# --- a function whose database is an object in a bucket

# By the kind of `cloud.bucket.BucketError`.
BUCKET = {
    "no_bucket": "There is no bucket “{bucket}” at {endpoint}. Create it or correct BUCKET.",
    "refused": "The bucket “{bucket}” refuses: check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "
    "that the service account has the role storage.editor.",
    "silent": "The bucket “{bucket}” ({endpoint}) does not answer properly: {reason}. The update stays "
    "at Telegram, I will try again.",
    "changed": "Somebody else keeps changing the database in the bucket “{bucket}”. I will try again.",
    "disk": "The database of the bucket “{bucket}” has no room in the function's /tmp ({reason}). Such a "
    "database takes a machine.",
    "over": "The time of the call was over before the database was saved. I will try again.",
}
# By the kind of `db.DatabaseUnusableError`.
OBJECTS = {
    "newer": "The object {key} was made by a newer version of the bot (version {version}, this program "
    "knows {known}). Update the function.",
    "no_database": "The object {key} is no SQLite database or is damaged. Restore it from a copy or "
    "name another in BUCKET_KEY.",
    "corrupt": "The object {key} is no SQLite database or is damaged. Restore it from a copy or "
    "name another in BUCKET_KEY.",
    "foreign": "The object {key} is the database of another program. Name another in BUCKET_KEY.",
}
OBJECT_UNUSABLE = "The database in the object {key} did not open: {reason}."


def bucket(kind: str, name: str, endpoint: str, reason: object) -> str:
    """Why the bucket does not give or take anything."""
    return BUCKET[kind].format(bucket=name, endpoint=endpoint, reason=reason)


def object_unusable(kind: str, key: str, facts: Mapping[str, object]) -> str:
    """Why the object cannot serve as the database."""
    return OBJECTS.get(kind, OBJECT_UNUSABLE).format(**{**facts, "key": key})


HEALTH_OPTION = "say whether the started bot is alive: exit status 0 or 1"

# --- lines of the log

NOT_ALIVE = (
    "The bot does not work as it should: %s. No more signals to systemd, it will restart the bot"
)
ALIVE_AGAIN = "The bot works as it should again"
PROBE_FAILED = "A trial write to the database failed: %s"
NO_HEARTBEAT_WRITTEN = "Cannot note in the file %s that the bot is alive: %s"
PROXY_FAILS = "the proxy does not answer or refuses"
WEBHOOK_WAITS = "Telegram does not answer (%s), trying on"
ANOTHER_POLLS = "Another copy of the bot polls Telegram with this TOKEN: stop it. Trying on."
WEBHOOK_LOST = (
    "The webhook was removed or replaced: another copy of the bot works with this TOKEN, stop it. "
    "Setting the webhook again"
)
WEBHOOK_UNDELIVERED = "Telegram could not deliver an update: %s"
WEBHOOK_TAKES_OVER = (
    "The updates of this bot go to a webhook: another copy works with this TOKEN, stop it. "
    "Trying on."
)
WEBHOOK_NO_SECRET = "A request to the webhook without the right secret was refused"
WEBHOOK_NO_UPDATE = "Something that is no update came to the webhook: %d bytes"
WEBHOOK_FAILED = "Taking in an update failed"
HEALTH_FAILED = "The health check failed"
FUNCTION_NO_SECRET = "A request was refused: WEBHOOK_SECRET is not set, and without it nobody knows whether it is Telegram"
FUNCTION_NO_TELEGRAM = "Telegram does not answer (%s): the update is stored, I will try again"
FUNCTION_FAILED = "A failure that nobody expected: I will try again"
FUNCTION_TIME_SHORT = "The function's timeout is at most %d s, too short to work: raise it to 300 s"
