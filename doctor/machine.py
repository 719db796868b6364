"""Checks of what is on this machine: settings, files, the database, its disk, the time zone."""

import os
import re
import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import config
from db import VERSION, DatabaseUnusableError
from doctor.findings import Case, Finding, Findings, doubt, right, wrong
from sole_user import is_in_use
from storage.inspection import examine
from texts import database as texts_database
from texts import doctor_machine as texts
from texts import settings as texts_settings

MEGABYTE = 1_000_000
WHOLE_S = 8.0  # for finding out whether the database is whole
LEAST_ROOM = 100 * MEGABYTE  # and twice the database: a copy is made beside it
MOUNTS = Path("/proc/self/mounts")
# Over a network, or through a program: locks and shared memory are not to be trusted there.
REMOTE = re.compile(r"nfs\d?|cifs|smb\w*|9p|afs|ceph|glusterfs|lustre|davfs|fuse|fuse\..*")


def settings(case: Case) -> Findings:
    """All mistakes, and names that no setting has."""
    for mistake in case.mistakes:
        said = texts_settings.mistake(mistake.setting, mistake.shown, mistake.kind, mistake.facts)
        yield wrong(texts.cured(said))
    for name, nearest in case.settings.unknown.items():
        yield doubt(texts_settings.unknown_setting(name, nearest))
    if not case.mistakes:
        yield right(texts.SETTINGS_RIGHT)


def files(case: Case) -> Findings:
    """Whether others can read the secrets and the notes."""
    database = case.settings.db_path
    existing = [path for path in (case.env_file, database) if path.exists()]
    bare = [path for path in existing if config.is_read_by_others(path)]
    yield from (wrong(texts.read_by_others(path)) for path in bare)
    if existing and not bare:
        yield right(texts.private(", ".join(map(str, existing))))


def time_zone(case: Case) -> Findings:
    """What day and hour it is for the bot."""
    zone = case.settings.timezone
    name = str(zone) if zone else texts.MACHINE_ZONE
    yield right(texts.zone(name, datetime.fromtimestamp(time.time(), zone)))


def database(case: Case) -> Findings:
    """Whether it can be used, who uses it, and whose bot it makes this."""
    path, owner_id = case.settings.db_path, None
    if not path.exists():
        is_possible = path.parent.is_dir()
        yield (
            right(texts.database_new(path)) if is_possible else wrong(texts.no_folder(path.parent))
        )
    else:
        yield right(texts.RUNNING if is_in_use(path) else texts.NOT_RUNNING)
        try:
            condition = examine(path, WHOLE_S)
        except DatabaseUnusableError as error:
            yield wrong(texts.database_unusable(texts_database.unusable(error.kind, error.facts)))
        else:
            owner_id = condition.owner_id
            size = path.stat().st_size / MEGABYTE
            if condition.is_whole is False:
                damaged = texts_database.unusable("corrupt", {"path": path})
                yield wrong(texts.database_unusable(damaged))
            else:
                yield right(texts.database_right(path, condition.version, size, condition.is_whole))
            if condition.version < VERSION:
                yield doubt(texts.database_old(condition.version, VERSION))
    yield from _writable(path)
    yield _owner(case, owner_id)


def disk(case: Case) -> Findings:
    """Whether there is room, and whether the disk is one for a database."""
    folder = case.settings.db_path.resolve().parent
    if not folder.is_dir():
        return
    path = case.settings.db_path
    needed = max(LEAST_ROOM, 2 * path.stat().st_size if path.exists() else 0)
    free = shutil.disk_usage(folder).free
    if free < needed:
        yield wrong(texts.no_room(free / MEGABYTE, needed / MEGABYTE))
    else:
        yield right(texts.room(free / MEGABYTE))
    kind = file_system(folder)
    if kind is not None:
        is_remote = REMOTE.fullmatch(kind)
        yield doubt(texts.network_disk(kind)) if is_remote else right(texts.local_disk(kind))


def file_system(folder: Path, mounts: Path = MOUNTS) -> str | None:
    """What kind of file system a folder is on, None where the system does not say so."""
    try:
        rows = [line.split(" ")[1:3] for line in mounts.read_text("utf-8").splitlines()]
    except OSError:
        return None
    found = {_unescaped(point): kind for point, kind in rows}  # the last mounted lies on top
    places = (str(place) for place in (folder, *folder.parents))
    return next((found[place] for place in places if place in found), None)


def _unescaped(mount_point: str) -> str:
    return re.sub(r"\\(\d{3})", lambda match: chr(int(match[1], 8)), mount_point)


def _writable(path: Path) -> Iterator[Finding]:
    for place in (path, path.parent):
        if place.exists() and not os.access(place, os.W_OK):
            yield wrong(texts.not_writable(place))


def _owner(case: Case, first_to_come: int | None) -> Finding:
    if case.settings.owner_id:
        return right(texts.owner_known(case.settings.owner_id, "OWNER_ID"))
    if first_to_come is not None:
        return right(texts.owner_known(first_to_come, texts.OWNER_BY_START))
    if case.settings.allowed_users:
        return doubt(texts.OWNER_NOBODY)
    return doubt(texts.OWNER_TO_COME)
