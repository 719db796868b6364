"""Markdown to a text with Telegram's entities, in one walk over what the parser reports."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from handlers.formatting import RichText
from telegram.formulas import readable
from telegram.parsing import parsed
from telegram.splitting import is_blank
from telegram.tables import PHONE_COLUMNS, Row, write_table

FOLDED_LINES = 12  # a quotation of more lines on a phone is folded
INDENTS_MOST = 8
RULE = "————————"
BULLET = "• "
TASKS = {True: "☑ ", False: "☐ "}
STYLES = {"Emphasis": "italic", "Strong": "bold", "Strikethrough": "strikethrough"}
HEADINGS = {
    **dict.fromkeys(("H1", "H2"), ("bold", "underline")),
    **dict.fromkeys(("H3", "H4"), ("bold",)),
    **dict.fromkeys(("H5", "H6"), ("italic",)),
}

_SHORT = ("Shortcut", "Collapsed")  # links whose text is the name of a definition
_BY_THEMSELVES = ("Autolink", "Email")
_LANGUAGE = re.compile(r"[\w+#.-]{1,32}")
_LINK = re.compile(
    r"https?://[^\s/?#@:.]+(?:\.[^\s/?#@:.]+)+\.?(?::\d+)?(?:[/?#]\S*)?|tg://\w\S*", re.IGNORECASE
)
_LINK_MOST = 2048
_ITEM_NUMBER = re.compile(rb"[ \t]*(\d{1,9})([.)])")
_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_FACTOR_ENDS = re.compile(r"[0-9A-Za-z\u0400-\u04ff)\]}]")
_FACTOR_BEGINS = re.compile(r"[0-9A-Za-z\u0400-\u04ff(\[{]")
_DUNDER = re.compile(rb"__[a-z0-9_]+__")
_WINDOWS_PATH = re.compile(rb"[\"'(\[]*(?:[A-Za-z]:|\\\\)")
_LINE_MARKS = re.compile(r"^[\s>]*(?:[-+*](?=\s))?[\s>]*")


@dataclass
class _Open:
    """A mark that is not closed yet; `literal` is what it is written as if it is no mark."""

    kind: str
    start: int
    seen: int
    literal: str = ""
    link: dict[str, Any] = field(default_factory=dict)


@dataclass
class _List:
    """`source_number` is the number of the last item as it was written, `number` as it is shown."""

    ordered: bool
    number: int = -1
    source_number: int = -1


class Renderer:
    """Renders one document, given in UTF-8: places are offsets in it."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._page = RichText()
        self._out = self._page  # where text goes now: a cell of a table is a text of its own
        self._at = 0  # up to here the source is shown
        self._fresh = False  # an item or a quotation has just begun: no break is needed
        self._seen = 0  # how many pieces that can be seen were written
        self._open: list[_Open] = []
        self._kinds: Counter[str] = Counter()  # of those that are no literals
        self._lists: list[_List] = []
        self._quotes: list[int] = []  # where they begin in the text
        self._rows: list[Row] = []
        self._raw: list[str] | None = None  # lines of the code block or the HTML being read
        self._language = ""

    def render(self) -> RichText:
        """The whole document."""
        for event, where in parsed(self._source):
            name, value = _named(event)
            if name in ("Start", "End"):
                tag, value = _named(value)
                handler = ELEMENTS[tag][name == "End"]
            else:
                handler = LEAVES[name]
            handler(self, value, where["start"], where["end"])
        self._show_definitions(len(self._source))
        return self._page

    # Blocks

    def _paragraph(self, _: object, start: int, __: int) -> None:
        self._break(start)

    def _end_block(self, _: object, __: int, end: int) -> None:
        while end > self._at and self._source[end - 1 : end].isspace():
            end -= 1
        self._at = max(self._at, end)

    def _heading(self, detail: dict[str, Any], start: int, _: int) -> None:
        self._break(start)
        self._push(detail["level"])

    def _end_heading(self, level: str, start: int, end: int) -> None:
        begun = self._pop().start
        for style in HEADINGS[level]:
            self._out.mark(style, begun)
        self._end_block(None, start, end)

    def _rule(self, _: object, start: int, end: int) -> None:
        self._break(start)
        self._write(RULE)
        self._end_block(None, start, end)

    def _html_block(self, _: object, start: int, __: int) -> None:
        self._break(start)
        self._raw = []

    def _end_html_block(self, _: object, start: int, end: int) -> None:
        self._write("".join(self._raw or ()).rstrip("\n"))
        self._raw = None
        self._end_block(None, start, end)

    def _code_block(self, detail: str | dict[str, str], start: int, _: int) -> None:
        self._break(start, own_line=True)
        info = detail["Fenced"].strip() if isinstance(detail, dict) else ""
        is_language = _LANGUAGE.fullmatch(info) is not None
        self._language = info if is_language else ""
        self._raw = [] if is_language or not info else [info + "\n"]

    def _end_code_block(self, _: object, start: int, end: int) -> None:
        language = {"language": self._language} if self._language else {}
        code = "".join(self._raw or ()).removesuffix("\n")
        self._write(code.expandtabs(4), "pre", **language)  # Telegram makes a tab one space
        self._raw = None
        self._end_block(None, start, end)

    def _quote(self, _: object, start: int, __: int) -> None:
        self._break(start, own_line=True)
        self._quotes.append(self._out.units)
        self._fresh = True

    def _end_quote(self, _: object, start: int, end: int) -> None:
        begun = self._quotes.pop()
        self._fresh = False
        if not self._quotes:  # Telegram's quotations hold no others
            lines = self._source[start:end].decode().rstrip().split("\n")
            on_phone = sum(max(1, ceil(len(line) / PHONE_COLUMNS)) for line in lines)
            fold = "expandable_" if on_phone > FOLDED_LINES else ""
            self._page.mark(f"{fold}blockquote", begun)

    def _list(self, first: int | None, _: int, __: int) -> None:
        self._lists.append(_List(first is not None))

    def _end_list(self, _: object, __: int, ___: int) -> None:
        self._lists.pop()

    def _item(self, _: object, start: int, __: int) -> None:
        on_line = self._fresh
        self._break(start)
        if not on_line:
            self._out.add("  " * min(len(self._lists) - 1, INDENTS_MOST))
        self._out.add(self._item_mark(start))
        self._fresh = True

    def _end_item(self, _: object, __: int, ___: int) -> None:
        self._fresh = False

    def _item_mark(self, start: int) -> str:
        """The number as it was written, counted on if all items have the same one."""
        current = self._lists[-1]
        found = _ITEM_NUMBER.match(self._source, start)
        if not current.ordered or found is None:
            return BULLET
        number = int(found[1])
        shown = current.number + 1 if number == current.source_number else number
        current.number, current.source_number = shown, number
        return f"{shown}{found[2].decode()} "

    def _task(self, done: bool, _: int, end: int) -> None:
        if self._lists[-1].ordered:
            self._out.add(TASKS[done])
        else:
            self._out.replace_last(TASKS[done])
        self._at = end

    # Tables

    def _table(self, _: object, start: int, __: int) -> None:
        self._break(start, own_line=True)
        self._rows = []

    def _end_table(self, _: object, start: int, end: int) -> None:
        write_table(self._page, self._rows)
        self._end_block(None, start, end)

    def _row(self, _: object, start: int, __: int) -> None:
        self._rows.append([])
        self._at = start

    def _end_row(self, _: object, __: int, end: int) -> None:
        """Cells beyond the last column are joined to it, which the parser leaves out."""
        row = self._rows[-1]
        left = self._source[self._at : end].decode().strip("| \t\n")
        if left:
            row[-1].add(f" | {left}")
        while row and not row[-1].units:  # the parser adds empty cells, up to 200,000
            row.pop()
        self._at = end

    def _cell(self, _: object, __: int, ___: int) -> None:
        self._out = RichText()

    def _end_cell(self, _: object, __: int, end: int) -> None:
        self._rows[-1].append(self._out)
        self._out = self._page
        self._at = end

    # What stands in a line

    def _style(self, tag: str, start: int, end: int) -> None:
        width = 2 if tag == "Strong" or self._source[start : start + 2] == b"~~" else 1
        mark = self._source[start : start + width]
        literal = mark.decode() if self._is_literal(mark, start, end) else ""
        self._push(STYLES[tag], literal)
        self._write(literal)

    def _end_style(self, _: object, __: int, ___: int) -> None:
        mark = self._pop()
        if mark.literal:
            self._write(mark.literal)
        elif not self._kinds[mark.kind]:
            self._out.mark(mark.kind, mark.start)

    def _is_literal(self, mark: bytes, start: int, end: int) -> bool:
        """Whether a style is none: an approximate number, a name in Python, a product."""
        if mark == b"~":
            return True
        if mark == b"__":
            return _DUNDER.fullmatch(self._source, start, end) is not None
        before = self._source[max(start - 4, 0) : start].decode(errors="ignore")[-1:]
        after = self._source[end : end + 4].decode(errors="ignore")[:1]
        is_product = _FACTOR_ENDS.match(before) and _FACTOR_BEGINS.match(after)
        return bool(is_product) and mark[:1] == b"*"

    def _link(self, detail: dict[str, str], _: int, __: int) -> None:
        if detail["link_type"] in _SHORT:  # its address stands where it is defined
            self._write("[")
        self._push("text_link", link=detail)

    def _image(self, detail: dict[str, str], _: int, __: int) -> None:
        self._push("text_link", link=detail)
        self._out.add("🖼 ")

    def _end_link(self, _: object, __: int, end: int) -> None:
        mark = self._pop()
        address, kind = mark.link["dest_url"], mark.link["link_type"]
        if kind in _BY_THEMSELVES:
            pass
        elif self._seen == mark.seen:
            self._write(address)
        elif self._kinds["text_link"] or len(address) > _LINK_MOST or not _LINK.fullmatch(address):
            self._write(f" ({address})" if address and kind not in _SHORT else "")
        else:
            self._out.mark("text_link", mark.start, url=address)
        if mark.link["title"] and kind == "Inline":
            self._write(f" ({mark.link['title']})")
        if kind in _SHORT:
            self._write("]")
        self._at = end

    def _text(self, text: str, start: int, end: int) -> None:
        if self._raw is not None:
            self._raw.append(text)
            return
        if start > self._at and self._source[start - 1 : start] == b"\\":
            self._write("\\" + text if self._is_path(text, start) else text)
        else:
            self._write(text)
        self._at = end

    def _is_path(self, text: str, start: int) -> bool:
        r"""Whether a backslash that Markdown takes for a mark is a path's: C:\.git, \\server."""
        before = self._source[max(start - 65, 0) : start - 1]
        if not before or before[-1:].isspace():
            return text[:1] == "\\" and text[1:2].isalnum()
        return _WINDOWS_PATH.match(before.split()[-1]) is not None

    def _html(self, text: str, _: int, end: int) -> None:
        if self._raw is not None:
            self._raw.append(text)
            return
        if _LINE_BREAK_TAG.fullmatch(text):
            self._line_break(None, 0, end)
        else:
            self._write(text)
        self._at = end

    def _code(self, text: str, _: int, end: int) -> None:
        self._write(text, "" if self._kinds["text_link"] else "code")
        self._at = end

    def _formula(self, tex: str, start: int, end: int) -> None:
        self._code(readable(tex) or self._source[start:end].decode(), start, end)

    def _display_formula(self, tex: str, start: int, end: int) -> None:
        if self._out is self._page and not self._fresh:
            self._lines(1)
        self._write(readable(tex) or self._source[start:end].decode(), "pre")
        self._at = end

    def _line_break(self, _: object, __: int, end: int) -> None:
        self._write("\n" if self._out is self._page else " ")
        self._at = end

    # Common to all

    def _write(self, text: str, kind: str = "", **details: str) -> None:
        self._out.add(text, kind, **details)
        self._seen += not is_blank(text)
        self._fresh = False

    def _push(self, kind: str, literal: str = "", link: dict[str, Any] | None = None) -> None:
        self._open.append(_Open(kind, self._out.units, self._seen, literal, link or {}))
        self._kinds[kind] += not literal

    def _pop(self) -> _Open:
        mark = self._open.pop()
        self._kinds[mark.kind] -= not mark.literal
        return mark

    def _break(self, start: int, *, own_line: bool = False) -> None:
        """End the line before a block, and leave a line blank if there is one in the source."""
        self._show_definitions(start)
        if not self._fresh or own_line:
            blank = not self._fresh and self._source.count(b"\n", self._at, start) > 1
            self._lines(2 if blank else 1)
        self._fresh, self._at = False, max(self._at, start)

    def _lines(self, wanted: int) -> None:
        if self._out.units:
            self._out.add("\n" * (wanted - self._out.ends_with_breaks()))

    def _show_definitions(self, end: int) -> None:
        """Definitions of links, which the parser passes over, are shown where they stand."""
        left = self._source[self._at : end]
        if b"]:" not in left:
            return
        text = left.decode()
        blank = text[: text.index("[")].count("\n") > 1
        lines = (_LINE_MARKS.sub("", line).rstrip() for line in text.split("\n"))
        self._lines(2 if blank else 1)
        self._write("\n".join(line for line in lines if line))
        self._at = end - (len(left) - len(left.rstrip()))


