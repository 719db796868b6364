"""The end of an answer: what is stored, and the footer, the buttons or the reason under it."""

import re
import string
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from dialogue.answering import Answering
from dialogue.asking import Failure, NobodySeesError, ProviderOffError
from dialogue.attachments import NotPictureError
from documents.reading import UnreadableError
from files import FileTooLargeError, FileUnavailableError
from handlers import effects, owner_alerts
from handlers.buttons import button, in_rows
from handlers.context import App
from handlers.formatting import escaped
from handlers.naming import model_name
from handlers.types import Button, Reply
from llm.client import Completion, ErrorKind, ProviderError
from storage.models import Model, NoModelsError
from storage.turns import Turn
from texts import files as texts_files
from texts import limits as texts_limits
from texts import models as texts_models
from texts import questions as texts
from texts import tools as texts_tools

SOURCES_MOST = 5
UNSAFE_IN_URL = {ord(char): None for char in "<>\\"}
CITATION = re.compile(r"#(\d{1,9})\b", re.ASCII)
NEARLY_ALL = 0.995  # of a document: what is missing is not worth a line
CITED_MOST, CITED_A_ROW = 12, 4
# Why the files of a question could not be given to a model, as `texts.files` names it: the first
# row that fits.
FILE_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (NobodySeesError, "NOBODY_SEES"),
    (NotPictureError, "NOT_A_PICTURE"),
    (FileTooLargeError, "TOO_LARGE"),
    (FileUnavailableError, "LOST"),
)


def concluded(app: App, answering: Answering) -> Reply:
    """The answer with its footer and buttons, or a sentence that says why there is none."""
    turn, text = answering.turn, answering.text.strip()
    is_cut = _is_cut(answering) or (answering.go_on and not text)
    before = (turn.answer or "") if answering.go_on else ""
    whole = _joined(before, answering.text)
    app.turns.answer(turn.id, whole if is_cut else whole.rstrip(), cut=is_cut)
    count_tokens(app, answering.turn, answering.completion)
    if answering.stopped and app.turns.is_asked_since(turn):  # buttons would ask it once more
        return Reply(text, markdown=True, footer=texts.STOPPED_BY_EDIT)
    buttons = _buttons(answering, text, is_cut=is_cut)
    answered = answering.model if answering.completion is not None else None
    also = owner_alerts.notices(app, turn, _failures(answering), answered)
    done, undoing = effects.below(app, turn) if answering.rounds is not None else ("", ())
    if not text and not done:
        return Reply(_why_not(app, answering), buttons=buttons, also=also)
    parts = (text or _ended(app, answering), _links(answering.completion), done)
    shown = "\n\n".join(filter(None, parts))
    footer = _footer(app, answering)
    return Reply(shown, markdown=True, footer=footer, buttons=undoing + buttons, also=also)


def _joined(before: str, text: str) -> str:
    """An answer with what it goes on with, which models begin without a space."""
    gap = " " if before and not before[-1].isspace() and text[:1].isalnum() else ""
    return (before + gap + text).lstrip()


def _is_cut(answering: Answering) -> bool:
    done = answering.completion
    return done is not None and done.finish_reason == "length"


def count_tokens(app: App, turn: Turn, done: Completion | None) -> None:
    """What a provider has counted goes to the account of the one who asked."""
    if done is not None and (done.prompt_tokens or done.completion_tokens):
        app.usage.record(
            turn.user_id, app.clock.now(), done.prompt_tokens or 0, done.completion_tokens or 0
        )


def _buttons(answering: Answering, text: str, *, is_cut: bool) -> tuple[tuple[Button, ...], ...]:
    turn, failure = answering.turn, answering.failure
    read = answering.rounds.notes if answering.rounds is not None else ()
    rows = list(_citations(text, (*turn.sources, *read)))
    if is_cut:
        rows.append((button(texts.GO_ON_BUTTON, "more", turn.id),))
    is_thought_out = isinstance(failure, ProviderError) and failure.kind is ErrorKind.REASONING_ONLY
    if is_thought_out and not answering.unlimited:
        rows.append((button(texts.UNLIMITED_BUTTON, "unlimited", turn.id),))
    again_button = button(texts.AGAIN_BUTTON, "again", turn.id)
    keep_button = button(texts.KEEP_BUTTON, "keep", turn.id)
    rows.append((again_button, keep_button) if text else (again_button,))
    return tuple(rows)


