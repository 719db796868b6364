"""What English words say about time; laid out as in `russian.py`."""

from times.classes import Table

ABBREVIATIONS = (
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun sec min hr hrs"
)
ORDINAL_ENDS = "st nd rd th "  # after digits
TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty"}
NUMBERS = {
    0: "zero",
    1: "one",
    2: "two",
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    8: "eight",
    9: "nine",
    10: "ten",
    11: "eleven",
    12: "twelve",
    13: "thirteen",
    14: "fourteen",
    15: "fifteen",
    16: "sixteen",
    17: "seventeen",
    18: "eighteen",
    19: "nineteen",
}
ORDINALS = {
    1: "first",
    2: "second",
    3: "third",
    4: "fourth",
    5: "fifth",
    6: "sixth",
    7: "seventh",
    8: "eighth",
    9: "ninth",
    10: "tenth",
    11: "eleventh",
    12: "twelfth",
    13: "thirteenth",
    14: "fourteenth",
    15: "fifteenth",
    16: "sixteenth",
    17: "seventeenth",
    18: "eighteenth",
    19: "nineteenth",
    20: "twentieth",
}


def _joined(tens: dict[int, str], ones: dict[int, str]) -> dict[int, str]:
    """Two-word numbers, with and without a hyphen: twenty five, twenty-fifth."""
    return {
        ten + one: f"{word}_{ones[one]} {word}_-_{ones[one]}"
        for ten, word in tens.items()
        for one in range(1, 10)
    }


SENSES: Table = {
    "number": NUMBERS | TENS | _joined(TENS, NUMBERS),
    "ordinal": ORDINALS
    | _joined({20: TENS[20]}, ORDINALS)
    | {30: "thirtieth", 31: "thirty_first thirty_-_first"},
    "amount": {1: "a an", 2: "a_couple_of couple_of a_couple"},
    "and_half": {1: "and_a_half"},
    "half_past": {},
    "quarter": {15: "quarter a_quarter"},
    "half": {30: "half"},
    "past_hour": {1: "past"},
    "to_hour": {1: "to"},
    "at": {1: "at exactly_at at_exactly"},
    "in": {1: "in"},
    "on": {1: "on on_the the"},
    "during": {1: "in on during from for in_the on_the"},
    "within": {1: "within_the_last for_the_last"},
    "after": {1: "in after"},
    "from_now": {1: "from_now later"},
    "ago": {1: "ago"},
    "and": {1: "and"},
    "every": {1: "every each"},
    "other": {2: "other"},
    "once_per": {1: "once_a once_every once_per once_in"},
    "repeat": {
        "hour": "hourly",
        "day": "daily everyday",
        "week": "weekly",
        "month": "monthly",
        "year": "yearly annually",
    },
    "away": {
        -2: "day_before_yesterday the_day_before_yesterday",
        -1: "yesterday",
        0: "today",
        1: "tomorrow tmrw",
        2: "day_after_tomorrow the_day_after_tomorrow",
    },
    "weekday": {
        0: "monday mon",
        1: "tuesday tue tues",
        2: "wednesday wed",
        3: "thursday thu thur thurs",
        4: "friday fri",
        5: "saturday sat",
        6: "sunday sun",
    },
    "weekdays": {
        0: "mondays",
        1: "tuesdays",
        2: "wednesdays",
        3: "thursdays",
        4: "fridays",
        5: "saturdays",
        6: "sundays",
    },
    "days": {
        (0, 1, 2, 3, 4): "every_weekday on_weekdays weekdays every_workday on_workdays "
        "every_working_day",
        (5, 6): "every_weekend on_weekends weekends",
    },
    "weekend": {1: "weekend"},
    "month": {
        1: "january jan",
        2: "february feb",
        3: "march mar",
        4: "april apr",
        5: "may",
        6: "june jun",
        7: "july jul",
        8: "august aug",
        9: "september sep sept",
        10: "october oct",
        11: "november nov",
        12: "december dec",
    },
    "unit": {
        "second": "second seconds sec secs",
        "minute": "minute minutes min mins m",
        "hour": "hour hours hr hrs h",
        "day": "day days",
        "week": "week weeks",
        "month": "month months",
        "year": "year years",
    },
    "short_span": {
        900: "a_quarter_of_an_hour quarter_of_an_hour quarter_hour",
        1800: "half_an_hour a_half_hour half_hour half_a_hour",
    },
    "half_year": {6: "half_a_year"},
    "which": {-1: "last previous", 0: "this coming", 1: "next"},
    "last": {-1: "last the_last"},
    "past_span": {1: "the_last the_past last past in_the_last in_the_past"},
    "edge": {
        "start": "at_the_beginning_of at_the_start_of at_the_beginning_of_the at_the_start_of_the",
        "middle": "in_the_middle_of in_the_middle_of_the",
        "end": "at_the_end_of at_the_end_of_the",
    },
    "of": {1: "of of_the"},
    "the": {1: "the"},
    "part": {
        "morning": "in_the_morning",
        "noon": "at_lunch at_lunchtime",
        "afternoon": "in_the_afternoon",
        "evening": "in_the_evening",
        "night": "at_night",
    },
    "bare_part": {
        "morning": "morning",
        "afternoon": "afternoon",
        "evening": "evening",
        "night": "night",
    },
    "tonight": {"evening": "tonight"},
    "daypart": {
        "am": "am a_._m_.",
        "pm": "pm p_._m_.",
        "morning": "in_the_morning",
        "afternoon": "in_the_afternoon",
        "evening": "in_the_evening",
        "night": "at_night",
    },
    "oclock": {1: "o_'_clock o_’_clock oclock"},
    "repeat_months": {3: "quarterly every_quarter once_a_quarter"},
    "every_part": {
        "morning": "every_morning each_morning",
        "afternoon": "every_afternoon",
        "evening": "every_evening each_evening",
        "night": "every_night each_night",
    },
    "clock_word": {720: "noon at_noon midday at_midday", 0: "midnight at_midnight"},
    "limit": {1: "until till before since from than by"},
    "counted": {1: "times percent dollars people km miles liters litres kg places"},
    "remind": {1: "remind"},
    "opening": {1: "remind me us please to"},
}
