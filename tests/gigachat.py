"""Asking an emulated GigaChat."""

import base64
from typing import Any

import pytest

from gigachat_client import GigaChat, GigaChatError
from tests.emulators.gigachat_server import GigaChatServer
from tests.talk import QUESTION

KEY = base64.b64encode(b"0f1e2d3c:secret-of-the-test").decode()


def make(server: GigaChatServer, key: str = KEY, **options: Any) -> GigaChat:
    """A client of this server, without a CA bundle unless one is given."""
    addresses = {"auth_url": server.auth_url, "base_url": server.url}
    return GigaChat(key, backoff_s=0.001, **{**addresses, **options})


def ask(client: GigaChat, **options: Any) -> str:
    """The answer."""
    return client.chat_once(QUESTION, model="GigaChat-2", **options)[0]


def refused(client: GigaChat) -> GigaChatError:
    """The error in place of an answer."""
    with pytest.raises(GigaChatError) as caught:
        ask(client)
    return caught.value
