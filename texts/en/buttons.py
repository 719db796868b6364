"""What stands on buttons of several rooms, and what a press is told."""

BACK = "◀"
FORWARD = "▶"


def ticked(words: str, chosen: bool) -> str:
    return f"✓ {words}" if chosen else words


def page_of(page: int, pages: int) -> str:
    return f"Page {page} of {pages}"


TO_SETTINGS = "⬅️ Settings"
TO_OWNER_SETTINGS = "⬅️ The bot's settings"
FOREIGN = "This button is not for you."
OLD = "This button is out of date. Start again: /help"
