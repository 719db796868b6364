"""Notes in any chat by the bot's name and a word: what is offered, to whom, and what is sent."""

import json
import logging
from typing import Any

import pytest

from handlers.inline import PAGE
from storage.note_rows import Note
from telegram.console import Answer
from tests.conftest import StartBot, StartInside
from tests.emulators.bot_api import BotApi
from tests.emulators.bot_api_world import Json
from tests.emulators.model_behaviours import Held
from tests.emulators.model_server import ModelServer
from tests.inside import Inside
from tests.media import picture
from tests.talk import ANNA, BORIS, OWNER, STRANGER, Talk
from texts import inline as texts
from texts import log as texts_log
from utf16 import MESSAGE_UNITS

BLOCKED = 555


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    return start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS="111,222")


def offered(inside: Inside, text: Any = "", user: int = ANNA, **fields: Any) -> Json:
    """What is answered to a query, {} for silence."""
    inside.sent.clear()
    query = {"id": "1", "from": inside.person(user), "query": text, "offset": "", **fields}
    inside.feed({"inline_query": query})
    return answered(inside)


def answered(inside: Inside) -> Json:
    found = [params for method, params in inside.sent if method == "answerInlineQuery"]
    assert len(found) <= 1
    return {
        name: json.loads(value) if name in ("results", "button") else value
        for name, value in (found[0] if found else {}).items()
    }


def numbers(answer: Json) -> list[int]:
    return [int(result["id"]) for result in answer["results"]]


def add(inside: Inside, count: int, user: int = ANNA, text: str = "слово") -> None:
    for number in range(1, count + 1):
        inside.app.notes.add(user, f"{text} {number}", int(inside.now))


# --- what is offered


def test_notes_are_offered_beside_a_question_and_sent_as_they_are(
    api: BotApi, model: ModelServer, start_bot: StartBot
) -> None:
    bot, anna = start_bot(), Talk(api, ANNA)
    anna("/note_add купить молоко")
    photo = api.photo(ANNA, (picture(), 90), caption="/note_add молоко на полке")
    api.wait_answer(ANNA, "#2")
    model.default = held = Held()
    api.text(ANNA, "вопрос")
    model.wait(lambda: model.requests)
    answer = api.wait_inline_answer(api.inline(ANNA, "МОЛОКО"))
    shelf, milk = answer["results"]
    assert shelf["photo_file_id"] == photo["photo"][-1]["file_id"]
    assert shelf["caption"] == "молоко на полке"
    assert milk["input_message_content"]["message_text"] == milk["title"] == "купить молоко"
    assert (answer["is_personal"], answer["cache_time"]) == (True, 0)
    held.release()
    api.wait_answer(ANNA, "Ответ: вопрос")
    assert bot.query("SELECT 1 FROM tasks WHERE body LIKE '%inline%'") == []
    expired = api.inline(ANNA, "молоко")
    api.expire(expired)
    api.wait(lambda _: "опоздал" in bot.log or api._world.inline_answers.get(expired))


def test_a_page_has_twenty_and_the_next_goes_on(inside: Inside) -> None:
    add(inside, 2 * PAGE + 3)
    inside.app.notes.pin(ANNA, 1, True)
    inside.app.notes.delete(ANNA, 40, int(inside.now))
    for text in ("", "СЛОВО"):
        found, offset, pages = list[int](), "", 0
        while offset or not pages:
            page = offered(inside, text, offset=offset)
            offset, pages = page["next_offset"], pages + 1
            found += numbers(page)
        assert found == [n for n in range(2 * PAGE + 3, 0, -1) if n != 40]
        assert pages == 3


def test_a_page_whose_notes_are_gone_is_empty(inside: Inside) -> None:
    add(inside, PAGE + 1)
    offset = str(offered(inside)["next_offset"])
    inside.app.notes.delete(ANNA, 1, int(inside.now))
    assert numbers(offered(inside, offset=offset)) == []


