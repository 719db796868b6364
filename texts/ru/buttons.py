"""What stands on buttons of several rooms, and what a press is told."""

BACK = "◀"
FORWARD = "▶"


def ticked(words: str, chosen: bool) -> str:
    return f"✓ {words}" if chosen else words


def page_of(page: int, pages: int) -> str:
    return f"Страница {page} из {pages}"


TO_SETTINGS = "⬅️ Настройки"
TO_OWNER_SETTINGS = "⬅️ Настройки бота"
FOREIGN = "Эта кнопка не для вас."
OLD = "Кнопка устарела. Начните заново: /help"
