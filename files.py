"""Files that Telegram keeps: how one is referred to, and who fetches it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

DOWNLOAD_MOST = 20 * 1024 * 1024  # bytes: what the Bot API gives to bots


@dataclass(frozen=True)
class Attachment:
    """A file that Telegram keeps: `kind` is photo, document and the like.

    `size` is in bytes, `duration` in seconds, of what is listened to or looked at. In a question
    the kind is what a model makes of it: image or document.
    """

    kind: str
    file_id: str
    filename: str = ""
    size: int = 0
    duration: int = 0


class FileUnavailableError(Exception):
    """A file cannot be fetched from Telegram."""


class FileTooLargeError(FileUnavailableError):
    """A file is larger than was agreed, or than Telegram gives to bots: 20 MB."""


class Files(Protocol):
    """Where the files that people send are fetched from, and others are put."""

    def fetch(self, file_id: str, target: Path, most: int) -> None:
        """Write a file of at most `most` bytes into `target`.

        Raises:
            FileTooLargeError: it is larger.
            FileUnavailableError: Telegram does not give it, or does not answer.
        """
        ...

    def put(
        self,
        chat_id: int,
        path: Path,
        file: Attachment,
        caption: str,
        thread_id: int | None = None,
    ) -> Attachment:
        """Send a file to a chat, without a sound, so that Telegram keeps it; returns its new name.

        What is not taken as what it was is sent as a document.

        Raises:
            FileUnavailableError: Telegram does not take it, or does not answer.
        """
        ...