def test_only_ones_own_notes_are_offered(inside: Inside) -> None:
    add(inside, 1, BORIS, "секрет")
    for text in ("секрет", ""):
        answer = offered(inside, text)
        assert answer["results"] == []
        assert answer["button"]["text"] in (texts.NOTHING_FOUND, texts.NO_NOTES)


@pytest.mark.parametrize("user", [STRANGER, BLOCKED])
def test_who_is_not_let_in_gets_a_way_to_the_bot_and_leaves_no_trace(
    inside: Inside, user: int
) -> None:
    add(inside, 1, user)
    inside.text(OWNER, f"/deny {BLOCKED}")
    people = inside.app.people.count()
    answer = offered(inside, "слово", user)
    assert answer["results"] == []
    assert answer["button"] == {"text": texts.OPEN, "start_parameter": "inline"}
    assert inside.app.people.count() == people
    assert inside.db.rows("SELECT 1 FROM tasks WHERE done_at IS NULL") == []


def test_whoever_speaks_english_reads_it(inside: Inside) -> None:
    english = {**inside.person(STRANGER), "language_code": "en"}
    fields: Json = {"from": english}
    assert offered(inside, "x", **fields)["button"]["text"] == "Open the bot"


QUERIES = {
    "as long as it may be": "щ" * 256,
    "blank": " \n\t ",
    "right to left": "שלום עולם " * 25,
    "turning": "\u202eволс\u202c",
    "emoji": "👨‍👩‍👧" * 32,
    "Chinese": "天空" * 128,
    "like a regular expression": r".*(a+)+$[^\]{9,}\b|",
    "like the syntax of search": '"слово" OR * NEAR(a b) -c ^d: {e}',
    "like SQL": "'; DROP TABLE notes; --%_",
    "broken": "сло\x00во \ud83d",
    "a tag": "#",
}


@pytest.mark.parametrize("text", QUERIES.values(), ids=QUERIES)
def test_any_text_is_looked_for(inside: Inside, text: str) -> None:
    inside.app.notes.add(ANNA, text.replace("\ud83d", "").replace("\x00", " "), int(inside.now))
    assert numbers(offered(inside, text)) == [1]


BROKEN: dict[str, Json] = {
    "no text": {"query": None},
    "a number for a text": {"query": 5},
    "no id": {"id": None},
    "nobody": {"from": None},
    "no offset": {"offset": []},
    "a language that is none": {"from": {"id": ANNA, "language_code": 7}},
}


@pytest.mark.parametrize("fields", BROKEN.values(), ids=BROKEN)
def test_what_is_no_query_is_passed_over(
    inside: Inside, caplog: pytest.LogCaptureFixture, fields: Json
) -> None:
    assert offered(inside, **fields) == {}
    assert texts_log.INLINE_UNREADABLE in caplog.messages
    assert inside.db.rows("SELECT 1 FROM tasks") == []


@pytest.mark.parametrize("offset", ["0", "-1", "абв", "9" * 64, "1; DROP"])
def test_an_offset_of_somebody_elses_making_is_the_first_page(inside: Inside, offset: str) -> None:
    add(inside, 1)
    assert numbers(offered(inside, offset=offset)) == [1]


# --- what is sent when one is chosen


def content(result: Json) -> Json:
    given: Json = result["input_message_content"]
    return given


def test_of_a_note_too_long_for_a_message_the_beginning_is_sent(inside: Inside) -> None:
    inside.app.notes.add(ANNA, "слово " * 2000, int(inside.now))
    (result,) = offered(inside)["results"]
    sent = content(result)["message_text"]
    assert MESSAGE_UNITS - 10 < len(sent) <= MESSAGE_UNITS
    assert sent.endswith("…")


def test_an_answer_that_was_kept_is_sent_with_its_marks(inside: Inside) -> None:
    inside.app.notes.keep(ANNA, Note(0, "# Борщ\n\nНужна **свёкла**.", 1, markdown=True))
    (result,) = offered(inside, "свёкла")["results"]
    assert result["title"] == "Борщ"
    assert content(result)["message_text"] == "Борщ\n\nНужна свёкла."
    assert [entity["type"] for entity in content(result)["entities"]] == [
        "bold",
        "underline",
        "bold",
    ]


