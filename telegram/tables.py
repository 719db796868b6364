"""Tables in a chat: in columns if they fit a phone, otherwise a list of rows with their heads."""

import unicodedata
from itertools import zip_longest

from handlers.formatting import RichText

PHONE_COLUMNS = 36
HEADS_MOST = 4096  # characters that heads, said again in each row, may always add

Row = list[RichText]  # without the empty cells at its end
NOTHING = RichText()


def write_table(out: RichText, rows: list[Row]) -> None:
    """Append a table whose first row is its head."""
    widths = [
        max(columns(cell.text) for cell in column)
        for column in zip_longest(*rows, fillvalue=NOTHING)
    ]
    plain = all(_is_plain(cell) for row in rows for cell in row)
    if plain and sum(widths) + 3 * (len(widths) - 1) <= PHONE_COLUMNS:
        out.add(_in_columns(rows, widths), "pre")
    else:
        _write_list(out, rows)


def columns(text: str) -> int:
    """How many columns a text takes where letters are of one width."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(sign) for sign in text)


def _columns_of(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _is_plain(cell: RichText) -> bool:
    """Whether monospaced text shows a cell: it holds one line and no address."""
    has_link = any(entity["type"] == "text_link" for entity in cell.entities)
    return not has_link and "\n" not in cell.text


def _in_columns(rows: list[Row], widths: list[int]) -> str:
    lines = [
        " | ".join(
            cell.text + " " * (width - columns(cell.text))
            for cell, width in zip(row, widths, strict=False)
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "-+-".join("-" * width for width in widths))
    return "\n".join(lines)


def _write_list(out: RichText, rows: list[Row]) -> None:
    """Each row as its first cell in bold, then the others, each behind the head of its column."""
    heads, *body = rows
    said_again = len(body) * sum(len(head.text) + 5 for head in heads)
    size = sum(len(cell.text) for row in rows for cell in row)
    if not body or said_again > 4 * size + HEADS_MOST:
        heads, body = [], rows
    for number, row in enumerate(body):
        if number:
            out.add("\n\n")
        _write_row(out, heads, row)


def _write_row(out: RichText, heads: Row, row: Row) -> None:
    start = out.units
    for number, (head, cell) in enumerate(zip_longest(heads, row, fillvalue=NOTHING)):
        if number and (head.units or cell.units):
            out.add("\n• ")
        out.extend(head)
        if head.units:
            out.add(": " if cell.units else ":")
        out.extend(cell)
        if number == 0:
            out.mark("bold", start)
