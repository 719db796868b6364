"""Documents made to hurt: time, memory and output stay within bounds whatever a model writes."""

import time
import tracemalloc

import pytest

from telegram.markdown import messages

SIZE = 100_000  # characters
CPU_S = 4.0  # ten times what it takes: the machine may be slow
TRACED = 20_000  # characters: tracing makes it five times slower
PEAK_MB = 10
GROWTH = 6


def filled(piece: str, size: int = SIZE) -> str:
    return (piece * (size // len(piece) + 1))[:size]


def formula(tex: str) -> str:
    return filled(f"${tex}$ ")


DOCUMENTS = {
    "a fence of one line": "```" + "x" * SIZE,
    "a fence with a language of 1,900 signs": "```" + "ж" * 1900 + "\nкод\n```",
    "minified JSON behind a fence": "```" + filled('{"a":1},') + "\n1\n```",
    "tildes": "~" * 4000,
    "fences": filled("```\n```\n"),
    "quotations in quotations": ">" * SIZE + "а",
    "lists in lists": filled("- ") + "а",
    "lines of deep quotations": "\n".join(">" * 300 + "а" for _ in range(300)),
    "ever deeper lists": "\n".join(" " * 2 * n + "- а" for n in range(300)),
    "brackets": "[" * 1_000_000,
    "pairs of brackets": "[" * (SIZE // 2) + "]" * (SIZE // 2),
    "images in images": filled("![", SIZE // 2) + filled("](http://a.ru)", SIZE // 2),
    "emphasis that is not closed": filled("*а **б "),
    "emphasis in emphasis": filled("*а ", SIZE // 2) + "*" * (SIZE // 2),
    "code in open emphasis": filled("*а ", SIZE // 3) + filled("`x` ") + filled("*", SIZE // 3),
    "asterisks": "*" * SIZE + "а" + "*" * SIZE,
    "links": filled("[а](http://b.ru) "),
    "definitions": filled("[а]: б\n"),
    "references": "[а]: б\n\n" + filled("[а]"),
    "headings": filled("# а\n"),
    "HTML": filled("<div>\n\n<!--"),
    "backslashes": filled("\\_\\\n\\"),
    "paths": filled("C:\\_"),
    "a thousand cells a row": "|а" * 1000 + "|\n" + "|-" * 1000 + "|\n" + filled("|б|\n"),
    "one wide row": filled("|а") + "\n" + filled("|-") + "\n",
    "many rows": "|а|б|\n|-|-|\n" + filled("|в|г|\n"),
    "rows that widen": "|" + "а" * 36 + "|\n|-|\n" + filled("||\n"),
    "a head of 5,000 letters": f"|{'а' * 5000}|б|\n|-|-|\n" + filled("|в|г|\n"),
    "prices": filled("$5, 6$ "),
    "open dollars": filled("$5 или "),
    "formulas": formula("x^2"),
    "brackets of formulas": filled(r"\("),
    "roots in roots": "$" + r"\sqrt{" * 25 + "x" + "}" * 25 + "$",
    "one long formula": "$" + r"\sqrt{x}+" * 10_000 + "$",
    "roots": formula(r"\sqrt{" * 8 + "x" + "}" * 8),
    "roots without braces": formula(r"\sqrt" * 90 + "x"),
    "lines over lines": formula(r"\overline{" * 8 + "abc" + "}" * 8),
    "lines over lines without braces": formula(r"\overline" * 50 + "x"),
    "crossed out": formula(r"\cancel{\underline{\overbrace{" * 2 + "ab" + "}" * 6),
    "accents": formula(r"\'" * 240 + "x"),
    "fractions": formula(r"\frac{" * 8 + "a+b" + "}{c+d}" * 8),
    "braces": formula("x^" + "{" * 240 + "}" * 240),
    "indices": formula("x_{" * 8 + "ф" + "}" * 8),
    "stacks": formula(r"\substack{" * 8 + "x" * 300 + "}" * 8),
    "matrices": formula(r"\begin{matrix}a&b\\" * 20),
    "breaks": "\n" * SIZE + "а",
    "zero width": "а" + "\u200b" * SIZE,
    "accented": "е" + "\u0301" * SIZE,
}


@pytest.mark.parametrize("source", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_a_document_costs_no_more_than_its_size_allows(source: str) -> None:
    began = time.process_time()
    sent = messages(source)
    assert time.process_time() - began < CPU_S
    assert sent
    assert sum(len(text) for text, _ in sent) < GROWTH * len(source) + 1000


@pytest.mark.parametrize("source", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_a_document_takes_little_memory(source: str) -> None:
    tracemalloc.start()
    try:
        messages(source[:TRACED])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < PEAK_MB * 2**20
