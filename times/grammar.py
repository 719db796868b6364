"""The grammar: rows of word classes that mean a piece of a phrase about time.

Both languages share it; their words stand in `russian.py` and `english.py`.
"""

from times import day_rules, hour_rules, lengths, repeat_rules
from times.matching import Matcher

MATCHER = Matcher(
    (*hour_rules.RULES, *day_rules.RULES, *lengths.RULES, *repeat_rules.RULES),
    lengths.span,
)
