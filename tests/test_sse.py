"""Server-sent events: what the standard says of lines, and how much is kept of one."""

from collections.abc import Iterator

import pytest

import llm.sse
from llm.http import TooBig
from llm.sse import Event, events

STREAMS = {
    "line feeds": (b"data: a\n\ndata: b\n\n", ["a", "b"]),
    "carriage returns": (b"data: a\r\rdata: b\r\r", ["a", "b"]),
    "both": (b"data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
    "several lines": (b"data: a\ndata:\ndata:  b\n\n", ["a\n\n b"]),
    "a mark at the start": (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
    "a mark later on": (b"data: a\n\n\xef\xbb\xbfdata: b\n\ndata: c\n\n", ["a", "c"]),
    "comments and other fields": (b": hi\nid: 1\nretry: 5\ndatax: no\ndata: a\n\n", ["a"]),
    "a field without a colon": (b"data\n\ndata: a\n\n", ["", "a"]),
    "no data": (b"event: x\n\n\n\ndata: a\n\n", ["a"]),
    "nothing": (b"", []),
}


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
@pytest.mark.parametrize(("stream", "expected"), STREAMS.values(), ids=STREAMS)
def test_lines_as_the_standard_has_them(stream: bytes, expected: list[str], size: int) -> None:
    parts = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert [event.data.decode() for event in events(parts)] == expected


def test_an_event_has_a_name_until_it_ends() -> None:
    assert [*events([b"event: error\ndata: a\n\ndata: b\n\n"])] == [
        Event("error", b"a"),
        Event("", b"b"),
    ]


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_what_the_stream_broke_off_in_is_given_as_such(end: bytes) -> None:
    assert [*events([b"data: a\n\ndata: b" + end])] == [
        Event("", b"a"),
        Event("", b"b", ended=False),
    ]


@pytest.mark.parametrize("part", [b"x" * 100, b"data: " + b"x" * 88 + b"\n"])
def test_no_more_is_kept_of_what_never_ends(part: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llm.sse, "MAX_EVENT", 1000)
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while read < 100:
            read += 1
            yield part

    with pytest.raises(TooBig):
        [*events(endless())]
    assert 10 < read < 13


def test_an_event_may_be_as_large_as_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llm.sse, "MAX_EVENT", 1000)
    (event,) = events([b"data: " + b"x" * 500 + b"\ndata: " + b"x" * 500 + b"\n\n"])
    assert len(event.data) == 1001
