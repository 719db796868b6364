"""Serving updates: Telegram posts each to this server, and 200 says that it is stored.

Any other answer makes Telegram send the update again: at once, after 2 s, then after twice as long
each time, up to 1–2 minutes, for 24 hours (WebhookActor.cpp of tdlib/telegram-bot-api). So nothing
is lost that was refused here.
"""

import hmac
import json
import logging
import secrets
import socket
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from waitress.server import create_server
from waitress.wasyncore import close_all

from db import StorageError
from setting_values import HEALTH_PATH
from telegram.api import (
    RefusedError,
    Telegram,
    TelegramError,
    ThrottledError,
    UnauthorizedError,
)
from telegram.intake import MAX_BODY
from texts import hosting as texts
from texts import log as texts_log

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

JSON = dict[str, Any]

MAX_HEADERS = 16 * 1024  # bytes
THREADS = 8  # each stores an update, one at a time: more would only wait for one another
CONNECTIONS = 40  # what Telegram opens at the most, and its default
PROXY_CONNECTIONS = 256  # a TLS proxy opens more than Telegram does, and keeps them
SILENCE_S = 75  # a connection that says nothing is closed; a proxy keeps one for 60 s
STOP_S = 5.0
RETRY_S = 2.0
KEEP_EVERY_S = 60.0
SECRET_HEADER = "HTTP_X_TELEGRAM_BOT_API_SECRET_TOKEN"  # as WSGI names it  # noqa: S105

STATUSES = {
    200: "200 OK",
    400: "400 Bad Request",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    500: "500 Internal Server Error",
    503: "503 Service Unavailable",
}

log = logging.getLogger(__name__)

Take = Callable[[list[JSON]], object]  # as `Intake.take`
Health = Callable[[], tuple[bool, JSON]]


def claim(telegram: Telegram, url: str, secret: str, stopping: threading.Event) -> None:
    """Have Telegram deliver to `url`; waits for Telegram until it answers or `stopping` is set.

    The webhook is taken away first: one that is set again as it was keeps the pauses that grew
    while the bot was down, and what waited would come minutes later.

    Raises:
        RefusedError: Telegram does not take this address; `texts.hosting` has the words.
        UnauthorizedError: Telegram does not know the token.
    """
    for call in (telegram.delete_webhook, lambda: telegram.set_webhook(url, secret, CONNECTIONS)):
        _insist(call, stopping)


def release(telegram: Telegram, stopping: threading.Event) -> None:
    """Have Telegram keep the updates for getUpdates again; none is lost by that.

    Raises:
        UnauthorizedError: Telegram does not know the token.
    """
    _insist(telegram.delete_webhook, stopping)


def keep(
    telegram: Telegram,
    url: str,
    secret: str,
    revoked: Callable[[], None],
    stopping: threading.Event,
) -> None:
    """See to it, until `stopping` is set, that Telegram goes on delivering to `url`.

    Telegram says nothing by itself when it fails to, when somebody else has taken the webhook
    away, or when the token was revoked.
    """
    # Its own spelling of the address, whatever it makes of ours.
    ours, failed_at = "", None
    while True:
        try:
            info = telegram.webhook_info()
            ours = ours or info.url
            if not ours or info.url != ours:
                log.error(texts.WEBHOOK_LOST)
                claim(telegram, url, secret, stopping)
                ours = ""
            elif info.last_error_date != failed_at:
                failed_at = info.last_error_date
                log.warning(texts.WEBHOOK_UNDELIVERED, info.last_error_message)
        except UnauthorizedError:
            revoked()
            return
        except TelegramError as error:
            log.warning(texts.WEBHOOK_WAITS, error)
        if stopping.wait(KEEP_EVERY_S):
            return


def own_secret() -> str:
    """A secret for as long as this process lives."""
    return secrets.token_urlsafe(32)


def _insist(call: Callable[[], None], stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            call()
            return
        except (RefusedError, UnauthorizedError):
            raise
        except TelegramError as error:
            log.warning(texts_log.TELEGRAM_SILENT, error)
            pause = error.retry_after if isinstance(error, ThrottledError) else RETRY_S
            stopping.wait(pause)


class WebhookServer:
    """Listens for Telegram at the path of `url`, and for whoever asks at `/health`.

    `take` stores updates, or raises StorageError; `health` says whether all is well, and facts
    without secrets. Both are called by several threads at once.
    """

    def __init__(
        self, url: str, listen: tuple[str, int], secret: str, take: Take, health: Health
    ) -> None:
        """Bind to `listen`, host and port.

        Raises:
            OSError: the port is taken, or the address is not of this machine.
        """
        # waitress unquotes the path of a request and gives it as Latin-1, as PEP 3333 wants it.
        self._path = unquote_to_bytes(urlsplit(url).path or "/").decode("latin-1")
        self._secret = secret.encode()
        self._take, self._health = take, health
        self._stopping = threading.Event()
        host, port = listen
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family)
        self.port: int = self._socket.getsockname()[1]
        # It would say with each update that comes while others are stored that a queue has grown.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._open: dict[int, Any] = {}  # what waitress has open: the listener, connections
        self._server = create_server(
            self._answer,
            map=self._open,
            sockets=[self._socket],
            threads=THREADS,
            connection_limit=PROXY_CONNECTIONS,
            channel_timeout=SILENCE_S,
            max_request_header_size=MAX_HEADERS,
            max_request_body_size=MAX_BODY + 1,
            inbuf_overflow=MAX_BODY + 1,  # never into a file
            ident=None,
        )
        self._thread = threading.Thread(target=self._server.run, name="webhook", daemon=True)

    def start(self) -> None:
        """Begin serving, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more updates, let those end that are being stored, and close all connections."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._server.task_dispatcher.shutdown(cancel_pending=False, timeout=STOP_S)
        self._server.trigger.pull_trigger(lambda: close_all(self._open))
        self._thread.join(STOP_S)

    def _answer(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        status, facts = self._served(environ)
        body = json.dumps(facts).encode() if facts else b""
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(STATUSES[status], headers)
        return [body]

    def _served(self, environ: "WSGIEnvironment") -> tuple[int, JSON]:
        """The status and the body of an answer."""
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path == HEALTH_PATH and path != self._path:
            return self._look(method)
        if path != self._path:
            return 404, {}
        if method != "POST":
            return 405, {}
        given = environ.get(SECRET_HEADER, "").encode("latin-1")
        if not hmac.compare_digest(given, self._secret):
            log.warning(texts.WEBHOOK_NO_SECRET)
            return 403, {}
        return self._store(environ["wsgi.input"].read()), {}

    def _look(self, method: str) -> tuple[int, JSON]:
        if method not in ("GET", "HEAD"):
            return 405, {}
        try:
            is_well, facts = self._health()
        except Exception:
            log.exception(texts.HEALTH_FAILED)
            is_well, facts = False, {}
        return (200 if is_well else 503), {"ok": is_well, **facts}

    def _store(self, body: bytes) -> int:
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            update = None
        if not isinstance(update, dict):
            log.warning(texts.WEBHOOK_NO_UPDATE, len(body))
            return 400
        if self._stopping.is_set():
            return 503
        try:
            self._take([update])
        except StorageError as error:
            log.error(texts_log.UPDATES_NOT_STORED, error)
            return 503
        except Exception:
            log.exception(texts.WEBHOOK_FAILED)
            return 500
        return 200
