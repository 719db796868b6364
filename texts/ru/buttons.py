"""What stands on buttons of several rooms, and what a press is told."""

BACK = "◀"
FORWARD = "▶"
FOREIGN = "Эта кнопка не для вас."
OLD = "Кнопка устарела. Начните заново: /help"
