"""Thoughts that go back to the model with its calls, whole, to those who know them."""

import json
from typing import Any

import pytest

import llm.thoughts
from llm.provider import JSON
from llm.tools import called, result
from openai_client import openai_compatible
from openrouter_client import OpenRouter
from tests.emulators.model_server import Answer, ModelServer, json_body
from tests.talk import QUESTION
from tests.tools import ask

CALL = {"index": 0, "id": "c1", "type": "function", "function": {"name": "x", "arguments": "{}"}}
TEXT = {"type": "reasoning.text", "format": "anthropic-claude-v1", "index": 0}
SEALED = {"type": "reasoning.encrypted", "format": "google-gemini-v1", "index": 0}


def thinking(*thoughts: JSON, **call: Any) -> Answer:
    """An answer that thinks, calls a tool and says nothing."""
    deltas = [*thoughts, {"tool_calls": [CALL | call]}]
    return Answer("", deltas=deltas, finish_reason="tool_calls")


def details(*pieces: JSON) -> list[JSON]:
    return [{"reasoning_details": [piece]} for piece in pieces]


def sent_back(client: Any, server: ModelServer) -> JSON:
    """The message by which a model is told what it called."""
    completion = ask(client).completion
    ask(client, [*QUESTION, called(completion), result(completion.calls[0], "Да")])
    message: JSON = server.requests[-1].json["messages"][len(QUESTION)]
    return message


@pytest.mark.parametrize(
    ("pieces", "whole"),
    [
        pytest.param(
            [
                {**TEXT, "text": "Надо "},
                {**TEXT, "text": "записать", "signature": None},
                {**TEXT, "text": " 🥛"},
                {**TEXT, "signature": "Et8BCmUI"},
            ],
            [{**TEXT, "text": "Надо записать 🥛", "signature": "Et8BCmUI"}],
            id="a signature at the end",
        ),
        pytest.param(
            [{**TEXT, "text": "а"}, {**TEXT, "text": "б", "index": 1}, {**TEXT, "text": "в"}],
            [{**TEXT, "text": "а"}, {**TEXT, "text": "б", "index": 1}, {**TEXT, "text": "в"}],
            id="several",
        ),
        pytest.param(
            [{**TEXT, "text": "а"}, {**SEALED, "data": "x", "id": "1"}, {**SEALED, "data": "y"}],
            [{**TEXT, "text": "а"}, {**SEALED, "data": "x", "id": "1"}, {**SEALED, "data": "y"}],
            id="sealed ones",
        ),
        pytest.param(
            [{"type": "reasoning.text", "text": text} for text in "аб"],
            [{"type": "reasoning.text", "text": text} for text in "аб"],
            id="without an index",
        ),
    ],
)
def test_thoughts_are_put_together_and_go_back(
    client: OpenRouter, server: ModelServer, pieces: list[JSON], whole: list[JSON]
) -> None:
    server.script(thinking(*details(*pieces)))
    message = sent_back(client, server)
    assert json.dumps(message["reasoning_details"]) == json.dumps(whole)
    assert [call["id"] for call in message["tool_calls"]] == ["c1"]


def test_thoughts_of_an_answer_that_comes_whole(client: OpenRouter, server: ModelServer) -> None:
    told = [{**TEXT, "text": "а"}, {**SEALED, "data": "x"}]
    message = {"content": "", "tool_calls": [CALL], "reasoning_details": told}
    server.script(json_body(200, {"choices": [{"message": message}]}, {}))
    assert sent_back(client, server)["reasoning_details"] == told


def test_thoughts_go_to_nobody_who_does_not_know_them(client: OpenRouter) -> None:
    thoughts = [{"reasoning_content": "Надо "}, {"reasoning_content": "записать."}]
    with ModelServer(prefix="/v1") as other:
        other.script(thinking(*thoughts))
        message = sent_back(openai_compatible(other.url), other)
        assert message["reasoning_content"] == "Надо записать."
        other.script(thinking(*details({**TEXT, "text": "а"})))
        message = sent_back(openai_compatible(other.url), other)
        assert message.keys() == {"role", "content", "tool_calls"}
    with ModelServer() as server:
        server.script(thinking(*thoughts))
        message = sent_back(OpenRouter("sk-or-test", server.url), server)
        assert message.keys() == {"role", "content", "tool_calls"}


@pytest.mark.parametrize(
    "thoughts",
    [
        [{"reasoning_details": 7, "reasoning_content": 7}],
        [{"reasoning_details": [7, None], "reasoning_content": ""}],
        [{"reasoning_content": "а" * 2001}],
        [{"reasoning_content": "а" * 1500}, {"reasoning_content": "а" * 501}],
        details(*({**TEXT, "text": "а" * 200} for _ in range(10))),
    ],
)
def test_what_makes_no_sense_or_has_no_end_is_forgotten(
    client: OpenRouter,
    server: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
    thoughts: list[JSON],
) -> None:
    monkeypatch.setattr(llm.thoughts, "MAX_THOUGHTS", 2000)
    server.script(thinking(*thoughts))
    completion = ask(client).completion
    assert completion.thoughts == {}
    assert len(completion.calls) == 1


@pytest.mark.parametrize("fields", ["reasoning_details", "reasoning_content", "extra_content"])
def test_broken_letters_do_not_go_back(
    client: OpenRouter, server: ModelServer, fields: str
) -> None:
    broken = b"\\ud83d"  # as an escape of JSON
    thoughts: dict[str, JSON] = {
        "reasoning_details": {"reasoning_details": [{"text": "BROKEN"}]},
        "reasoning_content": {"reasoning_content": "BROKEN"},
        "extra_content": {"tool_calls": [{**CALL, "extra_content": {"google": "BROKEN"}}]},
    }
    choice = {"delta": {"tool_calls": [CALL], **thoughts[fields]}, "finish_reason": "tool_calls"}
    event = json.dumps({"choices": [choice]}).encode().replace(b"BROKEN", broken)
    server.script(Answer(pieces=[b"data: " + event + b"\n\n"], finish_reason=None))
    said = json.dumps(called(ask(client).completion), ensure_ascii=False)
    said.encode()
    assert "\ufffd" in said


def test_two_thousand_characters_are_not_too_many(
    client: OpenRouter, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llm.thoughts, "MAX_THOUGHTS", 2000)
    server.script(thinking({"reasoning_content": "а" * 2000}))
    assert ask(client).completion.thoughts == {"reasoning_content": "а" * 2000}


def test_what_google_adds_to_a_call_goes_back_with_it(
    client: OpenRouter, server: ModelServer
) -> None:
    extra = {"google": {"thought_signature": "AY89a18I"}}
    server.script(thinking(extra_content=extra))
    assert sent_back(client, server)["tool_calls"][0]["extra_content"] == extra
    server.script(thinking(extra_content={"google": "x" * 20_000}))
    assert "extra_content" not in sent_back(client, server)["tool_calls"][0]
