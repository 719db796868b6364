"""Through real proxies with a password: what the Bot API and the models are asked and answer."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from telebot import apihelper

from llm.client import ChatStream, ErrorKind, ProviderError
from openrouter_client import OpenRouter
from telegram.api import Telegram, TelegramError, UnreachableError
from tests.certificates import Authority
from tests.conftest import StartBot
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import ModelServer, answer, stall
from tests.emulators.proxies import PASSWORD, SCHEMES, Proxy, running_proxy
from tests.ports import free_port
from tests.talk import ANNA, QUESTION
from texts import errors as texts_errors
from texts import hosting as texts

schemes = pytest.mark.parametrize("scheme", SCHEMES)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with running_proxy(tmp_path_factory.mktemp("proxy")) as running:
        yield running


@pytest.fixture(scope="module")
def other_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with running_proxy(tmp_path_factory.mktemp("proxy")) as running:
        yield running


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("API_URL", "FILE_URL", "CUSTOM_REQUEST_SENDER"):  # of all bots of a process
        monkeypatch.setattr(apihelper, name, getattr(apihelper, name))


def _port(server: BotApi | ModelServer) -> int:
    return int(server.url.removeprefix("http://").partition("/")[0].rpartition(":")[2])


def _dead(scheme: str) -> str:
    return Proxy(free_port(), Path()).url(scheme)


# how a client is told of a proxy: by the environment, by a setting, by a setting that wins
@pytest.fixture(params=["environment", "setting", "setting over environment"])
def told(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> "Told":
    return Told(request.param, monkeypatch)


class Told:
    def __init__(self, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self._way, self._monkeypatch = way, monkeypatch

    def of(self, url: str) -> str:
        """What the setting says."""
        if self._way == "environment":
            self._monkeypatch.setenv("http_proxy", url)
            return ""
        if self._way == "setting over environment":
            self._monkeypatch.setenv("http_proxy", _dead("http"))
            self._monkeypatch.setenv("no_proxy", "127.0.0.1")
        return url


@schemes
def test_the_bot_api_is_polled_and_gives_and_takes_files_through_the_proxy(
    api: BotApi, proxy: Proxy, tmp_path: Path, told: Told, scheme: str
) -> None:
    bot = Telegram(api.token, api.url, proxy=told.of(proxy.url(scheme)))
    before = proxy.connections(_port(api), scheme)
    api.text(ANNA, "раз")
    assert [update["message"]["text"] for update in bot.get_updates(0, 1)] == ["раз"]
    sent, received = tmp_path / "notes.txt", tmp_path / "received.txt"
    sent.write_bytes(b"x" * 100_000)
    bot.send_file(ANNA, "document", sent, "notes.txt")
    assert api.sent(ANNA)[-1]["_bytes"] == sent.read_bytes()
    through = proxy.connections(_port(api), scheme)
    bot.download(api.upload_file(sent.read_bytes(), "notes.txt"), received, 200_000)
    assert received.read_bytes() == sent.read_bytes()
    assert before < through < proxy.connections(_port(api), scheme)


@schemes
def test_no_proxy_is_honoured(
    api: BotApi, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    before = proxy.connections(_port(api))
    monkeypatch.setenv("http_proxy", proxy.url(scheme))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    Telegram(api.token, api.url).get_me()
    assert proxy.connections(_port(api)) == before


@pytest.fixture(params=["a dead proxy", "a wrong password"])
def bad(request: pytest.FixtureRequest, proxy: Proxy) -> Iterator[Proxy]:
    """A proxy whose `url` leads nowhere."""
    if request.param == "a dead proxy":
        yield Proxy(free_port(), Path())
    else:
        refusing = Proxy(proxy.port, Path())
        refusing.password = "not-" + PASSWORD
        yield refusing


@schemes
def test_a_proxy_that_does_not_serve_is_named_and_its_password_is_not(
    api: BotApi, bad: Proxy, tmp_path: Path, told: Told, scheme: str
) -> None:
    bot = Telegram(api.token, api.url, proxy=told.of(bad.url(scheme)))
    for call in (bot.get_me, lambda: bot.get_updates(0, 1)):
        with pytest.raises(UnreachableError) as raised:
            call()
        # A plain HTTP proxy may hang up before its refusal is read.
        hung_up = {"ConnectionError"} if scheme == "http" else set()
        assert str(raised.value) in {texts.PROXY_FAILS, *hung_up}
        assert PASSWORD not in f"{raised.value} {raised.value.__cause__!r}"
    assert api.calls == []


@schemes
def test_a_server_that_is_down_is_not_the_proxy_s_fault(
    api: BotApi, proxy: Proxy, scheme: str
) -> None:
    bot = Telegram(api.token, api.url, proxy=proxy.url(scheme))
    api.fail("getMe", drop=True)
    with pytest.raises(TelegramError) as raised:
        bot.get_me()
    if scheme != "http":  # an HTTP proxy that hangs up tells nobody why
        assert str(raised.value) != texts.PROXY_FAILS


# --- models


class Reading:
    """A stream that a thread of its own reads."""

    def __init__(self, stream: ChatStream) -> None:
        self.stream = stream
        self.heard, self.ended = threading.Event(), threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for _ in self.stream:
            self.heard.set()
        self.ended.set()


def _client(model: ModelServer, proxy: str) -> OpenRouter:
    return OpenRouter("sk-or-key", model.url, proxy=proxy, backoff_s=0.01)


@schemes
def test_an_answer_streams_through_the_proxy(
    model: ModelServer, proxy: Proxy, told: Told, scheme: str
) -> None:
    model.default = answer("Раз два три.")
    before = proxy.connections(_port(model), scheme)
    client = _client(model, told.of(proxy.url(scheme)))
    stream = client.chat_stream(QUESTION, model="test/model")
    assert "".join(stream) == "Раз два три."
    assert proxy.connections(_port(model), scheme) > before


@schemes
@pytest.mark.parametrize("after", [0, 1])
def test_an_answer_is_stopped_through_the_proxy(
    model: ModelServer, proxy: Proxy, scheme: str, after: int
) -> None:
    model.default = stall(after, 60)
    client = _client(model, proxy.url(scheme))
    reading = Reading(client.chat_stream(QUESTION, model="test/model"))
    assert reading.heard.wait(20) if after else model.wait(lambda: model.requests)
    reading.stream.cancel()
    assert reading.ended.wait(20), "the server would have gone on for a minute"


def test_tls_inside_the_tls_of_a_proxy_streams_and_stops(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    with (
        running_proxy(tmp_path, authority) as proxy,
        ModelServer(ssl_context=authority.context) as model,
    ):
        client = _client(model, proxy.url("https"))
        model.default = answer("Раз два три.")
        assert "".join(client.chat_stream(QUESTION, model="test/model")) == "Раз два три."
        model.default = stall(1, 60)
        reading = Reading(client.chat_stream(QUESTION, model="test/model"))
        assert reading.heard.wait(20)
        reading.stream.cancel()
        assert reading.ended.wait(20)


@schemes
def test_a_stop_reaches_a_proxy_that_accepts_and_says_nothing(
    model: ModelServer, scheme: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = Proxy(silent.getsockname()[1], Path()).url(scheme)
        reading = Reading(_client(model, url).chat_stream(QUESTION, model="test/model"))
        connection, _ = silent.accept()
        reading.stream.cancel()
        assert reading.ended.wait(20)
        connection.close()


@schemes
def test_models_behind_a_proxy_that_does_not_serve_are_told_in_words(
    model: ModelServer, bad: Proxy, told: Told, scheme: str
) -> None:
    client = _client(model, told.of(bad.url(scheme)))
    with pytest.raises(ProviderError) as raised:
        client.chat_once(QUESTION, model="test/model")
    assert raised.value.kind is ErrorKind.PROXY
    assert raised.value.is_for_owner
    assert "MODELS_PROXY" in texts_errors.explain(raised.value)
    assert (
        PASSWORD not in f"{raised.value} {raised.value.detail} {texts_errors.explain(raised.value)}"
    )
    assert model.requests == []


def test_a_proxy_that_refuses_and_hangs_up_at_once_is_named_too(model: ModelServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as refusing:

        def refuse() -> None:
            for _ in range(3):  # a question is tried three times
                connection, _ = refusing.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(b"HTTP/1.1 407 No\r\nContent-Length: 100\r\n\r\n")

        threading.Thread(target=refuse, daemon=True).start()
        client = _client(model, Proxy(refusing.getsockname()[1], Path()).url("http"))
        with pytest.raises(ProviderError) as raised:
            client.chat_once(QUESTION, model="test/model")
    assert raised.value.kind is ErrorKind.PROXY


# --- the bot


@schemes
def test_each_side_has_a_proxy_of_its_own(
    api: BotApi,
    model: ModelServer,
    start_bot: StartBot,
    proxy: Proxy,
    other_proxy: Proxy,
    scheme: str,
) -> None:
    model.default = answer("Ответ.")
    bot = start_bot(TELEGRAM_PROXY=proxy.url(scheme), MODELS_PROXY=other_proxy.url(scheme))
    api.text(ANNA, "/ask вопрос")
    api.wait_answer(ANNA, "Ответ.")
    assert proxy.connections(_port(api), scheme) > 0
    assert other_proxy.connections(_port(model), scheme) > 0
    assert (proxy.connections(_port(model)), other_proxy.connections(_port(api))) == (0, 0)
    assert PASSWORD not in bot.log


def test_dead_proxies_are_named_in_the_log_and_in_the_chat(
    api: BotApi, start_bot: StartBot
) -> None:
    bot = start_bot(MODELS_PROXY=_dead("socks5h"), OWNER_ID=str(ANNA))
    api.text(ANNA, "/ask вопрос")
    assert "MODELS_PROXY" in api.wait_answer(ANNA, "Прокси", timeout=20)["text"]
    assert f"модель openrouter/free: {texts.PROXY_FAILS}" in bot.log
    assert bot.stop() == 0
    cut_off = start_bot(ready=False, TELEGRAM_PROXY=_dead("socks5h"))
    api.wait(lambda _: f"Telegram не отвечает ({texts.PROXY_FAILS})" in cut_off.log)
    assert PASSWORD not in cut_off.log
    assert "Traceback" not in cut_off.log


WRONG = ("socks4://127.0.0.1:1080", "127.0.0.1:1080", "ftp://x:1", "socks5://", "http://x:port")


@pytest.mark.parametrize("name", ["TELEGRAM_PROXY", "MODELS_PROXY"])
@pytest.mark.parametrize("url", WRONG)
def test_another_kind_of_proxy_is_a_mistake(start_bot: StartBot, name: str, url: str) -> None:
    bot = start_bot(ready=False, **{name: url.replace("://", f"://bot:{PASSWORD}@")})
    assert bot.wait() == 2
    assert f"{name}: должен быть адресом прокси" in bot.log
    assert "socks5h://" in bot.log
    assert PASSWORD not in bot.log
    assert "Traceback" not in bot.log
