"""/model and the owner's /model_default and /models_update."""

from dataclasses import replace

from handlers import access, model_choice
from handlers.buttons import button
from handlers.context import App
from handlers.naming import model_name
from handlers.parsing import number
from handlers.types import Notice, Reply, Request, Task
from storage.folding import fold
from storage.models import Model, ModelGoneError, NoModelsError, Offer
from texts import buttons as texts_buttons
from texts import errors as texts_errors
from texts import models as texts
from texts import people as texts_people

FOLLOW = "default"


def model(app: App, request: Request) -> Reply:
    """/model [ID, key or words]: the current one, or switch; words offer what fits.

    /model default: follow the default again.
    """
    given = request.args.strip()
    if (offer := _needs_permission(app, request, given)) is not None:
        return _ask_to_permit(app, request, offer)
    try:
        if given.lower() == FOLLOW:
            app.models.follow_default(request.user_id)
        elif given:
            chosen = model_choice.switch(app, request.user_id, _wanted(app, given))
            return Reply(texts.model_switched(model_name(chosen), chosen.key))
        return Reply(_current(app.models.model_for(request.user_id)))
    except NoModelsError:
        return Reply(texts.MODELS_NONE)
    except ValueError as error:
        offered = None if _is_number(given) else model_choice.fitting(app, request, given)
        return offered or _not_switched(given, error)


def default(app: App, request: Request) -> Reply:
    """/model_default [ID or key]: the model of all who have not chosen one."""
    given = request.args.strip()
    try:
        if not given:
            return model_choice.list_(app, request, model_choice.FOR_ALL)
        chosen = app.models.set_active_model(_wanted(app, given))
    except NoModelsError:
        return Reply(texts.MODELS_NONE)
    except ValueError as error:
        return _not_switched(given, error)
    return Reply(texts.model_default_set(model_name(chosen), chosen.key))


def press_permit(app: App, request: Request, user_id: int, digest: str) -> Reply:
    """The owner's button under what a guest has asked for: a paid model joins the list."""
    offer = next((o for o in app.models.offers() if o.digest == digest), None)
    added = app.models.take_offer(offer.key) if offer else None
    if added is None:
        return Reply(toast=texts_buttons.OLD)
    words = texts.paid_permitted(added.id, model_name(added), added.key)
    permitted = Reply(words, edit=True, toast=words)
    person = app.people.get(user_id)
    if person is None or not access.has_access(app, user_id):
        return permitted
    told = access.notice(
        app, person, lambda: texts.paid_permitted_to_you(added.id, model_name(added))
    )
    return replace(permitted, also=told)


def update(app: App, request: Request) -> Reply:
    """/models_update: the catalogues are read outside the transaction, by `make_update`."""
    return Reply(tasks=(Task("models_update"),))


def make_update(app: App, request: Request, args: dict[str, str]) -> Reply:
    """Read the catalogues and say what has changed."""
    lines = []
    for outcome in app.catalogue.refresh():
        if outcome.changes is None:
            why = texts_errors.explain(outcome.error) if outcome.error else texts.CATALOGUE_EMPTY
            lines.append(texts.catalogue_unchanged(outcome.provider, why))
        else:
            c = outcome.changes
            lines.append(texts.catalogue_read(outcome.provider, c.offered, c.new, c.back, c.gone))
    return Reply("\n".join(lines) or texts.CATALOGUE_NONE)


def _wanted(app: App, given: str) -> int:
    """The id of the model with this id or key; one that costs money is added by its key."""
    if _is_number(given):
        return number(given)
    found = app.models.by_key(given)
    if found is None or not found.available:
        found = app.models.take_offer(given) or found
    if found is None:
        raise ValueError(given)
    return found.id


def _needs_permission(app: App, request: Request, given: str) -> Offer | None:
    """The model that somebody else than the owner asks for, if it is yet to be paid for."""
    if not given or access.is_owner(app, request.user_id):
        return None
    known = app.models.by_key(given)
    if known is not None and known.available:
        return None
    return next((o for o in app.models.offers() if fold(o.key) == fold(given)), None)


def _ask_to_permit(app: App, request: Request, offer: Offer) -> Reply:
    """The owner is asked, once an hour for one person."""
    owner_id, person = access.owner(app), app.people.get(request.user_id)
    if owner_id is None or person is None:
        return Reply(texts.paid_without_owner(offer.label))
    if access.has_just_asked(app, person):
        return Reply(texts.paid_asked_lately(offer.label))
    app.people.record_request(request.user_id, request.chat_id, app.clock.now())
    who = texts_people.person(person.name, person.username, person.user_id)
    with app.speaking_to(owner_id):
        permit = button(texts.PERMIT, "permit", person.user_id, offer.digest)
        question = Reply(texts.paid_request(who, offer.label, offer.key), buttons=((permit,),))
    return Reply(texts.paid_asked(offer.label), also=(Notice(owner_id, owner_id, question),))


def _not_switched(given: str, error: ValueError) -> Reply:
    if isinstance(error, ModelGoneError):
        return Reply(texts.model_gone(error.model.id, model_name(error.model)))
    if _is_number(given):
        return Reply(texts.model_unknown(given))
    return Reply(texts.model_not_number(given[:100]))


def _is_number(given: str) -> bool:
    return given.isascii() and given.isdigit()


def _current(current: Model) -> str:
    said = texts.model_current(current.id, model_name(current), current.key)
    return said if current.available else f"{said}\n{texts.MODEL_CURRENT_GONE}"
