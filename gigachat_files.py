"""Files that go with a question to GigaChat: uploaded, named in its messages, deleted there."""

import logging
import time
from collections.abc import Iterable, Iterator
from typing import Protocol
from urllib.parse import quote

from llm.client import ProviderError
from llm.embedded import EmbeddedFile, Multipart, multipart
from llm.provider import JSON, as_dict
from texts import log as texts
from texts import prompts

FILES = "/files"
PREFIX = "notes-bot-"  # of the names that files have there
HELD_AS = {"image_url": "url", "input_audio": "data"}  # where a part has its file
LEFT_S = 3600.0  # what is older was left behind by a process that was killed

log = logging.getLogger(__name__)


class Wire(Protocol):
    """Sends a request and gives the JSON that was answered; raises ProviderError."""

    def __call__(self, method: str, path: str, form: Multipart | None = None) -> JSON: ...


class Uploads:
    """The files of one question; `ids` are to be deleted once it is answered."""

    def __init__(self, wire: Wire) -> None:
        self.ids: list[str] = []
        self._wire = wire

    def messages(self, messages: list[JSON]) -> list[JSON]:
        """The messages in GigaChat's shape: files by their ids, one picture a message.

        Raises:
            ProviderError: a file was not taken.
        """
        return [shaped for message in messages for shaped in self._shaped(message)]

    def _shaped(self, message: JSON) -> Iterator[JSON]:
        if isinstance(message["content"], str):
            yield message
            return
        text, *files = message["content"]
        *before, last = [self._upload(_file_in(part)) for part in files]
        for file_id in before:
            yield {**message, "content": prompts.PICTURE, "attachments": [file_id]}
        yield {**message, "content": text["text"], "attachments": [last]}

    def _upload(self, file: EmbeddedFile) -> str:
        suffix = file.name.rpartition(".")[2] or file.media_type.partition("/")[2]
        name = PREFIX + file.path.with_suffix(f".{suffix}").name
        with multipart(file, name, purpose="general") as form:
            answered = self._wire("POST", FILES, form)
        file_id = str(answered["id"])
        self.ids.append(file_id)
        return file_id


def sweep(wire: Wire) -> None:
    """Delete what killed processes have left behind.

    Raises:
        ProviderError: the list of files is not to be had.
    """
    rows = wire("GET", FILES).get("data")
    listed = map(as_dict, rows if isinstance(rows, list) else [])
    delete(wire, [str(row.get("id")) for row in listed if _is_left(row)])


def delete(wire: Wire, file_ids: Iterable[str]) -> None:
    """Delete files, each whatever comes of the others; what stays is left to `sweep`."""
    for file_id in file_ids:
        try:
            wire("POST", f"{FILES}/{quote(file_id, safe='')}/delete")
        except ProviderError as error:
            log.warning(texts.FILE_NOT_DELETED, error.kind)


def _file_in(part: JSON) -> EmbeddedFile:
    file: EmbeddedFile = part[part["type"]][HELD_AS[part["type"]]]
    return file


def _is_left(row: JSON) -> bool:
    is_ours, made_at = str(row.get("filename")).startswith(PREFIX), row.get("created_at")
    return is_ours and isinstance(made_at, int) and time.time() - made_at > LEFT_S
