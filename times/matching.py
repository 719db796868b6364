"""Patterns over word classes.

A pattern is a row of elements. `weekday` takes a word of that class; `weekday?` may be missing;
`weekday+` takes several («по вторникам, средам и пятницам»), each of which may repeat the word
that stands before the list; `unit=week` takes only that value; `!counted` takes nothing, and no
word of that class may follow. Nonterminals are read by a function. The builder gets a value for
each element but those with `!`: None for what is missing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from times.words import Word

LIST_MOST = 7
Found = tuple[Any, int]  # a value, and the place after it
Nonterminal = Callable[[Sequence[Word], int], Found | None]


class Needs(Enum):
    """What a piece must have about it, lest a number in ordinary text be taken for a time."""

    NOTHING = auto()
    EDGE = auto()  # another piece beside it, or the beginning or the end of the text
    COMPANY = auto()  # another piece beside it
    SERIES = auto()  # a repetition somewhere in the text


@dataclass(frozen=True)
class Element:
    """One element of a pattern."""

    name: str
    value: str = ""
    optional: bool = False
    several: bool = False
    absent: bool = False

    @classmethod
    def of(cls, written: str) -> "Element":
        name, _, value = written.strip("?+!").partition("=")
        return cls(name, value, "?" in written, "+" in written, "!" in written)


@dataclass(frozen=True)
class Rule:
    """A pattern, what it means, and what it needs in order to be meant."""

    elements: tuple[Element, ...]
    build: Callable[..., Any]
    needs: Needs


def rule(pattern: str, build: Callable[..., Any], needs: Needs = Needs.NOTHING) -> Rule:
    """A rule by its written pattern."""
    return Rule(tuple(map(Element.of, pattern.split())), build, needs)


class Matcher:
    """Rules tried at a place of the text: the longest match wins, of equals the first."""

    def __init__(self, rules: Sequence[Rule], nonterminals: Mapping[str, Nonterminal]) -> None:
        self._rules = rules
        self._nonterminals = nonterminals

    def longest(
        self, words: Sequence[Word], at: int, series: bool = False
    ) -> tuple[Any, Rule, int] | None:
        """What a rule builds of the words from `at`, the rule, and the place after them.

        Rules that need a repetition are tried only when `series` says that there is one.
        """
        best: tuple[Any, Rule, int] | None = None
        if not words[at].senses:
            return None
        for each in self._rules:
            if each.needs is Needs.SERIES and not series:
                continue
            found = self._match(each.elements, words, at)
            if found and (best is None or found[1] > best[2]):
                built = each.build(*found[0])
                best = (built, each, found[1]) if built is not None else best
        return best

    def _match(self, elements: Sequence[Element], words: Sequence[Word], at: int) -> Found | None:
        """The values of the elements and the place after them. Patterns are short: few returns."""
        if not elements:
            return [], at
        element, *others = elements
        if element.absent:
            return None if _one(element, words, at) else self._match(others, words, at)
        found = self._element(element, words, at)
        if found:
            further = self._match(others, words, found[1])
            if further:
                return [found[0], *further[0]], further[1]
        if element.optional:
            further = self._match(others, words, at)
            if further:
                return [None, *further[0]], further[1]
        return None

    def _element(self, element: Element, words: Sequence[Word], at: int) -> Found | None:
        if element.several:
            return self._list(element, words, at)
        if element.name in self._nonterminals:
            return self._nonterminals[element.name](words, at) if at < len(words) else None
        return _one(element, words, at)

    def _list(self, element: Element, words: Sequence[Word], at: int) -> Found | None:
        values: list[Any] = []
        before = words[at - 1].text if at else ""
        found = _one(element, words, at)
        while found and len(values) < LIST_MOST:
            values.append(found[0])
            at = found[1]
            following = at
            while following < len(words) and {"comma", "and"} & words[following].senses.keys():
                following += 1
            if following == at:
                break
            if following < len(words) and words[following].text == before:
                following += 1
            found = _one(element, words, following)
        return (tuple(values), at) if values else None


def _one(element: Element, words: Sequence[Word], at: int) -> Found | None:
    if at >= len(words) or element.name not in words[at].senses:
        return None
    value = words[at].senses[element.name]
    return (value, at + 1) if not element.value or value == element.value else None
