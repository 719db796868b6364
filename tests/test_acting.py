"""The rounds of a question: done once, stored with their effects, within their bounds."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acting import consent, effects
from acting.rounds import CALLS_MOST, RESULT_LETTERS, Rounds, Workshop
from acting.table import TOOLS
from acting.tool import Asker, BadArgumentsError, Parameter, Stores
from clock import Clock
from db import Database, StorageError
from llm.completion import Completion
from llm.tools import ToolCall
from storage.calls import Call, Calls
from storage.note_rows import Note
from storage.notes import BIN_S, Notes
from storage.reminders import Reminders, Spot
from storage.search import Search
from storage.turns import Turn, Turns
from storage.usage import Usage
from tests.inside import NOON
from tests.talk import ANNA, BORIS

ROOM = 20_000
ALL = frozenset(TOOLS)
Ask = Callable[..., Rounds]


@pytest.fixture
def clock() -> Clock:
    return Clock(ZoneInfo("Europe/Moscow"), lambda: NOON)


@pytest.fixture
def workshop(db: Database) -> Workshop:
    stores = Stores(Notes(db), Search(db), Reminders(db))
    return Workshop(db, Calls(db), Usage(db), stores)


@pytest.fixture
def ask(db: Database, workshop: Workshop, clock: Clock) -> Ask:
    """A question of Anna's, or the one she has asked already, as after a restart."""
    turns = Turns(db)

    def made(
        question: str = "сохрани",
        *,
        turn: Turn | None = None,
        message: int = 1,
        allowed: Any = ALL,
        topic: int | None = None,
    ) -> Rounds:
        if turn is None:
            turn_id = turns.add(ANNA, ANNA, message, question, "", NOON, 0, thread_id=topic)
            turn = turns.get(turn_id, ANNA)
        assert turn is not None
        return Rounds(workshop, turn, clock, allowed)

    return made


def said(*calls: tuple[str, str], text: str = "") -> Completion:
    made = tuple(ToolCall(f"c{n}", *call) for n, call in enumerate(calls))
    return Completion(text, "tool_calls", "m", 11, 7, 5, reasoning_seen=False, calls=made)


def save(text: str) -> tuple[str, str]:
    return "save_note", f'{{"text": "{text}"}}'


def run(rounds: Rounds, *calls: tuple[str, str], is_foreign: bool = False) -> list[Call]:
    rounds.add(said(*calls))
    list(rounds.run(ROOM, is_foreign=is_foreign))
    return rounds.calls[-len(calls) :]


def texts(workshop: Workshop, user_id: int = ANNA) -> list[str]:
    return [note.text for note in workshop.stores.notes.every(user_id)]


def test_what_is_called_is_stored_before_it_is_done(ask: Ask, workshop: Workshop) -> None:
    rounds = ask()
    rounds.add(said(save("раз"), save("два"), text="Сейчас."))
    assert texts(workshop) == []
    again = ask(turn=rounds.turn)
    assert again.is_unfinished
    assert list(again.run(ROOM, is_foreign=False)) == ["💾 сохраняю…"] * 2
    assert texts(workshop) == ["раз", "два"]
    third = ask(turn=rounds.turn)
    assert not third.is_unfinished
    assert list(third.run(ROOM, is_foreign=False)) == []
    assert third.text == "Сейчас."
    assert [m["role"] for m in third.messages()] == ["assistant", "tool", "tool"]
    assert workshop.usage.since(ANNA, 0).tokens == 18


