"""Who of several invocations at the same moment does the work: an object says whose turn it is."""

import json
import time
import uuid

from cloud.bucket import Bucket, BucketError, ChangedError

LEASE_S = 15.0  # so long nobody else works after an invocation was killed
RENEW_S = 5.0


class Lease:
    """The right to work on the database, for a while at a time.

    It only saves double work: what keeps the file whole is that each write of it names the one
    that it replaces. So clocks may differ by a few seconds.
    """

    def __init__(self, bucket: Bucket, key: str) -> None:
        self._bucket = bucket
        self._key = key
        self._owner = uuid.uuid4().hex
        self._etag: str | None = None
        self._until = 0.0

    def take(self) -> bool:
        """Whether it is ours now. One that we did not manage to give back is ours still.

        Raises:
            BucketError: nobody knows.
        """
        found = self._bucket.read(self._key)
        owner, until = _read(found[0]) if found is not None else ("", 0.0)
        if owner != self._owner and until > time.time():
            return False
        return self._write(found[1] if found else None, LEASE_S)

    def keep(self) -> bool:
        """Renew it when it is time to; False when it is not ours any more."""
        now = time.time()
        if now < self._until - LEASE_S + RENEW_S:
            return True
        try:
            return self._write(self._etag, LEASE_S)
        except BucketError:
            return now < self._until

    def give_back(self) -> None:
        """Let others work; if that cannot be said they wait until it has expired."""
        try:
            self._write(self._etag, 0.0)
        except BucketError:
            return

    def _write(self, replaces: str | None, seconds: float) -> bool:
        until = time.time() + seconds
        body = json.dumps({"owner": self._owner, "until": until}).encode()
        try:
            self._etag = self._bucket.put(self._key, body, replaces)
        except ChangedError:
            return False
        self._until = until
        return True


def _read(body: bytes) -> tuple[str, float]:
    """Whose a lease is, and when it expires; what cannot be read, or lasts too long, is void."""
    try:
        found = json.loads(body)
        owner, until = str(found["owner"]), float(found["until"])
    except (ValueError, KeyError, TypeError):
        return "", 0.0
    return (owner, until) if until < time.time() + 2 * LEASE_S else ("", 0.0)
