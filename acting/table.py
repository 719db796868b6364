"""The table of tools. Nothing is in it that cannot be taken back: no deleting, no sending."""

from acting import notes, reminders
from acting.tool import ToolKind

TOOLS: dict[str, ToolKind] = {kind.name: kind for kind in (*notes.TOOLS, *reminders.TOOLS)}