@pytest.mark.parametrize("kind", ["", "photo"])
def test_a_note_is_sent_formatted_as_it_was(inside: Inside, kind: str) -> None:
    bold = {"type": "bold", "offset": 7, "length": 6}
    note = Note(0, "купить молоко", 1, entities=(bold,), file_kind=kind, file_id=kind and "AgAC")
    inside.app.notes.keep(ANNA, note)
    (result,) = offered(inside)["results"]
    assert result["title"] == "купить молоко"
    (shown,) = result["caption_entities"] if kind else content(result)["entities"]
    assert {name: value for name, value in shown.items() if value is not None} == bold


KINDS = {
    "photo": ("photo", "photo_file_id"),
    "document": ("document", "document_file_id"),
    "video": ("video", "video_file_id"),
    "animation": ("mpeg4_gif", "mpeg4_file_id"),
    "voice": ("voice", "voice_file_id"),
    "audio": ("audio", "audio_file_id"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_was_kept_is_sent_itself(inside: Inside, kind: str) -> None:
    note = Note(0, "х" * 2000, 1, file_kind=kind, file_id="AgAC")
    inside.app.notes.keep(ANNA, note)
    (result,) = offered(inside)["results"]
    type_, field = KINDS[kind]
    assert (result["type"], result[field]) == (type_, "AgAC")
    assert result["caption"] == "х" * 1024


def test_what_telegram_does_not_send_so_is_named(inside: Inside) -> None:
    inside.app.notes.keep(ANNA, Note(0, "", 1, file_kind="video_note", file_id="DQAC"))
    (result,) = offered(inside)["results"]
    assert result["title"] == content(result)["message_text"] == "🎬 кружок"


# --- what goes wrong, and who types on


def refusal(description: str) -> Answer:
    return Answer({"ok": False, "error_code": 400, "description": description}, 400, "Bad Request")


def test_of_files_that_are_refused_the_words_are_sent(inside: Inside) -> None:
    inside.app.notes.keep(ANNA, Note(0, "слово", 1, file_kind="photo", file_id="bad"))
    inside.refuses = lambda method, params: (
        refusal("Bad Request: wrong file identifier") if "bad" in str(params) else None
    )
    (result,) = offered(inside)["results"]
    assert content(result)["message_text"] == "слово"


TROUBLES = {
    "too late": ("Bad Request: query is too old", texts_log.INLINE_TOO_LATE),
    "refused": ("Bad Request: whatever", texts_log.INLINE_UNANSWERED),
}


@pytest.mark.parametrize(("description", "line"), TROUBLES.values(), ids=TROUBLES)
def test_an_answer_that_is_refused_is_a_line_of_the_log(
    inside: Inside, caplog: pytest.LogCaptureFixture, description: str, line: str
) -> None:
    caplog.set_level(logging.INFO)
    inside.refuses = lambda method, params: refusal(description)
    add(inside, 1)
    assert offered(inside) == {}
    assert [record.msg for record in caplog.records if record.name.endswith("inline")] == [line]
    assert not any(record.exc_info for record in caplog.records)


def test_of_queries_typed_one_after_another_the_last_is_answered(inside: Inside) -> None:
    add(inside, 3)
    author = inside.person(ANNA)
    inside.feed(
        *(
            {"inline_query": {"id": text, "from": author, "query": text, "offset": ""}}
            for text in ("с", "сл", "слово 2")
        )
    )
    answer = answered(inside)
    assert answer["inline_query_id"] == "слово 2"
    assert numbers(answer) == [2]


def test_whoever_waits_for_the_bot_to_be_idle_waits_for_queries_too(inside: Inside) -> None:
    query = {"id": "1", "from": inside.person(ANNA), "query": "", "offset": ""}
    inside.service.intake.take([{"update_id": 1, "inline_query": query}])
    assert not inside.service.is_idle()
    inside.service.run_until_idle()
    assert inside.service.is_idle()
    assert answered(inside)
