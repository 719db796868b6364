"""Questions: asking, stopping, asking again, keeping the answer, starting afresh."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from dialogue.answering import Answering, Failure, ProviderOffError
from handlers import owner_alerts, quota
from handlers.buttons import button, in_rows
from handlers.context import App
from handlers.types import Button, GrowingReply, Reply, Request, Task
from llm.client import ErrorKind, ProviderError
from storage.models import Model, NoModelsError
from storage.note_rows import Note
from storage.turns import FULL_UNITS, Turn
from texts import limits as texts_limits
from texts import models as texts_models
from texts import notes as texts_notes
from texts import questions as texts
from utf16 import units

JOIN_WAIT_S = 1.5  # for the next part of a long text
QUEUE_NOTICE_S = 2.0
EDIT_S = 60
CITATION = re.compile(r"#(\d{1,9})\b", re.ASCII)
CITED_MOST, CITED_A_ROW = 12, 4


def ask(app: App, request: Request) -> Reply:
    """/ask <question>."""
    question = request.args.strip() or request.quoted.strip()
    if not question:
        return Reply(texts.ASK_EMPTY)
    return _asked(app, request, question, request.quoted if request.args.strip() else "")


def note_ask(app: App, request: Request) -> Reply:
    """/note_ask <question>: answered from one's own notes, or not at all."""
    question = request.args.strip()
    if not question:
        return Reply(texts.NOTE_ASK_EMPTY)
    sources = _relevant(app, request.user_id, question)
    if not sources:
        return Reply(texts.NOTE_ASK_NONE)
    return _asked(app, request, question, "", sources=sources)


def plain_text(app: App, request: Request) -> Reply:
    """A text that is no command is a question, or goes on with the one before."""
    is_joined = app.turns.extend(
        request.chat_id,
        request.user_id,
        request.message_id,
        request.args,
        request.date,
        units(request.args),
    )
    return Reply() if is_joined else _asked(app, request, request.args, request.quoted)


def edited(app: App, request: Request) -> Reply:
    """A question edited within a minute is asked anew, one edited later if that is wished."""
    turn = app.turns.by_message(request.chat_id, request.user_id, request.message_id)
    if turn is None or not request.args.strip():
        return Reply()
    new = turn.edited(request.message_id, request.args)
    if new.question == turn.question or app.turns.reword(new):
        return Reply()
    if (request.edited_at or 0) - request.date > EDIT_S:
        return _offered(app, request, new)
    asked = _asked_again(app, request, new)
    if asked.tasks:
        app.dialogue.stop(request.user_id, turn_id=turn.id)
    return asked


def again(app: App, request: Request, turn_id: int) -> Reply:
    """🔁: the same question once more; the old answer leaves the memory."""
    return _pressed_again(app, request, turn_id)


def again_unlimited(app: App, request: Request, turn_id: int) -> Reply:
    """🔁 with an answer as long as the model can make it: its thinking took all there was."""
    return _pressed_again(app, request, turn_id, unlimited=True)


def go_on(app: App, request: Request, turn_id: int) -> Reply:
    """▶️ under a cut answer: it goes on in the next message."""
    turn = app.turns.get(turn_id, request.user_id)
    if turn is None or not turn.answer:
        return Reply(toast=texts.ANSWER_GONE)
    if not app.turns.is_current(turn):
        return Reply(toast=texts.DIALOGUE_RESET)
    if refused := quota.refusal(app, request.user_id):
        return Reply(toast=refused)
    if not app.turns.go_on(turn.id):
        return Reply(toast=texts.GONE_ON)
    app.usage.asked(request.user_id, app.clock.now())
    task = Task("question", {"turn": turn.id, "go_on": True})
    return Reply(toast=texts.GOING_ON, tasks=(task,))


def keep(app: App, request: Request, turn_id: int) -> Reply:
    """💾: the answer as a note."""
    turn = app.turns.get(turn_id, request.user_id)
    if turn is None or not turn.answer:
        return Reply(toast=texts.ANSWER_GONE)
    if turn.note_number is not None:
        return Reply(toast=texts.already_kept(turn.note_number))
    note = Note(0, turn.answer, app.clock.now(), markdown=True)
    number = app.notes.keep(request.user_id, note)
    app.turns.save_note(turn.id, number)
    return Reply(toast=texts_notes.note_added(number))


