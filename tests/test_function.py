"""The bot as a cloud function: what it takes, what it says, and what lies in the bucket then."""

import base64
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from telebot import apihelper

import logs
from db import VERSION, Database
from storage.notes import Notes
from tests.emulators.bot_api import BotApi
from tests.emulators.bucket import BucketServer
from tests.emulators.model_behaviours import Answer
from tests.emulators.model_server import ModelServer, answer
from tests.function_host import SECRET, FunctionHost, request
from tests.talk import ANNA, BORIS
from texts import hosting as texts
from texts import log as texts_log
from texts import notes as texts_notes
from texts import questions as texts_questions

ROOT = Path(__file__).parents[1]


def notes_in(bucket: BucketServer, tmp_path: Path, user_id: int = ANNA) -> list[str]:
    found = tmp_path / "looked-at.db"
    found.write_bytes(bucket.read("notes.db"))
    with closing(sqlite3.connect(found)) as connection:
        rows = connection.execute(
            "SELECT text FROM notes WHERE user_id = ? ORDER BY number", (user_id,)
        )
        return [row[0] for row in rows]


def _update(api: BotApi, text: str, user_id: int = ANNA) -> Any:
    """An update that a test delivers itself: it is taken from the emulated Telegram."""
    api.text(user_id, text)
    with api._lock:
        (queued,) = api._updates.first(1)
        api._updates.forget(queued.id)
        return queued.update


def test_a_note_a_question_an_edit_and_a_button_come_by_the_gateway(
    api: BotApi, model: ModelServer, host: FunctionHost, bucket: BucketServer, tmp_path: Path
) -> None:
    model.default = answer("Ответ из модели.")
    host.deliver()
    note = api.text(ANNA, "/note_add раз")
    api.wait_answer(ANNA, texts_notes.note_added(1), timeout=20)
    api.edit(note, "/note_add два")
    api.text(ANNA, "/ask вопрос")
    said = api.wait_answer(ANNA, "Ответ из модели.", timeout=20)
    api.wait(lambda a: "reply_markup" in a.sent(ANNA)[-1], 20)
    button = api.sent(ANNA)[-1]["reply_markup"]["inline_keyboard"][0][1]["callback_data"]
    toast = api.wait_callback_answer(api.press(ANNA, said, button), timeout=20)
    assert toast["text"] == texts_notes.note_added(2)
    found = api.wait_inline_answer(api.inline(ANNA, "модели"), timeout=20)
    assert [result["title"] for result in found["results"]] == ["Ответ из модели."]
    api.wait(lambda _: notes_in(bucket, tmp_path) == ["два", "Ответ из модели."], 20)
    api.wait(lambda _: bucket.names() == ["notes.db", "notes.db.lease"], 20)
    assert {delivery.status for delivery in api.webhook.deliveries} == {200}
    assert SECRET not in host.log


def _hold(model: ModelServer) -> threading.Event:
    """Let the model answer only when the event is set."""
    go_on = threading.Event()

    def held(request: Any) -> Answer:
        go_on.wait(60)
        return answer("Ответ.")

    model.default = held
    return go_on


# What is asked of the bucket for a note: (method, how the object's name ends)
CALLS = {
    "keep the update": ("PUT", ".json"),
    "look at the lease": ("GET", ".lease"),
    "take the lease": ("PUT", ".lease"),
    "fetch the database": ("GET", ".db"),
    "look into the inbox": ("GET", ""),
    "save the database": ("PUT", ".db"),
    "empty the inbox": ("DELETE", ".json"),
}


@pytest.mark.parametrize("trouble", [500, 403, "500 when it is done"])
@pytest.mark.parametrize(("method", "ending"), CALLS.values(), ids=CALLS)
def test_a_bucket_that_fails_at_any_call_loses_and_doubles_nothing(
    api: BotApi,
    host: FunctionHost,
    bucket: BucketServer,
    tmp_path: Path,
    method: str,
    ending: str,
    trouble: int | str,
) -> None:
    def fails(called: str, name: str) -> int | None:
        is_meant = called == method and (name.endswith(ending) if ending else name == "")
        return (403 if trouble == 403 else 500) if is_meant else None

    host.limit_s = 11.0  # of which one may be worked
    bucket.trouble, bucket.after_effect = fails, isinstance(trouble, str)
    update = _update(api, "/note_add раз")
    status = host.post(update)
    if status == 200:  # Telegram does not come again
        assert any(name.endswith((".db", ".json")) for name in bucket.names())
    if method == "PUT" and ending == ".db":
        assert api.sent(ANNA) == []  # nothing is said before it is saved
    bucket.trouble = lambda called, name: None
    if status != 200:
        host.post(update)
    host.limit_s = 60.0
    host.timer()
    assert notes_in(bucket, tmp_path) == ["раз"]
    assert {m["text"] for m in api.sent(ANNA)} == {texts_notes.note_added(1)}
    assert "Traceback" not in host.log


