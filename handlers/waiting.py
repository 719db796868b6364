"""Questions that wait for others: told where they stand, stopped one by one or all at once."""

import json
from dataclasses import replace
from typing import Any

from handlers.buttons import button
from handlers.context import App
from handlers.types import Reply, Request
from storage.tasks import StoredTask
from texts import questions as texts_questions
from texts import waiting as texts


def queue_notice(app: App, request: Request, args: dict[str, Any]) -> Reply:
    """Says of the task with these arguments that it waits, and how many are `ahead` of it."""
    stop_it = button(texts_questions.STOP_BUTTON, "stop", args["turn"])
    return Reply(texts.in_queue(args["ahead"]), buttons=((stop_it,),))


def stop(app: App, request: Request) -> Reply:
    """/stop: end one's answer in this chat or topic."""
    is_running = app.dialogue.stop(
        request.user_id, chat_id=request.chat_id, thread_id=request.thread_id
    )
    left = app.hooks.waiting(request.place, request.user_id)
    if left:
        return _offered(is_running, left)
    return Reply() if is_running else Reply(texts_questions.NOTHING_RUNS)


def stop_button(app: App, request: Request, turn_id: int) -> Reply:
    """⏹ under a growing answer, or under the place of a question in the queue."""
    is_running = app.dialogue.stop(request.user_id, turn_id=turn_id)
    waiting = app.hooks.waiting(request.place, request.user_id)
    if is_running:
        reply = _offered(is_running, waiting) if waiting else Reply()
        return replace(reply, toast=texts_questions.STOPPED)
    for task in waiting:
        if task.args.get("turn") == turn_id and (dropped := _drop(app, request, task)):
            return replace(dropped, toast=texts.DROPPED, edit=True)
    return Reply(toast=texts_questions.NOTHING_RUNS)


def stop_all(app: App, request: Request) -> Reply:
    """⏹ for all that one has asked in this chat or topic."""
    is_running = app.dialogue.stop(
        request.user_id, chat_id=request.chat_id, thread_id=request.thread_id
    )
    waiting = app.hooks.waiting(request.place, request.user_id)
    dropped = sum(_drop(app, request, task) is not None for task in waiting)
    if dropped:
        return Reply(texts.all_dropped(dropped), edit=True, toast=texts_questions.STOPPED)
    return Reply(toast=texts_questions.STOPPED if is_running else texts_questions.NOTHING_RUNS)


def _offered(is_running: bool, left: list[StoredTask]) -> Reply:
    stop_them = button(texts.STOP_ALL_BUTTON, "stop_all")
    return Reply(texts.still_waiting(len(left), is_running=is_running), buttons=((stop_them,),))


def _drop(app: App, request: Request, task: StoredTask) -> Reply | None:
    """Take a task out of the queue; what is said instead, None when it has begun meanwhile.

    The model is not asked, and the question does not count as one.
    """
    turn = app.turns.get(task.args.get("turn", 0), request.user_id)
    question = turn if turn is not None and turn.answer is None else None
    reply = Reply(texts.DROPPED)
    if question is not None:
        again_button = button(texts_questions.AGAIN_BUTTON, "again", question.id)
        reply = replace(reply, buttons=((again_button,),))
    # Who was not told that it waits need not be told that it does not.
    if not app.hooks.answer_waiting(task.id, reply if json.loads(task.shown) else Reply()):
        return None
    if question is not None:
        app.turns.answer(question.id, "")
        app.usage.not_asked(request.user_id)
    elif turn is not None and task.args.get("go_on"):
        app.turns.answer(turn.id, turn.answer or "", cut=True)
    return reply
