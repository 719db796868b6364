"""/models: choosing a model by buttons, the recent and the recommended first, then by maker."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from handlers import access
from handlers.buttons import Rows, arrows, button, in_rows, to_owner_settings, to_settings
from handlers.context import App
from handlers.formatting import preview
from handlers.naming import model_name
from handlers.types import Button, Reply, Request
from storage.folding import fold
from storage.models import Model, ModelGoneError, NoModelsError
from texts import buttons as texts_buttons
from texts import models as texts

PAGE = 10
START = "*"  # instead of a filter: the first screen
RECENT_MOST = 3
FIRST_MOST = 6  # models on the first screen
MAKERS_MOST = 60  # Telegram takes a hundred buttons
MAKERS_IN_ROW = 3
WORD_BYTES = 20  # of the filter: it must fit a button beside a model and a page
LABEL_SHOWN = 32


@dataclass(frozen=True)
class Purpose:
    """Whom a model is chosen for: `choose` and `turn` are the actions of the buttons."""

    choose: str
    turn: str


OWN = Purpose("model", "models")
FOR_ALL = Purpose("model_default", "models_default")


def list_(app: App, request: Request, purpose: Purpose = OWN) -> Reply:
    """/models [word]: a button for each model that the word fits."""
    try:
        return _screen(app, request, 0, _shortened(request.args) or START, purpose)
    except NoModelsError:
        return Reply(texts.MODELS_NONE)


def turn(app: App, request: Request, page: int, word: str, purpose: Purpose = OWN) -> Reply:
    """◀, ▶ and the makers: another page in the same message."""
    try:
        return replace(_screen(app, request, page, word, purpose), edit=True)
    except NoModelsError:
        return Reply(toast=texts_buttons.OLD)


def press(
    app: App, request: Request, model_id: int, page: int, word: str, purpose: Purpose = OWN
) -> Reply:
    """A model's button: switch and show the page anew."""
    try:
        if purpose is OWN:
            chosen = switch(app, request.user_id, model_id)
        else:
            chosen = app.models.set_active_model(model_id)
        listing = _screen(app, request, page, word, purpose)
    except ModelGoneError as gone:
        return Reply(toast=texts.model_gone(gone.model.id, model_name(gone.model)))
    except (ValueError, NoModelsError):
        return Reply(toast=texts_buttons.OLD)
    say = texts.model_switched if purpose is OWN else texts.model_default_set
    return replace(listing, edit=True, toast=say(model_name(chosen), chosen.key))


def fitting(app: App, request: Request, words: str) -> Reply | None:
    """What can be chosen of the models that hold all of these words; None: there is none."""
    word = _shortened(words)
    return _pages(app, request, 0, word, OWN) if _found(app, word) else None


def switch(app: App, user_id: int, model_id: int) -> Model:
    """Choose for this person; while the bot has no owner, for all: nobody else could.

    Raises:
        ModelGoneError: it is no longer offered.
        ValueError: there is no model with this id.
    """
    if access.owner(app) is not None:
        return app.models.choose(user_id, model_id)
    app.models.follow_default(user_id)
    return app.models.set_active_model(model_id)


def _screen(app: App, request: Request, page: int, word: str, purpose: Purpose) -> Reply:
    """The first screen, or a page of the models that a word fits.

    Raises:
        NoModelsError: there are no models at all.
    """
    if word != START:
        return _pages(app, request, page, word, purpose)
    listed = _found(app, "")
    if len(listed) > PAGE:
        return _first(app, request, listed, purpose)
    return _pages(app, request, 0, "", purpose)


def _first(app: App, request: Request, listed: Sequence[Model], purpose: Purpose) -> Reply:
    """Few models to choose at once, and the makers of all."""
    current = _current(app, request, purpose)
    first = _recommended(app, request.user_id, current, listed)
    keys = [_key(m, current, 0, START, purpose) for m in first]
    made = Counter(map(_maker, listed)).most_common(MAKERS_MOST)
    makers = [
        button(texts.maker_button(maker.rstrip("/"), count), purpose.turn, 0, _shortened(maker))
        for maker, count in made
    ]
    rows = in_rows(keys, 1) + in_rows(makers, MAKERS_IN_ROW) + _way_out(request, purpose)
    return Reply("\n".join([*_head(current, purpose), texts.MODELS_FIRST]), buttons=rows)


