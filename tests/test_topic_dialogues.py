"""A forum: what is said in one of its topics is neither known nor stopped in another."""

from typing import Any

import pytest

from storage.turns import Turn
from tests.conftest import StartBot, StartInside
from tests.emulators.bot_api import BotApi
from tests.emulators.bot_api_world import Json
from tests.emulators.model_behaviours import Held
from tests.emulators.model_server import ModelServer, answer
from tests.inside import Inside
from tests.talk import ANNA, BORIS, GROUP, SUPERGROUP, Talk, button, labels, said
from tests.talk import ask as talk_ask
from texts import files as texts_files
from texts import questions as texts
from texts import waiting as texts_waiting

HOUSE, GARDEN, GENERAL = 77, 88, None
LONG = answer("слово " * 3000, pace=0.05, size=6)


class Running:
    """An answer that goes on until it is stopped."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.stopped = False

    def stop(self) -> None:
        self.stopped = True


def standing_in(topic: int | None) -> Json:
    """What the messages of a topic have."""
    return {"message_thread_id": topic, "is_topic_message": True} if topic is not None else {}


def write(api: BotApi, text: str, topic: int | None, user_id: int = ANNA) -> None:
    api.text(user_id, text, chat_id=GROUP, **standing_in(topic))


def said_in(api: BotApi, topic: int | None) -> list[Json]:
    """The bot's messages in a topic."""
    return [m for m in api.sent(GROUP) if m.get("message_thread_id") == topic]


def ask(api: BotApi, text: str, topic: int | None, user_id: int = ANNA) -> Json:
    """Ask and wait until the answer has ended: its last message."""
    before = len(said_in(api, topic))
    write(api, f"/ask {text}", topic, user_id)
    return ended(api, topic, before)


def ended(api: BotApi, topic: int | None, after: int = 0) -> Json:
    """The last message of an answer in a topic, once it is whole."""

    def last(api: BotApi) -> Json | None:
        sent = said_in(api, topic)[after:]
        return sent[-1] if sent and "Ещё раз" in labels(sent[-1]) else None

    return api.wait(last) or {}


def wait_stopped(api: BotApi, topic: int | None) -> None:
    """Wait until an answer in a topic says that it was stopped."""
    api.wait(lambda api: any("останов" in said(m).lower() for m in said_in(api, topic)))


def unanswered(model: ModelServer) -> list[str]:
    """The questions that the model is still answering."""
    return [r.json["messages"][-1]["content"] for r in model.requests if r.closed_at is None]


def questions_sent(model: ModelServer) -> list[str]:
    """What the person has asked, in the last request to the model."""
    return [m["content"] for m in model.requests[-1].json["messages"] if m["role"] == "user"]


