"""A group that became a supergroup: its messages are numbered anew, and nothing is mixed up."""

import pytest

from db import Database
from handlers.buttons import button, encode
from handlers.types import Content, Request
from storage.chats import Chats
from storage.note_rows import Note
from storage.notes import Notes
from storage.tasks import work_lane
from storage.turns import Turns
from telegram.console import Answer
from tests.conftest import StartBot, StartInside
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer, answer
from tests.inside import NOON
from tests.talk import ANNA, BORIS, GROUP, SUPERGROUP, UPGRADED, finished


@pytest.fixture
def chats(db: Database) -> Chats:
    return Chats(db)


@pytest.fixture
def turns(db: Database) -> Turns:
    return Turns(db)


def _ask(turns: Turns, message_id: int, chat_id: int = GROUP, thread_id: int | None = None) -> int:
    return turns.add(chat_id, ANNA, message_id, "вопрос", "", NOON, 6, thread_id=thread_id)


def test_a_move_is_made_once_and_known_after_a_restart(db: Database, chats: Chats) -> None:
    chats.move(GROUP, SUPERGROUP)
    chats.move(GROUP, SUPERGROUP)
    assert chats.current(GROUP) == Chats(db).current(GROUP) == SUPERGROUP
    assert chats.current(ANNA) == ANNA


def test_two_questions_of_the_old_group_stay_two(chats: Chats, turns: Turns) -> None:
    first, second = _ask(turns, 10), _ask(turns, 11)
    chats.move(GROUP, SUPERGROUP)
    for turn_id in (first, second):
        turn = turns.get(turn_id, ANNA)
        assert turn is not None
        assert turn.chat_id == SUPERGROUP
        assert not turns.is_asked_since(turn), "🔁 works under each of them"


def test_a_new_message_is_not_taken_for_an_old_one_of_its_number(
    db: Database, chats: Chats, turns: Turns
) -> None:
    notes = Notes(db)
    _ask(turns, 10)
    turns.extend(GROUP, ANNA, 11, "дальше", NOON, 6)
    number = notes.keep(ANNA, Note(0, "молоко", NOON), (GROUP, 12))
    chats.move(GROUP, SUPERGROUP)
    assert [turns.by_message(SUPERGROUP, ANNA, message_id) for message_id in (10, 11)] == [None] * 2
    assert notes.made_of(ANNA, (SUPERGROUP, 12)) is None
    # What was written in the group, and comes later, still finds what was made of it.
    late = Request(ANNA, GROUP, 12, NOON, private=False).moved(SUPERGROUP)
    made = notes.made_of(ANNA, (late.chat_id, late.message_id))
    assert made is not None
    assert made.number == number


def test_a_dialogue_begun_anew_in_either_chat_stays_so(chats: Chats, turns: Turns) -> None:
    forgotten = [_ask(turns, 10), _ask(turns, 1, SUPERGROUP)]
    turns.begin_anew(GROUP, ANNA)
    turns.begin_anew(SUPERGROUP, ANNA)
    chats.move(GROUP, SUPERGROUP)
    assert [turns.is_current(turn) for id_ in forgotten if (turn := turns.get(id_, ANNA))] == [
        False,
        False,
    ]


def test_a_group_goes_on_outside_of_the_topics_of_its_supergroup(
    chats: Chats, turns: Turns
) -> None:
    for message_id, topic in ((10, None), (11, 77)):  # whatever Telegram may say of a group
        turns.answer(_ask(turns, message_id, thread_id=topic), "ответ")
    chats.move(GROUP, SUPERGROUP)
    for topic, known in ((None, ["вопрос", "вопрос"]), (77, [])):
        turn = turns.get(_ask(turns, 1, SUPERGROUP, topic), ANNA)
        assert turn is not None
        assert [one.question for one in turns.memory(turn)] == known


