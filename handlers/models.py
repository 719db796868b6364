"""/models and /model: the list, the current one, switching."""

import texts
from handlers.app import App
from handlers.exchange import Button, Reply, Request
from storage.models import Model, NoModelsError


def list_(app: App, request: Request) -> Reply:
    """/models: the list with a button for each."""
    try:
        app.models.get_active_model()
    except NoModelsError:
        return Reply(texts.MODELS_NONE)
    return _list(app.models.list_models())


def model(app: App, request: Request) -> Reply:
    """/model [ID]: the current one, or switch."""
    given = request.args.strip()
    try:
        if not given:
            current = app.models.get_active_model()
            return Reply(texts.model_current(current.id, current.label, current.key))
        if not (given.isascii() and given.isdigit()):
            return Reply(texts.model_not_number(given))
        chosen = app.models.set_active_model(_id(given))
    except NoModelsError:
        return Reply(texts.MODELS_NONE)
    except ValueError:
        return Reply(texts.model_unknown(given))
    return Reply(texts.model_switched(chosen.label, chosen.key))


def press(app: App, request: Request) -> Reply:
    """A button of the list: switch and show the list anew."""
    try:
        chosen = app.models.set_active_model(_id(request.args))
    except ValueError:
        return Reply(toast=texts.OLD_BUTTON)
    switched = _list(app.models.list_models())
    return Reply(
        switched.text,
        buttons=switched.buttons,
        edit=True,
        toast=texts.model_switched(chosen.label, chosen.key),
    )


def _id(given: str) -> int:
    if len(given) > 9:  # more than any id, and maybe more than SQLite's integers hold
        raise ValueError(given)
    return int(given)


def _list(models: list[Model]) -> Reply:
    rows = [texts.model_row(m.id, m.label, m.key, m.active) for m in models]
    buttons = [
        (Button(texts.model_button(m.id, m.label, m.active), f"model:{m.id}"),) for m in models
    ]
    return Reply("\n".join([*rows, "", texts.MODELS_ACTIVATE]), buttons=tuple(buttons))
