"""What stands on buttons of several rooms, and what a press is told."""

BACK = "◀"
FORWARD = "▶"
FOREIGN = "This button is not for you."
OLD = "This button is out of date. Start again: /help"
