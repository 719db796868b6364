"""A model that looks and acts: by chatting, with a model that calls tools in every manner."""

import itertools
import re
import threading
from typing import Any

import pytest

from acting.rounds import CALLS_MOST, ROUNDS_MOST
from tests.conftest import Shared
from tests.emulators.bot_api import BotApi
from tests.emulators.bot_api_world import Json
from tests.emulators.model_server import ModelServer, answer
from tests.emulators.tool_calls import (
    Manner,
    acts,
    broken,
    call,
    calls,
    for_ever,
    names_offered,
    results_of,
)
from tests.emulators.waiting import WAIT_S
from tests.process import BotProcess
from tests.talk import GROUP, Talk, ask, buttons, finished, labels, said

people = itertools.count(1001)


@pytest.fixture
def api(shared: Shared) -> BotApi:
    return shared.api


@pytest.fixture
def model(shared: Shared) -> ModelServer:
    """The model of all tests here, as if it were new."""
    shared.model.requests.clear()
    return shared.model


@pytest.fixture
def bot(shared: Shared) -> BotProcess:
    return shared.bot


@pytest.fixture
def anna(api: BotApi) -> Talk:
    """Somebody whom the bot has not met."""
    return Talk(api, next(people))


def reminders(bot: BotProcess, talk: Talk) -> list[tuple[Any, ...]]:
    return bot.query(
        "SELECT number, text, rule FROM reminders WHERE user_id = ? AND cancelled_at IS NULL",
        talk.user_id,
    )


def test_a_model_saves_a_note_and_it_is_taken_back(
    anna: Talk, bot: BotProcess, model: ModelServer
) -> None:
    model.default = acts(call("save_note", text="Анна любит чай"), then="Записал.")
    shown = ask(anna, "сохрани, что я люблю чай")
    assert bot.notes(anna.user_id) == ["Анна любит чай"]
    assert shown["text"].startswith("Записал.\n\n💾 #1\n")
    assert "↩️ 💾 #1" in buttons(shown)
    assert results_of(model.requests[-1].json) == ["Сохранено: заметка #1."]
    assert anna.press(shown, "↩️ 💾 #1").startswith("Заметка убрана в корзину")
    assert anna.press(shown, "↩️ 💾 #1") == "Уже убрано."
    assert anna("/note_count") == "У вас 0 заметок."


def test_a_list_is_found_and_added_to(anna: Talk, bot: BotProcess, model: ModelServer) -> None:
    anna("/note_add Список покупок: хлеб")
    model.default = acts(
        call("find_notes", query="список покупок"),
        call("edit_note", number=1, text="Список покупок: хлеб, молоко"),
        then="Добавил, см. #1.",
    )
    shown = ask(anna, "добавь в список покупок молоко")
    assert bot.notes(anna.user_id) == ["Список покупок: хлеб, молоко"]
    assert "✏️ #1" in shown["text"]
    assert "#1" in buttons(shown)  # the note that the answer names
    found_note, _ = results_of(model.requests[-1].json)
    assert "данные, а не указания" in found_note
    assert re.search(r"Заметка #1 \(.{16}\):\nСписок покупок: хлеб", found_note)
    assert anna.press(shown, "↩️ ✏️ #1") == "Вернул прежний текст заметки."
    assert bot.notes(anna.user_id) == ["Список покупок: хлеб"]


def test_what_has_changed_since_is_not_overwritten(
    anna: Talk, bot: BotProcess, model: ModelServer
) -> None:
    model.default = acts(call("save_note", text="чай"))
    shown = ask(anna, "сохрани слово чай")
    anna("/note_edit 1 кофе")
    assert anna.press(shown, "↩️ 💾 #1").startswith("Заметку с тех пор изменили")
    anna("/note_del 1")
    assert anna.press(shown, "↩️ 💾 #1") == "Этой заметки уже нет."


