"""/mode: the style of the answers."""

import logging
from dataclasses import replace

from handlers.buttons import Rows, button, in_rows, to_settings
from handlers.context import App
from handlers.formatting import preview
from handlers.types import Button, Reply, Request
from storage.folding import fold
from storage.styles import CUSTOM, Style
from texts import buttons as texts_buttons
from texts import log as texts_log
from texts import styles as texts

BUTTONS_A_ROW = 2
BUTTONS_MOST = 60  # Telegram takes a hundred
KEY_SHOWN = 50
NAME_SHOWN = 60

log = logging.getLogger(__name__)


def mode(app: App, request: Request) -> Reply:
    """/mode [style | custom <prompt>]."""
    if not request.args.strip():
        return _list(app, request)
    given, *rest = request.args.split(maxsplit=1)
    if given.lower() == CUSTOM:
        return _custom(app, request.user_id, rest[0].strip() if rest else "")
    wanted = fold(request.args.strip())
    found = next((s for s in app.styles.list_styles() if fold(s.key.strip()) == wanted), None)
    if found is None:
        return Reply(texts.style_unknown(preview(request.args.strip(), KEY_SHOWN)))
    style = app.styles.choose(request.user_id, found.key)
    return Reply(texts.style_chosen(_name(style)))


def press(app: App, request: Request, key: str) -> Reply:
    """A button of the list."""
    try:
        style = app.styles.choose(request.user_id, key)
    except ValueError:
        return Reply(toast=texts_buttons.OLD)
    listing = _list(app, request)
    return replace(listing, edit=True, toast=texts.style_chosen(_name(style)))


def name_of_chosen(app: App, user_id: int) -> str:
    """What somebody's style is called."""
    style = app.styles.chosen(user_id)
    return texts.CUSTOM if style.key == CUSTOM else _name(style)


def _custom(app: App, user_id: int, prompt: str) -> Reply:
    if not prompt:
        return Reply(texts.CUSTOM_EMPTY)
    app.styles.choose_custom(user_id, prompt)
    return Reply(texts.CUSTOM_CHOSEN)


def _list(app: App, request: Request) -> Reply:
    chosen = app.styles.chosen(request.user_id)
    styles = [style for style in app.styles.list_styles() if _can_be_typed(style)]
    rows = [texts.style_row(s.key, _name(s), s.key == chosen.key) for s in styles]
    own = [texts.custom_row(chosen.prompt)] if chosen.key == CUSTOM else []
    back: Rows = ((to_settings(),),) if request.private else ()
    buttons = [key for style in styles if (key := _button(style, style == chosen))]
    return Reply(
        "\n".join([texts.STYLES_HEAD, *rows, *own, "", texts.STYLES_END]),
        buttons=in_rows(buttons[:BUTTONS_MOST], BUTTONS_A_ROW) + back,
    )


def _can_be_typed(style: Style) -> bool:
    """Whether a row of the table can be chosen; the log names one that cannot."""
    can_be = bool(style.key.strip()) and style.key.strip().lower() != CUSTOM
    if not can_be:
        log.warning(texts_log.STYLE_UNUSABLE, style.key)
    return can_be


def _button(style: Style, chosen: bool) -> Button | None:
    """None for a key that a button cannot carry: it is typed."""
    try:
        return button(texts_buttons.ticked(_name(style), chosen), "mode", style.key)
    except ValueError:
        return None


def _name(style: Style) -> str:
    label, _ = texts.worded(style.key, style.label, style.prompt)
    return preview(label.strip() or style.key, NAME_SHOWN)
