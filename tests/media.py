"""Real files of the kinds that people send, made on the spot."""

import functools
import io
import zipfile

from docx import Document
from PIL import Image
from pypdf import PdfWriter


@functools.cache
def picture(kind: str = "JPEG", px: int = 16, color: str = "red") -> bytes:
    """A picture of one colour: JPEG, PNG, WEBP or GIF."""
    made = io.BytesIO()
    Image.new("RGB", (px, px * 3 // 4), color).save(made, kind)
    return made.getvalue()


def docx(*paragraphs: str, table: tuple[str, ...] = ()) -> bytes:
    """A document of Word's: paragraphs, then a table of one row."""
    document, made = Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        cells = document.add_table(1, len(table)).rows[0].cells
        for cell, text in zip(cells, table, strict=True):
            cell.text = text
    document.save(made)
    return made.getvalue()


def pdf(*pages: str) -> bytes:
    """A pdf file with a line of Latin text on each page, none where it is empty."""
    kids = " ".join(f"{2 * n + 4} 0 R" for n in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, text in enumerate(pages):
        shown = f"BT /F1 12 Tf 10 50 Td ({text}) Tj ET" if text else ""
        objects += [
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Resources<</Font<</F1 3 0 R>>>>"
            f"/Contents {2 * number + 5} 0 R>>",
            f"<</Length {len(shown)}>>stream\n{shown}\nendstream",
        ]
    made, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj{content}endobj\n"
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    table = f"xref\n0 {size}\n0000000000 65535 f \n{rows}"
    return (
        f"{made}{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(made)}\n%%EOF".encode()
    )


def locked_pdf() -> bytes:
    """A pdf file with a password."""
    writer, made = PdfWriter(io.BytesIO(pdf("secret"))), io.BytesIO()
    writer.encrypt("password", algorithm="RC4-128")
    writer.write(made)
    return made.getvalue()


def archive(name: str, content: bytes) -> bytes:
    """A zip archive with one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, content)
    return made.getvalue()


def ogg() -> bytes:
    """The beginning of a voice message: a page of OGG with the head of Opus, mono, 48 kHz."""
    head = b"OpusHead" + bytes([1, 1, 0, 0]) + (48_000).to_bytes(4, "little") + bytes(3)
    flags = bytes([0, 2]) + bytes(8) + (1).to_bytes(4, "little") + bytes(8)
    return b"OggS" + flags + bytes([1, len(head)]) + head