def stop_button(app: App, request: Request, turn_id: int) -> Reply:
    """⏹ under a growing answer."""
    running = app.dialogue.stop(request.user_id, turn_id=turn_id)
    return Reply(toast=texts.STOPPED if running else texts.NOTHING_RUNS)


def stop(app: App, request: Request) -> Reply:
    """/stop: end one's answer in this chat."""
    running = app.dialogue.stop(request.user_id, chat_id=request.chat_id)
    return Reply() if running else Reply(texts.NOTHING_RUNS)


def new(app: App, request: Request) -> Reply:
    """/new: an empty dialogue."""
    app.dialogue.stop(request.user_id, chat_id=request.chat_id)
    had_turns = app.turns.begin_anew(request.chat_id, request.user_id)
    return Reply(texts.NEW_DIALOGUE if had_turns else texts.ALREADY_NEW)


def answer(app: App, request: Request, args: dict[str, Any]) -> Reply | GrowingReply:
    """The task of a question, or of an answer that goes on."""
    turn = app.turns.get(args["turn"], request.user_id)
    if turn is None:
        return Reply(texts.ANSWER_GONE)
    answering = app.dialogue.answer(
        turn, go_on=args.get("go_on", False), unlimited=args.get("unlimited", False)
    )
    return GrowingReply(
        pieces=answering,
        stop_button=button(texts.STOP_BUTTON, "stop", turn.id),
        stop=answering.stop,
        conclude=partial(_concluded, app, answering),
    )


def queue_notice(app: App, request: Request, args: dict[str, int]) -> Reply:
    """The task that tells of waiting, when there still is any."""
    return Reply() if app.turns.is_started(args["turn"]) else Reply(texts.IN_QUEUE)


def _asked(
    app: App,
    request: Request,
    question: str,
    quoted: str,
    *,
    message_id: int | None = None,
    sources: Iterable[int] = (),
    parts: Iterable[tuple[int, str]] = (),
    unlimited: bool = False,
) -> Reply:
    if refused := quota.refusal(app, request.user_id):
        return Reply(refused)
    app.usage.asked(request.user_id, app.clock.now())
    is_busy = app.turns.is_busy(request.chat_id, request.user_id)
    size = units(request.args)
    turn_id = app.turns.add(
        request.chat_id,
        request.user_id,
        message_id or request.message_id,
        question,
        quoted,
        request.edited_at or request.date,
        size,
        sources,
        parts,
    )
    wait_s = JOIN_WAIT_S if size >= FULL_UNITS else 0.0
    tasks = [Task("question", {"turn": turn_id, "unlimited": unlimited}, wait_s)]
    if is_busy:
        tasks.append(Task("queue_notice", {"turn": turn_id}, QUEUE_NOTICE_S))
    return Reply(tasks=tuple(tasks))


def _asked_again(app: App, request: Request, turn: Turn, *, unlimited: bool = False) -> Reply:
    """A question that there was before, perhaps in other words; its old answer is forgotten."""
    sources = _relevant(app, request.user_id, turn.question) if turn.sources else ()
    if turn.sources and not sources:
        return Reply(texts.NOTE_ASK_NONE)
    asked = _asked(
        app,
        request,
        turn.question,
        turn.quoted,
        message_id=turn.message_id,
        sources=sources,
        parts=turn.parts,
        unlimited=unlimited,
    )
    if asked.tasks:
        app.turns.forget(turn.id)
    return asked


def _pressed_again(app: App, request: Request, turn_id: int, *, unlimited: bool = False) -> Reply:
    turn = app.turns.get(turn_id, request.user_id)
    if turn is None:
        return Reply(toast=texts.ANSWER_GONE)
    if not app.turns.is_current(turn):
        return Reply(toast=texts.DIALOGUE_RESET)
    if app.turns.is_asked_since(turn):
        return Reply(toast=texts.ASKED_AGAIN)
    asked = _asked_again(app, request, turn, unlimited=unlimited)
    toast = texts.ASKING_AGAIN if asked.tasks else asked.text
    return Reply(toast=toast, tasks=asked.tasks)


