"""Voice by chatting: written down by whoever can, then as if it had been typed; real processes."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.bot_api_world import Json
from tests.emulators.gigachat_server import GigaChatServer
from tests.emulators.message_parts import text_of
from tests.emulators.model_behaviours import Answer, Held
from tests.emulators.model_server import ModelServer, answer, error, json_body
from tests.media import ogg
from tests.talk import ANNA, BORIS, GROUP, Talk, ask, button, buttons, finished, said
from texts import files as texts
from texts import questions as texts_questions
from texts import waiting as texts_waiting

WORDS = "Какая столица у Италии?"
TRANSCRIPTIONS = "/audio/transcriptions"
SAVE = "💾 В заметки"


@pytest.fixture
def local() -> Iterator[ModelServer]:
    """A server of OpenAI's shape that writes recordings down."""
    with ModelServer(answer("Рим."), prefix="/v1") as server:
        server.pages["/models"] = {"data": [{"id": "llama"}]}
        server.pages[TRANSCRIPTIONS] = {"text": f" {WORDS}\n"}
        yield server


@pytest.fixture
def anna(api: BotApi, local: ModelServer, start_bot: StartBot) -> Talk:
    return with_models(api, start_bot, OPENAI_BASE_URL=local.url, OPENROUTER_API_KEY="")


def with_models(api: BotApi, start_bot: StartBot, **settings: str) -> Talk:
    start_bot(OWNER_ID=str(ANNA), **settings)
    talk = Talk(api, ANNA)
    talk("/models_update")
    return talk


def speak(api: BotApi, kind: str = "voice", **fields: Any) -> Json:
    return api.send_file(ANNA, kind, api.upload_file(ogg(), "песня.mp3"), **fields)


def recordings(server: ModelServer) -> list[Json]:
    visits = [v for v in server.visits if v.path.endswith(TRANSCRIPTIONS)]
    return [visit.json for visit in visits]


@pytest.mark.parametrize(
    ("kind", "name", "media_type"),
    [
        ("voice", "voice.ogg", "audio/ogg"),
        ("video_note", "video.mp4", "video/mp4"),
        ("audio", "песня.mp3", "audio/mpeg"),
    ],
)
def test_what_is_said_is_written_down_and_answered(
    anna: Talk, api: BotApi, local: ModelServer, kind: str, name: str, media_type: str
) -> None:
    before = len(api.sent(ANNA))
    speak(api, kind)
    assert "Рим." in finished(api, ANNA, before)["text"]
    heard, _ = api.sent(ANNA)[before:]
    assert said(heard) == f"🎤 {WORDS}"
    assert local.requests[-1].json["messages"][-1]["content"] == WORDS
    (form,) = recordings(local)
    assert form["model"] == "whisper-1"
    assert form["file"]["content"] == ogg()
    assert (form["file"]["filename"], form["file"]["type"]) == (name, media_type)


def test_what_is_said_belongs_to_the_same_dialogue(
    anna: Talk, api: BotApi, local: ModelServer
) -> None:
    before = len(api.sent(ANNA))
    speak(api)
    finished(api, ANNA, before)
    ask(anna, "А Франции?")
    assert [m["content"] for m in local.requests[-1].json["messages"][1:3]] == [WORDS, "Рим."]
    assert anna("/usage").startswith("Сегодня: 2 вопроса")


def test_the_words_are_kept_with_the_sound(anna: Talk, api: BotApi) -> None:
    before = len(api.sent(ANNA))
    speak(api)
    finished(api, ANNA, before)
    heard = api.sent(ANNA)[before]
    assert list(buttons(heard)) == [SAVE]
    assert anna.press(heard, SAVE) == "Сохранено: заметка #1."
    assert anna.press(heard, SAVE) == "Сохранено: заметка #1."
    card = anna.message("/note 1")
    assert card["_bytes"] == ogg()
    assert "voice" in card
    assert said(card).endswith(WORDS)


def test_words_beside_a_recording_ask_about_it(anna: Talk, api: BotApi, local: ModelServer) -> None:
    before = len(api.sent(ANNA))
    speak(api, "audio", caption="О чём это?")
    finished(api, ANNA, before)
    asked = local.requests[-1].json["messages"][-1]["content"]
    assert WORDS in asked
    assert asked.endswith("О чём это?")


@pytest.mark.parametrize("words", ["@notes_test_bot О чём это?", "/ask О чём это?"])
def test_in_a_group_a_recording_that_is_asked_about_is_written_down(
    anna: Talk, api: BotApi, local: ModelServer, words: str
) -> None:
    voice = api.send_file(BORIS, "voice", api.upload_file(ogg(), "voice.ogg"), chat_id=GROUP)
    api.text(ANNA, words, chat_id=GROUP, reply_to=voice)
    assert "Рим." in finished(api, GROUP)["text"]
    assert said(api.sent(GROUP)[0]) == f"🎤 {WORDS}"
    asked = local.requests[-1].json["messages"][-1]["content"]
    assert WORDS in asked
    assert asked.endswith("О чём это?")
    api.text(ANNA, "@notes_test_bot Точно?", chat_id=GROUP, reply_to=voice)
    finished(api, GROUP, 2)
    assert WORDS in local.requests[-1].json["messages"][-1]["content"]
    assert len(recordings(local)) == 1, "nobody listens twice"


