"""/tools: what models may do for somebody, switched off and on again."""

from dataclasses import replace

from acting.table import TOOLS
from handlers.buttons import button, in_rows, to_settings
from handlers.context import App
from handlers.types import Reply, Request
from texts import tools as texts

ALL = "all"


def list_(app: App, request: Request) -> Reply:
    """/tools: each with a button."""
    off = app.preferences.of(request.user_id).tools_off
    rows = in_rows(
        [
            button(texts.toggle(texts.LABELS[name], name not in off), "tools", name)
            for name in TOOLS
        ],
        1,
    )
    everything = texts.ALL_OFF if set(TOOLS) - set(off) else texts.ALL_ON
    head = [texts.LIST_HEAD]
    if not app.dialogue.model_acts(request.user_id):
        head.append(texts.LIST_UNABLE)
    rows += ((button(everything, "tools", ALL),), (to_settings(),))
    return Reply("\n\n".join(head), buttons=rows)


def press(app: App, request: Request, name: str) -> Reply:
    """Switch one of them, or all."""
    off = set(app.preferences.of(request.user_id).tools_off)
    changed = (set() if off >= set(TOOLS) else set(TOOLS)) if name == ALL else off ^ {name}
    app.preferences.set(request.user_id, tools_off=[one for one in TOOLS if one in changed])
    return replace(list_(app, request), edit=True)


def name_of_chosen(app: App, user_id: int) -> str:
    """How many of them are on."""
    off = app.preferences.of(user_id).tools_off
    return texts.how_many(sum(name not in off for name in TOOLS), len(TOOLS))


def tool_name(text: str) -> str:
    """The name of a tool, or of all; ValueError when it is none."""
    if text != ALL and text not in TOOLS:
        raise ValueError(text)
    return text