def _offered(app: App, request: Request, turn: Turn) -> Reply:
    """The edited question is kept as one that was not asked: a button asks it as any other."""
    turn_id = app.turns.add(
        turn.chat_id,
        turn.user_id,
        turn.message_id,
        turn.question,
        turn.quoted,
        request.edited_at or request.date,
        0,
        turn.sources,
        turn.parts,
    )
    app.turns.answer(turn_id, "")
    ask_it = button(texts.EDITED_BUTTON, "again", turn_id)
    return Reply(texts.EDITED_TOO_LATE, buttons=((ask_it,),), as_reply=True)


def _concluded(app: App, answering: Answering) -> Reply:
    """The answer with its footer and buttons, or a sentence that says why there is none."""
    turn, text = answering.turn, answering.text.strip()
    is_cut = _is_cut(answering) or (answering.go_on and not text)
    before = (turn.answer or "") if answering.go_on else ""
    whole = _joined(before, answering.text)
    app.turns.answer(turn.id, whole if is_cut else whole.rstrip(), cut=is_cut)
    _count_tokens(app, answering)
    if answering.stopped and app.turns.is_asked_since(turn):  # buttons would ask it once more
        return Reply(text, markdown=True, footer=texts.STOPPED_BY_EDIT)
    buttons = _buttons(answering, text, is_cut=is_cut)
    answered = answering.model if answering.completion is not None else None
    also = owner_alerts.notices(app, turn, _failures(answering), answered)
    if not text:
        return Reply(_why_not(app, answering), buttons=buttons, also=also)
    footer = _footer(app, answering)
    return Reply(text, markdown=True, footer=footer, buttons=buttons, also=also)


def _joined(before: str, text: str) -> str:
    """An answer with what it goes on with, which models begin without a space."""
    gap = " " if before and not before[-1].isspace() and text[:1].isalnum() else ""
    return (before + gap + text).lstrip()


def _is_cut(answering: Answering) -> bool:
    done = answering.completion
    return done is not None and done.finish_reason == "length"


def _count_tokens(app: App, answering: Answering) -> None:
    done = answering.completion
    if done is not None and (done.prompt_tokens or done.completion_tokens):
        app.usage.record(
            answering.turn.user_id,
            app.clock.now(),
            done.prompt_tokens or 0,
            done.completion_tokens or 0,
        )


def _buttons(answering: Answering, text: str, *, is_cut: bool) -> tuple[tuple[Button, ...], ...]:
    turn, failure = answering.turn, answering.failure
    rows = list(_citations(text, turn.sources))
    if is_cut:
        rows.append((button(texts.GO_ON_BUTTON, "more", turn.id),))
    is_thought_out = isinstance(failure, ProviderError) and failure.kind is ErrorKind.REASONING_ONLY
    if is_thought_out and not answering.unlimited:
        rows.append((button(texts.UNLIMITED_BUTTON, "unlimited", turn.id),))
    again_button = button(texts.AGAIN_BUTTON, "again", turn.id)
    keep_button = button(texts.KEEP_BUTTON, "keep", turn.id)
    rows.append((again_button, keep_button) if text else (again_button,))
    return tuple(rows)


def _relevant(app: App, user_id: int, question: str) -> tuple[int, ...]:
    """The numbers of the notes that bear upon a question."""
    return tuple(note.number for note in app.search.relevant(user_id, question))


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
    return _explained(app, answering.turn, failure) if failure else texts.ASK_FAILED


def _footer(app: App, answering: Answering) -> str:
    """Time, model and tokens, with a line for whatever was out of the ordinary."""
    lines = []
    if answering.replaced is not None:
        model, why = answering.replaced
        lines.append(texts.fell_back(model.label, owner_alerts.explain(app, answering.turn, why)))
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
        lines.append(texts.answer_footer(done.latency_ms, done.model, done.completion_tokens))
    return "\n".join(lines)


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
        return texts_models.provider_off(failure.model.label, failure.model.provider)
    why = owner_alerts.explain(app, turn, failure)
    if failure.kind is not ErrorKind.RATE_DAY:
        return why
    moment = int(failure.reset_at or app.clock.next_utc_midnight())
    return f"{why} {texts_limits.daily_reset(app.clock.local(moment), app.clock.today())}"
