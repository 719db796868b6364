"""Files that people send: fetched from Telegram, with patience."""

import logging
import time
from pathlib import Path

from handlers.types import FileTooLargeError, FileUnavailableError
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


class TelegramFiles:
    """Fetches files by their file_id."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    def fetch(self, file_id: str, target: Path, most: int) -> None:
        """Write a file of at most `most` bytes into `target`.

        Raises:
            FileTooLargeError: it is larger.
            FileUnavailableError: Telegram does not give it, or does not answer.
        """
        for pause in PAUSES_S:
            try:
                return self._download(file_id, target, most)
            except ThrottledError as error:
                time.sleep(error.retry_after)
            except UnreachableError as error:
                log.warning(texts.FILE_NOT_FETCHED, error)
                time.sleep(pause)
        try:
            return self._download(file_id, target, most)
        except TelegramError as error:
            raise FileUnavailableError(str(error)) from error

    def _download(self, file_id: str, target: Path, most: int) -> None:
        try:
            self._telegram.download(file_id, target, most)
        except TooLargeError as error:
            raise FileTooLargeError(str(error)) from error
        except RefusedError as error:
            too_large = "too big" in error.description
            raise (FileTooLargeError if too_large else FileUnavailableError)(str(error)) from error
