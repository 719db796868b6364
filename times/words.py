"""A text as words that the grammar knows: numbers, written dates and hours, the vocabularies."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from times.classes import Table, Value
from times.english import ABBREVIATIONS as ENGLISH_ABBREVIATIONS
from times.english import ORDINAL_ENDS as ENGLISH_ENDS
from times.english import SENSES as ENGLISH
from times.russian import ABBREVIATIONS as RUSSIAN_ABBREVIATIONS
from times.russian import GENITIVE_END, SAME_LETTERS
from times.russian import ORDINAL_ENDS as RUSSIAN_ENDS
from times.russian import SENSES as RUSSIAN

# Of a longer text, the beginning and the end of this many characters are searched.
SIDE = 300

ORDINAL_ENDS = "|".join((RUSSIAN_ENDS + ENGLISH_ENDS).split())
# Each alternative takes digits or letters once, so that the time is linear in the text.
SHAPES = re.compile(
    rf"""
    (?P<iso>\d{{4}}-\d{{1,2}}-\d{{1,2}})(?![\d-])
    | (?P<date>\d{{1,2}}([./])\d{{1,2}}\3(?:\d{{4}}|\d{{2}}))(?!\d)
    | (?P<time>\d{{1,2}}:\d{{2}}(?::\d{{2}})?)(?![\d:])
    | (?P<pair>\d{{1,4}}[.,/]\d{{1,4}})(?!\d)
    | (?P<dashed>\d{{1,2}}-\d{{2}})(?![\d-])
    | (?P<ordinal>\d{{1,3}}(?:-?(?:{ORDINAL_ENDS})))
      (?![^\W_])
    | (?P<number>\d+)
    | (?P<word>(?:[^\W\d_][\u0300-\u036f]*)+)
    | (?P<mark>\S)
    """,
    re.VERBOSE | re.IGNORECASE,
)
MARKS = {",": "comma", "-": "dash", "–": "dash", "—": "dash", "@": "at"}
DAY_MINUTES = 1440
MONTHS = 12

Senses = Mapping[str, Value]


@dataclass(frozen=True)
class Word:
    """A word, number, mark or known phrase: where it stands and what it can mean by class."""

    start: int
    end: int
    text: str
    senses: Senses


def words(text: str) -> list[Word]:
    """The words of a text; of a long one, those of its beginning and of its end."""
    if len(text) <= 2 * SIDE:
        return list(_phrases(list(_cut(text, 0, len(text)))))
    head, tail = list(_cut(text, 0, SIDE)), list(_cut(text, len(text) - SIDE, len(text)))
    gap = Word(SIDE, len(text) - SIDE, "", {})
    return list(_phrases([*head[:-1], gap, *tail[1:]]))  # those at the cut may be halves


def fold(text: str) -> str:
    """Lower case, ё as е, accents in one character with their letter."""
    return unicodedata.normalize("NFC", text).casefold().translate(SAME_LETTERS)


def _cut(text: str, start: int, end: int) -> Iterator[Word]:
    for found in SHAPES.finditer(text, start, end):
        kind, written = found.lastgroup or "", fold(found.group())
        yield Word(found.start(), found.end(), written, SENSES_BY_SHAPE[kind](written))


def _iso(written: str) -> Senses:
    year, month, day = map(int, written.split("-"))
    return {"date": (year, month, day)}


def _date(written: str) -> Senses:
    day, month, year = map(int, re.split("[./]", written))
    return {"date": (year if year > 99 else 2000 + year, month, day)}


def _time(written: str) -> Senses:
    hour, minute, *_ = map(int, written.split(":"))
    return _clock(hour, minute) or {"wrong_time": 1}


def _clock(hour: int, minute: int) -> Senses:
    moment = hour * 60 + minute
    return {"time": moment} if minute < 60 and moment <= DAY_MINUTES else {}


def _pair(written: str) -> Senses:
    """Two numbers with a point, a comma or a slash: a date, an hour with minutes, a fraction."""
    mark = "." if "." in written else "," if "," in written else "/"
    left, right = written.split(mark)
    senses: dict[str, Value] = {} if mark == "/" else {"amount": float(f"{left}.{right}")}
    if mark == "," or len(left) > 2 or len(right) != 2:
        return senses
    senses["day_month"] = (int(left), int(right))
    clock = _clock(int(left), int(right)) if mark == "." else {}
    if clock:
        senses["dotted_time"] = clock["time"]
    if clock and not 1 <= int(right) <= MONTHS:
        senses["undated_time"] = clock["time"]
    return senses


def _dashed(written: str) -> Senses:
    """«9-30», or a range of hours, which begins with the first: «18-20»."""
    hour, minute = map(int, written.split("-"))
    if hour < minute <= DAY_MINUTES // 60:
        return {"dotted_time": hour * 60}
    clock = _clock(hour, minute)
    return {"dotted_time": clock["time"]} if clock else {}


def _ordinal(written: str) -> Senses:
    number = int("".join(filter(str.isdecimal, written)))
    genitive: Senses = {"genitive_ordinal": number} if written.endswith(GENITIVE_END) else {}
    return {"ordinal": number, "written_ordinal": number, **genitive}


def _number(written: str) -> Senses:
    if len(written) > 9:
        return {}
    number = int(written)
    year: Senses = {"year": number} if len(written) == 4 and 1900 <= number < 3000 else {}
    minutes: Senses = {"minutes": number} if len(written) == 2 and number < 60 else {}
    return {"number": number, **year, **minutes}


def _mark(written: str) -> Senses:
    return {MARKS[written]: 1} if written in MARKS else {}


def _phrases(cut: list[Word]) -> Iterator[Word]:
    """The words, with those of a known phrase as one."""
    at = 0
    while at < len(cut):
        for phrase, senses in PHRASES.get(cut[at].text, ()):
            last = at + len(phrase)
            if tuple(word.text for word in cut[at:last]) == phrase:
                yield Word(cut[at].start, cut[last - 1].end, " ".join(phrase), senses)
                at = last
                break
        else:
            yield cut[at]
            at += 1


def _vocabulary(*tables: Table) -> dict[tuple[str, ...], dict[str, Value]]:
    known: dict[tuple[str, ...], dict[str, Value]] = {}
    for table in tables:
        for name, values in table.items():
            for value, written in values.items():
                for entry in written.split():
                    known.setdefault(tuple(entry.split("_")), {})[name] = value
    for short in (*RUSSIAN_ABBREVIATIONS.split(), *ENGLISH_ABBREVIATIONS.split()):
        known[short, "."] = known[short,]
    return known


def _by_first_word(
    known: Mapping[tuple[str, ...], Senses],
) -> dict[str, list[tuple[tuple[str, ...], Senses]]]:
    phrases: dict[str, list[tuple[tuple[str, ...], Senses]]] = {}
    for phrase in sorted((phrase for phrase in known if len(phrase) > 1), key=len, reverse=True):
        phrases.setdefault(phrase[0], []).append((phrase, known[phrase]))
    return phrases


KNOWN = _vocabulary(RUSSIAN, ENGLISH)
PHRASES = _by_first_word(KNOWN)
SENSES_BY_SHAPE = {
    "iso": _iso,
    "date": _date,
    "time": _time,
    "pair": _pair,
    "dashed": _dashed,
    "ordinal": _ordinal,
    "number": _number,
    "word": lambda written: KNOWN.get((written,), {}),
    "mark": _mark,
}
