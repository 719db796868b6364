"""The message that says how far long work has come."""

import pytest

from handlers.buttons import button
from handlers.types import Request
from telegram.api import Telegram
from telegram.delivery import Delivery
from telegram.throttle import Throttle
from tests.emulators.bot_api import BotApi
from tests.talk import ANNA, GROUP, buttons, said
from worker import progress
from worker.progress import Progress

STOP = button("⏹ Стоп", "stop_pack")
ASKED = Request(ANNA, ANNA, 1, 0, private=True)


class Desk:
    """A progress and what became of it."""

    def __init__(self, api: BotApi, request: Request = ASKED, shown: tuple[int, ...] = ()) -> None:
        api.open_chat(request.chat_id)
        self.throttle = Throttle()
        self.noted: list[list[int]] = []
        delivery = Delivery(Telegram(api.token, api.url))
        self.report = Progress(delivery, self.throttle, request, [*shown], self.noted.append)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 0.0)


@pytest.mark.usefixtures("at_once")
def test_one_message_changes_and_is_gone_at_the_end(api: BotApi) -> None:
    desk = Desk(api)
    with desk.report as report:
        for text in ("1 из 3", "2 из 3"):
            report(text, STOP)
            (shown,) = api.sent(ANNA)
            assert said(shown) == text
            assert buttons(shown) == {"⏹ Стоп": f"stop_pack:@{ANNA}"}
    assert desk.noted == [[shown["message_id"]]]
    assert api.sent(ANNA) == []


@pytest.mark.parametrize(("chat_id", "private"), [(ANNA, True), (GROUP, False)])
def test_it_changes_now_and_then_only(api: BotApi, chat_id: int, private: bool) -> None:
    with Desk(api, Request(ANNA, chat_id, 1, 0, private=private)).report as report:
        for number in range(100):
            report(f"{number} из 100", STOP)
        assert [said(m) for m in api.sent(chat_id)] == ["0 из 100"]
        assert len(api.calls_to("sendMessage")) == 1
        assert api.calls_to("editMessageText") == []


@pytest.mark.usefixtures("at_once")
def test_the_message_of_an_earlier_try_is_used_again(api: BotApi) -> None:
    earlier = Desk(api)
    earlier.report("1 из 3", STOP)
    ((message_id,),) = earlier.noted
    desk = Desk(api, shown=(message_id,))
    with desk.report as report:
        report("2 из 3", STOP)
        assert [said(m) for m in api.sent(ANNA)] == ["2 из 3"]
    assert desk.noted == []  # it is known already
    assert api.sent(ANNA) == []


@pytest.mark.usefixtures("at_once")
def test_nothing_depends_on_it(api: BotApi) -> None:
    desk = Desk(api)
    with desk.report as report:
        api.fail("sendMessage", status=502)
        report("1 из 3", STOP)
        api.fail("sendMessage", retry_after=30)
        report("2 из 3", STOP)
        assert desk.throttle.remaining(ANNA) > 20
        before = len(api.arrived)
        report("3 из 3", STOP)  # the chat may not be written to
        assert len(api.arrived) == before
    assert api.calls_to("deleteMessage") == []  # there is nothing to delete
    last = Desk(api, shown=(77,))
    with last.report:
        api.fail("deleteMessage", status=502)
    assert len(api.calls_to("deleteMessage")) == 1
