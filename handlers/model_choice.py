"""/models: choosing a model by buttons, the recent and the recommended first, then by maker."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from handlers import access
from handlers.buttons import Rows, arrows, button, in_rows
from handlers.context import App
from handlers.formatting import preview
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


def list_(app: App, request: Request) -> Reply:
    """/models [word]: a button for each model that the word fits."""
    try:
        return _screen(app, request, 0, _shortened(request.args) or START)
    except NoModelsError:
        return Reply(texts.MODELS_NONE)


def turn(app: App, request: Request, page: int, word: str) -> Reply:
    """◀, ▶ and the makers: another page in the same message."""
    try:
        return replace(_screen(app, request, page, word), edit=True)
    except NoModelsError:
        return Reply(toast=texts_buttons.OLD)


def press(app: App, request: Request, model_id: int, page: int, word: str) -> Reply:
    """A model's button: switch and show the page anew."""
    try:
        chosen = switch(app, request.user_id, model_id)
        listing = _screen(app, request, page, word)
    except ModelGoneError as gone:
        return Reply(toast=texts.model_gone(gone.model.id, gone.model.label))
    except (ValueError, NoModelsError):
        return Reply(toast=texts_buttons.OLD)
    return replace(listing, edit=True, toast=texts.model_switched(chosen.label, chosen.key))


def fitting(app: App, request: Request, words: str) -> Reply | None:
    """What can be chosen of the models that hold all of these words; None: there is none."""
    word = _shortened(words)
    return _pages(app, request, 0, word) if _found(app, word) else None


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


def _screen(app: App, request: Request, page: int, word: str) -> Reply:
    """The first screen, or a page of the models that a word fits.

    Raises:
        NoModelsError: there are no models at all.
    """
    if word != START:
        return _pages(app, request, page, word)
    listed = _found(app, "")
    return _first(app, request, listed) if len(listed) > PAGE else _pages(app, request, 0, "")


def _first(app: App, request: Request, listed: Sequence[Model]) -> Reply:
    """Few models to choose at once, and the makers of all."""
    current = app.models.model_for(request.user_id)
    first = _recommended(app, request.user_id, current, listed)
    keys = [_key(m, current, 0, START) for m in first]
    made = Counter(map(_maker, listed)).most_common(MAKERS_MOST)
    makers = [
        button(texts.maker_button(maker.rstrip("/"), count), "models", 0, _shortened(maker))
        for maker, count in made
    ]
    rows = in_rows(keys, 1) + in_rows(makers, MAKERS_IN_ROW)
    return Reply("\n".join([*_head(current), texts.MODELS_FIRST]), buttons=rows)


def _pages(app: App, request: Request, page: int, word: str) -> Reply:
    """A page of what the word fits; the last if too far."""
    current = app.models.model_for(request.user_id)
    everything, found = _found(app, ""), _found(app, word)
    if not everything:
        return Reply(texts.MODELS_UNREAD)
    back: Rows = ()
    if word or len(everything) > PAGE:
        back = ((button(texts.MODELS_ALL, "models", 0, START),),)
    if not found:
        return Reply(texts.models_not_found(word), buttons=back)
    pages = -(-len(found) // PAGE)
    page = min(page, pages - 1)
    lines = _head(current)
    if pages > 1:
        lines.append(texts_buttons.page_of(page + 1, pages))
    keys = [_key(m, current, page, word) for m in found[page * PAGE :][:PAGE]]
    turns = arrows("models", page, pages, word)
    return Reply("\n".join([*lines, texts.MODELS_FIND]), buttons=in_rows(keys, 1) + turns + back)


def _head(current: Model) -> list[str]:
    lines = [texts.models_current(current.id, current.label)]
    return lines if current.available else [*lines, texts.MODELS_CURRENT_GONE]


def _found(app: App, word: str) -> list[Model]:
    """The models that can be chosen and hold all words, the free ones first."""
    words = fold(word).split()
    available = [m for m in app.models.listed() if m.available]
    found = [m for m in available if all(word in _searched(m) for word in words)]
    return sorted(found, key=lambda m: (not m.free, m.id))


def _searched(m: Model) -> str:
    return fold(f"{m.label} {m.key} {m.provider}")


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


def _key(m: Model, current: Model, page: int, word: str) -> Button:
    sees = [sign for kind, sign in texts.MODEL_INPUTS if m.takes(kind)]
    price = "" if m.free is None else texts.MODEL_FREE if m.free else texts.MODEL_PAID
    facts = [texts.context(m.context_length) if m.context_length else "", *sees, price]
    words = " · ".join(filter(None, [preview(m.label, LABEL_SHOWN), *facts]))
    return button(texts_buttons.ticked(words, m.id == current.id), "model", m.id, page, word)


def _shortened(word: str) -> str:
    """As much of the filter as the data of a button can carry, so that every page has the same."""
    return " ".join(word.split()).encode()[:WORD_BYTES].decode(errors="ignore")
