"""/mode: the style of the answers."""

from dataclasses import replace

from handlers.buttons import button, in_rows
from handlers.context import App
from handlers.types import Reply, Request
from storage.styles import CUSTOM
from texts import buttons as texts_buttons
from texts import styles as texts

BUTTONS_A_ROW = 2


def mode(app: App, request: Request) -> Reply:
    """/mode [style | custom <prompt>]."""
    if not request.args.strip():
        return _list(app, request.user_id)
    given, *rest = request.args.split(maxsplit=1)
    key = given.lower()
    if key == CUSTOM:
        return _custom(app, request.user_id, rest[0].strip() if rest else "")
    try:
        style = app.styles.choose(request.user_id, key)
    except ValueError:
        return Reply(texts.style_unknown(key[:50]))
    return Reply(texts.style_chosen(style.label))


def press(app: App, request: Request, key: str) -> Reply:
    """A button of the list."""
    try:
        style = app.styles.choose(request.user_id, key)
    except ValueError:
        return Reply(toast=texts_buttons.OLD)
    listing = _list(app, request.user_id)
    return replace(listing, edit=True, toast=texts.style_chosen(style.label))


def _custom(app: App, user_id: int, prompt: str) -> Reply:
    if not prompt:
        return Reply(texts.CUSTOM_EMPTY)
    app.styles.choose_custom(user_id, prompt)
    return Reply(texts.CUSTOM_CHOSEN)


def _list(app: App, user_id: int) -> Reply:
    chosen = app.styles.chosen(user_id)
    styles = app.styles.list_styles()
    rows = [texts.style_row(s.key, s.label, s.key == chosen.key) for s in styles]
    own = [texts.custom_row(chosen.prompt)] if chosen.key == CUSTOM else []
    buttons = [button(texts.style_button(s.label, s == chosen), "mode", s.key) for s in styles]
    return Reply(
        "\n".join([texts.STYLES_HEAD, *rows, *own, "", texts.STYLES_END]),
        buttons=in_rows(buttons, BUTTONS_A_ROW),
    )
