"""Two tools, and asking with them."""

from typing import Any

from llm.client import ChatClient, ChatStream
from llm.tools import Tool
from tests.emulators.tool_calls import call
from tests.talk import QUESTION

TOOLS = (
    Tool(
        "save_note",
        "Сохранить заметку",
        {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    ),
    Tool("list_notes", "Показать заметки", {"type": "object", "properties": {}}),
)
MILK, ALL = call("save_note", text="молоко 🥛"), call("list_notes")


def ask(client: ChatClient, messages: Any = QUESTION, **options: Any) -> ChatStream:
    """The answer, read to its end."""
    stream = client.chat_stream(messages, **{"model": "test/model", "tools": TOOLS, **options})
    for _ in stream:
        pass
    return stream
