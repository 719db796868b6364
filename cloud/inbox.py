"""Updates that were taken in and are not in the database yet: an object each."""

import json
from typing import Any

from cloud.bucket import Bucket, ChangedError

JSON = dict[str, Any]


class Inbox:
    """The inbox of one instance: it remembers what it has put there itself."""

    def __init__(self, bucket: Bucket, prefix: str) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._own: dict[str, JSON] = {}

    def put(self, update: JSON) -> None:
        """Keep an update for whoever works; the same one again changes nothing.

        Raises:
            BucketError: it may not be kept.
        """
        name = f"{self._prefix}{update['update_id']:020d}.json"
        self._own[name] = update
        try:
            self._bucket.put(name, json.dumps(update).encode(), None)
        except ChangedError:  # it is there already
            return

    def names(self) -> list[str]:
        """What lies there, in the order in which Telegram has numbered it."""
        return self._bucket.names(self._prefix)

    def read(self, name: str) -> Any:
        """An update, None when it is gone."""
        if name in self._own:
            return self._own[name]
        found = self._bucket.read(name)
        try:
            return json.loads(found[0]) if found else None
        except ValueError:
            return None

    def delete(self, name: str) -> None:
        """The update is in the database now."""
        self._bucket.delete(name)
        self._own.pop(name, None)
