"""How requests to the Bot API travel: connections, time-outs, files as they are read."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.hooks import default_hooks
from requests.utils import default_headers

import proxies
from telegram import deadline

CONNECT_TIMEOUT_S = 3.0
ANSWER_TIMEOUT_S = 10.0
PROBE_TIMEOUT_S = 2.5  # the same while Telegram is out of reach: its return is to be seen soon
POLL_MARGIN_S = 1.5
UPLOAD_TIMEOUT_S = 300.0
KEPT_CONNECTIONS = 32


class Sender:
    """Sends telebot's requests: parameters in the body, each thread on a connection of its own.

    telebot itself puts them into the URL, where 4,096 Cyrillic letters make 24 KB. A connection
    that a thread does not need at the moment is kept for the next one: threads come and go, and to
    connect anew costs more than a request.
    """

    def __init__(self, api_url: str, proxy: str = "") -> None:
        self._kept: deque[HTTPAdapter] = deque()
        self._is_failing = False  # the last call of any thread got no answer
        self.date: str | None = None  # of the last answer, by the server's clock
        # The CA bundle, and without a proxy of our own the proxies, as the environment has them.
        given = proxies.for_requests(proxy) or {}
        self._environment: dict[str, Any] = {
            **requests.Session().merge_environment_settings(api_url, given, None, None, None)
        }

    def __call__(
        self,
        method: str,
        url: str,
        *,
        params: dict[str, Any] | None,
        files: dict[str, Any] | None,
        **_: Any,
    ) -> requests.Response:
        held_s = (params or {}).get("timeout")  # only getUpdates has it
        try:
            if held_s is not None:
                patience_s = float(held_s) + POLL_MARGIN_S
                with deadline.within(patience_s) as limit:
                    response = self._send(_prepared(url, params), patience_s, limit)
            elif files:
                response = self._send(_streamed(url, params or {}, files), UPLOAD_TIMEOUT_S)
            else:
                patience_s = PROBE_TIMEOUT_S if self._is_failing else ANSWER_TIMEOUT_S
                response = self._send(_prepared(url, params), patience_s)
        except requests.RequestException:
            self._is_failing = True
            raise
        self._is_failing = False
        self.date = response.headers.get("Date")
        return response

    def _send(
        self,
        request: requests.PreparedRequest,
        patience_s: float,
        limit: deadline.Deadline | None = None,
    ) -> requests.Response:
        """Send a request and read its answer; `patience_s`: without a byte of it."""
        timeout = (CONNECT_TIMEOUT_S, patience_s)
        # What a Session adds, cookies and redirects, the Bot API does not use, at 0.2 ms a call.
        with self._connections() as connections:
            response = connections.send(
                request, **{**self._environment, "timeout": timeout, "stream": limit is not None}
            )
            if limit is not None:
                response.raw = BytesIO(deadline.read(response, limit))
            _ = response.content  # read it here: the connection is free again afterwards
            return response

    @contextmanager
    def _connections(self) -> Iterator[HTTPAdapter]:
        try:
            adapter = self._kept.pop()  # the last one used: its connection is the least likely cut
        except IndexError:
            adapter = deadline.Adapter()
        try:
            yield adapter
        finally:
            if len(self._kept) < KEPT_CONNECTIONS:
                self._kept.append(adapter)
            else:
                adapter.close()


def _prepared(url: str, params: dict[str, Any] | None) -> requests.PreparedRequest:
    """A POST as requests would prepare it, without the 0.3 ms it takes to check a URL of ours."""
    request = requests.PreparedRequest()
    request.method, request.url = "POST", url
    request.headers = default_headers()
    request.hooks = default_hooks()
    request.prepare_body(params or {}, None)
    request.prepare_auth(None)  # from the URL, if a name and a password stand there
    return request


def _streamed(url: str, params: dict[str, Any], files: dict[str, Any]) -> requests.PreparedRequest:
    """A request that reads its files while it is sent; requests would put them into memory."""
    from requests_toolbelt import MultipartEncoder  # 30 ms that most starts can do without

    fields = {name: str(value) for name, value in params.items()}
    body = MultipartEncoder({**fields, **files})
    headers = {"Content-Type": body.content_type}
    return requests.Request("POST", url, data=body, headers=headers).prepare()
