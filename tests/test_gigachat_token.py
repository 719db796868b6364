"""How GigaChat's client signs: the token that threads share, and the certificates."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import gigachat_client
from gigachat_client import GigaChat, GigaChatError
from llm.client import ChatStream, ErrorKind
from tests.certificates import Authority
from tests.emulators.gigachat_server import GigaChatServer
from tests.emulators.model_server import error
from tests.gigachat import KEY, ask, make, refused
from tests.talk import QUESTION
from texts import errors as texts_errors

SOON_S = 20.0


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"), "theirs")


@pytest.fixture
def client(gigachat: GigaChatServer, authority: Authority) -> GigaChat:
    return make(gigachat, ca_bundle=str(authority.bundle))


# The token


def test_fifty_at_once_make_one_token_request(gigachat: GigaChatServer, client: GigaChat) -> None:
    gigachat.gate.clear()
    with ThreadPoolExecutor(50) as pool:
        answers = [pool.submit(ask, client) for _ in range(50)]
        gigachat.wait(lambda: gigachat.token_requests)
        gigachat.gate.set()
        assert {answer.result() for answer in answers} == {"Привет!"}
    assert (len(gigachat.token_requests), len(gigachat.requests)) == (1, 50)


def test_a_token_is_renewed_a_minute_before_it_ends(
    gigachat: GigaChatServer, client: GigaChat
) -> None:
    gigachat.life_s = 59
    ask(client)
    gigachat.life_s = 1800
    ask(client)
    assert len(gigachat.token_requests) == 2
    ask(client)
    assert len(gigachat.token_requests) == 2
    assert len({request.headers["RqUID"] for request in gigachat.token_requests}) == 2


def test_a_token_that_ended_early_is_renewed_once(
    gigachat: GigaChatServer, client: GigaChat
) -> None:
    ask(client)
    gigachat.revoke()
    assert ask(client) == "Привет!"
    assert len(gigachat.token_requests) == 2


def test_a_revoked_token_of_fifty_threads_is_renewed_once(
    gigachat: GigaChatServer, client: GigaChat
) -> None:
    ask(client)
    gigachat.revoke()
    together = threading.Barrier(50)

    def ask_together() -> str:
        together.wait()
        return ask(client)

    with ThreadPoolExecutor(50) as pool:
        answers = [pool.submit(ask_together) for _ in range(50)]
        assert {answer.result() for answer in answers} == {"Привет!"}
    assert len(gigachat.token_requests) == 2


def test_a_server_that_refuses_every_token_is_not_asked_forever(
    gigachat: GigaChatServer, client: GigaChat
) -> None:
    gigachat.life_s = -1
    error_ = refused(client)
    assert (error_.kind, error_.status) == (ErrorKind.AUTH, 401)
    assert len(gigachat.token_requests) == 2


def test_a_wrong_key_is_told_and_tried_once(gigachat: GigaChatServer, authority: Authority) -> None:
    error_ = refused(make(gigachat, key="b3RoZXI6a2V5", ca_bundle=str(authority.bundle)))
    assert (error_.kind, error_.status) == (ErrorKind.AUTH, 401)
    assert "GIGACHAT_CLIENT_SECRET" in texts_errors.explain(error_)
    assert len(gigachat.token_requests) == 1
    assert gigachat.requests == []


def test_stopped_while_the_token_is_on_its_way(gigachat: GigaChatServer, client: GigaChat) -> None:
    gigachat.gate.clear()
    stream = client.chat_stream(QUESTION, model="GigaChat-2")
    reading = _read(stream)
    gigachat.wait(lambda: gigachat.token_requests)
    stream.cancel()
    reading.join(SOON_S)
    assert not reading.is_alive()
    assert stream.completion.finish_reason == "cancelled"
    gigachat.gate.set()  # the token comes all the same, for whoever asks next
    assert ask(client) == "Привет!"
    assert len(gigachat.token_requests) == 1


def test_the_deadline_holds_while_the_token_is_on_its_way(
    gigachat: GigaChatServer, client: GigaChat
) -> None:
    gigachat.gate.clear()
    started = time.monotonic()
    with pytest.raises(GigaChatError) as caught:
        ask(client, timeout_s=0.2)
    assert caught.value.kind is ErrorKind.TIMEOUT
    assert time.monotonic() - started < gigachat_client.TOKEN_S / 2


def _read(stream: ChatStream) -> threading.Thread:
    thread = threading.Thread(target=lambda: list(stream), daemon=True)
    thread.start()
    return thread


def test_token_and_key_are_in_no_log(
    gigachat: GigaChatServer, client: GigaChat, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ask(client)
    token = gigachat.requests[0].headers["Authorization"].removeprefix("Bearer ")
    gigachat.script(error(400, {"status": 400, "message": f"bad: {token}"}))
    error_ = refused(client)
    gigachat.scripted_tokens = [error(401, {"code": 4, "message": f"not good: {KEY}"})]
    gigachat.revoke()
    refused(client)
    heard = caplog.text + texts_errors.explain(error_) + error_.detail
    assert "GigaChat" in heard
    assert token not in heard
    assert KEY not in heard


# Certificates


def test_without_the_ca_it_is_told_what_to_download(gigachat: GigaChatServer) -> None:
    error_ = refused(make(gigachat))
    assert (error_.kind, error_.status) == (ErrorKind.TLS, 0)
    for words in ("Russian Trusted Root CA", "https://www.gosuslugi.ru/crt", "GIGACHAT_CA_BUNDLE"):
        assert words in texts_errors.explain(error_)
    assert gigachat.token_requests == []


def test_another_ca_is_as_good_as_none(gigachat: GigaChatServer, stranger: Authority) -> None:
    error_ = refused(make(gigachat, ca_bundle=str(stranger.bundle)))
    assert error_.kind is ErrorKind.TLS
    assert "GIGACHAT_CA_BUNDLE" in texts_errors.explain(error_)


def test_a_ca_file_that_went_away(gigachat: GigaChatServer, tmp_path: Path) -> None:
    error_ = refused(make(gigachat, ca_bundle=str(tmp_path / "nowhere.pem")))
    assert error_.kind is ErrorKind.TLS


def test_the_address_of_the_chat_is_verified_as_well(
    gigachat: GigaChatServer, authority: Authority, stranger: Authority
) -> None:
    with GigaChatServer(stranger.context, key=KEY) as other:
        client = make(gigachat, base_url=other.url, ca_bundle=str(authority.bundle))
        assert refused(client).kind is ErrorKind.TLS
        assert other.requests == []
