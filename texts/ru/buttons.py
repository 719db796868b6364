"""What stands on buttons of several rooms, and what a press is told."""

BACK = "◀"
FORWARD = "▶"


def page_of(page: int, pages: int) -> str:
    return f"Страница {page} из {pages}"


FOREIGN = "Эта кнопка не для вас."
OLD = "Кнопка устарела. Начните заново: /help"
