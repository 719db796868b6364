"""Questions: asking, stopping, asking again, keeping the answer, starting afresh."""

import re
from collections.abc import Iterable, Iterator

from dialogue.answering import Answering
from handlers import owner_alerts, quota
from handlers.buttons import button, in_rows
from handlers.context import App
from handlers.types import Button, Reply, Request, Task
from llm.client import ErrorKind, ProviderError
from storage.models import Model
from storage.turns import FULL_UNITS, Turn
from texts import limits as texts_limits
from texts import notes as texts_notes
from texts import questions as texts

JOIN_WAIT_S = 1.5  # for the next part of a long text
QUEUE_NOTICE_S = 2.0
EDIT_S = 60
LETTERS_A_TOKEN = 2  # Russian ones
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
    size = _units(request.args)
    if app.turns.extend(request.chat_id, request.user_id, request.args, request.date, size):
        return Reply()
    return _asked(app, request, request.args, request.quoted)


def edited(app: App, request: Request) -> Reply:
    """A question edited within a minute is asked anew; other edits change nothing."""
    turn = app.turns.by_message(request.chat_id, request.user_id, request.message_id)
    question = request.args.strip()
    in_time = (request.edited_at or 0) - request.date <= EDIT_S
    if turn is None or not question or not in_time or question == turn.question:
        return Reply()
    if app.turns.reword(turn.id, question):
        return Reply()
    sources = _relevant(app, request.user_id, question) if turn.sources else ()
    if turn.sources and not sources:
        return Reply(texts.NOTE_ASK_NONE)
    asked = _asked(app, request, question, turn.quoted, sources=sources)
    if asked.tasks:
        app.dialogue.stop(request.user_id, turn_id=turn.id)
        app.turns.forget(turn.id)
    return asked


def again(app: App, request: Request, turn_id: int) -> Reply:
    """🔁: the same question once more; the old answer leaves the memory."""
    turn = app.turns.get(turn_id, request.user_id)
    if turn is None:
        return Reply(toast=texts.ANSWER_GONE)
    if not app.turns.is_current(turn):
        return Reply(toast=texts.DIALOGUE_RESET)
    asked = _asked(
        app, request, turn.question, turn.quoted, message_id=turn.message_id, sources=turn.sources
    )
    if not asked.tasks:
        return Reply(toast=asked.text)
    app.turns.forget(turn.id)
    return Reply(toast=texts.ASKING_AGAIN, tasks=asked.tasks)


def keep(app: App, request: Request, turn_id: int) -> Reply:
    """💾: the answer as a note."""
    turn = app.turns.get(turn_id, request.user_id)
    if turn is None or not turn.answer:
        return Reply(toast=texts.ANSWER_GONE)
    if turn.note_number is not None:
        return Reply(toast=texts.already_kept(turn.note_number))
    number = app.notes.add(request.user_id, turn.answer, app.clock.now())
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


def answer(app: App, request: Request, args: dict[str, int]) -> "Spoken":
    """The task of a question."""
    return Spoken(app, request, args["turn"])


def queue_notice(app: App, request: Request, args: dict[str, int]) -> Reply:
    """The task that tells of waiting, when there still is any."""
    return Reply() if app.turns.is_started(args["turn"]) else Reply(texts.IN_QUEUE)


class Spoken:
    """An answer on its way, as an `exchange.Answer`."""

    def __init__(self, app: App, request: Request, turn_id: int) -> None:
        self._app = app
        self._turn_id = turn_id
        turn = app.turns.get(turn_id, request.user_id)
        self._answering: Answering | None = app.dialogue.answer(turn) if turn else None

    def __iter__(self) -> Iterator[str]:
        return iter(self._answering or ())

    def stop_button(self) -> Button:
        return button(texts.STOP_BUTTON, "stop", self._turn_id)

    def stop(self) -> None:
        if self._answering is not None:
            self._answering.stop()

    def conclude(self) -> Reply:
        """The answer with its footer and buttons, or a sentence that says why there is none."""
        answering = self._answering
        if answering is None:
            return Reply(texts.ANSWER_GONE)
        turn_id, text = answering.turn.id, answering.text.strip()
        self._app.turns.answer(turn_id, text)
        self._count_tokens(answering)
        again_button = button(texts.AGAIN_BUTTON, "again", turn_id)
        answered = answering.model if answering.completion is not None else None
        also = owner_alerts.notices(self._app, answering.turn, _failures(answering), answered)
        if not text:
            return Reply(_why_not(self._app, answering), buttons=((again_button,),), also=also)
        keep_button = button(texts.KEEP_BUTTON, "keep", turn_id)
        return Reply(
            text,
            markdown=True,
            footer=_footer(self._app, answering),
            buttons=(*_citations(text, answering.turn.sources), (again_button, keep_button)),
            also=also,
        )

    def _count_tokens(self, answering: Answering) -> None:
        done = answering.completion
        if done is not None and (done.prompt_tokens or done.completion_tokens):
            self._app.usage.record(
                answering.turn.user_id,
                self._app.clock.now(),
                done.prompt_tokens or 0,
                done.completion_tokens or 0,
            )


