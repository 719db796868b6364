"""Through real proxies with a password: what the Bot API and the models are asked and answer."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from telebot import apihelper

from telegram.api import Telegram, UnreachableError
from tests.emulators.bot_api import BotApi
from tests.emulators.proxies import PASSWORD, SCHEMES, Proxy, running_proxy
from tests.ports import free_port
from tests.talk import ANNA


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with running_proxy(tmp_path_factory.mktemp("proxy")) as running:
        yield running


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("API_URL", "FILE_URL", "CUSTOM_REQUEST_SENDER"):  # of all bots of a process
        monkeypatch.setattr(apihelper, name, getattr(apihelper, name))


def _port(api: BotApi) -> int:
    return int(api.url.rpartition(":")[2])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_bot_api_is_polled_and_given_files_through_the_proxy_of_the_environment(
    api: BotApi, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("http_proxy", proxy.url(scheme))
    bot = Telegram(api.token, api.url)
    api.text(ANNA, "раз")
    assert [update["message"]["text"] for update in bot.get_updates(0, 1)] == ["раз"]
    path = tmp_path / "notes.txt"
    path.write_bytes(b"x" * 100_000)
    bot.bot.send_document(ANNA, BytesIO(path.read_bytes()), visible_file_name="notes.txt")
    assert api.sent(ANNA)[-1]["_bytes"] == path.read_bytes()
    assert proxy.connections(_port(api), scheme) > 0


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_proxy_is_honoured(
    api: BotApi, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("http_proxy", proxy.url(scheme))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    Telegram(api.token, api.url).get_me()
    assert proxy.connections(_port(api)) == 0


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("wrong", ["a dead proxy", "a wrong password"])
def test_a_proxy_that_does_not_serve_is_no_telegram_and_its_password_is_not_shown(
    api: BotApi,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    wrong: str,
) -> None:
    url = proxy.url(scheme, "not-" + PASSWORD)
    if wrong == "a dead proxy":
        url = Proxy(free_port(), Path()).url(scheme)
    monkeypatch.setenv("http_proxy", url)
    with pytest.raises(UnreachableError) as raised:
        Telegram(api.token, api.url).get_me()
    shown = f"{raised.value} {raised.value.__cause__!r}"
    assert PASSWORD not in shown
    assert api.calls == []
