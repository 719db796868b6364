"""The Bot API emulator answers as the real server does: over real HTTP, plainly and via telebot."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
import requests
from telebot import TeleBot, apihelper

from tests.emulators.bot_api import BotApi

USER = 42
GROUP = -100500

Post = Callable[..., dict[str, Any]]


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as emulator:
        yield emulator


@pytest.fixture
def post(api: BotApi) -> Iterator[Post]:
    """Call a method with form-encoded parameters and decode the answer."""
    with requests.Session() as session:

        def call(method: str, **params: Any) -> dict[str, Any]:
            encoded = {
                name: json.dumps(value) if isinstance(value, (dict, list)) else value
                for name, value in params.items()
            }
            url = f"{api.url}/bot{api.token}/{method}"
            answer: dict[str, Any] = session.post(url, data=encoded, timeout=10).json()
            return answer

        yield call


@pytest.fixture
def bot(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(apihelper, "API_URL", api.url + "/bot{0}/{1}")
    monkeypatch.setattr(apihelper, "FILE_URL", api.url + "/file/bot{0}/{1}")
    return TeleBot(api.token, threaded=False)


def test_a_telebot_reads_answers_edits_and_deletes(api: BotApi, bot: Any) -> None:
    asked = api.text(USER, "/start@notes_test_bot и вперёд")
    [update] = bot.get_updates(timeout=5, allowed_updates=["message"])
    assert update.message.entities[0].type == "bot_command"
    assert update.message.entities[0].length == len("/start@notes_test_bot")

    answer = bot.send_message(USER, " <b>Ответ</b> 😀\n", parse_mode="HTML")
    bot.edit_message_text("Готово", USER, answer.message_id)
    bot.delete_message(USER, bot.reply_to(update.message, "лишнее").message_id)

    [shown] = api.sent(USER)
    assert (shown["text"], len(api.messages(USER))) == ("Готово", 2)  # the question, the answer
    assert [version["text"] for version in shown["_history"]] == ["Ответ 😀", "Готово"]
    assert shown["_history"][0]["entities"] == [{"offset": 0, "length": 5, "type": "bold"}]
    api.text(USER, "ещё")
    bot.get_updates(offset=asked.update_id + 1, timeout=5)
    api.wait_confirmed(asked.update_id)
    assert (api.pending, api.spec_violations) == (1, [])


def test_a_long_poll_wakes_when_an_update_comes_and_ends_when_another_begins(
    api: BotApi, post: Post
) -> None:
    url = f"{api.url}/bot{api.token}/getUpdates"
    with ThreadPoolExecutor() as pool:
        first = pool.submit(requests.post, url, data={"timeout": 30}, timeout=10)
        api.wait(lambda seen: len(seen.arrived) == 1)
        second = pool.submit(requests.post, url, data={"timeout": 30}, timeout=10)
        ended = first.result().json()
        api.text(USER, "привет")
        [update] = second.result().json()["result"]
    assert (ended["error_code"], api.conflicts) == (409, 1)
    assert update["message"]["text"] == "привет"
    assert post("getUpdates", offset=-1)["result"] == [update]
    assert post("getUpdates", offset=update["update_id"] + 1)["result"] == []


@pytest.mark.parametrize(
    "how",
    [
        lambda params: {"params": params},
        lambda params: {"data": params},
        lambda params: {"json": params | {"reply_markup": json.loads(params["reply_markup"])}},
        lambda params: {"files": {name: (None, value) for name, value in params.items()}},
    ],
    ids=["query", "form", "json", "multipart"],
)
def test_parameters_come_in_any_encoding(api: BotApi, how: Callable[[Any], Any]) -> None:
    api.open_chat(USER)
    markup = {"inline_keyboard": [[{"text": "Да", "callback_data": "да"}]]}
    params = {"chat_id": str(USER), "text": "a+b & «я» 😀", "reply_markup": json.dumps(markup)}
    requests.post(f"{api.url}/bot{api.token}/sendmessage", timeout=10, **how(params))
    [message] = api.sent(USER)
    assert (message["text"], message["reply_markup"]) == (params["text"], markup)
    assert api.calls[0].params == {**params, "chat_id": USER, "reply_markup": markup}


@pytest.mark.parametrize(
    "kind", ["document", "photo", "voice", "video", "audio", "animation", "sticker"]
)
def test_telebot_uploads_a_file_and_sends_it_again_by_its_id(
    api: BotApi, bot: Any, kind: str
) -> None:
    api.open_chat(USER)
    upload = BytesIO(b"\r\n--content\r\n")
    upload.name = "заметки.md"
    send = getattr(bot, f"send_{kind}")
    media = getattr(send(USER, upload), kind)
    file_id = media[-1].file_id if kind == "photo" else media.file_id
    send(USER, file_id)
    assert [message["_bytes"] for message in api.sent(USER)] == [upload.getvalue()] * 2
    assert api.calls[0].files[kind] == ("заметки.md", upload.getvalue())
    assert bot.download_file(bot.get_file(file_id).file_path) == upload.getvalue()


def test_a_file_from_a_person_is_downloaded_unless_it_is_too_big(api: BotApi, bot: Any) -> None:
    small = api.upload_file("заметка".encode(), "a.txt")
    big = api.upload_file(b"", "b.bin", size=21 * 1024 * 1024)
    api.send_file(USER, "document", small, caption="прочти")
    [update] = bot.get_updates(timeout=5)
    path = bot.get_file(update.message.document.file_id).file_path
    assert bot.download_file(path).decode() == "заметка"
    with pytest.raises(apihelper.ApiTelegramException, match="file is too big"):
        bot.get_file(big)


HELLO = {"chat_id": USER, "text": "x"}
REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", HELLO | {"chat_id": 7}, "chat not found"),
    ("sendMessage", HELLO | {"text": " \n\t"}, "message text is empty"),
    ("sendMessage", HELLO | {"text": "😀" * 2049}, "message is too long"),
    ("sendMessage", HELLO | {"text": "<h1>x</h1>", "parse_mode": "HTML"}, "Unsupported start tag"),
    ("sendMessage", HELLO | {"text": "я<b>x", "parse_mode": "html"}, "Can't find end tag"),
    ("sendMessage", HELLO | {"text": "я</b>", "parse_mode": "HTML"}, "end tag at byte offset 2"),
    ("sendMessage", HELLO | {"reply_parameters": {"message_id": 9}}, "to be replied not found"),
    ("editMessageText", HELLO | {"message_id": 2}, "message is not modified"),
    ("editMessageText", HELLO | {"message_id": 1}, "message can't be edited"),
    ("editMessageText", HELLO | {"message_id": 9}, "message to edit not found"),
    ("deleteMessage", {"chat_id": USER, "message_id": 9}, "message to delete not found"),
    ("sendDocument", {"chat_id": USER, "document": "id", "caption": "x" * 1025}, "caption is too"),
    ("sendDocument", {"chat_id": USER, "document": "id"}, "wrong file identifier"),
    ("sendChatAction", {"chat_id": USER, "action": "dancing"}, "wrong parameter action"),
    ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
    ("setMyCommands", {"commands": [{"command": "Ask", "description": "x"}]}, "COMMAND_INVALID"),
    ("getFile", {"file_id": "nothing"}, "invalid file_id"),
]


@pytest.mark.parametrize(("method", "params", "words"), REFUSALS)
def test_what_telegram_refuses_is_refused_in_its_words(
    api: BotApi, post: Post, method: str, params: dict[str, Any], words: str
) -> None:
    api.text(USER, "первое")
    post("sendMessage", **HELLO)
    answer = post(method, **params)
    assert (answer["ok"], answer["error_code"]) == (False, 400)
    assert answer["description"].startswith("Bad Request: ")
    assert words in answer["description"]


def entity(kind: str, offset: int, length: int, **extra: Any) -> dict[str, Any]:
    return {"offset": offset, "length": length, "type": kind, **extra}


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ([entity("bold", 2, 2)], [entity("bold", 0, 2)]),  # the text is trimmed on the left
        ([entity("bold", 2, 3)], "in a middle of a UTF-16 symbol"),
        ([entity("bold", 6, 9)], "ends after the end of the text"),
        ([entity("sparkle", 2, 2)], "can't parse MessageEntity"),
        ([entity("text_link", 2, 2, url="no link")], "is invalid"),
        (
            [entity("bold", 2, 8), entity("code", 2, 2), entity("pre", 3, 5, language="py")],
            [entity("code", 0, 2), entity("bold", 2, 6)],  # none inside code, no crossing of it
        ),
    ],
)
def test_entities_are_checked_and_mended(
    api: BotApi, post: Post, given: list[dict[str, Any]], outcome: Any
) -> None:
    api.open_chat(USER)
    answer = post("sendMessage", chat_id=USER, text="  ab😀cdef  ", entities=given)
    if isinstance(outcome, str):
        assert outcome in answer["description"]
    else:
        assert (answer["result"]["text"], answer["result"]["entities"]) == ("ab😀cdef", outcome)


def test_entities_over_a_hundred_are_dropped_and_noted(api: BotApi, post: Post) -> None:
    api.open_chat(USER)
    many = [entity("bold", 2 * i, 1) for i in range(101)]
    sent = post("sendMessage", chat_id=USER, text="a " * 101, entities=many)["result"]
    assert len(sent["entities"]) == 100
    assert "101 entities" in api.entity_notes[0]


def test_a_button_is_checked_and_its_press_is_answered_once(api: BotApi, post: Post) -> None:
    api.open_chat(USER)
    button = {"text": "Ещё", "callback_data": "я" * 33}
    keyboard = {"inline_keyboard": [[button]]}
    refused = post("sendMessage", chat_id=USER, text="x", reply_markup=keyboard)
    assert refused["description"] == "Bad Request: BUTTON_DATA_INVALID"

    button["callback_data"] = "more"
    message = post("sendMessage", chat_id=USER, text="x", reply_markup=keyboard)["result"]
    query_id = api.press(USER, message, "more")
    query = post("getUpdates")["result"][0]["callback_query"]
    assert (query["id"], query["data"], query["message"]) == (query_id, "more", message)
    assert post("answerCallbackQuery", callback_query_id=query_id, text="да")["ok"]
    assert api.wait_callback_answer(query_id)["text"] == "да"
    assert not post("answerCallbackQuery", callback_query_id=query_id)["ok"]


def test_only_wanted_kinds_of_updates_come_and_raw_ones_come_as_they_are(
    api: BotApi, post: Post
) -> None:
    post("getUpdates", allowed_updates=["message"])
    api.wait_confirmed(api.edit(api.text(GROUP, "было", chat_id=GROUP), "стало"))
    last = api.push_raw("nonsense")
    first, second = post("getUpdates")["result"]
    assert (first["message"]["chat"]["type"], second) == ("supergroup", "nonsense")
    post("getUpdates", offset=last + 1)
    assert api.pending == 0


def test_calls_fail_on_demand(api: BotApi, post: Post) -> None:
    api.open_chat(USER)
    url = f"{api.url}/bot{api.token}/sendMessage"
    api.fail("send*", retry_after=7)
    assert post("sendMessage", **HELLO)["parameters"] == {"retry_after": 7}
    api.fail(status=502, body=b"<html>")
    assert requests.post(url, data=HELLO, timeout=10).text == "<html>"
    api.fail("sendMessage", drop=True, after_effect=True, times=2)
    for _ in range(2):
        with pytest.raises(requests.ConnectionError):
            requests.post(url, data=HELLO, timeout=10)
    assert len(api.sent(USER)) == 2  # the work was done, only the answers were lost
    api.fail(times=None)
    api.heal()
    api.blocked_by(USER)
    assert post("sendMessage", **HELLO)["description"] == "Forbidden: bot was blocked by the user"
    assert [call.status for call in api.calls] == [429, 502, 0, 0, 403]


def test_messages_over_the_limit_get_a_429_and_are_remembered(api: BotApi, post: Post) -> None:
    api.open_chat(USER)
    api.limit(per_chat_per_second=0.01, burst=2)
    answers = [post("sendMessage", **HELLO) for _ in range(4)]
    assert [answer["ok"] for answer in answers] == [True, True, False, False]
    assert answers[2]["parameters"]["retry_after"] == pytest.approx(100, abs=2)
    assert [violation.kind for violation in api.flood_violations] == ["limit", "early"]
    assert post("sendChatAction", chat_id=USER, action="typing")["ok"]
    assert api.too_many_requests == 2


def test_after_an_outage_the_same_address_answers_again(api: BotApi, post: Post) -> None:
    assert post("getMe")["result"] == api.bot_user
    api.outage()
    with pytest.raises(requests.ConnectionError):
        post("getMe")
    api.restore()
    assert post("getMe")["ok"]
    assert requests.get(f"{api.url}/bot1:wrong/getMe", timeout=10).status_code == 401


def test_waiting_in_vain_shows_the_last_calls(api: BotApi, post: Post) -> None:
    api.open_chat(USER)
    post("sendMessage", **HELLO)
    with pytest.raises(AssertionError, match=r"sendMessage .* -> 200"):
        api.wait_answer(USER, contains="y", timeout=0.01)


def test_a_call_against_the_documentation_is_noted(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat_id = {"name": "chat_id", "types": ["Integer", "String"], "required": True}
    text = {"name": "text", "types": ["String"], "required": True}
    known = {"methods": {"sendMessage": {"fields": [chat_id, text]}}, "types": {}}
    (tmp_path / "spec.json").write_text(json.dumps(known), encoding="utf-8")
    monkeypatch.setenv("BOT_API_SPEC", str(tmp_path / "spec.json"))
    with BotApi() as api:
        url = f"{api.url}/bot{api.token}/sendMessage"
        answer = requests.post(url, data={"chat_id": 1, "txt": "x"}, timeout=10)
        assert answer.status_code == 400
        assert api.spec_violations == [
            "sendMessage: text is required",
            "sendMessage: unknown parameter txt",
        ]