def _asked(
    app: App,
    request: Request,
    question: str,
    quoted: str,
    *,
    message_id: int | None = None,
    sources: Iterable[int] = (),
) -> Reply:
    if refused := quota.refusal(app, request.user_id):
        return Reply(refused)
    app.usage.asked(request.user_id, app.clock.now())
    busy = app.turns.is_busy(request.chat_id, request.user_id)
    size = _units(request.args)
    turn_id = app.turns.add(
        request.chat_id,
        request.user_id,
        message_id or request.message_id,
        question,
        quoted,
        request.edited_at or request.date,
        size,
        sources,
    )
    wait_s = JOIN_WAIT_S if size >= FULL_UNITS else 0.0
    tasks = [Task("question", {"turn": turn_id}, wait_s)]
    if busy:
        tasks.append(Task("queue_notice", {"turn": turn_id}, QUEUE_NOTICE_S))
    return Reply(tasks=tuple(tasks))


def _relevant(app: App, user_id: int, question: str) -> tuple[int, ...]:
    """The numbers of the notes that matter, as many as fit beside the question."""
    letters = app.settings.dialogue_tokens * LETTERS_A_TOKEN
    return tuple(n.number for n in app.search.relevant(user_id, question, budget=letters))


def _citations(text: str, sources: Iterable[int]) -> tuple[tuple[Button, ...], ...]:
    """A button for each note that the answer names."""
    known = set(sources)
    named = dict.fromkeys(int(n) for n in CITATION.findall(text) if int(n) in known)
    cited = [button(f"#{number}", "note", number) for number in list(named)[:CITED_MOST]]
    return in_rows(cited, CITED_A_ROW)


def _why_not(app: App, answering: Answering) -> str:
    if answering.stopped:
        return texts.STOPPED_EMPTY
    if answering.error is not None:
        return _explained(app, answering.turn, answering.error)
    return answering.refusal or texts.ASK_FAILED


def _footer(app: App, answering: Answering) -> str:
    """Time, model and tokens, with a line for whatever was out of the ordinary."""
    lines = []
    if answering.replaced is not None:
        model, why = answering.replaced
        lines.append(texts.fell_back(model.label, owner_alerts.explain(app, answering.turn, why)))
    if answering.forgot:
        lines.append(texts.FORGOT_HALF)
    if answering.error is not None:
        lines.append(texts.broke_off(_explained(app, answering.turn, answering.error)))
    elif answering.stopped:
        lines.append(texts.STOPPED_BY_YOU)
    done = answering.completion
    if done is not None:
        if done.finish_reason == "length":
            lines.append(texts.TOO_LONG)
        lines.append(texts.answer_footer(done.latency_ms, done.model, done.completion_tokens))
    return "\n".join(lines)


def _failures(answering: Answering) -> Iterator[tuple[Model, ProviderError]]:
    """The models that could not answer, and why."""
    if answering.replaced is not None:
        yield answering.replaced
    if answering.error is not None and answering.model is not None:
        yield answering.model, answering.error


def _explained(app: App, turn: Turn, error: ProviderError) -> str:
    """What went wrong; of a daily limit also when it is full again."""
    why = owner_alerts.explain(app, turn, error)
    if error.kind is not ErrorKind.RATE_DAY:
        return why
    moment = int(error.reset_at or app.clock.next_utc_midnight())
    return f"{why} {texts_limits.daily_reset(app.clock.local(moment), app.clock.today())}"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
