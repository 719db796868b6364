"""The process that reads one document: its path is the argument, JSON on stdout the answer.

    {"text": "…", "share": 0.5}    the text, and how much of the whole document it is
    {"error": "encrypted"}         why there is none: a kind of `documents.reading.UnreadableError`

It runs with limits of its own, so that no document can stand in anybody's way, and imports nothing
of ours: it has no settings, no database and no secrets.
"""

import codecs
import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

CHARS_MOST = 200_000
PAGES_MOST = 100
UNZIPPED_MOST = 64 * 1024 * 1024
MEMORY_MOST = 600 * 1024 * 1024
PROCESSOR_S = 20
CONTROL_MOST = 0.01  # the part of control characters from which on it is no text
SIGNATURES = ((b"%PDF-", "pdf"), (b"PK\x03\x04", "zip"), (b"\xd0\xcf\x11\xe0", "ole"))
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SILENT_TAGS = ("script", "style", "template", "noscript")
BLOCK_TAGS = ("p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "pre")

Read = tuple[str, float]  # the text, and how much of the whole it is


class UnreadableError(Exception):
    """There is no text; `kind` says why."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def main(path: Path) -> None:
    """Read the document and write what came of it."""
    _limit()
    try:
        text, share = read(path.read_bytes())
        said: dict[str, object] = {"text": text, "share": share}
    except UnreadableError as error:
        said = {"error": error.kind}
    except MemoryError:
        said = {"error": "bomb"}
    except Exception:
        # What a foreign library raises over a broken file is of all sorts.
        said = {"error": "broken"}
    sys.stdout.write(json.dumps(said))  # in ASCII, whatever the encoding of stdout


def read(content: bytes) -> Read:
    """The text of a document, told by what it begins with, whatever it is called.

    Raises:
        UnreadableError.
    """
    if not content.strip():
        raise UnreadableError("empty")
    kind = next((kind for signature, kind in SIGNATURES if content.startswith(signature)), "text")
    text, share = READERS[kind](content)
    if not text.strip():
        raise UnreadableError("no_text")
    return text, share


def _pdf(content: bytes) -> Read:
    from pypdf import PdfReader

    document = PdfReader(io.BytesIO(content))
    if document.is_encrypted:
        _unlock(document)
    pages = len(document.pages)
    texts = (document.pages[number].extract_text() for number in range(min(pages, PAGES_MOST)))
    text, read_pages = _joined(texts, "\n\n")
    return text, read_pages / max(pages, 1)


def _unlock(document: Any) -> None:
    """Some are encrypted with no password, so that they cannot be printed and the like."""
    try:
        is_open = bool(document.decrypt(""))
    except Exception as error:  # a cipher that is not there
        raise UnreadableError("encrypted") from error
    if not is_open:
        raise UnreadableError("encrypted")


def _docx(content: bytes) -> Read:
    _check_archive(content)
    from docx import Document

    try:
        document = Document(io.BytesIO(content))
    except (KeyError, ValueError) as error:  # an archive of another kind
        raise UnreadableError("archive") from error
    blocks = list(_blocks(document))
    text, read_blocks = _joined(blocks, "\n")
    return text, read_blocks / max(len(blocks), 1)


def _blocks(document: Any) -> Iterator[str]:
    """The paragraphs, and of tables the rows, in their order."""
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            yield from ("\t".join(cell.text for cell in row.cells) for row in block.rows)
        else:
            yield block.text


def _check_archive(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos = archive.infolist()
    if sum(info.file_size for info in infos) > UNZIPPED_MOST:
        raise UnreadableError("bomb")
    if any(info.flag_bits & 1 for info in infos):
        raise UnreadableError("encrypted")
    if not any(info.filename == "word/document.xml" for info in infos):
        raise UnreadableError("archive")


def _ole(content: bytes) -> Read:
    """Office's old container, in which new documents with a password come too."""
    is_new = "EncryptedPackage".encode("utf-16-le") in content
    raise UnreadableError("encrypted" if is_new else "unsupported")


def _text(content: bytes) -> Read:
    text = _decoded(content)
    head = text[:4000].lstrip().lower()
    if head.startswith(("<!doctype html", "<html")):
        parser = _Html()
        parser.feed(text)
        parser.close()
        text = "".join(parser.texts)
    return text[:CHARS_MOST], min(1.0, CHARS_MOST / max(len(text), 1))


def _decoded(content: bytes) -> str:
    """A text in UTF-8, UTF-16 or CP1251."""
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    for encoding in (*_wide(content), "utf-8", "cp1251"):
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if _is_text(text):
                return text
    raise UnreadableError("unsupported")


def _wide(content: bytes) -> Iterable[str]:
    """UTF-16 without a mark: of Latin and Cyrillic letters one byte of two is 0 or 4."""
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        high = content[start:2000:2]
        if high and high.count(0) + high.count(4) > 0.9 * len(high):
            yield encoding


def _is_text(text: str) -> bool:
    head = text[:100_000]
    control = sum(char < " " and char not in "\t\n\r\f\x1b" for char in head)
    return "\x00" not in head and control <= CONTROL_MOST * len(head)


class _Html(HTMLParser):
    """What a page shows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in SILENT_TAGS
        if tag in BLOCK_TAGS:
            self.texts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in SILENT_TAGS))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data if data.strip() else " ")


def _joined(texts: Iterable[str], gap: str) -> tuple[str, int]:
    """The texts up to the limit, and how many of them that are."""
    parts, size = list[str](), 0
    for text in texts:
        parts.append(text[: CHARS_MOST - size])
        size += len(text) + len(gap)
        if size >= CHARS_MOST:
            break
    return gap.join(parts), len(parts)


def _limit() -> None:
    """Bound this process, where the system can: elsewhere the one that waits for it does."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MOST, MEMORY_MOST))
        resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))


READERS: dict[str, Callable[[bytes], Read]] = {
    "pdf": _pdf,
    "zip": _docx,
    "ole": _ole,
    "text": _text,
}

if __name__ == "__main__":
    main(Path(sys.argv[1]))
