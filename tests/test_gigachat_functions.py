"""Functions of GigaChat: one call a message, arguments as objects, results as JSON, a state."""

import json
from pathlib import Path
from typing import Any

import pytest

from gigachat_client import GigaChat
from llm.client import ErrorKind, ProviderError
from llm.completion import Completion
from llm.provider import JSON
from llm.tools import ToolCall, called, result
from tests.certificates import Authority
from tests.emulators.gigachat_server import GigaChatServer
from tests.emulators.model_server import error, json_body
from tests.emulators.tool_calls import acts, broken, call, calls, for_ever, results_of
from tests.gigachat import make
from tests.talk import QUESTION
from tests.tools import ALL, MILK, TOOLS, ask

RECORDING = (
    Path(__file__).parents[2]
    / "shared"
    / "spec"
    / "gigachat-cassettes"
    / "test_primary_chat_function_tool_roundtrip.yaml"
)


@pytest.fixture
def client(gigachat: GigaChatServer, authority: Authority) -> GigaChat:
    return make(gigachat, ca_bundle=str(authority.bundle))


def made(text: str, *made_calls: tuple[str, str], state: str = "") -> Completion:
    rows = tuple(ToolCall(f"c{n}", *row) for n, row in enumerate(made_calls))
    return Completion(text, "tool_calls", "m", None, None, 1, False, calls=rows, state=state)


def sent_back(gigachat: GigaChatServer, client: GigaChat, *messages: JSON) -> list[JSON]:
    """What GigaChat is sent of these messages, which come after the question."""
    ask(client, [*QUESTION, *messages])
    return list(gigachat.requests[-1].json["messages"][len(QUESTION) :])


def test_the_request_describes_functions(gigachat: GigaChatServer, client: GigaChat) -> None:
    ask(client)
    body = gigachat.requests[0].json
    assert [row["name"] for row in body["functions"]] == ["save_note", "list_notes"]
    assert body["functions"][0]["parameters"] == TOOLS[0].parameters
    assert body["function_call"] == "auto"
    assert "tools" not in body
    ask(client, tools=(), web_search=True)
    assert not {"functions", "function_call", "tools"} & set(gigachat.requests[1].json)
    assert not client.searches_web


def test_a_round_trip(gigachat: GigaChatServer, client: GigaChat) -> None:
    gigachat.default = acts([MILK, ALL], then=lambda request: " ".join(results_of(request)))
    messages: list[Any] = list(QUESTION)
    for expected in (MILK, ALL):
        completion = ask(client, messages).completion
        (one,) = completion.calls
        assert (one.name, json.loads(one.arguments)) == (expected.name, expected.arguments)
        assert completion.finish_reason == "tool_calls"
        assert completion.state
        messages += [called(completion), result(one, "Да")]
    last = ask(client, messages)
    assert last.text == '{"result": "Да"} {"result": "Да"}'
    first, second = gigachat.requests[2].json["messages"][1:3]
    state = messages[1]["functions_state_id"]
    assert first == {
        "role": "assistant",
        "content": "",
        "function_call": {"name": "save_note", "arguments": MILK.arguments},
        "functions_state_id": state,
    }
    assert second == {"role": "function", "name": "save_note", "content": '{"result": "Да"}'}


@pytest.mark.parametrize("stream", [True, False])
def test_a_call_in_the_shape_of_the_service(
    gigachat: GigaChatServer, client: GigaChat, stream: bool
) -> None:
    message = {
        "content": "",
        "role": "assistant",
        "functions_state_id": "77d3fb14-457a-46ba-937e-8d856156d003",
        "function_call": {"name": "weather", "arguments": {"location": "Манчестер"}},
    }
    choice = {"message": message, "index": 0, "finish_reason": "function_call"}
    whole = json_body(200, {"choices": [choice], "object": "chat.completion"}, {})
    gigachat.script(calls(call("weather", location="Манчестер")) if stream else whole)
    completion = ask(client).completion
    (one,) = completion.calls
    assert (one.name, one.arguments) == ("weather", '{"location": "Манчестер"}')
    assert one.id
    assert completion.finish_reason == "tool_calls"
    assert len(completion.state) == 36


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Записано", '{"result": "Записано"}'),
        ('{"number": 12}', '{"number": 12}'),
        ("[1, 2]", '{"result": "[1, 2]"}'),
        ("12", '{"result": "12"}'),
        ("", '{"result": ""}'),
        ('{"a": ', '{"result": "{\\"a\\": "}'),
    ],
)
def test_a_result_is_a_json_object(
    gigachat: GigaChatServer, client: GigaChat, text: str, content: str
) -> None:
    completion = made("", ("save_note", "{}"))
    _, told = sent_back(gigachat, client, called(completion), result(completion.calls[0], text))
    assert told["content"] == content


