"""Patterns over word classes.

A pattern is a row of elements. `weekday` takes a word of that class, `quarter|number` one of either
class; `weekday?` may be missing; `weekday+` takes several («по вторникам, средам и пятницам»), each
of which may repeat the word that stands before the list; `unit=week` takes that value only;
`!counted` takes nothing, and no word of that class may follow. `span` is a length of time. A
builder gets the values of the elements in order, None for what is missing; not of those that are
`MUTE` or have but one value.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from times.words import Word

LIST_MOST = 7
# Words that hold a pattern together and say nothing by themselves.
MUTE_CLASSES = """
    after ago and at comma counted dash day_number during each every from_now in less oclock of on
    once_per past_hour past_span the to_hour weekend within wrong_time year_word
"""
MUTE = frozenset(MUTE_CLASSES.split())
Found = tuple[Any, int]  # a value, and the place after it
Span = Callable[[Sequence[Word], int], Found | None]


class Needs(Enum):
    """What a piece must have about it, lest a number in ordinary text be taken for a time."""

    NOTHING = auto()
    EDGE = auto()  # another piece beside it, or the beginning or the end of the text
    COMPANY = auto()  # another piece beside it
    SERIES = auto()  # a repetition somewhere in the text


@dataclass(frozen=True)
class Choice:
    """A class, and the value that it must have, if any."""

    name: str
    value: str

    @property
    def is_mute(self) -> bool:
        return bool(self.value) or self.name in MUTE


@dataclass(frozen=True)
class Element:
    """One element of a pattern."""

    choices: tuple[Choice, ...]
    optional: bool
    several: bool
    absent: bool

    @classmethod
    def of(cls, written: str) -> "Element":
        """Reads it as it is written in a pattern."""
        parts = (each.partition("=") for each in written.strip("?+!").split("|"))
        choices = tuple(Choice(name, value) for name, _, value in parts)
        return cls(choices, "?" in written, "+" in written, "!" in written)

    @property
    def is_mute(self) -> bool:
        return all(choice.is_mute for choice in self.choices)


@dataclass(frozen=True)
class Rule:
    """A pattern, what it means, and what it needs in order to be meant."""

    elements: tuple[Element, ...]
    build: Callable[..., Any]
    needs: Needs

    def beginnings(self) -> set[str]:
        """The classes that its first word may be of."""
        found: set[str] = set()
        for element in self.elements:
            found |= {choice.name for choice in element.choices}
            if not element.optional and not element.absent:
                break
        return found


def rule(pattern: str, build: Callable[..., Any], needs: Needs = Needs.NOTHING) -> Rule:
    """A rule by its written pattern."""
    return Rule(tuple(map(Element.of, pattern.split())), build, needs)


class Matcher:
    """Rules tried at a place of the text: the longest match wins, of equals the first."""

    def __init__(self, rules: Sequence[Rule], span: Span) -> None:
        self._rules = [(each, each.beginnings()) for each in rules]
        self._span = span
        self._by_classes: dict[frozenset[str], list[Rule]] = {}

    def longest(
        self, words: Sequence[Word], at: int, series: bool = False
    ) -> tuple[Any, Rule, int] | None:
        """What a rule builds of the words from `at`, the rule, and the place after them.

        Rules that need a repetition are tried only when `series` says that there is one.
        """
        best: tuple[Any, Rule, int] | None = None
        for each in self._beginning_with(frozenset(words[at].senses)):
            if each.needs is Needs.SERIES and not series:
                continue
            found = self._match(each.elements, 0, words, at)
            if found and (best is None or found[1] > best[2]):
                built = each.build(*found[0])
                best = (built, each, found[1]) if built is not None else best
        return best

    def _beginning_with(self, classes: frozenset[str]) -> list[Rule]:
        """The rules that a word of these classes may begin."""
        if not classes:
            return []
        if classes not in self._by_classes:
            self._by_classes[classes] = [
                each for each, begin in self._rules if begin & classes or "span" in begin
            ]
        return self._by_classes[classes]

    def _match(
        self, elements: tuple[Element, ...], first: int, words: Sequence[Word], at: int
    ) -> Found | None:
        """The values of the elements from the first on, and the place after them."""
        if first == len(elements):
            return [], at
        element = elements[first]
        found = self._element(element, words, at)
        if element.absent:
            return None if found else self._match(elements, first + 1, words, at)
        if found:
            further = self._match(elements, first + 1, words, found[1])
            if further:
                return ([] if element.is_mute else [found[0]]) + further[0], further[1]
        if element.optional:
            further = self._match(elements, first + 1, words, at)
            if further:
                return ([] if element.is_mute else [None]) + further[0], further[1]
        return None

    def _element(self, element: Element, words: Sequence[Word], at: int) -> Found | None:
        if at >= len(words):
            return None
        if element.several:
            return _list(element, words, at)
        if element.choices[0].name == "span":
            return self._span(words, at)
        return _one(element, words, at)


def _list(element: Element, words: Sequence[Word], at: int) -> Found | None:
    values: list[Any] = []
    before = words[at - 1].text if at else ""
    found = _one(element, words, at)
    while found and len(values) < LIST_MOST:
        values.append(found[0])
        at = following = found[1]
        while following < len(words) and {"comma", "and"} & words[following].senses.keys():
            following += 1
        if following == at:
            break
        if following < len(words) and words[following].text == before:
            following += 1
        found = _one(element, words, following)
    return (tuple(values), at) if values else None


def _one(element: Element, words: Sequence[Word], at: int) -> Found | None:
    if at >= len(words):
        return None
    senses = words[at].senses
    for choice in element.choices:
        value = senses.get(choice.name)
        if value is not None and choice.value in ("", str(value)):
            return value, at + 1
    return None