WRAPPED = {
    "bare": lambda update: update,
    "as messages of a trigger": lambda update: {"messages": [{"details": {"update": update}}]},
    "as a text": lambda update: {"messages": [{"details": {"payload": json.dumps(update)}}]},
}


@pytest.mark.parametrize("wrap", WRAPPED.values(), ids=WRAPPED)
def test_a_trigger_brings_updates(api: BotApi, host: FunctionHost, wrap: Any) -> None:
    assert host.invoke(wrap(_update(api, "/note_add раз"))) is not None
    assert [m["text"] for m in api.sent(ANNA)] == [texts_notes.note_added(1)]


def test_an_update_that_comes_again_is_done_once(
    api: BotApi, host: FunctionHost, bucket: BucketServer, tmp_path: Path
) -> None:
    update = _update(api, "/note_add раз")
    assert [host.post(update) for _ in range(3)] == [200, 200, 200]
    host.end_instances()
    assert host.post(update) == 200
    assert len(api.sent(ANNA)) == 1
    assert notes_in(bucket, tmp_path) == ["раз"]


REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "no secret": ({"headers": {}}, 403),
    "a wrong secret": ({"headers": {"X-Telegram-Bot-Api-Secret-Token": SECRET + "x"}}, 403),
    "a secret in another alphabet": (
        {"headers": {"X-Telegram-Bot-Api-Secret-Token": "секрет"}},
        403,
    ),
    "headers that are none": ({"headers": None}, 403),
    "a GET": ({"httpMethod": "GET"}, 405),
    "no body": ({"body": ""}, 400),
    "a body that is none": ({"body": None}, 400),
    "no JSON": ({"body": "{"}, 400),
    "no Base64": ({"isBase64Encoded": True, "body": "{}"}, 400),
    "no UTF-8": (
        {"isBase64Encoded": True, "body": base64.b64encode(b'{"a":"\xff"}').decode()},
        400,
    ),
    "no object": ({"body": "[1]"}, 400),
    "no number": ({"body": "{}"}, 400),
    "nested too deep": ({"body": "[" * 100_000}, 400),
    "above 1 MB": ({"body": json.dumps({"update_id": 1, "x": "x" * 1024 * 1024})}, 400),
}


