"""Reading documents in a process of their own: what is read, how much, and why not."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from documents import process, reader, reading
from documents.reading import UnreadableError
from tests.media import archive, docx, locked_pdf, pdf, picture
from texts import files as texts

WORDS = "Привет, мир: 5 < 6 & ёж\n"
PAGE = (
    "<!DOCTYPE html><html><head><style>p {}</style><script>alert('x')</script></head>"
    "<body><h1>Раз</h1><p>два &amp; три</p></body></html>"
)


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes], reading.Document]:
    def read_bytes(content: bytes) -> reading.Document:
        path = tmp_path / "bot-1.sent"
        path.write_bytes(content)
        return reading.read(path)

    return read_bytes


Reads = Callable[[bytes], reading.Document]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251"]
)
def test_a_text_is_read_in_any_encoding(read: Reads, encoding: str) -> None:
    assert read(WORDS.encode(encoding)) == reading.Document(WORDS, 1.0)


def test_of_a_page_what_it_shows_is_read(read: Reads) -> None:
    assert read(PAGE.encode()).text.split() == ["Раз", "два", "&", "три"]


def test_paragraphs_and_tables_of_word(read: Reads) -> None:
    document = read(docx("Первый", "Второй", table=("а", "б")))
    assert document == reading.Document("Первый\nВторой\nа\tб", 1.0)


def test_pages_of_a_pdf(read: Reads) -> None:
    assert read(pdf("one", "two")) == reading.Document("one\n\ntwo", 1.0)


def test_of_many_pages_the_first_are_read(read: Reads) -> None:
    document = read(pdf(*(f"page {number}" for number in range(3000))))
    assert "page 99" in document.text
    assert "page 100" not in document.text
    assert document.share == pytest.approx(100 / 3000)


@pytest.mark.parametrize(
    "content", [b"x" * 400_000, docx(*["x" * 100_000] * 4)], ids=["text", "docx"]
)
def test_of_a_long_text_the_beginning_is_read(read: Reads, content: bytes) -> None:
    document = read(content)
    assert len(document.text) == pytest.approx(reader.CHARS_MOST, abs=5)
    assert 0.4 < document.share < 0.8


UNREADABLE: list[tuple[str, bytes]] = [
    ("empty", b""),
    ("empty", b" \n\t"),
    ("encrypted", locked_pdf()),
    ("encrypted", b"\xd0\xcf\x11\xe0" + bytes(500) + "EncryptedPackage".encode("utf-16-le")),
    ("unsupported", b"\xd0\xcf\x11\xe0" + bytes(500)),
    ("unsupported", bytes(range(256)) * 100),
    ("unsupported", picture("PNG")),
    ("broken", b"%PDF-1.7 and no more of it"),
    ("broken", archive("word/document.xml", b"<no word")[:-30]),
    ("archive", archive("a.txt", b"text")),
    ("archive", archive("word/document.xml", b"<w/>")),
    ("bomb", archive("word/document.xml", bytes(100_000_000))),
    ("no_text", pdf("", "")),
    ("no_text", docx("")),
]


@pytest.mark.parametrize(("kind", "content"), UNREADABLE)
def test_why_there_is_no_text_is_said(read: Reads, kind: str, content: bytes) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(content)
    assert caught.value.kind == kind
    assert kind in texts.UNREADABLE


@pytest.mark.parametrize(
    ("limit", "value", "kind"),
    [("MEMORY_MOST", "120 * 1024 * 1024", "bomb"), ("PROCESSOR_S", "1", "slow")],
)
@pytest.mark.skipif(os.name != "posix", reason="limits of a process")
def test_a_document_that_takes_too_much_ends_its_own_process_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: str, kind: str
) -> None:
    greedy = "[0] * 10**9" if limit == "MEMORY_MOST" else "sum(iter(int, 1))"
    program = Path(reader.__file__).read_text("utf-8")
    program = program.replace(f"\n{limit} = ", f"\n{limit} = {value}  # was ")
    program = program.replace("text, share = READERS[kind](content)", greedy)
    changed = tmp_path / "reader.py"
    changed.write_text(program, "utf-8")
    monkeypatch.setattr(reader, "__file__", str(changed))
    (tmp_path / "a").write_bytes(b"text")
    with pytest.raises(UnreadableError) as caught:
        reading.read(tmp_path / "a")
    assert caught.value.kind == kind


def test_one_that_only_waits_is_ended_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = tmp_path / "reader.py"
    waiting.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(reader, "__file__", str(waiting))
    monkeypatch.setattr(process, "LONGEST_S", 0.2)
    with pytest.raises(UnreadableError) as caught:
        reading.read(tmp_path / "a")
    assert caught.value.kind == "slow"


def test_the_process_knows_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shows = tmp_path / "reader.py"
    shows.write_text(
        "import json, os; print(json.dumps({'text': ' '.join(os.environ), 'share': 1}))"
    )
    monkeypatch.setattr(reader, "__file__", str(shows))
    monkeypatch.setenv("TOKEN", "secret")
    assert "TOKEN" not in reading.read(tmp_path / "a").text.split()
