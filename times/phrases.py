"""Which words of a text are its phrase about time, and the pieces of that phrase."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from times.errors import Kind, UnreadableTimeError
from times.grammar import MATCHER
from times.matching import Needs
from times.pieces import Away, Every, MonthDays, Offset, Phrase, Piece, Wrong
from times.words import Word, words

# Which slots may stand together in one phrase.
TOGETHER: dict[str, set[str]] = {
    "clock": {"part", "date", "weekday", "week", "every", "offset"},
    "part": {"date", "weekday", "week", "every", "offset"},
    "weekday": {"date", "week", "every", "offset"},
    "date": {"every"},
}
# Slots whose pieces are never taken from another place of the text.
TOGETHER_ONLY_CLOSE = {"offset", "wrong"}
BEFORE = ' \t\n\r\xa0("«„“[—–'  # what may stand before a phrase without a space
AFTER = ' \t\n\r\xa0)"»“”]—–.,;:!?…'


@dataclass
class Group:
    """Pieces that stand side by side: the words from `start` to `end`."""

    start: int
    end: int
    pieces: list[Piece] = field(default_factory=list)
    needs: list[Needs] = field(default_factory=list)
    at_edge: bool = False
    at_start: bool = False
    asked: bool = False  # right after «напомни»

    def takes(self, piece: Piece, close: bool = True) -> bool:
        """Whether the piece, close by or elsewhere in the text, can belong to the same phrase."""
        bare = any(isinstance(each, MonthDays) and each.bare for each in self.pieces[:1])
        return not bare and all(_together(each, piece, close) for each in self.pieces)

    def is_past(self) -> bool:
        return any(isinstance(each, Wrong) and each.kind is Kind.PAST for each in self.pieces)

    def is_meant(self) -> bool:
        """Whether what its pieces need is there."""
        if len(self.pieces) > 1:
            return True
        return self.needs[0] in (Needs.NOTHING, Needs.SERIES) or (
            self.needs[0] is Needs.EDGE and self.at_edge
        )


@dataclass(frozen=True)
class Found:
    """The phrase, and where in the text its words stand: (start, end) in order."""

    phrase: Phrase
    spans: list[tuple[int, int]]


def find(text: str) -> Found:
    """The phrase about time. Raises UnreadableTimeError when there is none or it cannot be."""
    known = words(text)
    groups = _meant(text, known, series=False)
    if any(isinstance(piece, Every) for group in groups for piece in group.pieces):
        groups = _meant(text, known, series=True)
    chosen = _chosen(groups)
    pieces = [piece for group in chosen for piece in group.pieces]
    for piece in pieces:
        if isinstance(piece, Wrong):
            raise UnreadableTimeError(piece.kind)
    spans = sorted((known[each.start].start, known[each.end - 1].end) for each in chosen)
    return Found(_phrase(pieces), spans)


def _meant(text: str, known: Sequence[Word], series: bool) -> list[Group]:
    groups = list(_groups(text, known, series))
    for group in groups:
        before = [word for word in known[: group.start] if _is_word(word)]
        group.asked = bool(before) and _asks(before)
        group.at_start = all(_opens(word) for word in known[: group.start])
        group.at_edge = group.at_start or not any(map(_is_word, known[group.end :]))
    return [group for group in groups if group.is_meant()]


def _groups(text: str, known: Sequence[Word], series: bool) -> Iterator[Group]:
    at, group = 0, None
    while at < len(known):
        found = _piece(text, known, at, series)
        if not found:
            at += 1
            continue
        piece, needs, end = found
        if group and _side_by_side(known, group.end, at) and group.takes(piece):
            group.end = end
            group.pieces.append(piece)
            group.needs.append(needs)
        else:
            if group:
                yield group
            group = Group(at, end, [piece], [needs])
        at = end
    if group:
        yield group


def _piece(
    text: str, known: Sequence[Word], at: int, series: bool
) -> tuple[Piece, Needs, int] | None:
    """What stands at a word, unless it is a limit («до 9») or a part of a longer word."""
    if at and "limit" in known[at - 1].senses:
        return None
    start = known[at].start
    if start and text[start - 1] not in BEFORE and not _is_glued_mark(known, at):
        return None
    found = MATCHER.longest(known, at, series)
    if not found:
        return None
    piece, rule, after = found
    end = known[after - 1].end
    return (piece, rule.needs, after) if end == len(text) or text[end] in AFTER else None


def _is_glued_mark(known: Sequence[Word], at: int) -> bool:
    """«завтра,в 9»: a comma without a space after it."""
    return at > 0 and "comma" in known[at - 1].senses


def _side_by_side(known: Sequence[Word], end: int, at: int) -> bool:
    between = known[end:at]
    return not between or (len(between) == 1 and bool({"comma", "dash"} & between[0].senses.keys()))


def _opens(word: Word) -> bool:
    return "opening" in word.senses or not _is_word(word)


def _asks(before: Sequence[Word]) -> bool:
    """Whether «напомни» or «напомни мне» stands last."""
    last = before[-1]
    return "remind" in last.senses or (
        "opening" in last.senses and len(before) > 1 and "remind" in before[-2].senses
    )


def _is_word(word: Word) -> bool:
    return word.text == "" or word.text[0].isalnum()


def _chosen(groups: list[Group]) -> list[Group]:
    """The group that is the phrase, and those elsewhere in the text that complete it."""
    if not groups:
        raise UnreadableTimeError(Kind.NONE)
    best = max(groups, key=_weight)
    chosen = [best]
    whole = Group(best.start, best.end, list(best.pieces))
    for group in groups:
        if group is not best and _completes(group, whole):
            chosen.append(group)
            whole.pieces.extend(group.pieces)
    past = [group for group in groups if group.is_past()]
    if past and {piece.slot for piece in whole.pieces} <= {"clock", "part"}:
        raise UnreadableTimeError(Kind.PAST)
    return chosen


def _weight(group: Group) -> tuple[bool, bool, bool, bool, int, int]:
    places = group.asked, group.at_start, group.at_edge
    return not group.is_past(), *places, len(group.pieces), -group.start


def _completes(group: Group, whole: Group) -> bool:
    slots = {piece.slot for piece in (*group.pieces, *whole.pieces)}
    return not slots & TOGETHER_ONLY_CLOSE and all(
        whole.takes(piece, close=False) for piece in group.pieces
    )


def _together(one: Piece, other: Piece, close: bool) -> bool:
    if isinstance(one, Wrong) or isinstance(other, Wrong):
        return one.slot != other.slot
    if isinstance(one, Every) and isinstance(other, Every):
        return _merged(one, other) is not None
    if isinstance(other, MonthDays) and other.bare:
        return isinstance(one, Every) and one.unit == "month" and one.date is None
    if isinstance(one, Away | Offset) and isinstance(other, Away | Offset):
        return one.slot != other.slot and Away(0) in (one, other)  # «сегодня через 2 часа»
    for piece, beside in ((one, other), (other, one)):
        if isinstance(piece, Offset) and piece.seconds:
            return False
        if isinstance(piece, Every) and piece.unit in ("minute", "hour"):
            return beside.slot in ("clock", "date")
        if isinstance(piece, Every) and piece.date and beside.slot in ("date", "weekday"):
            return False
    if {one.slot, other.slot} == {"date", "weekday"}:
        # The weekday of the date. «в пятницу завтра» is two days.
        return close and not isinstance(other, Away)
    return other.slot in TOGETHER.get(one.slot, ()) or one.slot in TOGETHER.get(other.slot, ())


def _merged(one: Every, other: Every) -> Every | None:
    """«каждые 2 недели» and «по средам», «каждое утро» and «по будням»: one repetition."""
    units = {one.unit, other.unit}
    if (one.interval > 1 and other.interval > 1) or (one.date and other.date):
        return None
    if len(units) > 1 and not (units == {"day", "week"} and one.interval == other.interval == 1):
        return None
    return Every(
        "week" if "week" in units else one.unit,
        max(one.interval, other.interval),
        tuple(sorted({*one.weekdays, *other.weekdays})),
        one.date or other.date,
        one.part or other.part,
    )


def _phrase(pieces: list[Piece]) -> Phrase:
    filled: dict[str, Any] = {}
    for piece in pieces:
        if isinstance(piece, Every) and "every" in filled:
            filled["every"] = _merged(filled["every"], piece)
        else:
            filled[piece.slot] = piece
    return Phrase(**filled)