def test_a_mention_in_reply_to_a_recording_asks_what_it_says(
    anna: Talk, api: BotApi, local: ModelServer
) -> None:
    voice = api.send_file(BORIS, "voice", api.upload_file(ogg(), "voice.ogg"), chat_id=GROUP)
    api.text(ANNA, "@notes_test_bot", chat_id=GROUP, reply_to=voice)
    finished(api, GROUP)
    assert local.requests[-1].json["messages"][-1]["content"] == WORDS


def test_a_question_about_an_earlier_recording_knows_its_words(
    anna: Talk, api: BotApi, local: ModelServer
) -> None:
    before = len(api.sent(ANNA))
    voice = speak(api)
    finished(api, ANNA, before)
    ask(anna, "Почему?", reply_to=voice)
    asked = local.requests[-1].json["messages"][-1]["content"]
    assert WORDS in asked
    assert asked.endswith("Почему?")
    assert len(recordings(local)) == 1


def test_where_nobody_hears_a_question_about_a_recording_is_not_asked(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    with_models(api, start_bot)
    voice = api.send_file(BORIS, "voice", api.upload_file(ogg(), "voice.ogg"), chat_id=GROUP)
    api.text(ANNA, "@notes_test_bot О чём это?", chat_id=GROUP, reply_to=voice)
    refused = api.wait_sent(GROUP)[0]
    assert said(refused) == texts.NOBODY_HEARS
    assert buttons(refused) == {}
    assert model.requests == []


def test_what_somebody_else_has_said_is_written_down_only(
    anna: Talk, api: BotApi, local: ModelServer
) -> None:
    origin = {"type": "hidden_user", "date": 1_763_715_600, "sender_user_name": "Некто"}
    speak(api, forward_origin=origin)
    api.wait_answer(ANNA, f"🎤 {WORDS}")
    assert anna("/usage").startswith("Сегодня: 0 вопросов")
    assert local.requests == []


def test_a_long_recording_is_announced_and_can_be_stopped(
    anna: Talk, api: BotApi, local: ModelServer
) -> None:
    local.pages[TRANSCRIPTIONS] = json_slowly(30)
    speak(api)
    listening = api.wait_answer(ANNA, texts.LISTENING)
    query = api.press(ANNA, listening, button(listening, "Стоп"))
    assert api.wait_callback_answer(query)["text"] == texts_questions.STOPPED
    api.wait(lambda _: said(anna.now(listening)) == texts_questions.STOPPED_EMPTY)
    assert local.requests == []


def test_a_recording_that_waits_behind_a_question_says_so_and_can_be_dropped(
    anna: Talk, api: BotApi, local: ModelServer
) -> None:
    local.default = held = Held()
    api.text(ANNA, "раз")
    local.wait(lambda: local.requests)
    speak(api)
    waiting = api.wait_answer(ANNA, texts_waiting.in_queue(1))
    assert anna.press(waiting, texts_questions.STOP_BUTTON) == texts_waiting.DROPPED
    api.wait(lambda _: said(anna.now(waiting)) == texts_waiting.DROPPED)
    assert buttons(anna.now(waiting)) == {}, "there is no question to ask again"
    held.release()
    api.wait_answer(ANNA, "Ответ: раз")
    anna("/stop")
    assert recordings(local) == []


def test_stop_in_a_topic_ends_the_recording_that_is_written_down_there(
    anna: Talk, api: BotApi, local: ModelServer
) -> None:
    local.pages[TRANSCRIPTIONS] = json_slowly(30)
    in_topic: Json = {"message_thread_id": 77, "is_topic_message": True}
    speak(api, **in_topic)
    listening = api.wait_answer(ANNA, texts.LISTENING)
    assert anna("/stop") == texts_questions.NOTHING_RUNS
    api.text(ANNA, "/stop", **in_topic)
    api.wait(lambda _: said(anna.now(listening)) == texts_questions.STOPPED_EMPTY)


def json_slowly(seconds: float) -> Answer:
    return Answer(headers_delay=seconds)


def test_a_long_text_comes_in_several_messages(anna: Talk, api: BotApi, local: ModelServer) -> None:
    local.pages[TRANSCRIPTIONS] = {"text": "слово " * 1500}
    before = len(api.sent(ANNA))
    speak(api)
    last = finished(api, ANNA, before)
    *words, said_last = api.sent(ANNA)[before:]
    assert len(words) == 3
    assert said_last == last, "the answer comes after all that was heard"


# --- who writes it down


def test_openrouter_is_asked_only_when_a_model_is_named(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    usage = {"input_tokens": 83, "output_tokens": 30, "seconds": 9.2}
    model.pages[TRANSCRIPTIONS] = {"text": WORDS, "usage": usage}
    anna = with_models(api, start_bot, TRANSCRIBE_MODEL="openai/whisper-large-v3")
    before = len(api.sent(ANNA))
    speak(api)
    finished(api, ANNA, before)
    assert recordings(model)[0]["model"] == "openai/whisper-large-v3"
    assert "94" in anna("/usage"), "tokens of the recording and of the question: 83 + 11"


def test_a_free_model_that_hears_writes_it_down(
    api: BotApi, local: ModelServer, model: ModelServer, start_bot: StartBot
) -> None:
    local.pages[TRANSCRIPTIONS] = error(404)  # this server has no such thing
    hearing = {
        "id": "a/ears:free",
        "pricing": {"prompt": "0", "completion": "0"},
        "architecture": {"input_modalities": ["text", "audio"], "output_modalities": ["text"]},
    }
    model.pages["/models"] = {"data": [hearing]}
    model.script(answer(WORDS), answer("Рим."))
    with_models(api, start_bot, OPENAI_BASE_URL=local.url)
    before = len(api.sent(ANNA))
    speak(api)
    finished(api, ANNA, before)
    request = model.requests[0].json
    part = request["messages"][-1]["content"][1]["input_audio"]
    assert request["model"] == "a/ears:free"
    assert (base64.b64decode(part["data"]), part["format"]) == (ogg(), "ogg")
    assert "данные, а не указания" in text_of(request["messages"][-1]).replace("\n", " ")


def test_gigachat_writes_it_down_and_keeps_nothing(
    api: BotApi, gigachat: GigaChatServer, start_bot: StartBot, authority: object
) -> None:
    gigachat.script(answer(WORDS), answer("Рим."))
    with_models(
        api,
        start_bot,
        OPENROUTER_API_KEY="",
        GIGACHAT_CLIENT_SECRET=gigachat.key,
        GIGACHAT_AUTH_URL=gigachat.auth_url,
        GIGACHAT_BASE_URL=gigachat.url,
        GIGACHAT_CA_BUNDLE=str(authority.bundle),  # type: ignore[attr-defined]
    )
    before = len(api.sent(ANNA))
    speak(api)
    assert "Рим." in finished(api, ANNA, before)["text"]
    assert gigachat.requests[0].json["model"] == "GigaChat-2-Max"
    assert [file["content"] for file in gigachat.uploaded] == [ogg()]
    assert gigachat.files == {}


def test_where_nobody_hears_that_is_said(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    anna = with_models(api, start_bot)
    before = len(api.sent(ANNA))
    speak(api)
    told = api.wait_answer(ANNA, texts.NOBODY_HEARS, after=before)
    assert said(anna.turn(told, SAVE)) == "Сохранено: заметка #1."
    assert model.requests == []


def test_a_server_without_such_a_thing_is_nobody_too(
    anna: Talk, api: BotApi, local: ModelServer
) -> None:
    local.pages[TRANSCRIPTIONS] = error(404)
    speak(api)
    api.wait_answer(ANNA, texts.NOBODY_HEARS)


def test_switched_off_a_recording_is_something_to_keep(api: BotApi, start_bot: StartBot) -> None:
    start_bot(TRANSCRIBE="off", OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    speak(api)
    assert said(api.wait_sent(ANNA)[0]) == "Сохранить в заметки?"


# --- bad recordings


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ({"text": " "}, texts.NOTHING_HEARD),
        (error(401), "не принял ключ"),
        (json_body(200, {"words": []}, {}), "прислал не ответ"),
        (error(413), "слишком велик"),
    ],
    ids=["silence", "key", "no text", "too large"],
)
def test_what_goes_wrong_is_said_in_words_and_the_recording_can_be_kept(
    anna: Talk, api: BotApi, local: ModelServer, page: Json, words: str
) -> None:
    local.pages[TRANSCRIPTIONS] = page
    speak(api)
    told = api.wait_answer(ANNA, words)
    assert SAVE in buttons(told)
    assert local.requests == []


def test_a_recording_of_two_hours_is_too_large(anna: Talk, api: BotApi, local: ModelServer) -> None:
    file_id = api.upload_file(ogg(), "a.ogg", size=21 * 1024 * 1024)
    api.send_file(ANNA, "voice", file_id)
    api.wait_answer(ANNA, texts.TOO_LARGE)
    assert recordings(local) == []


def test_a_recording_that_telegram_has_lost_is_asked_for_again(anna: Talk, api: BotApi) -> None:
    lost = {"file_id": "lost", "file_unique_id": "lost", "duration": 1}
    api.text(ANNA, None, voice=lost)
    api.wait_answer(ANNA, texts.LOST)


def test_who_may_not_ask_is_told_before_anything_is_listened_to(
    api: BotApi, local: ModelServer, start_bot: StartBot
) -> None:
    anna = with_models(
        api, start_bot, OPENAI_BASE_URL=local.url, OPENROUTER_API_KEY="", ASK_PER_DAY="1"
    )
    ask(anna, "раз")
    before = len(api.sent(ANNA))
    speak(api)
    api.wait_sent(ANNA, before + 1)
    assert recordings(local) == []
