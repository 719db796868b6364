"""Pictures to GigaChat: uploaded, one a message, deleted there whatever comes."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from gigachat_client import GigaChat, GigaChatError
from llm.client import ErrorKind
from llm.embedded import EmbeddedFile
from llm.provider import JSON
from tests.certificates import Authority
from tests.emulators.gigachat_server import GigaChatServer
from tests.emulators.model_server import cut, error, json_body, stall
from tests.gigachat import make
from tests.media import picture


@pytest.fixture
def client(gigachat: GigaChatServer, authority: Authority) -> GigaChat:
    return make(gigachat, ca_bundle=str(authority.bundle))


@pytest.fixture
def pictures(tmp_path: Path) -> list[EmbeddedFile]:
    made = []
    for kind in ("JPEG", "PNG"):
        path = tmp_path / f"bot-{kind}.picture"
        path.write_bytes(picture(kind))
        made.append(EmbeddedFile(path, f"image/{kind.lower()}"))
    return made


def question(pictures: Sequence[EmbeddedFile]) -> list[JSON]:
    parts = [{"type": "image_url", "image_url": {"url": picture}} for picture in pictures]
    return [{"role": "user", "content": [{"type": "text", "text": "Что общего?"}, *parts]}]


def test_pictures_are_uploaded_named_one_a_message_and_deleted(
    gigachat: GigaChatServer, client: GigaChat, pictures: list[EmbeddedFile]
) -> None:
    stream = client.chat_stream(question(pictures), model="GigaChat-2-Max")
    assert "".join(stream) == "Привет!"
    first, last = gigachat.requests[0].json["messages"]
    assert (first["content"], last["content"]) == ("Картинка.", "Что общего?")
    assert len(first["attachments"]) == len(last["attachments"]) == 1
    assert [file["content"] for file in gigachat.uploaded] == [picture("JPEG"), picture("PNG")]
    assert [file["type"] for file in gigachat.uploaded] == ["image/jpeg", "image/png"]
    assert [Path(file["filename"]).suffix for file in gigachat.uploaded] == [".jpeg", ".png"]
    assert gigachat.files == {}


@pytest.mark.parametrize("how", [error(400), cut(), error(429)], ids=["refused", "cut", "busy"])
def test_what_was_uploaded_is_deleted_when_the_question_fails(
    gigachat: GigaChatServer, client: GigaChat, pictures: list[EmbeddedFile], how: object
) -> None:
    gigachat.default = how  # type: ignore[assignment]
    with pytest.raises(GigaChatError):
        list(client.chat_stream(question(pictures), model="GigaChat-2-Max"))
    assert len(gigachat.uploaded) >= 2
    assert gigachat.files == {}


def test_what_was_uploaded_is_deleted_when_the_question_is_stopped(
    gigachat: GigaChatServer, client: GigaChat, pictures: list[EmbeddedFile]
) -> None:
    gigachat.script(stall(after=1))
    stream = client.chat_stream(question(pictures), model="GigaChat-2-Max")
    for _ in stream:
        stream.cancel()
    assert stream.completion.finish_reason == "cancelled"
    assert gigachat.files == {}


@pytest.mark.parametrize(
    ("answered", "kind"),
    [
        (error(400, {"status": 400, "message": "Unsupported image"}), ErrorKind.NO_IMAGES),
        (error(413), ErrorKind.TOO_LARGE),
        (json_body(200, {"object": "file"}, {}), ErrorKind.BAD_BODY),
    ],
    ids=["refused", "too large", "no id"],
)
def test_a_picture_that_is_not_taken_is_an_error_of_the_question(
    gigachat: GigaChatServer,
    client: GigaChat,
    pictures: list[EmbeddedFile],
    answered: object,
    kind: ErrorKind,
) -> None:
    gigachat.uploads = [answered]  # type: ignore[list-item]
    with pytest.raises(GigaChatError) as caught:
        list(client.chat_stream(question(pictures), model="GigaChat-2-Max"))
    assert caught.value.kind is kind
    assert gigachat.requests == []


def test_what_a_killed_process_left_there_goes_with_the_next_catalogue(
    gigachat: GigaChatServer, client: GigaChat
) -> None:
    gigachat.keep("notes-bot-old.jpeg", age_s=7200)
    kept = {
        gigachat.keep("notes-bot-running.jpeg"),
        gigachat.keep("somebody-else-s.jpeg", age_s=7200),
    }
    client.fetch_models()
    assert set(gigachat.files) == kept


def test_a_list_of_files_that_is_not_to_be_had_is_no_reason_to_have_no_models(
    gigachat: GigaChatServer, client: GigaChat
) -> None:
    gigachat.pages["/files"] = error(500)
    assert client.fetch_models()


def test_which_models_see_is_known_by_their_names(client: GigaChat) -> None:
    entries = {entry.key: entry.inputs for entry in client.fetch_models()}
    assert entries["GigaChat-2"] == frozenset()
    assert entries["GigaChat-2-Max"] == frozenset({"image"})
    assert entries["GigaChat-3-Ultra"] is None
