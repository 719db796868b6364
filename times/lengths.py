"""Lengths of time: «2 часа 20 минут», "an hour and a half"; after and before now."""

from collections.abc import Sequence
from fractions import Fraction

from times.matching import Found, rule
from times.pieces import PAST, Offset
from times.words import Word

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
UNITS = ("second", "minute", "hour", "day", "week", "month", "year")
# One of a unit: months, days, seconds.
SIZES = {
    "second": (0, 0, 1),
    "minute": (0, 0, MINUTE_S),
    "hour": (0, 0, HOUR_S),
    "day": (0, 1, 0),
    "week": (0, 7, 0),
    "month": (1, 0, 0),
    "year": (12, 0, 0),
}
FAR = 10**6  # of any unit: too far, and safe to multiply


def span(words: Sequence[Word], at: int) -> Found | None:
    """A length of time: an Offset, and the place after it."""
    total, smallest = Offset(), len(UNITS)
    while found := _one_span(words, at, smallest):
        (part, unit), at = found
        total = _sum(total, part)
        smallest = unit
        if at < len(words) and "and" in words[at].senses and _one_span(words, at + 1, smallest):
            at += 1
    return (total, at) if smallest < len(UNITS) else None


def _one_span(words: Sequence[Word], at: int, below: int) -> Found | None:
    """An amount of one unit smaller than `below`; without an amount only at the start."""
    if at >= len(words):
        return None
    if below == len(UNITS):
        senses = words[at].senses
        if "short_span" in senses:
            return (Offset(seconds=int(senses["short_span"])), 0), at + 1  # type: ignore[arg-type]
        if "half_year" in senses:
            return (Offset(months=6), 0), at + 1
    amount, after = _amount(words, at)
    if amount is None and below < len(UNITS):
        return None
    if after >= len(words) or "unit" not in words[after].senses:
        return None
    unit = UNITS.index(str(words[after].senses["unit"]))
    if unit >= below:
        return None
    after += 1
    number = Fraction(1) if amount is None else amount
    if after < len(words) and "and_half" in words[after].senses:
        number, after = number + Fraction(1, 2), after + 1
    return (offset(number, UNITS[unit]), unit), after


def _amount(words: Sequence[Word], at: int) -> tuple[Fraction | None, int]:
    senses = words[at].senses
    value = senses.get("number", senses.get("amount"))
    if not isinstance(value, int | float):
        return None, at
    amount, at = Fraction(value).limit_denominator(1000), at + 1
    if at < len(words) and "and_half" in words[at].senses:
        return amount + Fraction(1, 2), at + 1
    return amount, at


def offset(number: Fraction, unit: str) -> Offset:
    """So many units; half a month is 15 days, half a day 12 hours."""
    number = number if number < FAR else Fraction(FAR)
    months, days, seconds = (number * size for size in SIZES[unit])
    days += months % 1 * 30
    seconds += days % 1 * DAY_S
    return Offset(int(months), int(days), int(seconds))


def _sum(one: Offset, other: Offset) -> Offset:
    return Offset(one.months + other.months, one.days + other.days, one.seconds + other.seconds)


def _about(unit: str, amount: float) -> Offset:
    """«минут через двадцать»."""
    return offset(Fraction(amount).limit_denominator(1000), unit)


RULES = (
    rule("unit after number|amount", _about),
    rule("after span", lambda length: length),
    rule("span from_now", lambda length: length),
    rule("span ago", lambda _length: PAST),
)
