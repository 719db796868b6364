"""Lengths of texts as Telegram counts them: in UTF-16 units, where Python counts code points."""


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def head(text: str, limit: int) -> str:
    """The longest beginning of at most `limit` units."""
    if units(text) <= limit:
        return text
    cut = text.encode("utf-16-le")[: limit * 2]
    return cut.decode("utf-16-le", "ignore")  # half of a pair at the end is left out