def test_an_effect_is_stored_with_its_result_or_not_at_all(
    ask: Ask, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = ask()
    rounds.add(said(save("раз")))

    def full(*args: Any, **kwargs: Any) -> None:
        raise StorageError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(workshop.calls, "finish", full)
        with pytest.raises(StorageError):
            list(rounds.run(ROOM, is_foreign=False))
    assert texts(workshop) == []
    list(ask(turn=rounds.turn).run(ROOM, is_foreign=False))
    assert texts(workshop) == ["раз"]


def test_a_tool_that_fails_tells_the_model_and_changes_nothing(
    ask: Ask, workshop: Workshop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keep = workshop.stores.notes.keep

    def breaks(*args: Any) -> int:
        keep(*args)
        raise RuntimeError("boom")

    monkeypatch.setattr(workshop.stores.notes, "keep", breaks)
    (call,) = run(ask(), save("раз"))
    assert (call.result, call.effect) == (
        "Не получилось: внутренняя ошибка. Скажи об этом собеседнику.",
        None,
    )
    assert texts(workshop) == []
    assert "boom" in caplog.text


def test_no_more_is_done_than_may_be(ask: Ask, workshop: Workshop) -> None:
    rounds = ask()
    run(rounds, *[save(str(n)) for n in range(CALLS_MOST - 1)])
    assert rounds.offered()
    run(rounds, save("a"), save("b"))
    assert len(rounds.calls) == CALLS_MOST
    assert len(rounds.made[-1].said["tool_calls"]) == 1  # nor is the model told of it
    assert rounds.offered() == ()


def test_what_is_read_is_bounded(ask: Ask, workshop: Workshop) -> None:
    for number in range(1, 31):
        workshop.stores.notes.add(ANNA, f"море {number} " + "я" * 3000, NOON)
    rounds = ask()
    look = ("find_notes", '{"query": "море"}')
    calls = run(rounds, look, look, look, look, look, look)
    lengths = [len(call.result or "") for call in calls]
    assert max(lengths) < RESULT_LETTERS + 200
    assert sum(lengths) < ROOM + RESULT_LETTERS + 1000
    assert (calls[-1].result or "").startswith("Не сделано: вызовов больше")
    assert all(len(call.notes) <= 8 for call in calls)


def test_the_last_notes_and_those_of_a_time_are_found(ask: Ask, workshop: Workshop) -> None:
    for days, text in enumerate(("сегодня", "вчерашнее", "давнее")):
        workshop.stores.notes.add(ANNA, text, NOON - days * 86_400)
    last, yesterday = run(ask(), ("find_notes", "{}"), ("find_notes", '{"query": "вчера"}'))
    assert last.notes == (3, 2, 1)
    assert yesterday.notes[0] == 2


def test_the_same_change_is_made_once_for_a_message(ask: Ask, workshop: Workshop) -> None:
    first = ask()
    run(first, save("раз"))
    assert "Уже сделано раньше" in (run(first, save("раз"))[0].result or "")
    again = ask()
    assert again.after_earlier("сохрани").startswith("сохрани\n\nПо этому сообщению уже сделано")
    assert "Уже сделано раньше" in (run(again, save("раз"))[0].result or "")
    assert run(again, save("чужое"))[0].offered  # what was done before may be somebody's text
    assert texts(workshop) == ["раз"]
    workshop.calls.take_back(first.calls[0].id, NOON)
    run(ask(), save("раз"))  # what was taken back may be done anew
    run(ask(message=2), save("раз"))  # and another message asks for something of its own
    assert texts(workshop) == ["раз"] * 3


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("save_note", '{"text": "чай"}'), ("nothing", "{}"), ("read_note", '{"number": 1}')],
)
def test_what_is_switched_off_is_not_done(
    ask: Ask, workshop: Workshop, tool: str, arguments: str
) -> None:
    (call,) = run(ask(allowed=frozenset({"find_notes"})), (tool, arguments))
    assert call.result == f"Ошибка: инструмента {tool} нет. Есть: find_notes."
    assert texts(workshop) == []


def test_a_note_that_was_not_read_whole_is_not_replaced(ask: Ask, workshop: Workshop) -> None:
    workshop.stores.notes.add(ANNA, "я" * (RESULT_LETTERS + 1), NOON)
    read, edited = run(
        ask(), ("read_note", '{"number": 1}'), ("edit_note", '{"number": 1, "text": "кратко"}')
    )
    assert (read.result or "").endswith("[…дальше ещё знаков: 1]")
    assert "слишком длинная" in (edited.result or "")
    assert len(texts(workshop)[0]) == RESULT_LETTERS + 1


def test_a_note_in_the_bin_is_none(ask: Ask, workshop: Workshop) -> None:
    workshop.stores.notes.add(ANNA, "хлеб", NOON)
    workshop.stores.notes.delete(ANNA, 1, NOON)
    for call in run(
        ask(), ("read_note", '{"number": "#1"}'), ("edit_note", '{"number": 1, "text": "x"}')
    ):
        assert call.result == "Ошибка: заметки #1 нет."