def test_each_topic_has_a_memory_of_its_own_and_a_restart_leaves_it(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    bot = start_bot()
    topics = {HOUSE: "о доме", GARDEN: "о саде", GENERAL: "обо всём"}
    for topic, question in topics.items():
        ask(api, question, topic)
        assert questions_sent(model) == [question]
    bot.kill()
    start_bot()
    for topic, question in topics.items():
        ask(api, "а ещё?", topic)
        assert questions_sent(model) == [question, "а ещё?"]


def test_in_a_topic_each_has_a_memory_of_their_own(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    start_bot()
    ask(api, "о доме", HOUSE)
    ask(api, "чей дом?", HOUSE, BORIS)
    assert questions_sent(model) == ["чей дом?"]


def test_new_begins_anew_in_its_topic_only(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    start_bot()
    house, _ = ask(api, "о доме", HOUSE), ask(api, "о саде", GARDEN)
    for _ in range(2):
        write(api, "/new", HOUSE)
    api.wait(lambda api: len(said_in(api, HOUSE)) == 3)
    assert [said(m) for m in said_in(api, HOUSE)[1:]] == [texts.NEW_DIALOGUE, texts.ALREADY_NEW]
    press = api.press(ANNA, house, button(house, "Ещё раз"))
    assert api.wait_callback_answer(press)["text"] == texts.DIALOGUE_RESET
    ask(api, "а ещё?", GARDEN)
    assert questions_sent(model) == ["о саде", "а ещё?"]
    ask(api, "а ещё?", HOUSE)
    assert questions_sent(model) == ["а ещё?"]


@pytest.mark.parametrize(
    ("command", "nothing"), [("/stop", texts.NOTHING_RUNS), ("/new", texts.ALREADY_NEW)]
)
def test_a_command_ends_the_answer_of_its_topic(
    api: BotApi, model: ModelServer, start_bot: StartBot, command: str, nothing: str
) -> None:
    model.default = LONG
    start_bot()
    for topic, question in ((HOUSE, "о доме"), (GARDEN, "о саде")):
        write(api, f"/ask {question}", topic)
    api.wait(lambda api: said_in(api, HOUSE) and said_in(api, GARDEN))
    write(api, command, GENERAL)
    api.wait(lambda api: [said(m) for m in said_in(api, GENERAL)] == [nothing])
    write(api, command, HOUSE)
    wait_stopped(api, HOUSE)
    model.wait(lambda: unanswered(model) == ["о саде"])
    write(api, command, GARDEN)
    wait_stopped(api, GARDEN)
    model.wait(lambda: unanswered(model) == [])


def test_what_waits_in_a_topic_is_not_taken_from_the_queue_in_another(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    model.default = held = Held(1)
    start_bot()
    for question in ("раз", "два", "три"):
        write(api, f"/ask {question}", HOUSE)
    second = api.wait_answer(GROUP, texts_waiting.in_queue(1))
    api.wait_answer(GROUP, texts_waiting.in_queue(2))
    write(api, "/stop", GARDEN)
    api.wait(lambda api: [said(m) for m in said_in(api, GARDEN)] == [texts.NOTHING_RUNS])
    press = api.press(ANNA, second, button(second, texts.STOP_BUTTON))
    assert api.wait_callback_answer(press)["text"] == texts_waiting.DROPPED
    held.release()
    api.wait_answer(GROUP, "Ответ: три")
    assert len(model.requests) == 2
    assert len(api.sent(GROUP)) == len([*said_in(api, HOUSE), *said_in(api, GARDEN)]) == 4


@pytest.mark.parametrize(
    ("chat_id", "thread_id", "stopped"),
    [
        (GROUP, HOUSE, ["дом"]),
        (GROUP, GENERAL, ["всё"]),
        (GROUP, 99, []),
        (BORIS, GENERAL, []),
    ],
)
def test_what_runs_in_a_place_is_what_was_asked_there(
    start_inside: StartInside, chat_id: int, thread_id: int | None, stopped: list[str]
) -> None:
    app = start_inside(ALLOWED_USERS=str(ANNA)).app
    running = []
    for number, (topic, question) in enumerate({HOUSE: "дом", GARDEN: "сад", None: "всё"}.items()):
        id_ = app.turns.add(GROUP, ANNA, number, question, "", 0, 3, thread_id=topic)
        turn = app.turns.get(id_, ANNA)
        assert turn is not None
        running.append(Running(turn))
        app.dialogue.begin(running[-1])
    is_any = app.dialogue.stop(ANNA, chat_id=chat_id, thread_id=thread_id)
    assert [one.turn.question for one in running if one.stopped] == stopped
    assert is_any == bool(stopped)


def test_an_answer_of_a_group_is_stopped_in_its_supergroup_outside_of_topics(
    start_inside: StartInside,
) -> None:
    app = start_inside(ALLOWED_USERS=str(ANNA)).app
    turn = app.turns.get(app.turns.add(GROUP, ANNA, 1, "вопрос", "", 0, 6), ANNA)
    assert turn is not None
    app.dialogue.begin(Running(turn))
    app.chats.move(GROUP, SUPERGROUP)
    assert not app.dialogue.stop(ANNA, chat_id=SUPERGROUP, thread_id=HOUSE)
    assert app.dialogue.stop(ANNA, chat_id=SUPERGROUP)


PHOTO: Json = {
    "text": None,
    "photo": [{"file_id": "a", "file_unique_id": "a", "width": 9, "height": 9}],
}


@pytest.mark.parametrize(
    "messages",
    [
        [{"text": "вопрос"}],
        [{"text": "/ask вопрос"}],
        [PHOTO],
        [PHOTO | {"media_group_id": "7"}] * 2,
        [{"text": "а" * 4096}, {"text": "б"}],
    ],
)
def test_what_begins_a_turn_is_kept_with_its_topic(
    start_inside: StartInside, messages: list[Json]
) -> None:
    bot = start_inside(ALLOWED_USERS=str(ANNA))
    bot.feed(*(_message(bot, number, **fields) for number, fields in enumerate(messages, 1)))
    assert [row[0] for row in bot.db.rows("SELECT thread_id FROM turns")] == [HOUSE]


def test_a_question_edited_late_is_offered_in_its_topic(start_inside: StartInside) -> None:
    bot = start_inside(ALLOWED_USERS=str(ANNA))
    bot.feed(_message(bot, 1, text="вопрос"))
    bot.feed(_message(bot, 1, "edited_message", text="иначе", edit_date=int(bot.now) + 3600))
    rows = bot.db.rows("SELECT question, thread_id FROM turns ORDER BY id")
    assert [tuple(row) for row in rows] == [("вопрос", HOUSE), ("иначе", HOUSE)]


def _message(bot: Inside, number: int, kind: str = "message", **fields: Any) -> Json:
    """An update: what somebody has written in a topic of a private chat."""
    chat, date = {"id": ANNA, "type": "private"}, int(bot.now)
    message = {"message_id": number, "date": date, "chat": chat, "from": bot.person(ANNA)}
    return {kind: message | standing_in(HOUSE) | fields}


def test_a_document_is_talked_of_in_the_topic_of_its_button(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    start_bot()
    talk = Talk(api, ANNA)
    api.send_file(ANNA, "document", api.upload_file(b"text of it", "a.txt"), **standing_in(HOUSE))
    talk.press(api.wait_sent(ANNA)[0], texts_files.ABOUT_BUTTON)
    api.wait_answer(ANNA, texts_files.ASK_WHAT)
    for topic in (GARDEN, HOUSE):
        talk_ask(talk, "Сколько слов?", **standing_in(topic))
    assert ["text of it" in str(request.json) for request in model.requests] == [False, True]
