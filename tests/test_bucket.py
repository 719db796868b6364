"""The bucket's own parts: objects that are compared and written, the lease, the database."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import cloud.bucket
import cloud.lease
from cloud.bucket import Bucket, BucketError, ChangedError
from cloud.database import CloudDatabase
from cloud.lease import Lease
from storage.notes import Notes
from tests.emulators.bucket import BucketServer

KEY = "notes.db"
ANNA = 111


@pytest.fixture
def objects(bucket: BucketServer) -> Bucket:
    return Bucket(bucket.address)


@pytest.fixture
def database(objects: Bucket, tmp_path: Path) -> Iterator[CloudDatabase]:
    opened = _database(objects, tmp_path / "first")
    yield opened
    opened.close()


@pytest.fixture
def other(objects: Bucket, tmp_path: Path) -> Iterator[CloudDatabase]:
    opened = _database(objects, tmp_path / "second")
    yield opened
    opened.close()


def _database(objects: Bucket, folder: Path) -> CloudDatabase:
    folder.mkdir()
    return CloudDatabase(objects, KEY, folder)


def test_an_object_is_written_only_over_the_one_that_is_meant(objects: Bucket) -> None:
    first = objects.put(KEY, b"1", None)
    second = objects.put(KEY, b"2", first)
    for replaces in (None, first):
        with pytest.raises(ChangedError):
            objects.put(KEY, b"3", replaces)
    assert objects.read(KEY) == (b"2", second)
    objects.delete(KEY)
    with pytest.raises(ChangedError):
        objects.put(KEY, b"3", second)
    assert objects.read(KEY) is None


def test_an_object_is_fetched_only_when_it_has_changed(objects: Bucket, tmp_path: Path) -> None:
    target = tmp_path / "fetched"
    assert objects.fetch(KEY, target, None) is None
    etag = objects.put(KEY, b"1", None)
    assert objects.fetch(KEY, target, None) == etag
    target.write_bytes(b"")
    assert objects.fetch(KEY, target, etag) == etag
    assert target.read_bytes() == b""
    objects.delete(KEY)
    assert objects.fetch(KEY, target, etag) is None


@pytest.mark.parametrize(("status", "kind"), [(403, "refused"), (500, "silent"), (503, "silent")])
def test_a_bucket_that_fails_is_told_by_its_kind(
    objects: Bucket, bucket: BucketServer, tmp_path: Path, status: int, kind: str
) -> None:
    bucket.trouble = lambda method, name: status
    for call in (
        lambda: objects.fetch(KEY, tmp_path / "fetched", None),
        lambda: objects.read(KEY),
        lambda: objects.put(KEY, b"1", None),
        lambda: objects.names(KEY),
        lambda: objects.delete(KEY),
    ):
        with pytest.raises(BucketError) as caught:
            call()
        assert caught.value.kind == kind


def test_a_bucket_that_hangs_is_silent(
    bucket: BucketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloud.bucket, "SILENCE_S", 0.1)
    monkeypatch.setattr(cloud.bucket, "TRIES", 1)
    over = threading.Event()

    def hang(method: str, name: str) -> int:
        over.wait(20)
        return 503

    bucket.trouble = hang
    with pytest.raises(BucketError) as caught:
        Bucket(bucket.address).read(KEY)
    over.set()
    assert caught.value.kind == "silent"


def test_a_lease_belongs_to_one_until_it_is_given_back(objects: Bucket) -> None:
    first, second = Lease(objects, "lease"), Lease(objects, "lease")
    assert first.take()
    assert not second.take()
    assert first.take()  # one that could not be given back is ours still
    first.give_back()
    assert second.take()
    assert not first.take()


def test_a_lease_expires_and_who_has_lost_it_knows(
    objects: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Lease(objects, "lease"), Lease(objects, "lease")
    assert first.take()
    later = time.time() + cloud.lease.LEASE_S + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert second.take()
    assert not first.keep()
    first.give_back()
    assert second.keep()
    assert not first.take()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"owner": "x", "until": 99999999999}'])
def test_a_lease_that_makes_no_sense_is_void(objects: Bucket, body: bytes) -> None:
    objects.put("lease", body, None)
    assert Lease(objects, "lease").take()


def test_what_is_saved_is_there_for_the_next(
    database: CloudDatabase, other: CloudDatabase, bucket: BucketServer
) -> None:
    notes = Notes(database.open())
    notes.add(ANNA, "раз", 1)
    database.save()
    puts = len(bucket.requests)
    database.save()
    assert len(bucket.requests) == puts  # there is nothing to be saved
    assert Notes(other.open()).count(ANNA) == 1
    assert database.open() is database.open()


def test_who_writes_second_begins_again_on_what_is_there(
    database: CloudDatabase, other: CloudDatabase
) -> None:
    Notes(database.open()).add(ANNA, "раз", 1)
    Notes(other.open()).add(ANNA, "не сохранится", 1)
    database.save()
    with pytest.raises(ChangedError):
        other.save()
    with pytest.raises(ChangedError):
        other.save()
    notes = Notes(other.open())
    assert [note.text for note in notes.every(ANNA)] == ["раз"]
    notes.add(ANNA, "два", 2)
    other.save()
    assert [note.text for note in Notes(database.open()).every(ANNA)] == ["раз", "два"]


def test_one_writing_serves_all_who_wait_for_it(
    database: CloudDatabase, bucket: BucketServer
) -> None:
    notes = Notes(database.open())
    first_came, go_on = threading.Event(), threading.Event()

    def slow(method: str, name: str) -> None:
        first_came.set()
        go_on.wait(20)

    def add() -> None:
        notes.add(ANNA, "заметка", 1)
        database.save()

    bucket.requests.clear()
    bucket.trouble = slow
    threads = [threading.Thread(target=add) for _ in range(10)]
    threads[0].start()
    assert first_came.wait(20)
    for thread in threads[1:]:
        thread.start()
    while database.commits < len(threads):
        threads[1].join(0.01)
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert bucket.requests == [("PUT", KEY)] * 2
    assert database.saved == database.commits == 10