@pytest.mark.parametrize(("changes", "status"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_update_of_telegrams_is_refused(
    changes: dict[str, Any], status: int, in_process: Any, bucket: BucketServer
) -> None:
    event = request('{"update_id": 1}') | changes
    assert in_process.handler(event, None)["statusCode"] == status
    assert bucket.requests == []


@pytest.fixture
def in_process(
    bucket: BucketServer, api: BotApi, model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """The function in this process."""
    import function

    settings = {
        "TOKEN": api.token,
        "TELEGRAM_API_URL": api.url,
        "OPENROUTER_API_KEY": "sk-or-test-key",
        "OPENROUTER_BASE_URL": model.url,
        "ALLOWED_USERS": "*",
        "WEBHOOK_SECRET": SECRET,
        **bucket.settings,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    for name in ("API_URL", "FILE_URL", "CUSTOM_REQUEST_SENDER"):
        monkeypatch.setattr(apihelper, name, getattr(apihelper, name))
    monkeypatch.setattr(logs, "set_up", lambda level, secrets: None)
    kept = (function._settings, function._session, function._me)
    for function_kept in kept:
        function_kept.cache_clear()
    yield function
    for function_kept in kept:
        function_kept.cache_clear()


def test_no_thread_works_between_calls(
    api: BotApi, model: ModelServer, bucket: BucketServer, in_process: Any
) -> None:
    model.default = answer("Ответ.")
    names = ("answer", "action", "menu", "chat", "work", "chat-clock", "work-clock")

    def ours() -> set[threading.Thread]:
        return {thread for thread in threading.enumerate() if thread.name in names}

    event = request(json.dumps(_update(api, "/ask вопрос")))
    assert in_process.handler(event, None)["statusCode"] == 200
    assert "Ответ." in api.sent(ANNA)[-1]["text"]
    for thread in ours():
        thread.join(5)
    assert ours() == set()


def test_a_body_in_base64_is_read(api: BotApi, host: FunctionHost) -> None:
    body = base64.b64encode(json.dumps(_update(api, "/note_add раз")).encode()).decode()
    assert host.post({}, body=body, isBase64Encoded=True) == 200
    assert [m["text"] for m in api.sent(ANNA)] == [texts_notes.note_added(1)]


def test_a_warm_instance_keeps_the_open_file_and_fetches_a_changed_one(
    api: BotApi, host: FunctionHost, bucket: BucketServer
) -> None:
    host.post(_update(api, "/note_add раз"))
    host.post(_update(api, "/note_add два"))
    saved = bucket.read("notes.db")
    host.post(_update(api, "/note_add три"))
    bucket.write("notes.db", saved)  # somebody has put an older copy there
    host.post(_update(api, "/note_add четыре"))
    said = [m["text"] for m in api.sent(ANNA)]
    assert said == [texts_notes.note_added(n) for n in (1, 2, 3, 3)]


def test_stop_reaches_an_answer_that_grows_in_another_instance(
    api: BotApi, model: ModelServer, host: FunctionHost
) -> None:
    model.default = answer("Слово за словом. " * 2000, pace=0.05)
    host.deliver()
    api.text(ANNA, "/ask вопрос")
    growing = api.wait(lambda a: next(iter(a.sent(ANNA)), None), 20)
    assert growing is not None
    api.wait(lambda a: len(a.sent(ANNA)[0]["_history"]) > 1, 20)  # it is shown as it grows
    stop = growing["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    toast = api.wait_callback_answer(api.press(ANNA, growing, stop), timeout=20)
    assert toast["text"] == texts_questions.STOPPED
    api.wait(lambda a: texts_questions.STOPPED_BY_YOU in a.sent(ANNA)[0]["text"], 20)


def test_an_answer_for_which_time_is_too_short_is_left_to_the_next_invocation(
    api: BotApi, model: ModelServer, host: FunctionHost
) -> None:
    model.default = answer("Слово за словом. " * 100, pace=0.2)
    host.limit_s = 12.0  # of which two may be worked
    assert host.post(_update(api, "/ask вопрос")) == 200
    (half,) = api.sent(ANNA)
    assert "Слово" in half["text"]
    model.default = answer("Ответ целиком.")
    host.limit_s = 60.0
    host.timer()
    (whole,) = api.sent(ANNA)
    assert whole["text"].startswith("Ответ целиком.")


def test_two_calls_at_once_ask_and_answer_once(
    api: BotApi, model: ModelServer, host: FunctionHost
) -> None:
    go_on = _hold(model)
    update = _update(api, "/ask вопрос")
    calls = [threading.Thread(target=host.post, args=(update,)) for _ in range(4)]
    for call in calls:
        call.start()
    # The others leave it to one.
    api.wait(lambda _: sum(call.is_alive() for call in calls) == 1, 30)
    go_on.set()
    for call in calls:
        call.join(60)
    host.timer()
    assert len(model.requests) == 1
    assert len(api.sent(ANNA)) == 1


def test_a_database_that_somebody_else_has_changed_is_worked_on_anew(
    api: BotApi, model: ModelServer, host: FunctionHost, bucket: BucketServer, tmp_path: Path
) -> None:
    go_on = _hold(model)
    update = _update(api, "/ask вопрос")
    call = threading.Thread(target=host.post, args=(update,))
    call.start()
    api.wait(lambda _: model.requests, 20)
    changed = tmp_path / "changed.db"
    changed.write_bytes(bucket.read("notes.db"))
    with closing(Database(changed)) as db:
        Notes(db).add(BORIS, "чужая заметка", 1)
        db.maintain()
    bucket.write("notes.db", changed.read_bytes())
    go_on.set()
    call.join(60)
    assert texts_log.OBJECT_CHANGED in host.log
    assert len(model.requests) == 2
    assert [m["text"].partition("\n")[0] for m in api.sent(ANNA)] == ["Ответ."]
    assert notes_in(bucket, tmp_path, BORIS) == ["чужая заметка"]


def test_a_time_limit_that_leaves_no_time_is_told(
    api: BotApi, host: FunctionHost, bucket: BucketServer
) -> None:
    host.limit_s = 5.0
    assert host.post(_update(api, "/note_add раз")) == 200
    assert "увеличьте" in host.log
    host.limit_s = 60.0
    host.timer()
    assert [m["text"] for m in api.sent(ANNA)] == [texts_notes.note_added(1)]


def test_what_others_take_in_meanwhile_is_done_by_the_one_that_works(
    api: BotApi, model: ModelServer, host: FunctionHost
) -> None:
    go_on = _hold(model)
    host.deliver()
    api.text(ANNA, "/ask вопрос")
    api.wait(lambda _: model.requests, 20)
    api.text(BORIS, "/note_add раз")
    api.wait_answer(BORIS, texts_notes.note_added(1), timeout=20)
    assert api.sent(ANNA) == []
    go_on.set()
    api.wait_answer(ANNA, "Ответ.", timeout=20)


def test_statistics_are_text(api: BotApi, host: FunctionHost) -> None:
    host.post(_update(api, "/note_add раз"))
    host.post(_update(api, "/note_stats"))
    assert "█" in api.sent(ANNA)[-1]["text"]


def test_the_timer_shows_the_menus_once(api: BotApi, host: FunctionHost) -> None:
    host.timer()
    host.timer()
    assert len(api.calls_to("setMyCommands")) == 2 * 3  # scopes and languages
    assert len(api.calls_to("setMyDescription")) == 3


BROKEN = {
    "no database": (b"<html>" * 1000, texts.OBJECTS["no_database"]),
    "empty file of zeros": (b"\0" * 8192, texts.OBJECTS["no_database"]),
    "cut off": (b"SQLite format 3\0" + b"\1" * 500, texts.OBJECTS["no_database"]),
}


@pytest.mark.parametrize(("body", "words"), BROKEN.values(), ids=BROKEN)
def test_an_object_that_is_no_database_is_left_as_it_is(
    api: BotApi, host: FunctionHost, bucket: BucketServer, body: bytes, words: str
) -> None:
    bucket.write("notes.db", body)
    assert host.post(_update(api, "/note_add раз")) == 503
    assert host.timer() is None
    assert bucket.read("notes.db") == body
    assert words.format(key="notes.db") in host.log
    assert "Traceback" not in host.log
    assert api.sent(ANNA) == []


def test_an_object_of_a_newer_version_is_left_as_it_is(
    api: BotApi, host: FunctionHost, bucket: BucketServer, tmp_path: Path
) -> None:
    newer = tmp_path / "newer.db"
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.execute(f"PRAGMA user_version={VERSION + 1}")
        connection.commit()
    bucket.write("notes.db", newer.read_bytes())
    assert host.post(_update(api, "/note_add раз")) == 503
    assert bucket.read("notes.db") == newer.read_bytes()
    assert f"версия базы {VERSION + 1}" in host.log
    bucket.s3.delete_object(Bucket=bucket.name, Key="notes.db")
    host.timer()  # what was taken in is kept for as long as that takes
    assert [m["text"] for m in api.sent(ANNA)] == [texts_notes.note_added(1)]


WRONG_SETTINGS = {
    "no bucket of that name": ({"BUCKET": "nowhere"}, "Бакета «nowhere» нет"),
    "no bucket at all": ({"BUCKET": ""}, "BUCKET: не задан"),
    "no key": ({"AWS_ACCESS_KEY_ID": ""}, "AWS_ACCESS_KEY_ID: не задан"),
    "nobody listens": ({"BUCKET_ENDPOINT": "http://127.0.0.1:9"}, "не отвечает как следует"),
    "a webhook too": ({"WEBHOOK_URL": "https://x.example"}, "задан вместе с BUCKET"),
    "no token": ({"TOKEN": ""}, "TOKEN: не задан"),
    "a token that is none": ({"TOKEN": "1:wrong"}, "TOKEN"),
}


@pytest.mark.parametrize(("settings", "words"), WRONG_SETTINGS.values(), ids=WRONG_SETTINGS)
def test_what_is_wrong_with_the_settings_is_told_in_a_sentence(
    api: BotApi,
    model: ModelServer,
    bucket: BucketServer,
    tmp_path: Path,
    settings: dict[str, str],
    words: str,
) -> None:
    with FunctionHost(tmp_path, api, model, bucket, **settings) as host:
        assert host.post(_update(api, "/note_add раз")) == 503
        assert words in host.log
        assert "Traceback" not in host.log


def test_a_bucket_that_refuses_is_told_and_telegram_is_to_come_again(
    api: BotApi, host: FunctionHost, bucket: BucketServer
) -> None:
    bucket.trouble = lambda method, name: 403
    update = _update(api, "/note_add раз")
    assert host.post(update) == 503
    assert host.invoke(update) is None
    assert "не пускает" in host.log
    bucket.trouble = lambda method, name: None
    assert host.post(update) == 200
    assert len(api.sent(ANNA)) == 1


def test_without_a_bucket_nothing_of_it_is_imported() -> None:
    probe = "import sys, bot; print({'boto3', 'botocore', 'cloud', 'function'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
