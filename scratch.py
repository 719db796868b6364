"""Temporary files: in one private folder that is emptied whenever the bot begins or ends."""

import os
import tempfile
from pathlib import Path

PREFIX = "bot-"  # whatever else somebody puts into the folder is not ours to delete


class Scratch:
    """The folder of one bot; made when it is first needed."""

    def __init__(self, folder: Path) -> None:
        """Delete what a killed process left there."""
        self._folder = folder
        self.clear()

    def new(self, suffix: str) -> Path:
        """A new empty file that its owner alone can read; whoever asks for it deletes it.

        Raises:
            OSError: the disk is full or the folder cannot be written to.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix, PREFIX, self._folder)
        os.close(handle)
        return Path(name)

    def clear(self) -> None:
        """Delete all files, used or not, and the folder if it is empty then."""
        for path in self._folder.glob(f"{PREFIX}*"):
            path.unlink(missing_ok=True)
        try:
            self._folder.rmdir()
        except OSError:  # there is none, or it holds something of somebody else's
            return

    close = clear