def test_marks_stay_those_of_a_model(ask: Ask, workshop: Workshop) -> None:
    notes = workshop.stores.notes
    notes.keep(ANNA, Note(0, "**хлеб**", NOON, markdown=True))
    (call,) = run(ask(), ("edit_note", '{"number": 1, "text": "**сыр**"}'))
    assert notes.get(ANNA, 1).markdown
    (same,) = run(ask(message=2), ("edit_note", '{"number": 1, "text": "**сыр**"}'))
    assert same.effect is None
    assert call.effect is not None
    undone = effects.take_back(workshop.stores, Asker(ANNA, ANNA, Clock(None)), call.effect)
    assert undone == "done"
    assert (notes.get(ANNA, 1).text, notes.get(ANNA, 1).markdown) == ("**хлеб**", True)


def test_a_series_moves_as_a_series_and_back(ask: Ask, workshop: Workshop, clock: Clock) -> None:
    asker, stores = Asker(ANNA, ANNA, clock), workshop.stores
    run(ask(), ("set_reminder", '{"text": "отчёт", "when": "каждый понедельник в 10"}'))
    before = stores.reminders.get(ANNA, 1)
    once, moved = run(
        ask(message=2),
        ("move_reminder", '{"number": 1, "when": "завтра в 9"}'),
        ("move_reminder", '{"number": 1, "when": "каждый вторник в 10"}'),
    )
    assert "повторяется" in (once.result or "")
    assert "BYDAY=TU" in stores.reminders.get(ANNA, 1).rule
    assert moved.effect is not None
    assert effects.take_back(stores, asker, moved.effect) == "done"
    after = stores.reminders.get(ANNA, 1)
    assert (after.rule, after.next_at) == (before.rule, before.next_at)
    assert effects.take_back(stores, asker, moved.effect) == "changed"
    stores.reminders.cancel(ANNA, 1, NOON)
    assert effects.take_back(stores, asker, moved.effect) == "gone"


def test_a_series_that_was_put_off_comes_back_as_it_was(
    ask: Ask, workshop: Workshop, clock: Clock
) -> None:
    asker, stores = Asker(ANNA, ANNA, clock), workshop.stores
    run(ask(), ("set_reminder", '{"text": "отчёт", "when": "каждый день в 13"}'))
    before = stores.reminders.snooze(ANNA, 1, NOON + 600)
    (moved,) = run(ask(message=2), ("move_reminder", '{"number": 1, "when": "каждый день в 18"}'))
    assert moved.effect is not None
    assert effects.take_back(stores, asker, moved.effect) == "done"
    after = stores.reminders.get(ANNA, 1)
    assert (after.due_at, after.snoozed_at) == (before.due_at, before.snoozed_at)


def test_a_reminder_is_said_in_the_topic_where_it_was_asked_for(
    ask: Ask, workshop: Workshop
) -> None:
    run(ask(topic=7), ("set_reminder", '{"text": "чай", "when": "через 5 минут"}'))
    assert workshop.stores.reminders.get(ANNA, 1).spot == Spot(ANNA, 7)


def test_a_time_that_is_over_does_not_come_back(ask: Ask, workshop: Workshop) -> None:
    run(ask(), ("set_reminder", '{"text": "чай", "when": "через 5 минут"}'))
    (moved,) = run(ask(message=2), ("move_reminder", '{"number": 1, "when": "завтра в 9"}'))
    later = Asker(ANNA, ANNA, Clock(None, lambda: NOON + 600))
    assert moved.effect is not None
    assert effects.take_back(workshop.stores, later, moved.effect) == "past"


def test_nobody_reads_or_takes_back_the_calls_of_others(ask: Ask, workshop: Workshop) -> None:
    (call,) = run(ask(), save("раз"))
    assert workshop.calls.get(call.id, ANNA) is not None
    assert workshop.calls.get(call.id, BORIS) is None


@pytest.mark.parametrize("table", ["calls", "turns"])
def test_what_was_called_is_kept_no_longer_than_deleted_notes(
    ask: Ask, workshop: Workshop, db: Database, table: str
) -> None:
    rounds = ask()
    (call,) = run(rounds, save("раз"))
    assert workshop.calls.are_made_for([rounds.turn.id, 77])
    workshop.calls.forget_old(NOON + BIN_S)
    assert workshop.calls.get(call.id, ANNA) is not None
    if table == "calls":
        workshop.calls.forget_old(NOON + BIN_S + 1)
    else:
        Turns(db).forget_old(NOON + 91 * 86_400)
    assert workshop.calls.rounds(rounds.turn.id) == []
    assert db.row("SELECT count(*) FROM calls")[0] == 0
    assert not workshop.calls.are_made_for([rounds.turn.id])


