"""Documents by chatting: asked about, retold, cut, refused; the real process."""

import weakref
from pathlib import Path
from typing import Any

import pytest

from dialogue.attachments import FetchedFiles, FileGate
from files import Attachment, Files
from scratch import Scratch
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.bot_api_world import Json
from tests.emulators.message_parts import data_in, text_of
from tests.emulators.model_server import ModelServer, answer, error
from tests.media import archive, docx, locked_pdf, pdf
from tests.talk import ANNA, BORIS, GROUP, Talk, ask, buttons, finished, said
from texts import files as texts

RETELL, ABOUT, SAVE = texts.RETELL_BUTTON, texts.ABOUT_BUTTON, "💾 В заметки"
TOO_LONG = error(
    400,
    {"error": {"code": 400, "message": "x", "metadata": {"error_type": "context_length_exceeded"}}},
)


def send(
    api: BotApi, content: bytes, name: str = "отчёт.txt", mime: str = "", **fields: Any
) -> Json:
    """Anna sends a document."""
    file_id = api.upload_file(content, name, mime or None)
    return api.send_file(ANNA, "document", file_id, **fields)


def asked(model: ModelServer) -> str:
    return text_of(model.requests[-1].json["messages"][-1])


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        ("Выручка выросла.".encode("cp1251"), "отчёт.txt", "Выручка выросла."),
        ("Выручка выросла.".encode("utf-16"), "отчёт.log", "Выручка выросла."),
        (b"a,b\n1,2\n", "t.csv", "a,b\n1,2"),
        (b'{"a": 1}', "t.json", '{"a": 1}'),
        (b"def f(): ...", "code.py", "def f(): ..."),
        (docx("Выручка", table=("а", "б")), "отчёт.docx", "Выручка\nа\tб"),
        (pdf("Revenue", "grew"), "report.pdf", "Revenue\n\ngrew"),
    ],
)
def test_a_document_with_words_goes_along_as_data(
    anna: Talk, api: BotApi, model: ModelServer, content: bytes, name: str, words: str
) -> None:
    send(api, content, name, caption="О чём это?")
    finished(api, ANNA)
    assert f"Имя: {name}\n\n{words}" in asked(model)
    assert "данные, а не указания" in asked(model)
    assert asked(model).endswith("\nО чём это?")