def test_messages_shown_in_the_old_group_are_not_changed_in_the_new_one(
    start_inside: StartInside,
) -> None:
    bot = start_inside(ALLOWED_USERS=str(ANNA))
    tasks = bot.service._tasks
    lanes = [work_lane("question", chat_id, ANNA, 77) for chat_id in (GROUP, BORIS)]
    for lane in lanes:
        tasks.add(1, "question", lane, "{}")
        task = tasks.head(lane)
        assert task is not None
        tasks.showing(task.id, [5, 6])
    bot.app.chats.move(GROUP, SUPERGROUP)
    shown = [task.shown for lane in lanes if (task := tasks.head(lane))]
    assert shown == ["[]", "[5, 6]"]


def test_what_a_request_refers_to_stays_in_the_old_group() -> None:
    request = Request(
        ANNA,
        GROUP,
        12,
        NOON,
        private=False,
        button_on=13,
        thread_id=3,
        content=Content(12, "раз"),
        replied=Content(13, "два"),
    )
    moved = request.moved(SUPERGROUP)
    assert moved.content is not None
    assert moved.replied is not None
    numbers = moved.message_id, moved.content.message_id, moved.replied.message_id
    assert max(numbers) < 0, "Telegram has no such numbers"
    assert (moved.content.text, moved.replied.text) == ("раз", "два")
    assert (moved.chat_id, moved.button_on, moved.thread_id) == (SUPERGROUP, None, None)


def test_a_button_of_the_old_group_changes_no_message_of_the_new_one(
    start_inside: StartInside,
) -> None:
    bot = start_inside(ALLOWED_USERS=str(ANNA))
    bot.text(ANNA, "", chat_id=GROUP, migrate_to_chat_id=SUPERGROUP)
    bot.press(ANNA, encode(button("", "mode", "teacher").data, ANNA), chat_id=GROUP)
    said = [(method, params["chat_id"]) for method, params in bot.sent if "chat_id" in params]
    assert said == [("sendMessage", SUPERGROUP)]


def test_what_waits_for_the_group_replies_to_no_message_of_the_supergroup(
    start_inside: StartInside,
) -> None:
    bot = start_inside(ALLOWED_USERS=str(ANNA))
    bot.refuses = lambda method, params: (
        Answer(UPGRADED, 400) if params.get("chat_id") == GROUP else None
    )
    bot.text(ANNA, "/note_add молоко", chat_id=GROUP)
    ((method, params),) = bot.sent
    assert (method, params["chat_id"]) == ("sendMessage", SUPERGROUP)
    assert "reply_parameters" not in params


def test_a_group_that_has_moved_to_itself_is_not_tried_all_the_time(
    start_inside: StartInside,
) -> None:
    bot = start_inside(ALLOWED_USERS=str(ANNA))
    calls = 0

    def refuse(method: str, params: dict[str, object]) -> Answer:
        nonlocal calls
        calls += 1
        assert calls < 5, "there is no pause"
        return Answer(UPGRADED, 400)

    bot.refuses = refuse
    bot.text(ANNA, "/note_add молоко", chat_id=GROUP)
    assert bot.sent == []
    assert calls == 2


def test_stop_in_the_supergroup_ends_an_answer_begun_in_the_group(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    model.default = answer("слово " * 3000, pace=0.05, size=6)
    start_bot()
    api.open_chat(SUPERGROUP)
    api.text(ANNA, "/ask вопрос", chat_id=GROUP)
    api.wait_sent(GROUP, 1)
    api.fail("*", chat_id=GROUP, status=400, body=UPGRADED, times=None)
    api.wait_sent(SUPERGROUP, 1)
    assert "reply_parameters" not in api.calls_to("sendMessage", SUPERGROUP)[0].params
    api.text(ANNA, "/stop", chat_id=SUPERGROUP)
    model.wait(lambda: any(request.closed_at is not None for request in model.requests))
    api.wait(lambda api: "остановлен" in str(finished(api, SUPERGROUP)).lower())
