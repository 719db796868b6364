"""Troubles that the owner alone can mend: guests read that there is one, the owner which."""

from collections.abc import Iterable

from handlers import access
from handlers.context import App
from handlers.naming import model_name
from handlers.types import Notice, Reply
from llm.client import ErrorKind, ProviderError
from storage.models import Model
from storage.turns import Turn
from texts import errors as texts

# The others stand in the way of all models of a provider.
ONE_MODEL_KINDS = {ErrorKind.CREDITS, ErrorKind.KEY_LIMIT}


def explain(app: App, turn: Turn, error: ProviderError) -> str:
    """Why a question has no answer, for whoever reads it."""
    if _reads_as_owner(app, turn):
        return texts.explain(error)
    return texts.explain_to_guest(error, owner_knows=access.owner(app) is not None)


def notices(
    app: App, turn: Turn, failures: Iterable[tuple[Model, ProviderError]], answered: Model | None
) -> tuple[Notice, ...]:
    """What the owner is told after a question: each trouble once, and once that it is over.

    `failures` are the models that could not answer, `answered` is the one that did.
    """
    owner = access.owner(app)
    if owner is None:
        return ()
    told = []
    with app.speaking_to(owner):
        if not _reads_as_owner(app, turn):
            new = (error for model, error in failures if _is_new(app, model, error))
            told = [texts.for_owner(error) for error in new]
        if answered is not None and app.alerts.end(answered.provider, answered.key):
            told.append(texts.is_over(model_name(answered)))
    return tuple(Notice(owner, owner, Reply(text)) for text in told)


def _reads_as_owner(app: App, turn: Turn) -> bool:
    is_private = turn.chat_id == turn.user_id
    return is_private and access.is_owner(app, turn.user_id)


def _is_new(app: App, model: Model, error: ProviderError) -> bool:
    if not error.is_for_owner:
        return False
    key = model.key if error.kind in ONE_MODEL_KINDS else ""
    return app.alerts.begin(model.provider, key, error.kind, app.clock.now())
