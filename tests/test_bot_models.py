"""Models and questions by chatting: the real process against both emulated servers."""

import re

import pytest

from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer, answer, error
from tests.talk import ANNA, BORIS, Talk, labels


def test_the_list_marks_the_active_model_and_has_a_button_for_each(anna: Talk, api: BotApi) -> None:
    said = anna("/models")
    assert said == "Сейчас отвечает 1. Любая бесплатная\nНайти: /model слово"
    buttons = api.sent(ANNA)[-1]["reply_markup"]["inline_keyboard"]
    assert len(buttons) == 10 + 1  # and back to the settings


def test_switching_by_command_and_by_button(anna: Talk, api: BotApi) -> None:
    assert anna("/model").startswith("Сейчас отвечает 1. Любая бесплатная [openrouter/free].")
    assert anna("/model 2").startswith("Теперь отвечает ")
    anna("/models")
    listing = api.sent(ANNA)[-1]
    data = listing["reply_markup"]["inline_keyboard"][4][0]["callback_data"]
    query = api.press(ANNA, listing, data)
    assert api.wait_callback_answer(query)["text"].startswith("Теперь отвечает ")
    api.wait(lambda a: labels(a.sent(ANNA)[-1]).count("✓ Nemotron 3.5 Lightning") == 1)
    assert anna("/model").startswith("Сейчас отвечает 5. ")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("model:77@111", "устарела"),
        ("model:x@111", "устарела"),
        ("model:3@222", "не для вас"),
        ("model:3", "устарела"),
        ("nosuch:1@111", "устарела"),
        ("%s{0}'\";", "устарела"),
        (None, "устарела"),
    ],
)
def test_foreign_data_of_a_button_changes_nothing(
    anna: Talk, api: BotApi, data: str | None, words: str
) -> None:
    anna("/models")
    query = api.press(ANNA, api.sent(ANNA)[-1], data)
    assert words in api.wait_callback_answer(query)["text"]
    assert anna("/model").startswith("Сейчас отвечает 1. ")


def test_a_foreign_button_does_not_act(anna: Talk, api: BotApi) -> None:
    anna("/models")
    listing = api.sent(ANNA)[-1]
    data = listing["reply_markup"]["inline_keyboard"][4][0]["callback_data"]
    assert "не для вас" in api.wait_callback_answer(api.press(BORIS, listing, data))["text"]


def test_an_answer_ends_with_its_time_and_model(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(answer("Потому что <b>Рэлей</b>.", delay=0.5))
    anna("/ask почему небо голубое?")
    said = api.wait_answer(ANNA, "модель:")["text"]
    assert re.fullmatch(
        r"Потому что <b>Рэлей</b>\.\n\n\(\d+ мс; модель: openrouter/free; 7 токенов\)", said
    )
    sent = model.requests[-1].json
    assert sent["model"] == "openrouter/free"
    assert sent["messages"][0]["role"] == "system"
    assert sent["messages"][-1] == {"role": "user", "content": "почему небо голубое?"}
    assert sent["max_tokens"] == 4000
    assert "typing" in [action for _, action in api.actions(ANNA)]


def test_a_long_question_is_sent_whole(anna: Talk, model: ModelServer) -> None:
    question = "ю" * (4096 - len("/ask "))
    anna(f"/ask {question}")
    assert model.requests[-1].json["messages"][-1]["content"] == question


def test_a_long_answer_arrives_whole(anna: Talk, api: BotApi, model: ModelServer) -> None:
    words = [f"слово{number}" for number in range(2000)]
    model.script(answer(" ".join(words)))
    anna("/ask много")
    api.wait(lambda a: "модель:" in a.sent(ANNA)[-1]["text"])
    arrived = " ".join(message["text"] for message in api.sent(ANNA))
    assert re.findall(r"слово\d+", arrived) == words


def test_an_error_of_the_model_is_told_in_russian(anna: Talk, model: ModelServer) -> None:
    model.script(error(404, {"error": {"code": 404, "message": "No endpoints found"}}))
    assert "/models" in anna("/ask вопрос")


def test_without_a_key_notes_work_and_ask_says_how_to_get_one(
    api: BotApi, start_bot: StartBot
) -> None:
    start_bot(OWNER_ID=str(ANNA), OPENROUTER_API_KEY="")
    anna = Talk(api, ANNA)
    assert anna("/note_add без ключа") == "Сохранено: заметка #1."
    assert "openrouter.ai/keys" in anna("/ask вопрос")