CONSENT = [
    ("save_note", "сохрани адрес: Мира 5", "", "Адрес: Мира, 5", True),
    ("save_note", "сохрани адрес: Мира 5", "", "Адрес: Мира, 6", False),
    ("save_note", "что про адрес Мира 5?", "", "адрес Мира 5", False),  # nothing asks for it
    ("edit_note", "добавь в список молоко", "Список: хлеб", "Список: хлеб, молоко", True),
    ("edit_note", "добавь в список молоко", "Список: хлеб", "Список: хлеб, молоко, взлом", False),
    ("edit_note", "добавь в список молоко", "Список: хлеб", "Список: молоко", False),
    ("edit_note", "добавь в список молоко", "купить хлеб", "не купить хлеб, молоко", False),
    ("edit_note", "вычеркни хлеб", "Список: хлеб, сыр", "Список: сыр", True),
    ("edit_note", "сохрани хлеб", "сыр", "сыр, хлеб", False),
    ("edit_note", "add milk to my list", "List: bread", "List: bread, milk", True),
    ("set_reminder", "напомни завтра в 9 про врача", "", "врач завтра в 9", True),
    ("set_reminder", "напомни завтра в 9 про врача", "", "врач завтра в 10", False),
    ("move_reminder", "перенеси врача на пятницу", "17", "17 пятница", True),
    ("move_reminder", "когда врач?", "17", "17 пятница", False),
    ("unknown", "сохрани", "", "", False),
]


@pytest.mark.parametrize(("tool", "message", "before", "after", "expected"), CONSENT)
def test_a_change_is_asked_for_in_so_many_words_or_not(
    tool: str, message: str, before: str, after: str, expected: bool
) -> None:
    assert consent.is_asked_for(tool, message, before, after) is expected


PARAMETERS = (
    Parameter("text", "string", 5),
    Parameter("number", "integer", 99),
    Parameter("query", "string", 5, required=False),
)


@settings(deadline=None, suppress_health_check=list(HealthCheck))  # the machine may be busy
@given(
    st.dictionaries(
        st.sampled_from(["text", "number", "query", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner, max_size=2),
        ),
    )
)
def test_arguments_are_what_they_should_be_or_refused(arguments: dict[str, Any]) -> None:
    for parameter in PARAMETERS:
        try:
            value = parameter.read(arguments)
        except BadArgumentsError:
            continue
        if parameter.kind == "integer":
            assert type(value) is int
            assert 0 < value <= 99
        elif value is not None or parameter.required:
            assert isinstance(value, str)
            assert value.strip()
            assert len(value) <= 5


def test_what_json_can_spell_and_nobody_store_is_no_part_of_a_note(
    ask: Ask, workshop: Workshop
) -> None:
    broken, empty = run(ask(), save("ч\\ud83dа\\u0000й"), save("\\u0000"))
    assert (broken.effect or {})["number"] == 1
    assert texts(workshop) == ["ч\ufffdай"]
    assert empty.result == "Ошибка: нужен аргумент text. Повтори вызов с ним."


@pytest.mark.parametrize("number", ["9" * 5000, "#" + "1" * 5000, -1, 2**70, "٣", True, 1.0])
def test_what_is_no_number_of_a_note_is_refused(number: object) -> None:
    with pytest.raises(BadArgumentsError):
        PARAMETERS[1].read({"number": number})


@pytest.mark.parametrize(("given_number", "read"), [(7, 7), ("7", 7), (" #7", 7), (99, 99)])
def test_numbers_are_read_as_models_write_them(given_number: object, read: int) -> None:
    assert PARAMETERS[1].read({"number": given_number}) == read


def test_every_tool_is_described_in_full() -> None:
    for kind in TOOLS.values():
        schema = kind.described()
        assert set(schema["required"]) <= set(schema["properties"])
        assert all(one["description"] for one in schema["properties"].values())
