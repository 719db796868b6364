"""What the clients themselves cost: plain, over TLS with a token, against servers of others.

Run from the project's folder: python -m bench.providers
"""

import base64
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from bench.tools import machine, ms, row
from gigachat_client import GigaChat
from llm.client import ChatClient
from openai_client import openai_compatible
from tests import others
from tests.certificates import Authority
from tests.emulators.gigachat_server import GigaChatServer
from tests.emulators.model_server import ModelServer
from tests.talk import QUESTION

QUESTIONS = 200
AT_ONCE = 50


def main() -> None:
    print(f"{machine()}\n\n| что | сколько | надо |\n| --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        with ModelServer(prefix="/v1") as server:
            _measure("эмулятор", openai_compatible(server.url), "m")
        _gigachat(Path(folder))
        _other("llmock", others.llmock, Path(folder))
        _other("aimock", others.aimock, Path(folder))


def _gigachat(folder: Path) -> None:
    key = base64.b64encode(b"id:secret").decode()
    authority = Authority(folder, "bench")
    with GigaChatServer(authority.context, key=key) as server:
        client = GigaChat(
            key,
            auth_url=server.auth_url,
            base_url=server.url,
            ca_bundle=str(authority.bundle),
        )
        began = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda _: client.chat_once(QUESTION, model="m"), range(AT_ONCE)))
        row(f"GigaChat: {AT_ONCE} вопросов сразу, с", f"{time.monotonic() - began:.2f}", "")
        row("GigaChat: из них запросов токена", str(len(server.token_requests)), "1")
        _measure("GigaChat, TLS", client, "m")


def _other(name: str, running: Callable[[Path], AbstractContextManager[str]], folder: Path) -> None:
    try:
        with running(folder) as url:
            client = openai_compatible(url, "any")
            _measure(name, client, client.fetch_models()[0].key)
    except pytest.skip.Exception as skipped:
        row(name, str(skipped), "")


def _measure(name: str, client: ChatClient, model: str) -> None:
    client.chat_once(QUESTION, model=model)
    whole, first = [], []
    for _ in range(QUESTIONS):
        began = time.monotonic()
        client.chat_once(QUESTION, model=model)
        whole.append(time.monotonic() - began)
        began = time.monotonic()
        for number, _piece in enumerate(client.chat_stream(QUESTION, model=model)):
            if number == 0:
                first.append(time.monotonic() - began)
    assert statistics.fmean(first) > 0
    row(f"{name}: ответ целиком, медиана / p95, мс", ms(whole), "")
    row(f"{name}: первые слова потока, медиана / p95, мс", ms(first), "")


if __name__ == "__main__":
    main()
