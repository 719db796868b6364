"""What is said arrives once, in the message it belongs to, also when Telegram refuses a part."""

import pytest

from handlers.types import Place, Reply
from telegram.api import Telegram
from telegram.delivery import Delivery, messages_of
from telegram.splitting import Entities
from tests.emulators.bot_api import BotApi
from tests.talk import ANNA
from utf16 import MESSAGE_UNITS, units

BOLD = [{"type": "bold", "offset": 0, "length": 5}]


@pytest.fixture
def delivery(api: BotApi) -> Delivery:
    api.text(ANNA, "привет")
    return Delivery(Telegram("123456:TEST-token", api.url))


def refuse(api: BotApi, method: str, description: str) -> None:
    api.fail(method, status=400, description=f"Bad Request: {description}")


def shown(api: BotApi) -> list[tuple[str, Entities]]:
    return [(message["text"], message.get("entities", [])) for message in api.sent(ANNA)]


def test_a_message_whose_entities_are_refused_is_sent_as_plain_text(
    api: BotApi, delivery: Delivery
) -> None:
    refuse(api, "sendMessage", "can't parse entities: whatever")
    delivery.send(Place(ANNA), "важно", BOLD, None, None)
    assert shown(api) == [("важно", [])]


def test_no_link_is_previewed(api: BotApi, delivery: Delivery) -> None:
    sent = delivery.send(Place(ANNA), "https://example.com", [], None, None)
    delivery.edit(Place(ANNA), sent, "https://example.org", [], None)
    for method in ("sendMessage", "editMessageText"):
        (call,) = api.calls_to(method)
        assert call.params["link_preview_options"] == {"is_disabled": True}


def test_an_edit_whose_entities_are_refused_is_plain_text_in_the_same_message(
    api: BotApi, delivery: Delivery
) -> None:
    sent = delivery.send(Place(ANNA), "раз", [], None, None)
    for text in ("важно", "важно и ещё"):
        refuse(api, "editMessageText", "entity URL 'x' is invalid: Wrong HTTP URL")
        assert delivery.edit(Place(ANNA), sent, text, BOLD, None) == sent
    assert shown(api) == [("важно и ещё", [])]


@pytest.mark.parametrize("entities", [[], BOLD])
@pytest.mark.parametrize(
    ("description", "edits"), [("message to edit not found", 1), ("something else", 2)]
)
def test_words_of_an_edit_that_is_refused_arrive_once(
    api: BotApi, delivery: Delivery, entities: Entities, description: str, edits: int
) -> None:
    sent = delivery.send(Place(ANNA), "раз", [], None, None)
    for _ in range(edits if entities else 1):
        refuse(api, "editMessageText", description)
    now = delivery.edit(Place(ANNA), sent, "важно", entities, None)
    assert now != sent
    assert shown(api) == [("раз", []), ("важно", entities)]


def test_a_footer_leaves_room_for_itself_among_the_entities() -> None:
    ((text, entities),) = messages_of(Reply("*к* " * 150, markdown=True, footer="модель"))
    assert len(entities) == 100
    assert entities[-1] == {"type": "italic", "offset": units(text) - 6, "length": 6}


def test_a_footer_that_does_not_fit_is_a_message_of_its_own() -> None:
    said = messages_of(Reply("а" * MESSAGE_UNITS, markdown=True, footer="модель"))
    assert [text for text, _ in said] == ["а" * MESSAGE_UNITS, "модель"]
