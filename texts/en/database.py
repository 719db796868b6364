"""What is wrong with the database's file or with its copy, for the bot's owner."""

from collections.abc import Mapping
from datetime import datetime

from texts.en.counts import moment, notes_count

# By the kind of `db.FileError`; the facts are filled in.
UNUSABLE: Mapping[str, str] = {
    "read_only": "The database did not open: its file {path} is read-only. "
    "Permit writing to the file and its folder or name another file in DB_PATH.",
    "no_database": "The database did not open: {path} is no SQLite database or is damaged. "
    "Restore it from a copy (python bot.py --restore FILE) or name another file in DB_PATH.",
    "corrupt": "The database did not open: its file {path} is damaged. Restore it from a copy "
    "(python bot.py --restore FILE) or name another file in DB_PATH.",
    "busy": "The database did not open: {path} is in use by another program. "
    "Close it and start the bot again.",
    "full": "The database did not open: the disk has no room for {path}. "
    "Free some space and start the bot again.",
    "cannot_open": "The database did not open: the file {path} cannot be opened. "
    "Check DB_PATH and the rights.",
    "io": "The database did not open: the disk with {path} cannot be read or written. "
    "Check the disk and its space.",
    "other": "The database did not open: {reason} ({path}).",
    "no_access": "The database file {path} cannot be opened: {reason}. "
    "Check DB_PATH and the rights of the folder.",
    "no_lock": "No file can be made beside the database {path}: {reason}. "
    "Check DB_PATH and the rights of the folder.",
    "newer": "The database {path} was made by a newer version of the bot (version {version}, "
    "this program knows {known}). Update the program.",
    "foreign": "{path} is the database of another program. Name another file in DB_PATH.",
}
NOT_COPIED: Mapping[str, str] = {
    **{kind: f"The copy was not made. {sentence}" for kind, sentence in UNUSABLE.items()},
    "no_source": "There is nothing to copy: no database {path}. Check DB_PATH.",
    "exists": "The file {path} exists already and is not overwritten: choose another name.",
    "no_target": "{path} cannot be created: {reason}.",
}
NOT_RESTORED: Mapping[str, str] = {
    **{
        kind: f"Not restored, nothing is changed. {sentence}" for kind, sentence in UNUSABLE.items()
    },
    **{
        kind: f"Not restored, nothing is changed. {sentence}"
        for kind, sentence in {
            "no_copy": "There is no copy {path}. Check the name of the file.",
            "same": "{path} is the bot's database itself. Give the file of a copy.",
            "corrupt": "The copy {path} is damaged. Take another.",
            "no_database": "{path} is no SQLite database or is damaged. Take another copy.",
            "foreign": "{path} is no copy of this bot's database. Check the name of the file.",
            "newer": "The copy {path} was made by a newer version of the bot (version {version}, this "
            "program knows {known}). Update the program.",
            "full": "The disk has no room. Free some space and try again.",
            "cannot_open": "{path} cannot be opened. Check the rights.",
            "not_written": "Nothing can be written beside {path}: {reason}. Check the rights and "
            "the space on the disk.",
        }.items()
    },
}


def unusable(kind: str, facts: Mapping[str, object]) -> str:
    return UNUSABLE[kind].format(**facts)


def not_copied(kind: str, facts: Mapping[str, object]) -> str:
    return NOT_COPIED[kind].format(**facts)


def not_restored(kind: str, facts: Mapping[str, object]) -> str:
    return NOT_RESTORED[kind].format(**facts)


def restored(copy: object, path: object, notes: int | None, kept: object | None) -> str:
    """`notes` are those in the copy, `kept` is where the former database is now."""
    held = f" ({notes_count(notes)})" if notes is not None else ""
    former = f"\nThe former database is kept: {kept}" if kept else ""
    return f"The database {path} is restored from the copy {copy}{held}.{former}\nStart the bot."


def already_running(path: object) -> str:
    return (
        f"Another running bot already works with the database {path}. Stop it "
        "or name another file in DB_PATH."
    )


def backup_written(path: object) -> str:
    return f"Copy of the database: {path}"


def backup_caption(made_at: datetime) -> str:
    return (
        f"A copy of the database of {moment(made_at)}. It holds everybody's notes: keep it where "
        "nobody else comes. How to restore it is told in docs/backup.md."
    )


def backup_too_big(megabytes: int) -> str:
    return (
        f"The database takes {megabytes} MB, and Telegram takes files of up to 50 MB. "
        "Copy it on the bot's machine: python bot.py --backup notes-copy.db"
    )


DUE_BACKUPS_AGAIN = "✅ The scheduled copies succeed again."


def no_due_backup(reason: str) -> str:
    return f"⚠️ The scheduled copy was not made: {reason} I will try again and tell you when it succeeds."


def too_big_for_telegram(megabytes: int) -> str:
    return (
        f"the database takes {megabytes} MB, and Telegram takes files of up to 50 MB. "
        "Name a folder for copies in BACKUP_DIR and restart the bot."
    )


def system_said(reason: str) -> str:
    return f"“{reason}”. Check the disk's space and BACKUP_DIR, the log tells more."


def lost(path: object) -> str:
    """The file was deleted or replaced while the bot was at work."""
    return (
        f"⚠️ The database file {path} was deleted or replaced while I was at work. I take no new "
        "messages: they wait in Telegram for a day. Put the file back, and I will go on. If it is "
        "gone, stop me, restore the database from a copy and start me again."
    )


BACK = "✅ The database file is back, I take in all that waited."