def _citations(text: str, sources: Iterable[int]) -> tuple[tuple[Button, ...], ...]:
    """A button for each note that the answer names."""
    known = set(sources)
    named = dict.fromkeys(int(n) for n in CITATION.findall(text) if int(n) in known)
    cited = [button(f"#{number}", "note", number) for number in list(named)[:CITED_MOST]]
    return in_rows(cited, CITED_A_ROW)


def _why_not(app: App, answering: Answering) -> str:
    if answering.stopped:
        return texts.STOPPED_EMPTY
    failure = answering.failure
    if failure is None and answering.completion is not None:  # it called what it was not offered
        return texts_tools.NO_WORDS
    return _explained(app, answering.turn, failure) if failure else texts.ASK_FAILED


def _links(done: Completion | None) -> str:
    """The pages that the answer cites, in Markdown."""
    sources = done.sources[:SOURCES_MOST] if done is not None else ()
    return "\n".join(f"🔗 [{escaped(one.title)}](<{_quoted(one.url)}>)" for one in sources)


def _quoted(url: str) -> str:
    return quote(url, safe=string.punctuation.translate(UNSAFE_IN_URL))


def _ended(app: App, answering: Answering) -> str:
    """What stands above what was done when the model has said nothing."""
    is_whole = answering.failure is None and not answering.stopped
    return texts_tools.ONLY_DONE if is_whole else _why_not(app, answering)


def _footer(app: App, answering: Answering) -> str:
    """Time, model and tokens, with a line for whatever was out of the ordinary."""
    lines = []
    if answering.replaced is not None:
        model, why = answering.replaced
        lines.append(
            texts.fell_back(model_name(model), owner_alerts.explain(app, answering.turn, why))
        )
    if answering.sightless is not None:
        lines.append(texts_files.seen_by_another(model_name(answering.sightless)))
    if answering.unseen:
        lines.append(texts_files.REFUSED)
    if answering.missing:
        lines.append(texts_files.missing(answering.missing))
    for name, share in answering.shares.items():
        if share < NEARLY_ALL:
            lines.append(texts_files.read_in_part(name, share))
    if answering.forgot:
        lines.append(texts.FORGOT_HALF)
    if answering.failure is not None:
        lines.append(texts.broke_off(_explained(app, answering.turn, answering.failure)))
    elif answering.stopped:
        lines.append(texts.STOPPED_BY_YOU)
    done = answering.completion
    if done is not None:
        if _is_cut(answering):
            lines.append(texts.TOO_LONG)
        lines += _facts(app, answering, done)
    return "\n".join(lines)


def _facts(app: App, answering: Answering, done: Completion) -> list[str]:
    """How an answer was made, as far as whoever asked wants to know."""
    wanted = app.preferences.of(answering.turn.user_id).footer
    if wanted == "full":
        return [texts.answer_footer(done.latency_ms, done.model, done.completion_tokens)]
    model = answering.model
    label = model_name(model) if model is not None and model.key == done.model else done.model
    return [texts.short_footer(done.latency_ms, label)] if wanted == "short" else []


def _failures(answering: Answering) -> Iterator[tuple[Model, ProviderError]]:
    """The models that could not answer, and why."""
    if answering.replaced is not None:
        yield answering.replaced
    if isinstance(answering.failure, ProviderError) and answering.model is not None:
        yield answering.model, answering.failure


def _explained(app: App, turn: Turn, failure: Failure) -> str:
    """What went wrong; of a daily limit also when it is full again."""
    if isinstance(failure, NoModelsError):
        return texts_models.MODELS_NONE
    if isinstance(failure, ProviderOffError):
        return texts_models.provider_off(model_name(failure.model), failure.model.provider)
    if isinstance(failure, UnreadableError):
        return texts_files.UNREADABLE[failure.kind]
    if not isinstance(failure, ProviderError):
        word = next(word for kind, word in FILE_FAILURES if isinstance(failure, kind))
        return str(getattr(texts_files, word))
    why = owner_alerts.explain(app, turn, failure)
    if failure.kind is not ErrorKind.RATE_DAY:
        return why
    moment = int(failure.reset_at or app.clock.next_utc_midnight())
    clock = app.clock_of(turn.user_id)
    return f"{why} {texts_limits.daily_reset(clock.local(moment), clock.today())}"