def _named(event: Any) -> tuple[str, Any]:
    """The parser gives a name, or a name with its details."""
    return (event, event) if isinstance(event, str) else next(iter(event.items()))


_Handler = Callable[[Renderer, Any, int, int], None]
R = Renderer
# What is done at the start and at the end of an element.
ELEMENTS: dict[str, tuple[_Handler, _Handler]] = {
    "Paragraph": (R._paragraph, R._end_block),
    "Heading": (R._heading, R._end_heading),
    "HtmlBlock": (R._html_block, R._end_html_block),
    "CodeBlock": (R._code_block, R._end_code_block),
    "BlockQuote": (R._quote, R._end_quote),
    "List": (R._list, R._end_list),
    "Item": (R._item, R._end_item),
    "Table": (R._table, R._end_table),
    "TableHead": (R._row, R._end_row),
    "TableRow": (R._row, R._end_row),
    "TableCell": (R._cell, R._end_cell),
    "Link": (R._link, R._end_link),
    "Image": (R._image, R._end_link),
    **dict.fromkeys(STYLES, (R._style, R._end_style)),
}
LEAVES: dict[str, _Handler] = {
    "Text": R._text,
    "Code": R._code,
    "InlineMath": R._formula,
    "DisplayMath": R._display_formula,
    "Html": R._html,
    "InlineHtml": R._html,
    "SoftBreak": R._line_break,
    "HardBreak": R._line_break,
    "Rule": R._rule,
    "TaskListMarker": R._task,
}