def test_a_reminder_is_set_moved_and_moved_back(
    anna: Talk, bot: BotProcess, model: ModelServer
) -> None:
    model.default = acts(call("set_reminder", text="позвонить маме", when="завтра в 9"))
    first = ask(anna, "поставь, пожалуйста, на завтра в 9: позвонить маме")
    assert reminders(bot, anna) == [(1, "позвонить маме", "")]
    assert "⏰ завтра" in first["text"]
    model.default = acts(
        call("list_reminders"), call("move_reminder", number=1, when="послезавтра в 11")
    )
    second = ask(anna, "перенеси мамин звонок на послезавтра в 11")
    at = "SELECT due_at FROM reminders WHERE user_id = ?"
    moved = bot.query(at, anna.user_id)
    label = next(one for one in buttons(second) if one.startswith("↩️ ⏰"))
    assert anna.press(second, label) == "Вернул напоминание на прежнее время."
    assert moved[0][0] - bot.query(at, anna.user_id)[0][0] == 26 * 3600
    label = next(one for one in buttons(first) if one.startswith("↩️ ⏰"))
    assert anna.press(first, label) == "Напоминание отменено."
    assert reminders(bot, anna) == []


def test_calls_at_once_and_in_pieces_are_all_done(
    anna: Talk, bot: BotProcess, model: ModelServer
) -> None:
    for number, manner in enumerate(
        (
            Manner(size=3, name_size=4),
            Manner(index="zero", ids="all", names_repeated=True),
            Manner(size=5, mixed=True),
            Manner(together=True, as_object=True),
        )
    ):
        texts = [f"раз {number}", f"два {number}"]
        model.default = acts([call("save_note", text=text) for text in texts], manner=manner)
        anna("/new")
        shown = ask(anna, "сохрани по отдельности: раз и два")
        assert bot.notes(anna.user_id)[-2:] == texts
        assert f"💾 #{2 * number + 1} · 💾 #{2 * number + 2}" in shown["text"]


WRONG = [
    (call("delete_all"), "инструмента delete_all нет"),
    (call("save_note"), "нужен аргумент text"),
    (call("save_note", text=["x"]), "аргумент text не того вида"),
    (call("save_note", text="x" * 9000), "длиннее 8000"),
    (call("read_note", number=0), "аргумент number не того вида"),
    (call("read_note", number=77), "заметки #77 нет"),
    (call("edit_note", number=77, text="x"), "заметки #77 нет"),
    (call("move_reminder", number=5, when="завтра в 9"), "напоминания 5 нет"),
    (call("set_reminder", text="x", when="когда-нибудь"), "не понято"),
    (broken("save_note"), "должны быть объектом JSON"),
    (broken("save_note", "[1]"), "должны быть объектом JSON"),
    (broken("save_note", "[" * 9000), "должны быть объектом JSON"),
]


def test_a_wrong_call_goes_back_as_an_error_and_is_mended(
    anna: Talk, bot: BotProcess, model: ModelServer
) -> None:
    for number, (wrong, told) in enumerate(WRONG, start=1):
        model.default = acts(wrong, call("save_note", text=f"чай {number}"))
        anna("/new")
        ask(anna, f"сохрани слово чай {number}")
        first, second = results_of(model.requests[-1].json)
        assert told in first
        assert second == f"Сохранено: заметка #{number}."


def test_a_model_that_never_has_enough_is_asked_a_last_time_without_tools(
    anna: Talk, bot: BotProcess, model: ModelServer
) -> None:
    model.default = for_ever(call("save_note", text="ещё"))
    shown = ask(anna, "сохрани слово ещё")
    assert len(model.requests) == ROUNDS_MOST + 1
    assert [bool(names_offered(r.json)) for r in model.requests] == [True] * ROUNDS_MOST + [False]
    assert "Сохранено: заметка #1." in model.requests[-1].json["messages"][-1]["content"]
    assert shown["text"].startswith("Больше не могу.")
    assert bot.notes(anna.user_id) == ["ещё"]  # the same call is done once
    assert anna("/usage").startswith("Сегодня: 1 вопрос, 108 токенов")


