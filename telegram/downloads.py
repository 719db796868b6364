"""Files that Telegram keeps: fetched from there and put there, with patience."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from handlers.content import attachment_of
from handlers.types import Attachment, FileTooLargeError, FileUnavailableError
from telegram.api import (
    RefusedError,
    Telegram,
    TelegramError,
    ThrottledError,
    TooLargeError,
    UnreachableError,
)
from texts import log as texts

PAUSES_S = (0.5, 2.0, 8.0)  # between four tries

log = logging.getLogger(__name__)

T = TypeVar("T")


class TelegramFiles:
    """Fetches files by their file_id, and gets them one."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    def fetch(self, file_id: str, target: Path, most: int) -> None:
        """Write a file of at most `most` bytes into `target`.

        Raises:
            FileTooLargeError: it is larger.
            FileUnavailableError: Telegram does not give it, or does not answer.
        """
        self._patiently(lambda: self._download(file_id, target, most))

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
        for kind in dict.fromkeys((file.kind, "document")):
            shown = caption if kind != "video_note" else ""
            with suppress(FileUnavailableError):
                kept = attachment_of(
                    self._patiently(
                        partial(self._send, chat_id, kind, path, file.filename, shown, thread_id)
                    )
                )
                if kept is not None:
                    return replace(file, kind=kept.kind, file_id=kept.file_id)
        raise FileUnavailableError(f"not taken: {file.kind}")

    def _patiently(self, call: Callable[[], T]) -> T:
        """Make a call, several times if Telegram does not answer."""
        for pause in PAUSES_S:
            try:
                return call()
            except ThrottledError as error:
                time.sleep(error.retry_after)
            except UnreachableError as error:
                log.warning(texts.FILE_NOT_FETCHED, error)
                time.sleep(pause)
        try:
            return call()
        except TelegramError as error:
            raise FileUnavailableError(str(error)) from error

    def _send(
        self, chat_id: int, kind: str, path: Path, name: str, caption: str, thread_id: int | None
    ) -> Any:
        try:
            return self._telegram.send_file(
                chat_id, kind, path, name, caption, thread_id=thread_id, quiet=True
            )
        except RefusedError as error:
            raise FileUnavailableError(str(error)) from error

    def _download(self, file_id: str, target: Path, most: int) -> None:
        try:
            self._telegram.download(file_id, target, most)
        except TooLargeError as error:
            raise FileTooLargeError(str(error)) from error
        except RefusedError as error:
            too_large = "too big" in error.description
            raise (FileTooLargeError if too_large else FileUnavailableError)(str(error)) from error
