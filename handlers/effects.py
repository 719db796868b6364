"""What a model has done, or wants to do, for somebody: shown under its answer, with buttons."""

from collections.abc import Callable
from typing import Any

from acting import effects
from acting.effects import ChangedError, Undone
from acting.table import TOOLS
from acting.tool import Asker, BadArgumentsError
from handlers.buttons import Rows, button, in_rows
from handlers.context import App
from handlers.formatting import escaped, preview
from handlers.types import Reply, Request
from storage.calls import Call
from storage.turns import Turn
from texts import tools as texts

OFFER_UNITS, BUTTON_UNITS = 300, 24
IN_ROW = 2


def below(app: App, turn: Turn) -> tuple[str, Rows]:
    """The lines under an answer that tell what was done for its question, and their buttons.

    What was done when the same message was asked before is still done, and shown again.
    """
    done = app.workshop.calls.effects(turn)
    calls = [c for one in app.workshop.calls.rounds(turn.id) for c in one.calls if c.offered]
    offers = [(call, *offer) for call in calls if (offer := _offer(call)) is not None]
    labels = [_label(app, turn.user_id, call.effect or {}) for call in done]
    backs = [
        button(texts.back_button(label), "back", call.id)
        for call, label in zip(done, labels, strict=True)
    ]
    dos = [button(texts.do_button(short), "do", call.id) for call, _, short in offers]
    offered = [texts.OFFER_HEAD, *(line for _, line, _ in offers)] if offers else []
    lines = "\n".join([" · ".join(labels), *offered]).strip()
    return lines, in_rows(backs, IN_ROW) + in_rows(dos, 1)


NOT_UNDONE: dict[Undone, Callable[[str], str]] = {
    "gone": lambda kind: texts.BACK_GONE[kind],
    "changed": lambda kind: texts.BACK_CHANGED[kind],
    "past": lambda kind: texts.BACK_PAST,
}


def back(app: App, request: Request, call_id: int) -> Reply:
    """↩️: what a model has done is taken back, once, unless it was changed since."""
    call = app.workshop.calls.get(call_id, request.user_id)
    if call is None or call.effect is None or call.offered:
        return Reply(toast=texts.CALL_GONE)
    if call.undone_at is not None:
        return Reply(toast=texts.BACK_TWICE)
    kind, asker = call.effect["kind"], _asker(app, request)
    undone = effects.take_back(app.workshop.stores, asker, call.effect)
    if undone != "done":
        return Reply(toast=NOT_UNDONE[undone](kind))
    app.workshop.calls.take_back(call.id, app.clock.now())
    return Reply(toast=texts.BACK[kind])


def do(app: App, request: Request, call_id: int) -> Reply:
    """✅: what a model wanted to do is done."""
    call = app.workshop.calls.get(call_id, request.user_id)
    if call is None:
        return Reply(toast=texts.CALL_GONE)
    if not call.offered:
        return Reply(toast=texts.DONE_ALREADY)
    try:
        outcome = effects.do(app.workshop, _asker(app, request), call)
    except ChangedError:
        return Reply(toast=texts.DO_CHANGED)
    label = _label(app, request.user_id, outcome.effect or {})
    back_button = button(texts.back_button(label), "back", call.id)
    return Reply(label, buttons=((back_button,),), toast=label)


def _asker(app: App, request: Request) -> Asker:
    clock = app.clock_of(request.user_id)
    return Asker(request.user_id, request.chat_id, clock, request.thread_id)


def _label(app: App, user_id: int, effect: dict[str, Any]) -> str:
    """An effect in a few letters."""
    if "at" in effect:
        clock = app.clock_of(user_id)
        return texts.effect_reminder(clock.local(effect["at"]), clock.local(clock.now()))
    return str(texts.EFFECTS[effect["kind"]] % effect["number"])


def _offer(call: Call) -> tuple[str, str] | None:
    """What a model wants to do: in a line, and on a button."""
    try:
        given = TOOLS[call.name].read(call.arguments)
    except (KeyError, BadArgumentsError):
        return None
    sign, number = texts.SIGNS[call.name], given.get("number")
    said = " · ".join(given[name] for name in ("when", "text") if name in given)
    text = " ".join(said.split())
    # Nothing of it may be hidden: it is to be seen as it would be stored.
    line = texts.offer(sign, number, escaped(preview(text, OFFER_UNITS)))
    return line, f"{sign} {preview(text, BUTTON_UNITS)}"