def test_several_calls_of_another_model_go_one_after_the_other(
    gigachat: GigaChatServer, client: GigaChat
) -> None:
    completion = made("Сейчас.", ("a", '{"n": 1}'), ("b", ""), ("c", '{"te'))
    told = [result(one, one.name) for one in reversed(completion.calls)]
    again = made("", ("a", "{}"))  # with the id that the first call had
    messages = sent_back(
        gigachat, client, called(completion), *told, called(again), result(again.calls[0], "ещё")
    )
    assert [
        (m["content"], m.get("function_call", {}).get("name") or m["name"]) for m in messages
    ] == [
        ("Сейчас.", "a"),
        ('{"result": "a"}', "a"),
        ("", "b"),
        ('{"result": "b"}', "b"),
        ("", "c"),
        ('{"result": "c"}', "c"),
        ("", "a"),
        ('{"result": "ещё"}', "a"),
    ]
    assert [m["function_call"]["arguments"] for m in messages[::2]] == [
        {"n": 1},
        {},
        {"invalid_json": '{"te'},
        {},
    ]


def test_broken_arguments_are_passed_on(gigachat: GigaChatServer, client: GigaChat) -> None:
    gigachat.script(calls(broken("save_note")))
    assert ask(client).completion.calls[0].arguments == '{"text": "молок'


def test_one_that_never_has_enough(gigachat: GigaChatServer, client: GigaChat) -> None:
    gigachat.default = for_ever(ALL)
    messages: list[Any] = list(QUESTION)
    for _ in range(4):
        completion = ask(client, messages).completion
        messages += [called(completion), result(completion.calls[0], "{}")]
    assert ask(client, messages, tools=()).text == "Больше не могу."


@pytest.mark.parametrize(
    "messages",
    [
        [called(made("", ("a", "{}")))],
        [{"role": "function", "name": "a", "content": "{}"}],
        [{"role": "function", "name": "a", "content": "да"}],
    ],
    ids=["no result", "a result of nothing", "a result that is no JSON"],
)
def test_the_emulator_refuses_what_the_service_refuses(
    client: GigaChat, messages: list[JSON]
) -> None:
    with pytest.raises(ProviderError) as caught:
        ask(client, [*QUESTION, *messages])
    assert caught.value.kind is ErrorKind.BAD_REQUEST


def test_a_model_without_functions_is_remembered(
    gigachat: GigaChatServer, client: GigaChat
) -> None:
    said = {"status": 422, "message": "Functions are not supported by this model"}
    gigachat.script(error(422, said))
    with pytest.raises(ProviderError) as caught:
        ask(client)
    assert caught.value.kind is ErrorKind.TOOLS_REFUSED
    assert client.refuses_tools("test/model")


def test_which_models_have_functions(gigachat: GigaChatServer, client: GigaChat) -> None:
    assert all(entry.tools for entry in client.known)
    rows = [{"id": name} for name in ("GigaChat-3-Ultra", "GigaChat-2-Max", "GigaChat-Pro")]
    gigachat.pages["/models"] = {"data": rows}
    assert [entry.tools for entry in client.fetch_models()] == [True, True, None]


def test_the_recording_s_round_trip(gigachat: GigaChatServer, client: GigaChat) -> None:
    """The recording is of version 2; what both versions share is what a call and a result hold."""
    yaml = pytest.importorskip("yaml")
    if not RECORDING.exists():
        pytest.skip("the recordings of the real service are not at hand")
    chats = yaml.safe_load(RECORDING.read_text("utf-8"))["interactions"][1::2]
    asked, told = (json.loads(chat["request"]["body"]) for chat in chats)
    answered, last = (json.loads(chat["response"]["body"]["string"]) for chat in chats)
    recorded = answered["messages"][0]

    def of_version_1(answer: JSON, **message: Any) -> Any:
        choice = {"message": {"role": "assistant", **message}, "index": 0}
        choice["finish_reason"] = answer["finish_reason"]
        return json_body(200, {"choices": [choice], "model": answer["model"]}, {})

    call_part, text = recorded["content"][0], last["messages"][0]["content"][0]["text"]
    state = recorded["tool_state_id"]
    gigachat.script(
        of_version_1(answered, content="", functions_state_id=state, **call_part),
        of_version_1(last, content=text),
    )
    question = [{"role": "user", "content": asked["messages"][0]["content"][0]["text"]}]
    completion = ask(client, question).completion
    (one,) = completion.calls
    assert (one.name, json.loads(one.arguments)) == ("get_order_status", {"order_id": "A-1024"})
    _, sent_call, sent_result = told["messages"]
    order = sent_result["content"][0]["function_result"]["result"]
    told_again = result(one, json.dumps(order))
    assert ask(client, [*question, called(completion), told_again]).text == text
    _, call_again, result_again = gigachat.requests[1].json["messages"]
    assert call_again["function_call"] == sent_call["content"][0]["function_call"]
    assert call_again["functions_state_id"] == sent_call["tools_state_id"]
    assert json.loads(result_again["content"]) == order