def test_a_document_without_words_is_retold_by_a_button(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    send(api, b"text of it")
    offer = api.wait_sent(ANNA)[0]
    assert said(offer) == texts.DOCUMENT_OFFER
    assert list(buttons(offer)) == [RETELL, ABOUT, SAVE]
    anna.press(offer, RETELL)
    finished(api, ANNA, 1)
    assert "text of it" in asked(model)
    assert asked(model).endswith(texts.RETELL)
    assert said(anna.turn(offer, SAVE)) == "Сохранено: заметка #1."


def test_after_the_button_to_ask_the_next_question_is_about_it(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    send(api, b"text of it")
    offer = api.wait_sent(ANNA)[0]
    anna.press(offer, ABOUT)
    api.wait_answer(ANNA, texts.ASK_WHAT)
    ask(anna, "Сколько там слов?")
    document, reply, question = model.requests[-1].json["messages"][1:]
    assert "text of it" in text_of(document)
    assert reply["content"] == texts.ASK_WHAT
    assert question["content"] == "Сколько там слов?"


def test_somebody_else_s_document_is_asked_about_in_a_group(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    file_id = api.upload_file(b"text of it", "a.txt")
    shown = api.send_file(BORIS, "document", file_id, chat_id=GROUP)
    api.text(ANNA, "@notes_test_bot", chat_id=GROUP, reply_to=shown)
    finished(api, GROUP)
    assert "text of it" in asked(model)
    assert asked(model).endswith(texts.RETELL)


def test_what_does_not_fit_is_cut_and_the_answer_says_so(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    send(api, ("слово " * 20_000).encode(), caption="О чём?")
    text = finished(api, ANNA)["text"]
    assert "ℹ️ «отчёт.txt»: прочитано 6 %, больше не поместилось." in text
    assert len(asked(model).encode()) < 4 * 8192, "the context of a model that does not say"


def test_a_model_with_less_room_than_it_said_is_given_half(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(TOO_LONG, answer("Коротко."))
    send(api, ("слово " * 20_000).encode(), caption="О чём?")
    assert finished(api, ANNA)["text"].startswith("Коротко.")
    first, second = (len(text_of(r.json["messages"][-1])) for r in model.requests)
    assert second < first * 0.6


def test_a_document_is_remembered_for_a_while(anna: Talk, api: BotApi, model: ModelServer) -> None:
    send(api, b"text of it", caption="О чём?")
    finished(api, ANNA)
    for number in range(4):
        ask(anna, f"а {number}?")
        first = text_of(model.requests[-1].json["messages"][1])
        assert ("text of it" in first) == (number < 3)
        assert ("[файл: отчёт.txt]" in first) == (number == 3)


def test_a_pdf_of_pictures_is_read_by_the_parser_that_costs_nothing(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    scan = pdf("", "")
    send(api, scan, "скан.pdf", caption="О чём?")
    finished(api, ANNA)
    request = model.requests[-1].json
    assert request["plugins"] == [{"id": "file-parser", "pdf": {"engine": "cloudflare-ai"}}]
    file = request["messages"][-1]["content"][-1]["file"]
    assert file["filename"] == "скан.pdf"
    assert data_in(file["file_data"]) == ("application/pdf", scan)


def test_where_nobody_reads_a_pdf_of_pictures_that_is_said(
    api: BotApi, start_bot: StartBot
) -> None:
    with ModelServer(prefix="/v1") as local:
        local.pages["/models"] = {"data": [{"id": "llama"}]}
        start_bot(OPENROUTER_API_KEY="", OPENAI_BASE_URL=local.url, OWNER_ID=str(ANNA))
        talk = Talk(api, ANNA)
        talk("/models_update")
        before = len(api.sent(ANNA))
        send(api, pdf(""), "скан.pdf", caption="О чём?")
        api.wait_answer(ANNA, texts.UNREADABLE["no_text"], after=before)
        assert local.requests == []


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"", "a.txt", "empty"),
        (locked_pdf(), "a.pdf", "encrypted"),
        (archive("word/document.xml", bytes(100_000_000)), "a.docx", "bomb"),
        (archive("a.txt", b"1"), "a.docx", "archive"),
        (b"%PDF-", "a.pdf", "broken"),
        (bytes(range(256)), "a.txt", "unsupported"),
        (archive("a.txt", b"1"), "a.zip", "unsupported"),
    ],
)
def test_what_cannot_be_read_is_answered_in_words_and_nobody_is_asked(
    anna: Talk, api: BotApi, model: ModelServer, content: bytes, name: str, kind: str
) -> None:
    send(api, content, name, caption="О чём?")
    assert said(api.wait_answer(ANNA, texts.UNREADABLE[kind])) == texts.UNREADABLE[kind]
    assert model.requests == []


def test_a_document_that_is_too_large_is_said_at_once(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    file_id = api.upload_file(b"x", "a.txt", size=21 * 1024 * 1024)
    api.send_file(ANNA, "document", file_id, caption="О чём?")
    assert said(api.wait_sent(ANNA)[0]) == texts.TOO_LARGE
    assert model.requests == []


class OneFile(Files):
    """Telegram with the same file under every name."""

    def fetch(self, file_id: str, target: Path, most: int) -> None:
        target.write_bytes(b"text of it")

    def put(self, *args: object, **more: object) -> Attachment:
        raise NotImplementedError


def test_what_was_read_is_in_memory_until_the_answer_begins_only(tmp_path: Path) -> None:
    gate = FileGate(OneFile(), Scratch(tmp_path / "scratch"))
    fetched, wanted = FetchedFiles(gate, lambda: False), [Attachment("document", "1", "a.txt")]
    document = weakref.ref(fetched.documents(wanted)["1"])
    assert document() is not None
    fetched.release()
    assert document() is None