def _pages(app: App, request: Request, page: int, word: str, purpose: Purpose) -> Reply:
    """A page of what the word fits; the last if too far."""
    current = _current(app, request, purpose)
    everything, found = _found(app, ""), _found(app, word)
    if not everything:
        return Reply(texts.MODELS_UNREAD, buttons=_way_out(request, purpose))
    back = _way_out(request, purpose)
    if word or len(everything) > PAGE:
        back = ((button(texts.MODELS_ALL, purpose.turn, 0, START),),)
    if not found:
        return Reply(texts.models_not_found(word), buttons=back)
    pages = -(-len(found) // PAGE)
    page = min(page, pages - 1)
    lines = _head(current, purpose)
    if pages > 1:
        lines.append(texts_buttons.page_of(page + 1, pages))
    keys = [_key(m, current, page, word, purpose) for m in found[page * PAGE :][:PAGE]]
    turns = arrows(purpose.turn, page, pages, word)
    return Reply("\n".join([*lines, texts.MODELS_FIND]), buttons=in_rows(keys, 1) + turns + back)


def _current(app: App, request: Request, purpose: Purpose) -> Model:
    own = purpose is OWN
    return app.models.model_for(request.user_id) if own else app.models.get_active_model()


def _head(current: Model, purpose: Purpose) -> list[str]:
    say = texts.models_current if purpose is OWN else texts.models_default
    lines = [say(current.id, model_name(current))]
    return lines if current.available else [*lines, texts.MODELS_CURRENT_GONE]


def _way_out(request: Request, purpose: Purpose) -> Rows:
    """The row back to the settings, which a group is not shown."""
    if not request.private:
        return ()
    return ((to_settings(),),) if purpose is OWN else (to_owner_settings(),)


def _found(app: App, word: str) -> list[Model]:
    """The models that can be chosen and hold all words, the free ones first."""
    words = fold(word).split()
    available = [m for m in app.models.listed() if m.available]
    found = [m for m in available if all(word in _searched(m) for word in words)]
    return sorted(found, key=lambda m: (not m.free, m.id))


def _searched(m: Model) -> str:
    return fold(f"{model_name(m)} {m.key} {m.provider}")


def _recommended(
    app: App, user_id: int, current: Model, listed: Sequence[Model]
) -> Iterable[Model]:
    """The model that answers now, the default and those chosen lately; then the free ones that
    take most: pictures, and long texts."""
    by_id = {m.id: m for m in listed}
    known = [current.id, app.models.get_active_model().id]
    known += app.models.recent(user_id, RECENT_MOST)
    by_worth = sorted(
        listed, key=lambda m: (not m.free, not m.takes("image"), -(m.context_length or 0), m.id)
    )
    wanted = dict.fromkeys([*known, *(m.id for m in by_worth)])
    return [by_id[model_id] for model_id in wanted if model_id in by_id][:FIRST_MOST]


def _maker(m: Model) -> str:
    """Who made a model, as its key says it, else who serves it: what `_found` finds it by."""
    maker, slash, _ = m.key.partition("/")
    return maker + slash if slash else m.provider


def _key(m: Model, current: Model, page: int, word: str, purpose: Purpose) -> Button:
    sees = [sign for kind, sign in texts.MODEL_INPUTS if m.takes(kind)]
    price = "" if m.free is None else texts.MODEL_FREE if m.free else texts.MODEL_PAID
    facts = [texts.context(m.context_length) if m.context_length else "", *sees, price]
    words = " · ".join(filter(None, [preview(model_name(m), LABEL_SHOWN), *facts]))
    ticked = texts_buttons.ticked(words, m.id == current.id)
    return button(ticked, purpose.choose, m.id, page, word)


def _shortened(word: str) -> str:
    """As much of the filter as the data of a button can carry, so that every page has the same."""
    return " ".join(word.split()).encode()[:WORD_BYTES].decode(errors="ignore")
