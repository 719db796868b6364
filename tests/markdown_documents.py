"""Markdown documents of every kind, each with what a reader must find in it, for Hypothesis."""

from collections.abc import Callable

from hypothesis import strategies as st

# (what stands in the source, what must be shown): `%` is a number that makes it unlike the others.
KEPT = [
    ("слово%", "слово%"),
    ("word%", "word%"),
    ("😀%", "😀%"),
    ("漢字%", "漢字%"),
    ("$%/мес", "$%/мес"),
    ("% || б%", "% || б%"),
    ("%*3*4", "%*3*4"),
    ("2**%**4", "2**%**4"),
    ("List<T%>", "List<T%>"),
    ("<b%>", "<b%>"),
    (r"C:\path%", r"C:\path%"),
    (r"C:\.x%", r"C:\.x%"),
    ("__init%__", "__init%__"),
    ("~%~", "~%~"),
    ("[^%]", "[^%]"),
    (r"snake\_%", "snake_%"),
    ("**ж%**", "ж%"),
    ("*к%*", "к%"),
    ("~~з%~~", "з%"),
    ("`c%`", "c%"),
    ("``a`%``", "a`%"),
    ("[т%](https://x%.ru/a)", "т%"),
    ("[т%](https://x%.ru/a)", "https://x%.ru/a"),
    ("[п%](/path%)", "/path%"),
    ("[](http://e%.ru)", "http://e%.ru"),
    ("[и%](<a b%> 'имя%')", "имя%"),
    ("![и%](https://i%.ru)", "и%"),
    ("[![з%](https://p%.ru)](https://q%.ru)", "https://p%.ru"),
    ("<https://auto%.ru>", "https://auto%.ru"),
    ("$x_{%}$", "x"),
    (r"$\frac{a%}{\sqrt{b%}}$", "a%"),
    (r"\(y%^2\)", "y%"),
    (r"$$\unknown{q%}$$", "q%"),
    ("$" + r"\sqrt{" * 40 + "%" + "}" * 40 + "$", "%"),
    (r"$\overline{\underline{\cancel{%+%+%}}}$", "%+%+%"),
    ("\ud83d%", "%"),
    ("%\u202e\x07\u0333%", "%"),
    ("a%&nbsp;&lt;", "a%"),
]


@st.composite
def lines(draw: st.DrawFn) -> tuple[str, list[str]]:
    """One line of text."""
    numbers = draw(st.lists(st.integers(10, 99_999), min_size=1, max_size=4))
    source, kept = list[str](), list[str]()
    for number in numbers:
        written, shown = draw(st.sampled_from(KEPT))
        source.append(written.replace("%", str(number)))
        kept.append(shown.replace("%", str(number)))
    return " ".join(source), kept


def _indented(text: str, first: str, others: str) -> str:
    return "\n".join((others if number else first) + x for number, x in enumerate(text.split("\n")))


def _quote(text: str) -> str:
    return _indented(text, "> ", "> ")


def _item(text: str) -> str:
    return _indented(text, "- ", "  ")


def _numbered(text: str) -> str:
    return _indented(text, "12. ", "    ")


def _task(text: str) -> str:
    return "- [x] дело\n\n" + _indented(text, "  ", "  ")


WRAPPERS: list[Callable[[str], str]] = [_quote, _item, _numbered, _task]


@st.composite
def fences(draw: st.DrawFn) -> tuple[str, list[str]]:
    mark = draw(st.sampled_from(["```", "~~~~"]))
    info = draw(st.sampled_from(["", "python", '{"json%":[1]}', "py title=имя%", "ж" * 2000 + "%"]))
    number = str(draw(st.integers(10, 99_999)))
    body = draw(st.sampled_from(["", "код%", "x = 1 | 2 * 3\n\n    if код%:", "*a%* $b$ [c]: d"]))
    info, body = info.replace("%", number), body.replace("%", number)
    shown = [line for line in body.split("\n") if line] + ([info] if " " in info else [])
    return f"{mark}{info}\n{body}\n{mark}", shown


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[str]]:
    width = draw(st.integers(1, 4))
    rows, kept = list[str](), list[str]()
    for _ in range(draw(st.integers(1, 4))):
        numbers = draw(st.lists(st.integers(10, 99_999), min_size=1, max_size=width + 1))
        cells = [
            draw(st.sampled_from(["я%", "**ж%**", "$%", "широкая ячейка %", "`c%`"])).replace(
                "%", str(number)
            )
            for number in numbers
        ]
        rows.append("|" + "|".join(cells) + "|")
        kept += [cell.strip("*`") for cell in cells]
    head = "|" + "|".join(f"з{column}" for column in range(width)) + "|"
    return "\n".join([head, "|" + "-|" * width, *rows]), kept


@st.composite
def definitions(draw: st.DrawFn) -> tuple[str, list[str]]:
    number = draw(st.integers(10, 99_999))
    label = draw(st.sampled_from([f"и{number}", "1", "^1", "Ответ"]))
    address = draw(st.sampled_from([f"https://s{number}.ru", str(number), f"<ж {number}>"]))
    return f"[{label}]: {address}", [label, address]


@st.composite
def headings(draw: st.DrawFn) -> tuple[str, list[str]]:
    source, kept = draw(lines())
    return draw(st.sampled_from(["# ", "### ", "##### "])) + source, kept


RULES = st.sampled_from(["---", "#", ">", "-", "```\n```", "&nbsp;", "|", "<!-- x -->"])
BLOCKS = st.one_of(
    lines(), headings(), fences(), tables(), definitions(), RULES.map(lambda rule: (rule, []))
)


@st.composite
def _nested(draw: st.DrawFn) -> tuple[str, list[str]]:
    source, kept = draw(BLOCKS)
    for wrapper in draw(st.lists(st.sampled_from(WRAPPERS), max_size=5)):
        source = wrapper(source)
    return source, kept


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A document and the words and signs that must arrive."""
    blocks = draw(st.lists(_nested(), min_size=1, max_size=8))
    gap = draw(st.sampled_from(["\n\n", "\n\n\n"]))
    source = gap.join(block for block, _ in blocks)
    return source, [word for _, kept in blocks for word in kept]
