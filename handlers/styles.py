"""/mode: the style of the answers."""

from handlers.context import App
from handlers.types import Button, Reply, Request
from storage.styles import CUSTOM
from texts import failures as texts_failures
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


def press(app: App, request: Request) -> Reply:
    """A button of the list."""
    try:
        style = app.styles.choose(request.user_id, request.args)
    except ValueError:
        return Reply(toast=texts_failures.OLD_BUTTON)
    listing = _list(app, request.user_id)
    return Reply(
        listing.text, buttons=listing.buttons, edit=True, toast=texts.style_chosen(style.label)
    )


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
    buttons = [Button(texts.style_button(s.label, s == chosen), f"mode:{s.key}") for s in styles]
    return Reply(
        "\n".join([texts.STYLES_HEAD, *rows, *own, "", texts.STYLES_END]),
        buttons=tuple(
            tuple(buttons[at : at + BUTTONS_A_ROW]) for at in range(0, len(buttons), BUTTONS_A_ROW)
        ),
    )
