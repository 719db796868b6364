"""What `python bot.py --check` says of the machine: see `texts.doctor`."""

from datetime import datetime

from texts.en.counts import moment

SETTINGS_RIGHT = "Settings: no mistakes"


def cured(mistake: str) -> str:
    line = mistake.replace("\n", " ").rstrip(".")
    return f"{line} → correct it in .env or in the environment"


def zone(name: str, local: datetime) -> str:
    return f"Time zone: {name}, it is {moment(local)} now"


MACHINE_ZONE = "that of this machine"
# --- the database

RUNNING = "Bot: it is running on this database"
NOT_RUNNING = "Bot: it is not running just now"


def database_right(path: object, version: int, megabytes: float, whole: bool | None) -> str:
    state = "intact" if whole else "there was no time to check it all"
    return f"Database: {path}, version {version}, {megabytes:.1f} MB, {state}"


def database_old(version: int, known: int) -> str:
    return f"Database: version {version}, the bot brings it to {known} when it starts"


def database_new(path: object) -> str:
    return f"Database: {path} does not exist yet, the bot creates it when it starts"


def database_unusable(sentences: str) -> str:
    """One of `texts.database.UNUSABLE`: the last sentence says what to do."""
    return " → ".join(sentences.rsplit(". ", 1))


def not_writable(path: object) -> str:
    return f"Database: {path} cannot be written → give the rights or name another file in DB_PATH"


def no_folder(path: object) -> str:
    return f"Database: there is no folder {path} → create it or name another file in DB_PATH"


def room(megabytes: float) -> str:
    return f"Disk: {megabytes:.0f} MB free"


def no_room(megabytes: float, needed: float) -> str:
    return f"Disk: {megabytes:.0f} MB free → free at least {needed:.0f} MB"


def local_disk(kind: str) -> str:
    return f"Disk: a local one ({kind})"


def network_disk(kind: str) -> str:
    return (
        f"Disk: the database lies on a network disk ({kind}), where it can be damaged → move it "
        "to a disk of this machine, DB_PATH"
    )


# --- people and files


def owner_known(user_id: int, source: str) -> str:
    return f"Owner: id {user_id} ({source})"


OWNER_BY_START = "was the first to send /start"
OWNER_TO_COME = "Owner: nobody yet → be the first to send the bot /start or put OWNER_ID into .env"
OWNER_NOBODY = (
    "Owner: nobody, and nobody becomes it, for ALLOWED_USERS is set → put OWNER_ID into .env"
)


def private(files: str) -> str:
    return f"File rights: closed to others ({files})"


def read_by_others(path: object) -> str:
    return f"File rights: others can read {path} → chmod 600 {path}"
