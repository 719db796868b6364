"""Files as a column holds several of them: JSON, each as [kind, file_id, name, bytes, seconds]."""

import json
from collections.abc import Iterable
from dataclasses import astuple

from files import Attachment

NONE = "[]"  # such a column of nothing
ALBUM_MOST = 10  # files, as Telegram has it


def written(files: Iterable[Attachment]) -> str:
    """The files as a column holds them."""
    return json.dumps([astuple(file) for file in files], ensure_ascii=False)


def one_written(file: Attachment) -> str:
    """A file as an item of such a column."""
    return json.dumps(astuple(file), ensure_ascii=False)


def read(column: str) -> tuple[Attachment, ...]:
    """The files that a column holds."""
    return tuple(Attachment(*file) for file in json.loads(column))
