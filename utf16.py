"""Lengths of texts as Telegram counts them: in UTF-16 units, where Python counts code points."""

MESSAGE_UNITS = 4096  # in one message
CAPTION_UNITS = 1024  # under a file


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def head(text: str, limit: int) -> str:
    """The longest beginning of at most `limit` units."""
    beginning = text[:limit]  # no character is shorter than a unit
    if units(beginning) <= limit:
        return beginning
    cut = beginning.encode("utf-16-le", "surrogatepass")[: limit * 2]
    return cut.decode("utf-16-le", "ignore")  # half of a pair at the end is left out


def sound(text: str) -> str:
    """The text with halves of pairs joined; one without its other half becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