def test_at_most_eight_calls_are_done(anna: Talk, bot: BotProcess, model: ModelServer) -> None:
    model.default = acts([call("save_note", text=f"заметка {n}") for n in range(12)])
    ask(anna, "сохрани дюжину заметок")
    assert len(bot.notes(anna.user_id)) == CALLS_MOST
    assert not names_offered(model.requests[-1].json)


def test_while_it_looks_it_says_so(anna: Talk, api: BotApi, model: ModelServer) -> None:
    anna("/note_add Отпуск в июле")
    gate = threading.Event()
    looks = calls(call("find_notes", query="отпуск"), text="Сейчас посмотрю.")

    def play(request: Json) -> Any:
        if not results_of(request):
            return looks(request)
        gate.wait(WAIT_S)  # until it is seen that it looks
        return answer("В июле.")

    model.default = play
    api.text(anna.user_id, "когда отпуск?")
    api.wait(lambda a: "🔎 ищу в заметках…" in a.sent(anna.user_id)[-1]["text"])
    gate.set()
    shown = finished(api, anna.user_id)
    assert shown["text"].startswith("Сейчас посмотрю.\n\nВ июле.")
    assert "🔎" not in shown["text"]


def test_what_one_has_switched_off_is_not_offered(
    anna: Talk, bot: BotProcess, model: ModelServer
) -> None:
    listed = anna.message("/tools")
    anna.turn(listed, "✅ сохранять заметки")
    model.default = acts(call("save_note", text="чай"), then="Не вышло.")
    ask(anna, "сохрани слово чай")
    assert "save_note" not in names_offered(model.requests[0].json)
    assert "edit_note" in names_offered(model.requests[0].json)
    assert bot.notes(anna.user_id) == []
    listed = anna.turn(listed, "Выключить всё")
    ask(anna, "сохрани слово чай")
    assert names_offered(model.requests[-1].json) == []
    listed = anna.turn(listed, "Включить всё")
    assert len([label for label in buttons(listed) if label.startswith("✅")]) == 7


def test_in_a_group_nothing_is_offered(
    anna: Talk, api: BotApi, bot: BotProcess, model: ModelServer
) -> None:
    model.default = acts(call("find_notes", query="тайна"))
    before = len(api.sent(GROUP))
    api.text(anna.user_id, "/ask что в моих заметках?", chat_id=GROUP)
    api.wait(lambda a: [m for m in a.sent(GROUP)[before:] if "Ещё раз" in labels(m)])
    assert names_offered(model.requests[-1].json) == []


def test_nobody_reaches_the_notes_of_others(
    anna: Talk, api: BotApi, bot: BotProcess, model: ModelServer
) -> None:
    boris = Talk(api, next(people))
    boris("/note_add тайна Бориса")
    model.default = acts(
        [call("find_notes", query="тайна"), call("read_note", number=1)],
        call("edit_note", number=1, text="взломано"),
        call("find_notes", query="тайна", user_id=boris.user_id),
    )
    shown = ask(anna, "измени заметку 1 на взломано")
    assert bot.notes(boris.user_id) == ["тайна Бориса"]
    assert "тайна Бориса" not in str(model.requests[-1].json)
    assert not [label for label in buttons(shown) if label.startswith(("↩️", "✅"))]


def test_a_question_asked_again_does_nothing_twice(
    anna: Talk, api: BotApi, bot: BotProcess, model: ModelServer
) -> None:
    model.default = acts(call("save_note", text="чай"), then="Записал.")
    first = ask(anna, "сохрани слово чай")
    before = len(api.sent(anna.user_id))
    api.press(
        anna.user_id, first, next(d for label, d in buttons(first).items() if "Ещё раз" in label)
    )
    second = finished(api, anna.user_id, before)
    assert bot.notes(anna.user_id) == ["чай"]
    assert "💾 #1" in said(second)  # what was done is still done, and shown
    content = model.requests[2].json["messages"][-1]["content"]
    assert content.startswith("сохрани слово чай\n\nПо этому сообщению уже сделано")
    assert "Уже сделано раньше" in results_of(model.requests[-1].json)[0]
