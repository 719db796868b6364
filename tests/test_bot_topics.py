"""Where an answer belongs: the topic of a forum, and the supergroup that a group became."""

import inspect
from pathlib import Path
from typing import Any

import pytest

from handlers.types import Document, Reply, Request
from telegram.api import BlockedError, MovedError, RefusedError, Telegram
from telegram.delivery import Delivery
from telegram.intake import chat_move
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer, answer
from tests.talk import ANNA, GROUP, SUPERGROUP, UPGRADED, Talk, button, finished
from texts import failures as texts_failures

TOPIC = 77
NO_FILES = "not enough rights to send documents to the chat"
IN_TOPIC: dict[str, Any] = {"message_thread_id": TOPIC, "is_topic_message": True}

METHODS = {
    name: inspect.signature(method).parameters
    for name, method in inspect.getmembers(Telegram, inspect.isfunction)
}


def _topics(api: BotApi, *methods: str, chat_id: int = GROUP) -> set[object]:
    """The topics that calls to a chat were made for."""
    calls = [call for method in methods for call in api.calls_to(method, chat_id)]
    assert {call.method for call in calls} == set(methods)
    return {call.params.get("message_thread_id") for call in calls}


def test_all_that_is_said_in_a_topic_stands_in_it(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    model.default = answer("слово " * 1500, delay=0.5)
    start_bot()
    api.text(ANNA, "/note_add купить", chat_id=GROUP, **IN_TOPIC)
    api.wait_sent(GROUP, 1)
    api.text(ANNA, "/ask вопрос", chat_id=GROUP, **IN_TOPIC)
    said = finished(api, GROUP, 1)
    assert len(api.sent(GROUP)) > 2, "an answer of several messages"
    press = api.press(ANNA, said, button(said, "Ещё раз"))
    api.wait_callback_answer(press)
    finished(api, GROUP, len(api.sent(GROUP)))
    assert _topics(api, "sendMessage", "sendChatAction") == {TOPIC}


def test_a_thread_of_replies_in_a_plain_group_is_no_topic(api: BotApi, start_bot: StartBot) -> None:
    start_bot()
    api.text(ANNA, "/note_add купить", chat_id=GROUP, message_thread_id=TOPIC)
    api.wait_sent(GROUP, 1)
    assert _topics(api, "sendMessage") == {None}


def test_every_call_that_says_something_takes_a_topic(api: BotApi, tmp_path: Path) -> None:
    telegram = Telegram(api.token, api.url)
    api.open_chat(GROUP)
    file = tmp_path / "a.txt"
    file.write_text("a")
    telegram.send(GROUP, "раз", thread_id=TOPIC)
    telegram.send_file(GROUP, "document", file, "a.txt", thread_id=TOPIC)
    album = [("document", api.upload_file(b"a", "a.txt"))] * 2
    telegram.send_album(GROUP, album, thread_id=TOPIC)
    telegram.action(GROUP, "typing", thread_id=TOPIC)
    said = [call for call in api.arrived if call.method.startswith("send")]
    assert len(said) == 4
    assert {call.params.get("message_thread_id") for call in said} == {TOPIC}
    # What is named by its message stands where that one does.
    taking = {name for name, of in METHODS.items() if "chat_id" in of and "message_id" not in of}
    assert taking == {name for name, of in METHODS.items() if "thread_id" in of}
    assert len(taking) == len(said), "each of them was called here"


def test_a_file_in_a_topic_of_a_private_chat_stands_in_it(api: BotApi, start_bot: StartBot) -> None:
    start_bot()
    talk = Talk(api, ANNA)
    talk("/note_add купить", **IN_TOPIC)
    talk("/note_export", **IN_TOPIC)
    talk.press(talk.message("/note_list", **IN_TOPIC), "#1")
    api.wait_sent(ANNA, 4)
    assert _topics(api, "sendMessage", "sendDocument", chat_id=ANNA) == {TOPIC}


CLOSED = "TOPIC_CLOSED", "message thread not found", "have no rights to send a message"


@pytest.mark.parametrize("words", CLOSED)
def test_a_model_is_not_read_on_for_what_takes_nothing(
    api: BotApi, model: ModelServer, start_bot: StartBot, words: str
) -> None:
    model.default = answer("слово " * 3000, pace=0.05, size=6)
    bot = start_bot()
    api.fail(
        "sendMessage", chat_id=GROUP, status=400, description=f"Bad Request: {words}", times=None
    )
    api.text(ANNA, "/ask вопрос", chat_id=GROUP, **IN_TOPIC)
    model.wait(lambda: any(request.closed_at is not None for request in model.requests))
    api.wait(lambda _: bot.query("SELECT 1 FROM tasks WHERE done_at IS NULL") == [])


def test_an_answer_goes_on_in_the_supergroup_that_its_group_became(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    model.default = answer("слово " * 100 + "конец", pace=0.05, size=12)
    bot = start_bot()
    api.open_chat(SUPERGROUP)
    api.text(ANNA, "/ask вопрос", chat_id=GROUP)
    api.wait_sent(GROUP, 1)
    api.fail("*", chat_id=GROUP, status=400, body=UPGRADED, times=None)
    assert "конец" in finished(api, SUPERGROUP)["text"]
    assert len(model.requests) == 1, "the model is not asked anew"
    model.default = answer("Второй.")
    api.text(ANNA, "/ask а дальше?", chat_id=SUPERGROUP)
    finished(api, SUPERGROUP, 1)
    asked = [message["content"] for message in model.requests[-1].json["messages"]]
    assert "вопрос" in asked[-3], "the dialogue has come along"
    assert bot.query("SELECT old_id, new_id FROM chat_moves") == [(GROUP, SUPERGROUP)]


def test_what_waits_for_a_group_is_said_in_its_supergroup(api: BotApi, start_bot: StartBot) -> None:
    start_bot()
    api.open_chat(SUPERGROUP)
    api.fail("sendMessage", chat_id=GROUP, status=400, body=UPGRADED, times=None)
    api.text(ANNA, "/note_add раз", chat_id=GROUP)
    (said,) = api.wait_sent(SUPERGROUP, 1)
    assert said["text"] == "Сохранено: заметка #1."
    assert api.sent(GROUP) == []


@pytest.mark.parametrize(
    ("chat_id", "fields"),
    [(GROUP, {"migrate_to_chat_id": SUPERGROUP}), (SUPERGROUP, {"migrate_from_chat_id": GROUP})],
)
def test_telegram_says_itself_that_a_group_has_moved(
    api: BotApi, model: ModelServer, start_bot: StartBot, chat_id: int, fields: dict[str, Any]
) -> None:
    bot = start_bot()
    api.text(ANNA, "/ask вопрос", chat_id=GROUP)
    finished(api, GROUP)
    api.text(ANNA, None, chat_id=chat_id, **fields)
    api.wait(lambda _: bot.query("SELECT chat_id FROM turns") == [(SUPERGROUP,)])
    assert api.sent(SUPERGROUP) == []


@pytest.mark.parametrize(
    "update",
    [{}, {"message": None}, {"message": {"chat": {"id": GROUP}, "migrate_to_chat_id": "x"}},
     {"message": {"migrate_to_chat_id": 5}}, {"message": {"chat": {"id": GROUP}}}],
)  # fmt: skip
def test_other_updates_move_nothing(update: dict[str, Any]) -> None:
    assert chat_move(update) is None


REFUSALS: list[tuple[int, str, type[Exception]]] = [
    (400, "Bad Request: chat not found", BlockedError),
    (400, "Bad Request: not enough rights to send text messages to the chat", BlockedError),
    (400, "Bad Request: have no rights to send a message", BlockedError),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", BlockedError),
    (400, "Bad Request: PEER_ID_INVALID", BlockedError),
    (400, "Bad Request: message thread not found", BlockedError),
    (400, "Bad Request: TOPIC_CLOSED", BlockedError),
    (403, "Forbidden: bot was kicked from the supergroup chat", BlockedError),
    (403, "Forbidden: user is deactivated", BlockedError),
    (400, "Bad Request: TOPIC_DELETED", BlockedError),
    (403, "Forbidden: bot is not a member of the supergroup chat", BlockedError),
    (400, "Bad Request: message text is empty", RefusedError),
    (400, "Bad Request: not enough rights to send documents to the chat", RefusedError),
    (400, "Bad Request: not enough rights to send photos to the chat", RefusedError),
]


@pytest.mark.parametrize(("status", "description", "meaning"), REFUSALS)
def test_what_a_refusal_means(
    api: BotApi, status: int, description: str, meaning: type[Exception]
) -> None:
    telegram = Telegram(api.token, api.url)
    api.fail("sendMessage", status=status, description=description)
    with pytest.raises(meaning) as raised:
        telegram.send(ANNA, "раз")
    assert type(raised.value) is meaning


def test_a_group_that_moved_says_where(api: BotApi) -> None:
    telegram = Telegram(api.token, api.url)
    api.fail("sendMessage", status=400, body=UPGRADED)
    with pytest.raises(MovedError) as raised:
        telegram.send(GROUP, "раз")
    assert raised.value.chat_id == SUPERGROUP


@pytest.mark.parametrize("parameters", [[], 5, {"migrate_to_chat_id": 10**30}])
def test_parameters_of_a_refusal_that_make_no_sense_are_left_out(
    api: BotApi, parameters: object
) -> None:
    telegram = Telegram(api.token, api.url)
    api.fail("sendMessage", status=400, body={**UPGRADED, "parameters": parameters})
    with pytest.raises(RefusedError):
        telegram.send(GROUP, "раз")


@pytest.mark.parametrize(("picture", "method"), [(False, "sendDocument"), (True, "sendPhoto")])
def test_a_group_that_takes_no_files_is_told_that_one_was_not_taken(
    api: BotApi, tmp_path: Path, picture: bool, method: str
) -> None:
    api.open_chat(GROUP)
    file = tmp_path / "a.png"
    file.write_text("a")
    reply = Reply("Вот файл.", documents=(Document(str(file), "a.png", picture=picture),))
    request = Request(ANNA, GROUP, 1, 0, private=False, thread_id=TOPIC)
    api.fail(method, status=400, description=f"Bad Request: {NO_FILES}")
    Delivery(Telegram(api.token, api.url)).deliver(reply, request, 0, lambda parts: None)
    assert [said["text"] for said in api.sent(GROUP)] == [texts_failures.FILE_REFUSED]
    assert _topics(api, "sendMessage", method) == {TOPIC}
