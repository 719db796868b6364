"""Files inside a request: right, of the length that is announced, never whole in memory."""

import json
import tracemalloc
from pathlib import Path

import pytest

from llm.embedded import PIECE, Body, EmbeddedFile, json_body
from openrouter_client import OpenRouter
from tests.emulators.message_parts import data_in, pictures_of
from tests.emulators.model_server import ModelServer, answer, error

BIG = 10 * 1024 * 1024


def file_of(folder: Path, size: int, media_type: str = "image/png") -> EmbeddedFile:
    path = folder / f"bot-{size}.picture"
    path.write_bytes(bytes(number % 251 for number in range(min(size, 5000))) * (size // 5000 or 1))
    return EmbeddedFile(path, media_type)


@pytest.mark.parametrize("size", [1, 2, 3, PIECE, 2 * PIECE + 5000])
def test_a_file_is_sent_as_it_is(tmp_path: Path, size: int) -> None:
    file = file_of(tmp_path, size)
    body = json_body({"text": "ж\ud83d", "files": [file, {"same": file}], "end": 1})
    assert isinstance(body, Body)
    sent = b"".join(body)
    assert len(body) == len(sent)
    document = json.loads(sent)
    assert data_in(document["files"][0]) == ("image/png", file.path.read_bytes())
    assert document["files"][1]["same"] == document["files"][0]
    assert document["end"] == 1


def test_without_files_a_body_is_plain_bytes() -> None:
    assert json_body({"a": "б"}) == '{"a": "б"}'.encode(), "in two bytes a letter, not six"
    assert json_body({"a": "б\ud83d"}) == '{"a": "б?"}'.encode(), "half a character"
    with pytest.raises(TypeError):
        json_body({"a": object()})


def test_a_request_can_be_sent_again_and_never_is_whole_in_memory(tmp_path: Path) -> None:
    file = file_of(tmp_path, BIG)
    part = {"type": "image_url", "image_url": {"url": file}}
    question = [{"role": "user", "content": [{"type": "text", "text": "Что?"}, part]}]
    with ModelServer() as server:
        # The server has the request in memory, in this process: only what is sent is measured.
        server.script(error(502), answer())
        list(OpenRouter("sk-or-test", server.url, backoff_s=0).chat_stream(question, model="m"))
        sent = [pictures_of(request.json["messages"][0]) for request in server.requests]
    assert sent == [[("image/png", file.path.read_bytes())]] * 2
    tracemalloc.start()
    for _ in json_body(question):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1024 * 1024
