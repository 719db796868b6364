"""LaTeX as people can read it in a chat: α, x², √(a+b). What can't be shown stays as it came."""

import re
import unicodedata
from collections import Counter
from typing import Any

from telegramify_markdown.latex_escape.const import COMBINING, CombiningType
from telegramify_markdown.latex_escape.helper import LatexToUnicodeHelper

LENGTH_MOST = 500  # of one formula: the library reads it by recursion, and some of it twice
DEPTH_MOST = 8  # of its braces
ACCENTS_MOST = 30
MARKED_MOST = 3  # signs that are drawn with a line over, under or through each of them

_COMMAND = re.compile(r"\\(?:(?:begin|end)\s*\{[A-Za-z]*\*?\}|[A-Za-z]+|.)", re.DOTALL)
_NAMED_COMMAND = re.compile(r"\\[A-Za-z]{2}")
_BRACED = re.compile(r"[_^]\{[^{}]*\}")
_CYRILLIC_WORD = re.compile(r"[\u0400-\u04ff]{2}")
_PROSE = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,}[\s,]+[^\W\d_]{2,}")
_WORD = re.compile(r"[^\W\d_]{2,}")


class _Reader(LatexToUnicodeHelper):
    """The library's, without its growth: a line over each sign, if nested, doubles the text."""

    @staticmethod
    def translate_combining(command: str, text: str) -> str:
        if COMBINING[command][1] == CombiningType.EveryChar and len(text) > MARKED_MOST:
            return f"{command}({text})"
        return str(_library.translate_combining(command, text))

    @staticmethod
    def translate_sqrt(_: str, degree: str, radicand: str) -> str:
        root = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(degree.strip())
        above = _library.try_make_superscript(degree) or f"({degree})"
        return f"{root or above + '√'}{_library.maybe_parenthesize(radicand.strip())}"


_library: Any = LatexToUnicodeHelper  # it has no annotations
_reader: Any = _Reader()


def is_formula(tex: str) -> bool:
    """Whether what stands between two dollars is a formula rather than, say, two prices."""
    if len(tex) > LENGTH_MOST:
        return False
    if _NAMED_COMMAND.search(tex):
        return True
    bare = _BRACED.sub("_", tex)
    if _CYRILLIC_WORD.search(bare) or _PROSE.search(bare):
        return False
    if "\\" in tex or "^" in tex:
        return True
    has_letter = any(sign.isalpha() for sign in tex)
    if "_" in tex:
        return has_letter
    price = tex[:1].isdigit() and "=" not in tex
    return has_letter and not price and not _WORD.search(bare)


def readable(tex: str) -> str | None:
    """The formula in Unicode; None if it is too large or letters would be lost.

    The output is at most a few times as long as the formula, the time bounded with its length.
    """
    if len(tex) > LENGTH_MOST or not _is_simple(tex):
        return None
    shown = re.sub(r"\n\s*\n", "\n", _reader.convert(tex)).strip()
    return shown if shown and not _letters(_COMMAND.sub("", tex)) - _letters(shown) else None


def _is_simple(tex: str) -> bool:
    """Whether it has few accents, and its braces are in order and not nested too deep."""
    if sum(command in COMBINING for command in _COMMAND.findall(tex)) > ACCENTS_MOST:
        return False
    depth = 0
    for sign in _COMMAND.sub("", tex):
        depth += (sign == "{") - (sign == "}")
        if not 0 <= depth <= DEPTH_MOST:
            return False
    return depth == 0


def _letters(text: str) -> Counter[str]:
    return Counter(sign for sign in unicodedata.normalize("NFKC", text) if sign.isalnum())
