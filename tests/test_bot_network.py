"""Telegram out of reach, out of order, or asking for patience."""

import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from telegram.api import LONG_OUTAGE_S, PROBE_EVERY_S, PROBE_FIRST_S, UnreachableError
from telegram.polling import PAUSE_LEAST_S, Poller
from telegram.throttle import Throttle
from tests.conftest import StartBot, StartInside
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer, answer
from tests.process import BotProcess
from tests.talk import ANNA, BORIS
from texts import notes as texts
from texts import startup
from worker.retry import Outage

HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
OUTAGE_S = 5
RECOVERED_S = 6 * OUTAGE_S  # for all of thirty people
AGAIN_S = 3 * PROBE_EVERY_S
HELD_S = 5  # for ten others to be answered meanwhile, on a busy machine too
LONG_ENOUGH_S = 8  # for pauses that double to reach 4 s and more
CHAT_THREADS, OTHER_THREADS = 8, 6


def test_an_outage_under_load_loses_and_repeats_nothing(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    model.default = answer("Ответ.", delay=1)
    users = range(1, 31)
    bot = start_bot()
    for user in users:
        api.text(user, "/ask вопрос")
        api.text(user, "/note_add до")
    api.wait(lambda a: len(a.calls_to("sendMessage")) > 10)
    api.outage()
    cpu_s = _cpu_s(bot)
    for user in users:
        for number in range(5):
            api.text(user, f"/note_add во время {number}")
    time.sleep(OUTAGE_S)
    assert _cpu_s(bot) - cpu_s < OUTAGE_S / 3, "it must not try without pause"
    most = (
        CHAT_THREADS + 2 * len(users) + OTHER_THREADS
    )  # a question has one that shows «печатает…»
    assert _threads(bot) <= most
    api.restore()
    restored = time.monotonic()
    for user in users:
        api.wait_answer(user, texts.note_added(6))
        api.wait_answer(user, "Ответ.")
        assert bot.notes(user) == ["до", *(f"во время {n}" for n in range(5))]
        said = [message["text"] for message in api.sent(user)]
        assert len(said) - len(set(said)) <= 1, "only the one on its way may be repeated"
    assert time.monotonic() - restored < RECOVERED_S
    assert "Нет связи с Telegram" in bot.log
    assert "Связь с Telegram восстановлена" in bot.log
    assert "Traceback" not in bot.log


def _threads(bot: BotProcess) -> int:
    return len(list(Path(f"/proc/{bot.pid}/task").iterdir()))


def _cpu_s(bot: BotProcess) -> float:
    fields = Path(f"/proc/{bot.pid}/stat").read_text("ascii").rsplit(") ")[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


FAILURES: list[dict[str, object]] = [
    {"status": 500},
    {"status": 502, "body": HTML},
    {"status": 200, "body": HTML},
    {"status": 200, "body": {"ok": True}},
    {"status": 200, "body": {"ok": True, "result": None}},
    {"status": 200, "body": {"ok": True, "result": "вздор"}},
    {"status": 200, "body": {"nothing": "of ours"}},
    {"drop": True},
]


def test_a_message_that_fails_is_sent_again_and_once(api: BotApi, start_bot: StartBot) -> None:
    bot = start_bot()
    for user, failure in enumerate(FAILURES, 1):
        api.fail("sendMessage", chat_id=user, times=2, **failure)  # type: ignore[arg-type]
        api.text(user, "/note_add раз")
        api.text(user, "/note_add два")
    for user in range(1, len(FAILURES) + 1):
        said = [message["text"] for message in api.wait_sent(user, 2)]
        assert said == [texts.note_added(1), texts.note_added(2)], FAILURES[user - 1]
        assert len(api.calls_to("sendMessage", user)) == 4
    assert "Traceback" not in bot.log


def test_polls_that_fail_are_repeated_with_a_pause(api: BotApi, start_bot: StartBot) -> None:
    bot = start_bot()
    faults = [api.fail("getUpdates", **failure) for failure in FAILURES[1::3]]  # type: ignore[arg-type]
    api.text(ANNA, "/note_add раз")  # ends the poll under way
    api.wait_answer(ANNA, texts.note_added(1))
    api.text(ANNA, "/note_add два")
    api.wait_answer(ANNA, texts.note_added(2))
    assert [fault.hits for fault in faults] == [1] * 3
    polls = pairwise(api.calls_to("getUpdates"))
    pauses = [after.at - before.at for before, after in polls if before.result is None]
    assert len(pauses) == 3
    assert min(pauses) >= PAUSE_LEAST_S
    assert bot.notes(ANNA) == ["раз", "два"]


def test_pauses_between_polls_grow_to_what_a_short_outage_allows(
    start_inside: StartInside,
) -> None:
    service: Any = start_inside().service
    poller = Poller(service, service.intake, service.recovered, service.revoked)
    pauses = [poller._backoff() for _ in range(30)]
    assert pauses[0] <= PROBE_FIRST_S < max(pauses) <= PROBE_EVERY_S


def test_pauses_between_messages_grow_to_what_a_short_outage_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    outage = Outage(Throttle(), threading.Event())
    pauses = []
    while now < 1000 + LONG_OUTAGE_S:
        pauses.append(outage.pause(UnreachableError("no network"), ANNA))
        now += pauses[-1]
    assert pauses[0] == PROBE_FIRST_S < max(pauses) == PROBE_EVERY_S


def test_a_server_that_never_holds_a_poll_is_not_asked_without_pause(
    api: BotApi, start_bot: StartBot
) -> None:
    start_bot()
    fault = api.fail("getUpdates", status=200, body={"ok": True, "result": []}, times=None)
    api.text(ANNA, "/note_add раз")  # ends the poll under way
    api.wait(lambda _: fault.hits == 3)
    asked = [call.at for call in api.calls_to("getUpdates")[-3:]]
    assert all(after - before >= PROBE_FIRST_S for before, after in pairwise(asked))
    api.heal()
    api.text(ANNA, "/note_add два")
    api.wait_answer(ANNA, texts.note_added(2))


def test_a_second_copy_is_named_and_outlasted(api: BotApi, start_bot: StartBot) -> None:
    bot = start_bot()
    api.fail("getUpdates", status=409, times=2)
    for note in ("раз", "два"):
        api.text(ANNA, f"/note_add {note}")
    api.wait_sent(ANNA, 2)
    api.wait(lambda _: bot.log.count("ещё одна копия бота") == 2)


def test_a_throttled_chat_is_left_alone_and_others_are_not(
    api: BotApi, start_bot: StartBot
) -> None:
    bot = start_bot()
    throttled, others = range(1, 11), range(11, 21)
    for user in throttled:
        api.fail("sendMessage", chat_id=user, retry_after=HELD_S)
        for number in range(5):
            api.text(user, f"/note_add {number}")
    api.wait(lambda a: a.too_many_requests == len(throttled))
    for user in others:
        api.text(user, "/note_add рядом")
    for user in others:
        api.wait_sent(user)
    api.wait(lambda _: all(len(bot.notes(user)) == 5 for user in throttled))
    assert not any(api.sent(user) for user in throttled), "kept although nothing may be said yet"
    for user in throttled:
        said = [message["text"] for message in api.wait_sent(user, 5)]
        assert said == [texts.note_added(number) for number in range(1, 6)]
    assert api.flood_violations == []


def test_parts_that_arrived_are_not_repeated_after_a_429(api: BotApi, start_bot: StartBot) -> None:
    start_bot()
    api.text(ANNA, f"/note_add {'щ' * 4085}")
    api.wait_sent(ANNA, 1)
    # The note does not fit into one message with its head: the second part is refused.
    api.limit(per_chat_per_second=1, retry_after=1)
    api.text(ANNA, "/note 1")
    first, second = api.wait_sent(ANNA, 3)[1:]
    assert (first["text"] + second["text"]).count("щ") == 4085
    assert api.too_many_requests == 1
    assert "early" not in [violation.kind for violation in api.flood_violations]


def test_an_answer_that_was_lost_on_the_way_back_costs_no_note(
    api: BotApi, start_bot: StartBot
) -> None:
    bot = start_bot()
    api.fail("getUpdates", drop=True, after_effect=True)
    api.fail("sendMessage", drop=True, after_effect=True)
    api.text(ANNA, "/note_add раз")
    api.text(ANNA, "/note_add два")
    api.wait_answer(ANNA, texts.note_added(2))
    assert bot.notes(ANNA) == ["раз", "два"]
    # Whether it had arrived nobody could know: it is said once more, and no more often.
    said = [message["text"] for message in api.sent(ANNA)]
    assert said == [texts.note_added(1), texts.note_added(1), texts.note_added(2)]


def test_whoever_blocked_the_bot_costs_a_line_of_the_log(api: BotApi, start_bot: StartBot) -> None:
    bot = start_bot()
    api.blocked_by(ANNA)
    api.text(ANNA, "/note_add раз")
    api.text(BORIS, "/note_add рядом")
    api.wait_sent(BORIS)
    api.wait(lambda a: a.calls_to("sendMessage", ANNA))
    api.unblocked_by(ANNA)
    api.text(ANNA, "/note_count")
    assert [m["text"] for m in api.wait_sent(ANNA)] == ["У вас 1 заметка."]
    assert len(api.calls_to("sendMessage", ANNA)) == 2
    assert bot.log.count(f"Чат {ANNA} закрыт для бота") == 1


def test_the_same_update_twice_is_one_note(api: BotApi, start_bot: StartBot) -> None:
    bot = start_bot()
    note = api.text(ANNA, "/note_add раз")
    api.wait_sent(ANNA)
    replayed = {"update_id": note.update_id, "message": dict(note)}
    for _ in range(3):
        api.push_raw(replayed)
    api.text(ANNA, "/note_add два")
    api.wait_answer(ANNA, texts.note_added(2))
    api.wait(lambda _: bot.query("SELECT count(*) FROM tasks WHERE done_at IS NULL") == [(0,)])
    bot.kill()
    api.push_raw(replayed)
    bot.start()
    api.text(ANNA, "/note_add три")
    api.wait_answer(ANNA, texts.note_added(3))
    assert bot.notes(ANNA) == ["раз", "два", "три"]
    assert len(api.sent(ANNA)) == 3


def test_what_is_sent_travels_in_bodies_over_few_connections(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    model.default = answer("Ответ.")
    start_bot()
    for number in range(1, 21):
        api.text(ANNA, "/note_add " + "длинная " * 400)
        api.text(ANNA, "/ask вопрос")
        api.wait_sent(ANNA, 2 * number)
    assert {call.query for call in api.calls} == {""}
    assert len({call.connection for call in api.calls}) <= 6


@pytest.mark.parametrize("address", ["http://nowhere.invalid", "http://127.0.0.1:9"])
def test_a_start_without_network_waits_and_can_be_ended(
    api: BotApi, start_bot: StartBot, address: str
) -> None:
    bot = start_bot(ready=False, TELEGRAM_API_URL=address)
    api.wait(lambda _: "Telegram не отвечает" in bot.log)
    bot.stop()  # in vain, were it to wait for the network


def _refuse(api: BotApi) -> None:
    api.outage()


def _fail(api: BotApi) -> None:
    api.fail("*", status=502, times=None)


def _hang(api: BotApi) -> None:
    """Take calls and never answer them."""
    api.fail("*", drop=True, delay=3600, times=None)


@pytest.mark.parametrize("go_away", [_refuse, _fail, _hang])
def test_it_is_at_work_again_soon_after_a_short_outage(
    api: BotApi, start_bot: StartBot, go_away: Callable[[BotApi], None]
) -> None:
    bot = start_bot()
    api.text(ANNA, "/note_add до")
    api.wait_answer(ANNA, texts.note_added(1))
    go_away(api)
    cpu_s, calls = _cpu_s(bot), len(api.arrived)
    time.sleep(LONG_ENOUGH_S)
    assert _cpu_s(bot) - cpu_s < 1
    assert len(api.arrived) - calls < 2 * LONG_ENOUGH_S
    api.heal()
    api.restore()
    api.text(BORIS, "/note_add после")
    api.wait_answer(BORIS, texts.note_added(1), timeout=AGAIN_S)


def test_chats_that_cannot_be_written_to_are_tried_again_soon(
    api: BotApi, start_bot: StartBot
) -> None:
    """Polls succeed all the while, so that only the chats themselves can find it out."""
    start_bot()
    people = range(1, 21)
    api.fail("sendMessage", times=None)
    for user in people:
        api.text(user, "/note_add раз")
    time.sleep(LONG_ENOUGH_S)
    api.heal()
    for user in people:
        api.wait_answer(user, texts.note_added(1), timeout=AGAIN_S)


def test_a_token_that_is_revoked_ends_the_bot_in_plain_words(
    api: BotApi, start_bot: StartBot
) -> None:
    bot = start_bot()
    api.fail("*", status=401, times=None)
    api.text(ANNA, "/note_add раз")  # ends the poll under way
    assert bot.wait() == 2
    assert startup.TOKEN_REFUSED in bot.log
    assert "Traceback" not in bot.log
    api.heal()
    start_bot()
    assert [m["text"] for m in api.wait_sent(ANNA)] == [texts.note_added(1)], "nothing is lost"


@pytest.mark.parametrize(
    "description",
    [
        "Bad Request: not enough rights to send text messages to the chat",
        "Bad Request: have no rights to send a message",
        "Bad Request: chat not found",
    ],
)
def test_a_chat_that_takes_nothing_costs_no_further_words_of_a_model(
    api: BotApi, model: ModelServer, start_bot: StartBot, description: str
) -> None:
    bot = start_bot()
    model.script(answer("слово " * 500, size=6, pace=0.05))
    api.fail("sendMessage", status=400, description=description, chat_id=ANNA, times=None)
    api.text(ANNA, "/ask расскажи")
    model.wait(lambda: model.requests and model.requests[-1].closed_at is not None)
    api.wait(lambda _: bot.query("SELECT 1 FROM tasks WHERE done_at IS NULL") == [])
    assert len(api.calls_to("sendMessage", ANNA)) <= 2
    assert bot.log.count(f"Чат {ANNA} закрыт для бота") >= 1
