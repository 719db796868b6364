"""Talking with a model: memory, styles, streaming, stop, retry, keep; the real process."""

import re
import signal
import time
from typing import Any

import pytest

from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import (
    ModelServer,
    answer,
    cut,
    echo,
    error,
    keepalive_comments,
    midstream_error,
    reasoning_only,
    stall,
)
from tests.talk import ANNA, BORIS, GROUP, Talk, ask, bold, button, finished, labels

DONE = "модель:"
SOON_S = 5.0  # where an answer would go on for most of a minute
WORDS = " ".join(f"слово{number}" for number in range(1200))
TOO_LONG = {"error": {"code": 400, "message": "too long", "metadata": {
    "error_type": "context_length_exceeded"}}}  # fmt: skip


def asked(model: ModelServer) -> list[tuple[str, str]]:
    """The messages of the last request, without the system prompt."""
    return [(m["role"], m["content"]) for m in model.requests[-1].json["messages"][1:]]


# --- plain text and groups


def test_plain_text_is_a_question_in_the_same_dialogue_as_ask(
    anna: Talk, model: ModelServer
) -> None:
    model.script(answer("Рим."), answer("Да."))
    ask(anna, "Столица Италии?")
    ask(anna, "/ask Точно?")
    assert asked(model) == [
        ("user", "Столица Италии?"),
        ("assistant", "Рим."),
        ("user", "Точно?"),
    ]


