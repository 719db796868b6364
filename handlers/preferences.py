"""/settings: one message of buttons for what somebody sets for themselves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from functools import partial

from handlers import access, digest, model_choice, styles, timezone, tools
from handlers.buttons import button, in_rows, to_settings
from handlers.context import App, Handler
from handlers.formatting import preview
from handlers.naming import model_name
from handlers.types import Reply, Request
from storage.models import NoModelsError
from storage.preferences import Preferences
from texts import buttons as texts_buttons
from texts import languages
from texts import preferences as texts

VALUE_SHOWN = 32
SHARED = "yes"
# What can be set to one of a few values, as `Preferences` has them; "" stands for None.
CHOICES: dict[str, tuple[str, ...]] = {
    "language": ("", *languages.LANGUAGES),
    "plain_text": ("question", "note"),
    "footer": ("full", "short", "off"),
    "digest": ("", "07:00", "08:00", "09:00", "10:00"),
    "name_shared": ("", SHARED),
}
# What has a screen of its own, with a button back to the settings.
SCREENS: dict[str, Handler] = {
    "model": model_choice.list_,
    "style": styles.mode,
    "timezone": timezone.timezone,
    "tools": tools.list_,
}


def show(app: App, request: Request) -> Reply:
    """/settings."""
    chosen = app.preferences.of(request.user_id)
    values = {
        "model": _model(app, request.user_id),
        "style": styles.name_of_chosen(app, request.user_id),
        "timezone": timezone.name_of_chosen(app, request.user_id),
        "tools": tools.name_of_chosen(app, request.user_id),
        **{name: _named(name, _value(chosen, name)) for name in CHOICES},
    }
    rows = [
        (button(texts.row(name, preview(value, VALUE_SHOWN)), "settings", name),)
        for name, value in values.items()
    ]
    if access.is_owner(app, request.user_id):
        rows.append((button(texts.FOR_OWNER, "owner_settings"),))
    return Reply(texts.HEAD, buttons=tuple(rows))


def press(app: App, request: Request, name: str) -> Reply:
    """A setting: its screen, or what it can be; without a name, all settings."""
    if name in SCREENS:
        return replace(SCREENS[name](app, request), edit=True)
    if name in CHOICES:
        return _choice(app, request, name)
    return Reply(toast=texts_buttons.OLD) if name else replace(show(app, request), edit=True)


def press_set(app: App, request: Request, name: str, value: str) -> Reply:
    """A value of a setting: it holds at once."""
    if value not in CHOICES.get(name, ()):
        return Reply(toast=texts_buttons.OLD)
    if name == "digest":  # it is a task as well
        digest.set_time(app, request.user_id, time.fromisoformat(value) if value else None)
    elif name == "name_shared":
        app.preferences.set(request.user_id, name_shared=value == SHARED)
    else:
        app.preferences.set(request.user_id, **{name: value or None})
    after: Callable[[], None] | None = None
    if name == "language":
        after = partial(app.hooks.menu_due, request.user_id)
    with app.speaking_to(request.user_id, request.language):
        said = texts.row(name, _named(name, value))
        return replace(show(app, request), edit=True, toast=said, after=after)


def _choice(app: App, request: Request, name: str) -> Reply:
    current = _value(app.preferences.of(request.user_id), name)
    keys = [
        button(texts_buttons.ticked(_named(name, value), value == current), "set", name, value)
        for value in CHOICES[name]
    ]
    return Reply(texts.HOW[name], buttons=(*in_rows(keys, 1), (to_settings(),)), edit=True)


def _value(chosen: Preferences, name: str) -> str:
    value = getattr(chosen, name)
    return SHARED if value is True else value or ""


def _named(name: str, value: str) -> str:
    """A value in words; a time of day needs none."""
    return texts.VALUES[name].get(value, value)


def _model(app: App, user_id: int) -> str:
    try:
        return model_name(app.models.model_for(user_id))
    except NoModelsError:
        return texts.NO_MODEL
