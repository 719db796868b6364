"""Tools over real HTTP: what is asked, how calls come, what goes back, who refuses."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import llm.client
import llm.tool_calls
from llm.client import ErrorKind, ProviderError
from llm.provider import JSON
from llm.tools import Source, ToolCall, called, result
from openai_client import openai_compatible
from openrouter_client import OpenRouter
from tests.emulators.model_server import (
    Answer,
    Behaviour,
    ModelServer,
    error,
    error_200,
    json_body,
)
from tests.emulators.tool_calls import (
    Made,
    Manner,
    acts,
    broken,
    call,
    calls,
    for_ever,
    found,
    names_offered,
    question_of,
    results_of,
)
from tests.talk import QUESTION
from tests.tools import ALL, MILK, TOOLS, ask

SPEC = Path(__file__).parents[2] / "shared" / "spec" / "openrouter-openapi-2026-08-22.yaml"


def understood(made: tuple[ToolCall, ...]) -> list[tuple[str, Any]]:
    return [(one.name, json.loads(one.arguments or "{}")) for one in made]


def delta(*pieces: object, finish: str | None = None, **more: Any) -> bytes:
    choice = {"delta": {"tool_calls": pieces, **more}, "finish_reason": finish}
    return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


def whole(message: JSON, finish: str | None = "stop") -> Behaviour:
    return json_body(200, {"choices": [{"message": message, "finish_reason": finish}]}, {})


# What is asked


def test_the_request_describes_the_tools(client: OpenRouter, server: ModelServer) -> None:
    ask(client)
    assert server.requests[0].json["tools"] == [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
            },
        }
        for tool in TOOLS
    ]
    assert "tool_choice" not in server.requests[0].json
    ask(client, tools=())
    assert "tools" not in server.requests[1].json


def test_only_openrouter_is_asked_to_search_the_web(
    client: OpenRouter, server: ModelServer
) -> None:
    ask(client, web_search=True)
    ask(client, web_search=True, tools=())
    both, alone = (request.json["tools"] for request in server.requests)
    assert [tool["type"] for tool in both] == ["function", "function", "openrouter:web_search"]
    assert [tool["type"] for tool in alone] == ["openrouter:web_search"]
    assert client.searches_web
    with ModelServer(prefix="/v1") as other:
        local = openai_compatible(other.url)
        ask(local, web_search=True, tools=())
        assert "tools" not in other.requests[0].json
        assert not local.searches_web


# How calls come

MANNERS = {
    "at once": Manner(),
    "letter by letter": Manner(size=1),
    "taking turns": Manner(size=4, mixed=True),
    "a name in pieces": Manner(size=5, name_size=3),
    "all of one index": Manner(size=6, index="zero"),
    "no index": Manner(size=6, index=""),
    "no index, ids everywhere, taking turns": Manner(size=4, index="", ids="all", mixed=True),
    "ids everywhere": Manner(size=3, ids="all"),
    "no ids": Manner(size=3, ids=""),
    "no ids, taking turns": Manner(size=3, ids="", mixed=True),
    "no ids, one index": Manner(size=3, ids="", index="zero"),
    "neither ids nor index": Manner(size=3, ids="", index=""),
    "neither, a name in pieces": Manner(size=3, ids="", index="", name_size=2),
    "neither, in one list": Manner(ids="", index="", together=True),
    "one index, in one list": Manner(ids="", index="zero", together=True),
    "names everywhere": Manner(size=3, names_repeated=True),
    "names everywhere, nothing else": Manner(size=3, names_repeated=True, ids="", index=""),
    "objects": Manner(as_object=True),
    "objects with nothing else": Manner(as_object=True, ids="", index=""),
}


@pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS)
def test_calls_are_put_together_however_they_come(
    client: OpenRouter, server: ModelServer, manner: Manner
) -> None:
    eggs = call("save_note", text='яйца {"10"}')
    server.script(calls(MILK, eggs, ALL, text="Сейчас.", manner=manner))
    stream = ask(client)
    assert stream.completion.text == stream.text == "Сейчас."
    assert understood(stream.completion.calls) == [
        (one.name, one.arguments) for one in (MILK, eggs, ALL)
    ]
    assert len({one.id for one in stream.completion.calls} - {""}) == 3
    assert stream.completion.finish_reason == "tool_calls"
    assert stream.completion.completion_tokens == 7


def test_ids_are_kept_and_missing_ones_made(client: OpenRouter, server: ModelServer) -> None:
    server.script(calls(MILK, ALL))
    assert [one.id for one in ask(client).completion.calls] == ["call_1_0", "call_1_1"]
    same = [{"id": "call_0", "function": {"name": name}} for name in ("a", "b", "c")]
    long = {"id": "д" * 161, "function": {"name": "d"}}
    server.script(whole({"content": None, "tool_calls": [*same[:1], long]}))
    first, made = ask(client).completion.calls
    assert (first.id, len(made.id), made.id.isalnum()) == ("call_0", 9, True)
    numbered = [{**one, "index": n} for n, one in enumerate(same)]
    server.script(Answer(pieces=[delta(one) for one in numbered], finish_reason="tool_calls"))
    ids = [one.id for one in ask(client).completion.calls]
    assert ids[0] == "call_0"
    assert len(set(ids)) == 3


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param(
            [
                {"index": 0, "id": "a", "function": {"name": "x"}},
                {"index": 0, "id": "b", "function": {"arguments": '{"n":'}},
                {"index": 0, "id": "c", "function": {"arguments": "1}"}},
            ],
            [("x", {"n": 1})],
            id="another id with every piece",
        ),
        pytest.param(
            [
                {"index": 0, "id": "a", "function": {"name": "x"}},
                {"index": 1, "id": "a", "function": {"arguments": '{"n":'}},
                {"index": 2, "function": {"arguments": "1}"}},
            ],
            [("x", {"n": 1})],
            id="another index with every piece",
        ),
        pytest.param(
            [
                {"index": 0, "function": {"name": "x", "arguments": '{"n": 1}'}},
                {"index": 0, "function": {"name": "x", "arguments": ""}},
            ],
            [("x", {"n": 1})],
            id="the name once more at the end",
        ),
        pytest.param(
            [
                {"index": 0, "id": "a", "function": {"name": "x", "arguments": ""}},
                {"index": 0, "id": "a", "function": {"name": "x", "arguments": None}},
                {"index": 0, "id": None, "function": {"name": None, "arguments": '{"n": 1}'}},
            ],
            [("x", {"n": 1})],
            id="nothing at first",
        ),
        pytest.param(
            [{"index": 0, "function": {"name": "", "arguments": "{}"}}, {"function": "x"}, 7, None],
            [],
            id="no name",
        ),
    ],
)
def test_pieces_that_hardly_fit(
    client: OpenRouter, server: ModelServer, pieces: list[Any], expected: list[Any]
) -> None:
    server.script(Answer(pieces=["Да", *map(delta, pieces)]))
    assert understood(ask(client).completion.calls) == expected


@pytest.mark.parametrize("manner", [Manner(), Manner(as_object=True)], ids=["text", "object"])
@pytest.mark.parametrize("reason", ["tool_calls", "function_call", "stop"])
def test_an_answer_of_calls_alone_is_one_whatever_it_is_called(
    client: OpenRouter, server: ModelServer, reason: str, manner: Manner
) -> None:
    server.script(calls(MILK, finish_reason=reason, manner=manner))
    stream = ask(client)
    assert (stream.text, stream.completion.finish_reason) == ("", "tool_calls")
    assert understood(stream.completion.calls) == [("save_note", MILK.arguments)]
    assert len(server.requests) == 1


WHOLE: dict[str, JSON] = {
    "calls": {"tool_calls": [{"id": "c1", "function": {"name": "x", "arguments": '{"n": 1}'}}]},
    "an object": {"tool_calls": [{"id": "c1", "function": {"name": "x", "arguments": {"n": 1}}}]},
    "one call": {"function_call": {"name": "x", "arguments": '{"n": 1}'}},
    "both": {
        "tool_calls": [{"id": "c1", "function": {"name": "x", "arguments": '{"n": 1}'}}],
        "function_call": {"name": "x", "arguments": '{"n": 1}'},
    },
}


@pytest.mark.parametrize("message", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("finish", ["tool_calls", "stop", None])
def test_calls_of_an_answer_that_comes_whole(
    client: OpenRouter, server: ModelServer, message: JSON, finish: str | None
) -> None:
    server.script(whole({"role": "assistant", "content": None, **message}, finish))
    completion = ask(client).completion
    assert understood(completion.calls) == [("x", {"n": 1})]
    assert (completion.text, completion.finish_reason) == ("", "tool_calls")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('{"text": "молок', '{"text": "молок'),
        ("", ""),
        ("[1, 2]", "[1, 2]"),
        ('{"text": "a\0b\ud83d"}', '{"text": "ab\ufffd"}'),
    ],
)
def test_broken_arguments_are_passed_on_and_sent_back_as_an_object(
    client: OpenRouter, server: ModelServer, written: str, kept: str
) -> None:
    pieces = [delta({"index": 0, "id": "c1", "function": {"name": "x", "arguments": written}})]
    server.script(Answer(pieces=pieces, finish_reason="tool_calls"))
    completion = ask(client).completion
    (made,) = completion.calls
    assert made.arguments == kept
    sent = called(completion)["tool_calls"][0]["function"]["arguments"]
    assert isinstance(json.loads(sent), dict)
    assert kept in ("", json.loads(sent).get("invalid_json"), sent)
    ask(client, [*QUESTION, called(completion), result(made, "Не понял.")])  # the server checks it


def test_letters_cut_in_two_are_joined_in_arguments(
    client: OpenRouter, server: ModelServer
) -> None:
    texts = ['{"text": "\ud83e', '\udd5b"}']
    pieces = [delta({"index": 0, "function": {"name": "x", "arguments": text}}) for text in texts]
    server.script(Answer(pieces=pieces))
    assert understood(ask(client).completion.calls) == [("x", {"text": "🥛"})]


@pytest.mark.parametrize(
    ("name", "kept"),
    [("save note", "save_note"), ("сохрани", "_" * 7), ("x" * 100, "x" * 64), ("a\nb", "a_b")],
)
def test_names_are_such_that_every_server_takes_them_back(
    client: OpenRouter, server: ModelServer, name: str, kept: str
) -> None:
    server.script(calls(Made(name, {})))
    assert [one.name for one in ask(client).completion.calls] == [kept]


# Bounds


def test_more_calls_than_sixteen_are_left_out(client: OpenRouter, server: ModelServer) -> None:
    for manner in (Manner(size=3), Manner(index=""), Manner(ids="", index="", together=True)):
        server.script(calls(*(call("x", n=n) for n in range(40)), manner=manner))
        found = understood(ask(client).completion.calls)
        assert found == [("x", {"n": n}) for n in range(16)]


def test_arguments_are_cut_off_at_twenty_thousand_characters(
    client: OpenRouter, server: ModelServer
) -> None:
    server.script(calls(call("x", text="д" * 19_000), call("y", text="й" * 3000), ALL))
    first, second, third = ask(client).completion.calls
    assert json.loads(first.arguments) == {"text": "д" * 19_000}
    assert len(first.arguments + second.arguments + third.arguments) == 20_000
    assert second.arguments.startswith('{"text": "йй')
    with pytest.raises(json.JSONDecodeError):
        json.loads(second.arguments)


@pytest.mark.parametrize("manner", [Manner(size=997), Manner(size=1)], ids=["large", "small"])
def test_a_call_that_never_ends_is_ended(
    client: OpenRouter,
    server: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
    manner: Manner,
) -> None:
    monkeypatch.setattr(llm.tool_calls, "MAX_RECEIVED", 4000)
    server.default = calls(call("x", text="a" * 5000), manner=manner)
    with pytest.raises(ProviderError) as caught:
        ask(client)
    assert caught.value.kind is ErrorKind.BAD_BODY
    assert len(server.requests) == 1


# How it breaks off


def cut_call(text: str = "", **how: Any) -> Callable[[JSON], Answer]:
    return calls(MILK, text=text, end="cut", after=9, **how)


@pytest.mark.parametrize("manner", [Manner(), Manner(size=2)])
def test_calls_that_broke_off_are_asked_for_again(
    client: OpenRouter, server: ModelServer, manner: Manner
) -> None:
    server.script(cut_call(manner=manner), error(503), calls(ALL))
    assert understood(ask(client).completion.calls) == [("list_notes", {})]
    assert len(server.requests) == 3


def test_calls_that_broke_off_after_text_are_not(client: OpenRouter, server: ModelServer) -> None:
    server.script(cut_call("Сейчас запишу."))
    with pytest.raises(ProviderError) as caught:
        ask(client)
    assert caught.value.kind is ErrorKind.CUT
    assert len(server.requests) == 1


def test_calls_that_max_tokens_cut_short_say_so(client: OpenRouter, server: ModelServer) -> None:
    server.script(calls(ALL, broken("save_note"), finish_reason="length"))
    completion = ask(client).completion
    assert completion.finish_reason == "length"
    assert [one.name for one in completion.calls] == ["list_notes", "save_note"]


def test_a_stopped_answer_calls_nothing(client: OpenRouter, server: ModelServer) -> None:
    function = {"name": "x", "arguments": "{}"}
    pieces: list[str | bytes] = [delta({"index": 0, "function": function}), "Так"]
    server.script(Answer(pieces=pieces, end="stall", after=2))
    stream = client.chat_stream(QUESTION, model="test/model", tools=TOOLS)
    for _ in stream:
        stream.cancel()
    assert stream.completion.finish_reason == "cancelled"
    assert stream.completion.calls == ()


# What goes back


def test_a_round_trip(client: OpenRouter, server: ModelServer) -> None:
    server.default = acts([MILK, ALL], ALL, then=lambda request: " и ".join(results_of(request)))
    messages: list[Any] = list(QUESTION)
    for _ in range(2):
        completion = ask(client, messages).completion
        messages.append(called(completion))
        messages += [result(one, f"{one.name}: да") for one in completion.calls]
    last = ask(client, messages)
    assert last.text == "save_note: да и list_notes: да и list_notes: да"
    assert last.completion.calls == ()
    sent = server.requests[1].json["messages"][1:]
    assert sent == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {
                    "id": f"call_1_{number}",
                    "type": "function",
                    "function": {
                        "name": made.name,
                        "arguments": json.dumps(made.arguments, ensure_ascii=False),
                    },
                }
                for number, made in enumerate((MILK, ALL))
            ],
        },
        *(
            {
                "role": "tool",
                "tool_call_id": f"call_1_{number}",
                "name": made.name,
                "content": f"{made.name}: да",
            }
            for number, made in enumerate((MILK, ALL))
        ),
    ]
    assert question_of(server.requests[2].json) == QUESTION[0]["content"]
    assert names_offered(server.requests[2].json) == ["save_note", "list_notes"]


def test_one_that_never_has_enough_ends_when_it_is_offered_nothing(
    client: OpenRouter, server: ModelServer
) -> None:
    server.default = for_ever(ALL)
    messages: list[Any] = list(QUESTION)
    for _ in range(5):
        completion = ask(client, messages).completion
        messages += [called(completion), *(result(one, "[]") for one in completion.calls)]
    assert ask(client, messages, tools=()).text == "Больше не могу."


def test_what_only_gigachat_knows_goes_to_nobody_else(
    client: OpenRouter, server: ModelServer
) -> None:
    server.script(calls(MILK))
    completion = ask(client).completion
    message = {**called(completion), "functions_state_id": "77d3"}
    ask(client, [*QUESTION, message, result(completion.calls[0], "Записано.")])
    assert "functions_state_id" not in server.requests[1].json["messages"][1]


WRONG: dict[str, Callable[[JSON, JSON], list[JSON]]] = {
    "no result": lambda message, told: [message],
    "a result of nothing": lambda message, told: [told],
    "another id": lambda message, told: [message, {**told, "tool_call_id": "other"}],
    "twice": lambda message, told: [message, told, told],
}


@pytest.mark.parametrize("messages", WRONG.values(), ids=WRONG)
def test_the_emulator_refuses_what_servers_refuse(
    client: OpenRouter, server: ModelServer, messages: Callable[[JSON, JSON], list[JSON]]
) -> None:
    server.script(calls(MILK))
    completion = ask(client).completion
    sent = messages(called(completion), result(completion.calls[0], "Да"))
    with pytest.raises(ProviderError) as caught:
        ask(client, [*QUESTION, *sent])
    assert caught.value.kind is ErrorKind.BAD_REQUEST


# Who refuses

REFUSALS = {
    "OpenRouter": (404, 'No endpoints found that support tool use. Try disabling "save_note".'),
    "Ollama": (400, "registry.ollama.ai/library/gemma:2b does not support tools"),
    "vLLM": (
        400,
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    ),
    "llama.cpp": (500, "tools param requires --jinja flag"),
    "Groq": (400, "`tool calling` is not supported with this model"),
    "OpenAI": (400, "Unrecognized request argument supplied: tools"),
    "OpenAI now": (400, "Unknown parameter: 'tools'."),
    "Google": (400, 'Invalid JSON payload received. Unknown name "tools": Cannot find field.'),
    "pydantic": (422, "body.tools: Extra inputs are not permitted"),
    "GigaChat": (422, "function_call is not supported by model"),
}


@pytest.mark.parametrize(("status", "message"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_told_apart_and_remembered_for_an_hour(
    client: OpenRouter,
    server: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    message: str,
) -> None:
    server.default = error(status, {"error": {"code": status, "message": message}})
    assert not client.refuses_tools("test/model")
    with pytest.raises(ProviderError) as caught:
        ask(client)
    assert caught.value.kind is ErrorKind.TOOLS_REFUSED
    assert len(server.requests) == 1
    with pytest.raises(ProviderError):
        ask(client, model="other/model", tools=())
    assert client.refuses_tools("test/model")
    assert not client.refuses_tools("other/model")
    monkeypatch.setattr(llm.client, "TOOLLESS_S", 0.0)
    assert not client.refuses_tools("test/model")


def test_a_refusal_with_a_good_status(client: OpenRouter, server: ModelServer) -> None:
    server.default = error_200(404, "No endpoints found that support tool use.")
    with pytest.raises(ProviderError) as caught:
        ask(client)
    assert caught.value.kind is ErrorKind.TOOLS_REFUSED


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (404, "No endpoints found for a/model.", ErrorKind.GONE),
        (
            400,
            "This model's maximum context length is 4097 tokens. However, your messages resulted "
            "in 5000 tokens (4900 in the messages, 100 in the functions). Please reduce the "
            "length of the messages or functions.",
            ErrorKind.CONTEXT_LENGTH,
        ),
        (400, "Invalid 'tools[0].function.parameters': not a schema", ErrorKind.BAD_REQUEST),
        (404, "No endpoints found that support image input", ErrorKind.NO_IMAGES),
        (500, "Unexpected error in the tool parser", ErrorKind.SERVER),
        (500, "Failed to parse tool call arguments as JSON: unexpected end", ErrorKind.SERVER),
        (400, "tool call validation failed: unknown tool save_notes", ErrorKind.BAD_REQUEST),
    ],
)
def test_what_is_no_refusal_of_tools(
    client: OpenRouter, server: ModelServer, status: int, message: str, kind: ErrorKind
) -> None:
    server.default = error(status, {"error": {"code": status, "message": message}})
    with pytest.raises(ProviderError) as caught:
        ask(client)
    assert caught.value.kind is kind
    assert not client.refuses_tools("test/model")


# Where it was found


def test_the_pages_that_an_answer_cites(client: OpenRouter, server: ModelServer) -> None:
    pages = [("https://ru.wikipedia.org/wiki/Небо", "Небо — Википедия"), ("http://a.b/?q=1", "")]
    server.script(found("Рэлей.", *pages, pages[0]))
    completion = ask(client, web_search=True).completion
    assert completion.sources == (
        Source("https://ru.wikipedia.org/wiki/Небо", "Небо — Википедия"),
        Source("http://a.b/?q=1", "a.b"),
    )
    server.script(whole({"content": "Рэлей.", **found("", *pages).message}))
    assert ask(client).completion.sources == completion.sources


def test_an_address_is_kept_up_to_two_thousand_characters(
    client: OpenRouter, server: ModelServer
) -> None:
    url = "https://a.b/".ljust(2000, "x")
    server.script(found("Да.", (url, "т")))
    assert [source.url for source in ask(client).completion.sources] == [url]


def test_ten_pages_are_enough(client: OpenRouter, server: ModelServer) -> None:
    server.script(found("Да.", *((f"https://a.b/{n}", "т") for n in range(30))))
    assert [s.url for s in ask(client).completion.sources] == [
        f"https://a.b/{n}" for n in range(10)
    ]


@pytest.mark.parametrize(
    "annotations",
    [
        7,
        [None, 7, {}],
        [{"type": "file_citation", "url_citation": {"url": "https://a.b"}}],
        *(
            [{"type": "url_citation", "url_citation": {"url": url, "title": "т"}}]
            for url in (
                None,
                "",
                "javascript:alert(1)",
                "tg://user?id=1",
                "file:///etc/passwd",
                "https://",
                "https://[::1",
                "https://a.b/c d",
                "https://a.b/\n",
                "https://a.b/\u202e",
                "https://a.b/\ud83d",
                "https://a.b/".ljust(2001, "x"),
            )
        ),
    ],
)
def test_what_cannot_be_followed_is_left_out(
    client: OpenRouter, server: ModelServer, annotations: Any
) -> None:
    choice = {"delta": {"content": "Да.", "annotations": annotations}, "finish_reason": "stop"}
    event = b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"
    server.script(Answer(pieces=[event]))
    completion = ask(client).completion
    assert (completion.text, completion.sources) == ("Да.", ())


@pytest.mark.parametrize("title", [None, 7, "\n\u202e\0 ", "Две\nстроки \ud83d" + "x" * 500])
def test_a_title_is_one_line(client: OpenRouter, server: ModelServer, title: Any) -> None:
    cited = {"type": "url_citation", "url_citation": {"url": "https://a.b", "title": title}}
    choice = {"delta": {"content": "Да.", "annotations": [cited]}, "finish_reason": "stop"}
    server.script(Answer(pieces=[b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"]))
    (source,) = ask(client).completion.sources
    assert source.title.isprintable()
    assert 0 < len(source.title) <= 80
    source.title.encode()


# OpenRouter's own description


def test_requests_with_tools_are_of_the_api_s_shape() -> None:
    jsonschema, yaml = pytest.importorskip("jsonschema"), pytest.importorskip("yaml")
    if not SPEC.exists():
        pytest.skip("the API's description is not at hand")
    api = yaml.load(SPEC.read_text("utf-8"), yaml.CSafeLoader)
    schema = {"$ref": "#/components/schemas/ChatRequest", "components": api["components"]}
    with ModelServer(acts([MILK, ALL])) as server:
        client = OpenRouter("sk-or-test", server.url)
        completion = ask(client, web_search=True).completion
        told = [result(one, "Да") for one in completion.calls]
        ask(client, [*QUESTION, called(completion), *told], web_search=True)
        bodies = [request.json for request in server.requests]
    validator = jsonschema.Draft202012Validator(schema)
    for body in bodies:
        validator.validate(body)
    with pytest.raises(jsonschema.ValidationError):  # it does look
        validator.validate({**bodies[0], "tools": [{"type": "function"}]})
    search = api["components"]["schemas"]["WebSearchConfig"]["properties"]
    assert set(bodies[0]["tools"][-1]["parameters"]) <= set(search)