def test_in_a_group_only_ask_replies_and_mentions(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.default = echo
    api.text(ANNA, "болтаем", chat_id=GROUP)
    api.text(ANNA, "@notes_test_bot раз", chat_id=GROUP)
    first = finished(api, GROUP)
    api.text(BORIS, "два", chat_id=GROUP, reply_to=first)
    finished(api, GROUP, 1)
    api.text(BORIS, "/ask три", chat_id=GROUP)
    finished(api, GROUP, 2)
    questions = [r.json["messages"][-1]["content"] for r in model.requests]
    assert questions[0] == "раз"
    assert questions[1].endswith("два")
    assert "раз" in questions[1]  # the message replied to
    assert questions[2] == "три"


def test_two_people_in_one_group_do_not_mix(anna: Talk, api: BotApi, model: ModelServer) -> None:
    api.text(ANNA, "/ask моё имя Анна", chat_id=GROUP)
    finished(api, GROUP)
    api.text(BORIS, "/ask как меня зовут?", chat_id=GROUP)
    finished(api, GROUP, 1)
    assert asked(model) == [("user", "как меня зовут?")]


def test_a_reply_takes_the_quoted_text_along(anna: Talk, api: BotApi, model: ModelServer) -> None:
    said = api.text(BORIS, "Чужие слова <b>", chat_id=GROUP)
    api.text(ANNA, "/ask о чём это?", chat_id=GROUP, reply_to=said)
    finished(api, GROUP)
    assert "Чужие слова <b>" in asked(model)[-1][1]
    assert asked(model)[-1][1].endswith("о чём это?")


def test_a_long_paste_is_one_question(anna: Talk, api: BotApi, model: ModelServer) -> None:
    parts = ["а" * 4096, "б" * 4096, "конец"]
    for part in parts:
        api.text(ANNA, part)
    finished(api, ANNA)
    assert [r.json["messages"][-1]["content"] for r in model.requests] == ["".join(parts)]


def test_an_edited_question_is_asked_anew(anna: Talk, api: BotApi, model: ModelServer) -> None:
    question = api.text(ANNA, "Столица Франции?")
    finished(api, ANNA)
    api.edit(question, "Столица Испании?")
    finished(api, ANNA, 1)
    assert asked(model) == [("user", "Столица Испании?")]


def test_a_question_edited_late_is_asked_anew_if_that_is_wished(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    old = api.text(ANNA, "старый вопрос", date=int(time.time()) - 3600)
    finished(api, ANNA)
    api.edit(old, "новый вопрос")
    offer = api.wait_answer(ANNA, "больше чем через минуту")
    # Questions of one person are asked in order: had the edit been asked, it would come first.
    ask(anna, "другой вопрос")
    questions = [request.json["messages"][-1]["content"] for request in model.requests]
    assert questions == ["старый вопрос", "другой вопрос"]
    before = len(api.sent(ANNA))
    assert anna.press(offer, "🔁 Спросить заново") == "Спрашиваю ещё раз…"
    finished(api, ANNA, before)
    assert asked(model)[-1] == ("user", "новый вопрос")
    assert "уже задан" in anna.press(offer, "🔁 Спросить заново")
    assert "уже задан" in anna.press(api.sent(ANNA)[0], "🔁 Ещё раз")
    assert len(model.requests) == 3


def test_an_early_edit_stops_the_old_answer_and_takes_its_buttons(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(answer(WORDS, size=10, pace=0.05), answer("Новый."))
    question = api.text(ANNA, "много")
    growing = api.wait_answer(ANNA, "слово3")
    api.edit(question, "мало")
    assert finished(api, ANNA, 1)["text"].startswith("Новый.")
    old = anna.now(growing)
    assert "вопрос изменён" in old["text"]
    assert labels(old) == ""
    assert asked(model) == [("user", "мало")]


def test_an_edit_before_the_first_words_leaves_no_trace_of_the_old_answer(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(answer("поздно", delay=30), answer("Новый."))
    question = api.text(ANNA, "много")
    model.wait(lambda: len(model.requests) == 1)
    api.edit(question, "мало")
    assert finished(api, ANNA)["text"].startswith("Новый.")
    assert len(api.sent(ANNA)) == 1


@pytest.mark.parametrize("edited", [0, 1, 2])
def test_an_edit_of_one_message_of_a_long_question_keeps_the_others(
    anna: Talk, api: BotApi, model: ModelServer, edited: int
) -> None:
    texts = ["а" * 4096, "б" * 4096, "конец"]
    messages = [api.text(ANNA, text) for text in texts]
    finished(api, ANNA)
    api.edit(messages[edited], "новое")
    finished(api, ANNA, 1)
    texts[edited] = "новое"
    assert asked(model) == [("user", "".join(texts))]


# --- memory


def test_memory_survives_a_restart(api: BotApi, start_bot: StartBot, model: ModelServer) -> None:
    bot = start_bot()
    ask(Talk(api, ANNA), "меня зовут Анна")
    bot.kill()
    start_bot()
    ask(Talk(api, ANNA), "как меня зовут?")
    assert asked(model)[0] == ("user", "меня зовут Анна")


def test_new_starts_afresh(anna: Talk, api: BotApi, model: ModelServer) -> None:
    first = ask(anna, "раз")
    assert anna("/new").startswith("Начинаем с чистого листа")
    assert anna("/new").startswith("Разговор и так ещё не начат")
    ask(anna, "два")
    assert asked(model) == [("user", "два")]
    query = api.press(ANNA, first, button(first, "Ещё раз"))
    assert "/new" in api.wait_callback_answer(query)["text"]


def test_the_oldest_turns_leave_first_and_whole(
    api: BotApi, start_bot: StartBot, model: ModelServer
) -> None:
    start_bot(DIALOGUE_TOKENS="1000")
    anna = Talk(api, ANNA)
    model.default = answer("ответ")
    for number in range(6):
        ask(anna, f"{number}" + "ж" * 600)  # some 300 tokens each
    roles = [role for role, _ in asked(model)]
    assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]
    assert 3 <= len(roles) <= 7
    assert asked(model)[-1][1].startswith("5")
    assert asked(model)[-3][1].startswith("4")
    assert model.requests[-1].json["messages"][0]["role"] == "system"


def test_a_context_too_long_for_the_model_is_halved_once(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    for number in range(4):
        ask(anna, f"вопрос {number}")
    model.script(error(400, TOO_LONG), answer("Поместилось."))
    said = ask(anna, "ещё")
    assert said["text"].startswith("Поместилось.")
    assert "начало забыто" in said["text"]
    assert [text for role, text in asked(model) if role == "user"] == [
        "вопрос 2",
        "вопрос 3",
        "ещё",
    ]


def test_a_question_that_alone_is_too_long_gets_a_clear_answer(
    anna: Talk, model: ModelServer
) -> None:
    model.script(error(400, TOO_LONG))
    assert "не помещается в память модели" in ask(anna, "ж" * 4000)["text"]


# --- styles


def test_styles_are_listed_chosen_and_kept(
    api: BotApi, start_bot: StartBot, model: ModelServer
) -> None:
    bot = start_bot()
    anna = Talk(api, ANNA)
    assert "* default — кратко" in anna("/mode")
    assert "сказочный персонаж" in anna("/mode FAIRY")
    listing = api.sent(ANNA)[0]
    query = api.press(ANNA, listing, button(listing, "научный"))
    assert "научный сотрудник" in api.wait_callback_answer(query)["text"]
    api.wait(lambda a: "* professor" in a.sent(ANNA)[0]["text"])
    bot.kill()
    start_bot()
    ask(anna, "вопрос")
    assert "научный сотрудник" in model.requests[-1].json["messages"][0]["content"]
    ask(Talk(api, BORIS), "вопрос")
    assert "кратко" in model.requests[-1].json["messages"][0]["content"].lower()


def test_a_style_of_ones_own(anna: Talk, model: ModelServer) -> None:
    assert "Опишите стиль" in anna("/mode custom")
    assert "Стиля «пират» нет" in anna("/mode пират")
    prompt = "Отвечай\nкак пират. " + "й" * 4000
    assert anna(f"/mode custom {prompt}"[:4096]).startswith("Теперь отвечаю в вашем")
    ask(anna, "вопрос")
    assert model.requests[-1].json["messages"][0]["content"].startswith("Отвечай\nкак пират. й")
    assert "* custom — Отвечай\nкак пират." in anna("/mode")


# --- streaming


def test_words_appear_while_the_model_writes(anna: Talk, api: BotApi, model: ModelServer) -> None:
    model.script(answer(WORDS[:600], size=10, pace=0.04, first_delay=0.5))
    said = ask(anna, "много")
    history = [version["text"] for version in said["_history"]]
    assert len(history) >= 3
    assert history[0]
    assert all(WORDS.startswith(text.rstrip()) for text in history[:-1])
    assert [action for _, action in api.actions(ANNA)] == ["typing"]


@pytest.mark.parametrize("wire", [1, 3, 7])
def test_pieces_that_cut_letters_and_marks_in_two(
    anna: Talk, model: ModelServer, wire: int
) -> None:
    text = "**Жирный** и `код` ёж 😀 [тут](https://example.com)"
    model.script(answer(text, size=3, wire=wire))
    said = ask(anna, "разметка")
    assert said["text"].startswith("Жирный и код ёж 😀 тут\n\n(")
    kinds = [entity["type"] for entity in said["entities"]]
    assert kinds[:3] == ["bold", "code", "text_link"]


def test_a_long_answer_goes_on_in_the_next_message(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(answer(WORDS, size=40, pace=0.005))
    ask(anna, "много")
    sent = api.sent(ANNA)
    assert len(sent) >= 3
    arrived = " ".join(message["text"] for message in sent)
    assert re.findall(r"слово\d+", arrived) == WORDS.split()
    assert all("reply_markup" not in message for message in sent[:-1])


def test_code_that_is_cut_is_code_in_both_messages(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    lines = [f"print({number})  # строка" for number in range(300)]
    model.script(answer("Вот:\n```python\n" + "\n".join(lines) + "\n```\nГотово.", size=100))
    ask(anna, "код")
    code = [e for m in api.sent(ANNA) for e in m["entities"] if e["type"] == "pre"]
    assert len(code) == len(api.sent(ANNA)) >= 2
    assert {e["language"] for e in code} == {"python"}
    arrived = "\n".join(m["text"] for m in api.sent(ANNA))
    assert re.findall(r"print\(\d+\)", arrived) == [line.split("  ")[0] for line in lines]
    assert "```" not in arrived


def test_typing_is_renewed_until_the_first_words(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(answer("Наконец.", delay=4.5))
    anna.api.text(ANNA, "думай")
    api.wait(lambda a: len(a.actions(ANNA)) >= 2)
    finished(api, ANNA)


def test_keep_alive_comments_are_no_words(anna: Talk, model: ModelServer) -> None:
    model.script(keepalive_comments(5, 0.05, text="Вот ответ."))
    assert ask(anna, "вопрос")["text"].startswith("Вот ответ.")


def test_html_and_products_are_left_as_they_are(anna: Talk, model: ModelServer) -> None:
    model.script(answer("List<String> и 2*3*4, <b>не тег</b>"))
    assert ask(anna, "код")["text"].startswith("List<String> и 2*3*4, <b>не тег</b>\n")


def test_an_answer_whose_markup_is_refused_arrives_as_plain_text(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    refusal = "Bad Request: can't parse entities: whatever"
    api.fail("sendMessage", status=400, description=refusal)
    model.script(answer("**важно**"))
    assert "важно" in ask(anna, "вопрос")["text"]


def test_a_cut_answer_goes_on_and_is_remembered_as_one(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(
        answer("Раз, два,", finish_reason="length"), answer("три, четыре,", finish_reason="length")
    )
    first = ask(anna, "считай")
    assert "упёрся в предел" in first["text"]
    assert anna.press(first, "▶️ Продолжить") == "Продолжаю…"
    second = finished(api, ANNA, 1)
    assert second["text"].startswith("три, четыре,")
    assert asked(model)[:2] == [("user", "считай"), ("assistant", "Раз, два,")]
    model.script(answer("пять."))
    before = len(api.sent(ANNA))
    anna.press(second, "▶️ Продолжить")
    finished(api, ANNA, before)
    ask(anna, "дальше")
    assert asked(model)[:2] == [("user", "считай"), ("assistant", "Раз, два, три, четыре, пять.")]


def test_an_answer_goes_on_once_however_often_it_is_pressed(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(answer("Раз,", finish_reason="length"), answer("два."))
    first = ask(anna, "считай")
    said = [anna.press(first, "▶️ Продолжить") for _ in range(3)]
    assert said == ["Продолжаю…"] + ["Этот ответ уже продолжен: смотрите ниже."] * 2
    finished(api, ANNA, 1)
    assert len(model.requests) == 2


def test_an_answer_that_failed_to_go_on_can_be_asked_to_again(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(answer("Раз,", finish_reason="length"), error(403), answer("два."))
    anna.press(ask(anna, "считай"), "▶️ Продолжить")
    anna.press(finished(api, ANNA, 1), "▶️ Продолжить")
    assert finished(api, ANNA, 2)["text"].startswith("два.")
    ask(anna, "дальше")
    assert asked(model)[1] == ("assistant", "Раз, два.")


def test_thinking_that_took_all_is_asked_again_without_a_limit(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(reasoning_only(), answer("Додумал."))
    said = ask(anna, "вопрос")
    anna.press(said, "🔁 Ещё раз без ограничения")
    assert finished(api, ANNA, 1)["text"].startswith("Додумал.")
    assert [r.json.get("max_tokens") for r in model.requests] == [4000, None]


def test_a_limit_that_the_model_has_no_room_for_is_left_out(anna: Talk, model: ModelServer) -> None:
    model.script(error(400, TOO_LONG), answer("Да."))
    assert ask(anna, "Правда?")["text"].startswith("Да.")
    assert "max_tokens" not in model.requests[-1].json


def test_of_an_answer_larger_than_the_memory_the_end_is_sent(
    api: BotApi, start_bot: StartBot, model: ModelServer
) -> None:
    start_bot(DIALOGUE_TOKENS="300")
    anna = Talk(api, ANNA)
    model.script(answer(WORDS))
    ask(anna, "много")
    ask(anna, "Продолжай")
    (_, question), (role, text), _ = asked(model)
    assert (question, role) == ("много", "assistant")
    assert text.startswith("[начало ответа опущено] …")
    assert text.endswith("слово1199")


# --- errors in mid-answer


@pytest.mark.parametrize(
    "behaviour",
    [
        midstream_error(3),
        cut(3),
        stall(2, 30),
    ],
    ids=["error", "cut", "stall"],
)
def test_what_was_written_stays_when_the_answer_breaks_off(
    api: BotApi, start_bot: StartBot, model: ModelServer, behaviour: Any
) -> None:
    start_bot(STALL_SECONDS="1")
    anna = Talk(api, ANNA)
    model.script(behaviour)
    said = ask(anna, "вопрос")
    assert said["text"].startswith("Начало ответа")
    assert "⚠️ Ответ оборвался." in said["text"]
    api.press(ANNA, said, button(said, "Ещё раз"))
    assert DONE in finished(api, ANNA, 1)["text"]


def test_reasoning_without_words_is_told(anna: Talk, model: ModelServer) -> None:
    model.script(reasoning_only())
    assert "долго думала" in ask(anna, "вопрос")["text"]


# --- stop, retry, keep


def test_stop_ends_the_answer_at_once_and_keeps_the_text(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(answer(WORDS, size=10, pace=0.05))
    api.text(ANNA, "много")
    growing = api.wait_answer(ANNA, "слово3")
    query = api.press(ANNA, growing, button(growing, "Стоп"))
    assert api.wait_callback_answer(query)["text"] == "Останавливаю."
    model.wait(lambda: model.requests[-1].closed_at is not None)
    stopped_at = api.calls_to("answerCallbackQuery")[0].at
    assert (model.requests[-1].closed_at or 0) - stopped_at < SOON_S
    said = finished(api, ANNA)
    assert said["text"].startswith("слово0 слово1")
    assert "⏹ Остановлено." in said["text"]
    late = api.press(ANNA, said, button(growing, "Стоп"))
    assert "уже закончен" in api.wait_callback_answer(late)["text"]
    assert anna("/stop") == "Останавливать нечего: ответ уже закончен."


def test_the_stop_command_works_before_the_first_words(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(answer("поздно", delay=30))
    api.text(ANNA, "молчи")
    model.wait(lambda: len(model.requests) == 1)
    api.text(ANNA, "/stop")
    assert finished(api, ANNA)["text"] == "Остановлено, ответа ещё не было."
    model.wait(lambda: model.requests[-1].closed_at is not None)


def test_again_asks_once_however_often_it_is_pressed(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    first = ask(anna, "вопрос")
    said = [anna.press(first, "🔁 Ещё раз") for _ in range(3)]
    assert said == ["Спрашиваю ещё раз…"] + ["Этот вопрос уже задан заново: ответ ниже."] * 2
    finished(api, ANNA, 1)
    assert len(model.requests) == 2


def test_again_asks_anew_without_the_old_answer(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(answer("Первый."), answer("Второй."))
    first = ask(anna, "вопрос")
    api.press(ANNA, first, button(first, "Ещё раз"))
    assert finished(api, ANNA, 1)["text"].startswith("Второй.")
    assert asked(model) == [("user", "вопрос")]
    ask(anna, "дальше")
    assert asked(model) == [("user", "вопрос"), ("assistant", "Второй."), ("user", "дальше")]


def test_keep_saves_the_answer_as_a_note_once(anna: Talk, api: BotApi, model: ModelServer) -> None:
    model.script(answer("Полезный **ответ**."))
    said = ask(anna, "вопрос")
    query = api.press(ANNA, said, button(said, "В заметки"))
    assert api.wait_callback_answer(query)["text"] == "Сохранено: заметка #1."
    query = api.press(ANNA, said, button(said, "В заметки"))
    assert api.wait_callback_answer(query)["text"] == "Уже сохранено: заметка #1."


def test_a_note_made_of_an_answer_is_shown_as_the_answer_was(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(answer("# Борщ\n\nНужна **Свёкла** и `соль`."))
    said = ask(anna, "рецепт")
    anna("/note_add", reply_to=said)
    anna.press(said, "💾 В заметки")
    for command in ("/note 1", "/note 2"):
        shown = anna.message(command)
        assert shown["text"].endswith("\nБорщ\n\nНужна Свёкла и соль.")
        assert bold(shown) == ["Борщ", "Свёкла"]
    for command in ("/note_list", "/note_find свёкла"):
        assert "Нужна Свёкла и соль." in anna(command)
    anna("/note_edit 1 **звёздочки** мои")
    assert "**звёздочки** мои" in anna("/note 1")


def test_buttons_act_for_their_owner_only_and_after_a_restart(
    api: BotApi, start_bot: StartBot, model: ModelServer
) -> None:
    bot = start_bot()
    api.text(ANNA, "/ask вопрос", chat_id=GROUP)
    said = finished(api, GROUP)
    for data in (button(said, "В заметки"), button(said, "Ещё раз")):
        foreign = api.press(BORIS, said, data)
        assert "не для вас" in api.wait_callback_answer(foreign)["text"]
    forged = api.press(BORIS, said, button(said, "В заметки").replace(str(ANNA), str(BORIS)))
    assert "не хранится" in api.wait_callback_answer(forged)["text"]
    assert bot.stop() == 0
    start_bot()
    query = api.press(ANNA, said, button(said, "В заметки"))
    assert api.wait_callback_answer(query)["text"] == "Сохранено: заметка #1."


@pytest.mark.parametrize("data", ["again:999@111", "keep:x@111", "stop:1@111", "keep:@111"])
def test_a_button_of_long_ago_has_an_answer(anna: Talk, api: BotApi, data: str) -> None:
    anna("/help")
    query = api.press(ANNA, api.sent(ANNA)[-1], data)
    assert api.wait_callback_answer(query)["text"]


# --- questions in a row, restarts, floods


def test_a_half_shown_answer_is_replaced_after_a_crash(
    api: BotApi, start_bot: StartBot, model: ModelServer
) -> None:
    bot = start_bot()
    model.script(answer(WORDS, size=10, pace=0.05), answer("Короткий ответ."))
    api.text(ANNA, "много")
    api.wait_answer(ANNA, "слово3")
    bot.kill()
    start_bot()
    said = finished(api, ANNA)
    assert said["text"].startswith("Короткий ответ.")
    assert len(api.sent(ANNA)) == 1


def test_a_stop_of_the_bot_lets_a_running_answer_end(
    api: BotApi, start_bot: StartBot, model: ModelServer
) -> None:
    bot = start_bot()
    model.script(answer("Успел ответить до конца.", size=5, pace=0.3))
    api.text(ANNA, "вопрос")
    api.wait_sent(ANNA)
    bot.send_signal(signal.SIGTERM)
    assert bot.wait() == 0
    assert "до конца." in finished(api, ANNA)["text"]


def test_edits_obey_a_throttled_chat_and_the_last_one_happens(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    api.limit(per_chat_per_second=0.5, burst=1)
    model.script(answer(WORDS[:500], size=10, pace=0.06))
    said = ask(anna, "много")
    assert WORDS[:500] in said["text"]
    assert [v for v in api.flood_violations if v.kind == "early"] == []
