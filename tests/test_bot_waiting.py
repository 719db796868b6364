"""Waiting for an answer: thinking aloud, standing in a queue, being stopped; real processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import pytest

from dialogue.progress import THINKING_AFTER_S
from handlers.types import Place
from storage.tasks import work_lane
from tests.conftest import StartBot, StartInside
from tests.emulators.bot_api import BotApi
from tests.emulators.bot_api_world import Json
from tests.emulators.model_behaviours import Held
from tests.emulators.model_server import Answer, ModelServer
from tests.inside import Inside, numbers
from tests.talk import ANNA, BORIS, GROUP, SUPERGROUP, Talk, ask, buttons, labels, said
from texts import questions as texts_questions
from texts import waiting as texts
from worker.growing import QUEUE_NOTICE

THOUGHT_S = 0.2


def queued(api: BotApi, model: ModelServer, *questions: str, chat: int = ANNA) -> list[Json]:
    """Anna asks; returns the messages of those that wait, once they say so."""
    asked = [
        api.text(ANNA, f"/ask {question}" if chat == GROUP else question, chat_id=chat)
        for question in questions
    ]
    model.wait(lambda: model.requests)

    def found(api: BotApi) -> list[Json]:
        shown = [m for m in api.sent(chat) if "reply_to_message" in m]
        by_question = {m["reply_to_message"]["message_id"]: m for m in shown}
        wanted = [by_question.get(question["message_id"]) for question in asked[1:]]
        return [m for m in wanted if m] if all(wanted) else []

    return api.wait(found)


def is_over(api: BotApi, chat: int, number: int) -> bool:
    return sum("Ещё раз" in labels(message) for message in api.sent(chat)) >= number


@pytest.mark.parametrize("chat", [ANNA, GROUP])
def test_a_question_in_the_queue_says_so_in_the_message_that_becomes_its_answer(
    anna: Talk, api: BotApi, model: ModelServer, chat: int
) -> None:
    model.default = held = Held(2)
    second, third = queued(api, model, "раз", "два", "три", chat=chat)
    assert [said(second), said(third)] == [texts.in_queue(1), texts.in_queue(2)]
    assert labels(second) == texts_questions.STOP_BUTTON
    held.release()
    api.wait(lambda a: said(_now(a, chat, third)) == texts.in_queue(1))
    api.wait(lambda a: said(_now(a, chat, second)) == texts.THINKING)
    held.release()
    api.wait(lambda a: is_over(a, chat, 3))
    messages = api.sent(chat)
    assert len(messages) == 3
    told = {m["reply_to_message"]["text"].split()[-1]: said(m).split(".")[0] for m in messages}
    assert told == {word: f"Ответ: {word}" for word in ("раз", "два", "три")}


def test_only_those_that_might_be_mistaken_for_one_another_are_replies(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    bot, anna = start_bot(), Talk(api, ANNA)
    model.default = held = Held(1)
    for question in ("раз", "два"):
        api.text(ANNA, question)
    model.wait(lambda: model.requests)
    assert anna("/note_count") == "У вас 0 заметок.", "nobody waits but the question itself"
    held.release()
    api.wait(lambda a: bot.query("SELECT 1 FROM tasks WHERE done_at IS NULL") == [])
    assert "reply_to_message" not in anna.message("три")
    told = [m["reply_to_message"]["text"] for m in api.sent(ANNA) if "reply_to_message" in m]
    assert told == ["раз", "два"]


def test_one_that_waits_is_taken_out_of_the_queue(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.default = held = Held(1)
    second, third = queued(api, model, "раз", "два", "три")
    assert anna.press(second, texts_questions.STOP_BUTTON) == texts.DROPPED
    api.wait(lambda a: said(anna.now(second)) == texts.DROPPED)
    held.release()
    api.wait(lambda a: "три" in said(anna.now(third)))
    assert len(model.requests) == 2
    assert anna("/usage").startswith("Сегодня: 2 вопроса")
    anna.press(second, texts_questions.AGAIN_BUTTON)
    api.wait_answer(ANNA, "Ответ: два.")


@pytest.mark.parametrize("by", ["⏹ Стоп", "/stop"])
def test_those_that_wait_are_stopped_together_if_that_is_wished(
    anna: Talk, api: BotApi, model: ModelServer, by: str
) -> None:
    model.default = Held(3)
    second, third = queued(api, model, "раз", "два", "три")
    (first,) = api.wait(lambda a: [m for m in a.sent(ANNA) if said(m) == texts.THINKING])
    if by == "/stop":
        api.text(ANNA, by)
    else:
        assert anna.press(first, by) == texts_questions.STOPPED
    offer = api.wait_answer(ANNA, texts.still_waiting(2, is_running=True))
    model.wait(lambda: len(model.requests) == 2)
    assert anna.press(offer, texts.STOP_ALL_BUTTON) == texts_questions.STOPPED
    api.wait(lambda a: said(anna.now(offer)) == texts.all_dropped(1))
    api.wait(lambda a: said(anna.now(third)) == texts.DROPPED)
    api.wait(lambda a: said(anna.now(second)) == texts_questions.STOPPED_EMPTY)
    assert len(model.requests) == 2
    assert anna("/usage").startswith("Сегодня: 2 вопроса"), "what nobody was asked costs nothing"
    late = api.press(ANNA, offer, buttons(offer)[texts.STOP_ALL_BUTTON])
    assert api.wait_callback_answer(late)["text"] == texts_questions.NOTHING_RUNS


def test_nothing_is_left_hanging_when_the_bot_is_killed(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    model.default = Held(1)
    bot = start_bot()
    queued(api, model, "раз", "два")
    api.wait_answer(ANNA, texts.THINKING)
    api.wait(lambda a: len(bot.query("SELECT 1 FROM tasks WHERE shown <> '[]'")) == 2)
    bot.kill()
    model.default = Held(0)
    start_bot()
    api.wait(lambda a: is_over(a, ANNA, 2))
    assert [said(m).split(".")[0] for m in api.sent(ANNA)] == ["Ответ: два", "Ответ: раз"]


def test_how_long_a_model_thinks_is_shown(anna: Talk, api: BotApi, model: ModelServer) -> None:
    thoughts = int((THINKING_AFTER_S + 1) / THOUGHT_S)
    model.script(Answer("Придумала.", reasoning=["Хм. "] * thoughts, reasoning_pace=THOUGHT_S))
    answered = ask(anna, "вопрос")
    *_, thinking, _ = [version["text"] for version in answered["_history"]]
    assert thinking in {texts.thinking(seconds) for seconds in range(5, 60)}
    assert answered["text"].startswith("Придумала.")
    assert len(api.sent(ANNA)) == 1


def _now(api: BotApi, chat: int, message: Json) -> Json:
    return next(m for m in api.sent(chat) if m["message_id"] == message["message_id"])


def test_an_answer_that_was_to_go_on_can_go_on_later(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(Answer("Начало", finish_reason="length"))
    cut = ask(anna, "длинный")
    model.default = held = Held()
    api.text(ANNA, "раз")
    model.wait(lambda: len(model.requests) == 2)
    assert anna.press(cut, texts_questions.GO_ON_BUTTON) == texts_questions.GOING_ON
    waiting = api.wait_answer(ANNA, texts.in_queue(1))
    assert anna.press(waiting, texts_questions.STOP_BUTTON) == texts.DROPPED
    held.release()
    api.wait_answer(ANNA, "Ответ: раз")
    assert anna.press(cut, texts_questions.GO_ON_BUTTON) == texts_questions.GOING_ON
    model.wait(lambda: len(model.requests) == 3)


# --- nobody has begun yet


def taken_in(inside: Inside, chat: int, *questions: str) -> None:
    """Questions that are stored, and no thread to ask them."""
    for question in questions:
        message = {
            "message_id": next(numbers),
            "date": int(inside.now),
            "chat": {"id": chat, "type": "private" if chat == ANNA else "supergroup"},
            "from": inside.person(ANNA),
            "text": f"/ask {question}",
        }
        inside.service.intake.take([{"update_id": next(numbers), "message": message}])
    while inside.service._chats.run_next():
        pass


@pytest.mark.parametrize(
    ("asked_in", "stopped_in"), [(ANNA, ANNA), (GROUP, GROUP), (GROUP, SUPERGROUP)]
)
def test_what_was_not_told_that_it_waits_is_dropped_in_silence(
    start_inside: StartInside, asked_in: int, stopped_in: int
) -> None:
    inside = start_inside(OWNER_ID=str(ANNA))
    taken_in(inside, asked_in, "раз", "два")
    if stopped_in == SUPERGROUP:
        inside.app.chats.move(GROUP, SUPERGROUP)
    chat = None if stopped_in == ANNA else stopped_in
    with _idle_work(inside):
        offer = inside.text(ANNA, "/stop", chat)
        assert offer == [texts.still_waiting(2, is_running=False)]
        assert inside.press(ANNA, "stop_all:@111", chat) == [
            texts_questions.STOPPED,
            texts.all_dropped(2),
        ]
    before = len(inside.sent)
    inside.resume()
    assert [method for method, _ in inside.sent[before:]] == []
    assert inside.db.rows("SELECT 1 FROM tasks WHERE done_at IS NULL AND due_at = 0") == []
    assert inside.text(ANNA, "/usage")[0].startswith("Сегодня: 0 вопросов")


def test_nobody_drops_what_another_has_asked(start_inside: StartInside) -> None:
    inside = start_inside(OWNER_ID=str(ANNA), ALLOWED_USERS="222")
    taken_in(inside, GROUP, "раз")
    with _idle_work(inside):
        assert inside.text(BORIS, "/stop", GROUP) == [texts_questions.NOTHING_RUNS]
        assert inside.press(BORIS, "stop_all:@222", GROUP) == [texts_questions.NOTHING_RUNS]
    assert len(inside.app.hooks.waiting(Place(GROUP), ANNA)) == 1


@contextmanager
def _idle_work(inside: Inside) -> Iterator[None]:
    """No thread is free for questions."""
    with mock.patch.object(inside.service._work, "run_next", return_value=False):
        yield


def test_only_those_who_know_their_place_are_told_the_new_one(start_inside: StartInside) -> None:
    inside = start_inside(OWNER_ID=str(ANNA))
    taken_in(inside, ANNA, "раз", "два", "три", "четыре")
    tasks = inside.service._tasks
    lane, notices = work_lane("question", ANNA, ANNA), work_lane(QUEUE_NOTICE, ANNA, ANNA)
    first, second, third, fourth = (task.id for task in tasks.in_lane(lane))
    assert tasks.promised(third, [7])
    assert inside.service._worker._live.renew_notices(lane)
    told = [notice.args["task"] for notice in tasks.in_lane(notices)]
    assert told == [second, third, fourth, third]
    tasks.finish(first)
    tasks.finish(second)
    assert not inside.service._worker._live.renew_notices(lane), "the third is the next"
