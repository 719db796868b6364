"""Several people in one group: nobody waits for what others, or they elsewhere, have asked."""

from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.bot_api_world import Json
from tests.emulators.model_behaviours import Call
from tests.emulators.model_server import ModelServer, answer
from tests.talk import ANNA, BORIS, GROUP, said


class OnceBothAsked:
    """Answers nobody before two have asked."""

    def __init__(self, model: ModelServer) -> None:
        self._model = model

    def play(self, call: Call) -> None:
        self._model.wait(lambda: len(self._model.requests) >= 2)
        answer("Ответ.").play(call)


def test_two_people_who_ask_at_once_are_answered_side_by_side(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    model.default = OnceBothAsked(model)
    start_bot()
    for user in (ANNA, BORIS):
        api.text(user, "/ask вопрос", chat_id=GROUP)
    answers = api.wait_sent(GROUP, 2)
    assert all("Ответ." in said(message) for message in answers), "nobody is told to wait"


def test_one_who_asks_in_two_topics_at_once_is_answered_side_by_side(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    model.default = OnceBothAsked(model)
    start_bot()
    for topic in (77, 88):
        in_topic: Json = {"message_thread_id": topic, "is_topic_message": True}
        api.text(ANNA, "/ask вопрос", chat_id=GROUP, **in_topic)
    answers = api.wait_sent(GROUP, 2)
    assert all("Ответ." in said(message) for message in answers), "nobody is told to wait"
    assert {message["message_thread_id"] for message in answers} == {77, 88}
