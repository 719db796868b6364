"""The owner's part of /settings: what holds for all and needs no restart."""

from dataclasses import replace

import config
from handlers.buttons import button, in_rows, to_owner_settings, to_settings
from handlers.context import App
from handlers.formatting import preview
from handlers.naming import model_name
from handlers.types import Reply, Request
from storage.models import NoModelsError
from texts import buttons as texts_buttons
from texts import preferences as texts

LABEL_SHOWN = 32
# The settings of `config.VARIABLES` that can be changed here, each with what it is offered to be.
CHOICES: dict[str, tuple[str, ...]] = {
    "ASK_PER_MINUTE": ("0", "3", "5", "10", "20"),
    "ASK_PER_DAY": ("0", "20", "50", "100", "300"),
    "BACKUP_EVERY": ("off", "12h", "1d", "7d"),
    "WEB_SEARCH": ("off", "on", "all"),
}


def press(app: App, request: Request, name: str) -> Reply:
    """One of the settings: what it can be; without a name, all of them."""
    if not name:
        return _all(app)
    if name not in CHOICES:
        return Reply(toast=texts_buttons.OLD)
    if name in app.configured.fixed:
        return Reply(toast=texts.fixed(name))
    current = getattr(app.settings, name.lower())
    keys = []
    for text in CHOICES[name]:
        value = config.parsed(name, text)
        words = texts_buttons.ticked(texts.of_all(name, value), value == current)
        keys.append(button(words, "owner_set", name, text))
    rows = (*in_rows(keys, 1), to_owner_settings())
    return Reply(texts.HOW_OF_ALL[name], buttons=rows, edit=True)


def press_set(app: App, request: Request, name: str, text: str) -> Reply:
    """A value of a setting: it holds at once, and after a restart."""
    if text not in CHOICES.get(name, ()):
        return Reply(toast=texts_buttons.OLD)
    if name in app.configured.fixed:
        return Reply(toast=texts.fixed(name))
    app.overrides.set(name, text)
    return replace(_all(app), toast=_row(app, name))


def _all(app: App) -> Reply:
    rows = [
        (button(texts.ACCESS, "users", 0),),
        (button(texts.default_model(_default(app)), "models_default", 0, "*"),),
        *((button(_row(app, name), "owner_settings", name),) for name in CHOICES),
        (to_settings(),),
    ]
    return Reply(texts.OWNER_HEAD, buttons=tuple(rows), edit=True)


def _row(app: App, name: str) -> str:
    """A setting with its value; what `.env` says otherwise than usual is fixed there."""
    value = texts.of_all(name, getattr(app.settings, name.lower()))
    return texts.row_of_all(name, value, is_fixed=name in app.configured.fixed)


def _default(app: App) -> str:
    try:
        return preview(model_name(app.models.get_active_model()), LABEL_SHOWN)
    except NoModelsError:
        return texts.NO_MODEL
