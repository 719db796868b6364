"""Objects in a bucket of S3 or of what speaks like it: read, and written by compare-and-swap."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from db import StorageError

CONNECT_S, SILENCE_S = 3.0, 15.0
TRIES = 3
PIECE = 1 << 20  # bytes
LISTED_MOST = 1000  # names in one answer

# By the code of an answer, of those without a body by the status; whatever else is "silent".
KINDS: Mapping[str, str] = {
    "412": "changed",
    "PreconditionFailed": "changed",
    "ConditionalRequestConflict": "changed",  # somebody else's request was quicker
    "NoSuchBucket": "no_bucket",
    "InvalidBucketName": "no_bucket",
    "AccessDenied": "refused",
    "AllAccessDisabled": "refused",
    "403": "refused",
    "InvalidAccessKeyId": "refused",
    "SignatureDoesNotMatch": "refused",
}
NOT_MODIFIED, ABSENT = ("304", "NotModified"), ("NoSuchKey", "404")


class BucketError(StorageError):
    """The bucket does not give or take anything: `kind` is a key of `texts.hosting.BUCKET`."""

    def __init__(self, kind: str, reason: object = "") -> None:
        super().__init__(f"{kind} {reason}".strip())
        self.kind = kind


class ChangedError(BucketError):
    """The object is no longer what it was: somebody else has written it, or taken it away."""

    def __init__(self) -> None:
        super().__init__("changed")


@dataclass(frozen=True)
class Address:
    """Which bucket, where, and whose it is."""

    bucket: str
    endpoint: str
    region: str
    key_id: str
    secret: str


class Bucket:
    """One bucket; every method raises BucketError, and may be called by several threads."""

    def __init__(self, address: Address) -> None:
        self._bucket = address.bucket
        self._s3: Any = boto3.client(
            "s3",
            endpoint_url=address.endpoint,
            region_name=address.region,
            aws_access_key_id=address.key_id,
            aws_secret_access_key=address.secret,
            config=Config(
                connect_timeout=CONNECT_S,
                read_timeout=SILENCE_S,
                retries={"mode": "standard", "total_max_attempts": TRIES},
                s3={"addressing_style": "path"},
                # Only AWS itself takes the checksums that boto3 would add.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def fetch(self, key: str, target: Path, known: str | None) -> str | None:
        """Write an object into a file, unless its ETag is the known one; returns its ETag.

        None: there is no such object.
        """
        condition = {"IfNoneMatch": known} if known else {}
        with _translated():
            try:
                found = self._get(key, **condition)
            except ClientError as error:
                if _code(error) in NOT_MODIFIED:
                    return known
                raise
            if found is None:
                return None
            with target.open("wb") as file:
                for piece in found["Body"].iter_chunks(PIECE):
                    file.write(piece)
            return str(found["ETag"])

    def read(self, key: str) -> tuple[bytes, str] | None:
        """A small object and its ETag, None when there is none."""
        with _translated():
            found = self._get(key)
            return None if found is None else (found["Body"].read(), str(found["ETag"]))

    def put(self, key: str, body: Any, replaces: str | None) -> str:
        """Write an object (bytes or an open file) over the one with this ETag; returns the new one.

        None: there must be no such object yet.

        Raises:
            ChangedError: the object is another one by now, and stays as it is.
        """
        condition = {"IfMatch": replaces} if replaces else {"IfNoneMatch": "*"}
        with _translated():
            try:
                done = self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, **condition)
            except ClientError as error:
                if _code(error) in ABSENT:  # there is none to be replaced
                    raise ChangedError from error
                raise
            return str(done["ETag"])

    def names(self, prefix: str) -> list[str]:
        """The first names that begin so, in their order."""
        with _translated():
            found = self._s3.list_objects_v2(
                Bucket=self._bucket, Prefix=prefix, MaxKeys=LISTED_MOST
            )
            return [row["Key"] for row in found.get("Contents", ())]

    def delete(self, key: str) -> None:
        """Take an object away; it is no error when there is none."""
        with _translated():
            self._s3.delete_object(Bucket=self._bucket, Key=key)

    def _get(self, key: str, **condition: str) -> dict[str, Any] | None:
        """An object, None when there is none."""
        try:
            found: dict[str, Any] = self._s3.get_object(Bucket=self._bucket, Key=key, **condition)
        except ClientError as error:
            if _code(error) in ABSENT:
                return None
            raise
        return found


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def _translated() -> Iterator[None]:
    """Every failure of boto3 as one of this module's errors."""
    try:
        yield
    except ClientError as error:
        kind = KINDS.get(_code(error), "silent")
        raise (ChangedError() if kind == "changed" else BucketError(kind, error)) from error
    except (BotoCoreError, HTTPError) as error:
        raise BucketError("silent", type(error).__name__) from error
    except OSError as error:
        raise BucketError("disk", error.strerror) from error
