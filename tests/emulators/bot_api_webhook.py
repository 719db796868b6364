"""Delivery by webhook: who is posted what, when, how often, and what a refusal leads to.

After WebhookActor.cpp and Client.cpp of tdlib/telegram-bot-api. Left out: certificates of one's
own, a method in the body of an answer, the pace at which connections are opened.
"""

import http.client
import ipaddress
import random
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from .bot_api_errors import RefusedError, bad_request
from .bot_api_updates import Queued, Updates

PORTS = (80, 88, 443, 8443)
MOST_CONNECTIONS, USUAL_CONNECTIONS = 100, 40
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
SET_EVERY_S = 1.0
RESEND_MOST_S = 60  # to twice that, at random
RETRY_AFTER_MOST_S = 3600
GONE_S = 23 * 3600  # of nothing but 410, and the webhook is taken away
LIFETIMES_S = {"callback_query": 150, "inline_query": 30}
LIFETIME_S = 24 * 3600
_SECRET = re.compile(r"[A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request to the bot; `status` 0: there was no answer. Times are monotonic."""

    update_id: int
    status: int
    at: float
    ended: float


@dataclass(slots=True)
class _Attempts:
    """What is known of an update that is being delivered."""

    lane: object
    due: float
    expires: float
    delay: float = 1.0
    fails: int = 0


@dataclass(slots=True)
class _Target:
    """Where a webhook points; one that was replaced has its own, so that both can be told apart."""

    url: str
    secret: str
    connections: int
    kept: deque[http.client.HTTPConnection] = field(default_factory=deque)
    attempts: dict[int, _Attempts] = field(default_factory=dict)
    busy: dict[object, int] = field(default_factory=dict)  # a lane -> the update under way
    first_gone: float | None = None  # when the answers 410 began
    last_error: tuple[int, str] | None = None


class Webhook:
    """Not thread-safe by itself: its public methods are called with the lock held.

    A test may set `local_mode` (as --local of the real server: plain HTTP, any port, this
    machine), `pace` (what all of Telegram's own times are multiplied by) and `timeout_s`, and
    read `deliveries`.
    """

    def __init__(self, updates: Updates, touch: Callable[[], None]) -> None:
        self.local_mode = False
        self.pace = 1.0
        self.timeout_s = 60.0
        self.deliveries: list[Delivery] = []
        self.most_at_once = 0
        self._updates, self._touch = updates, touch
        self._target: _Target | None = None
        self._set_again_at = 0.0
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where updates are delivered, "" while they are polled."""
        return self._target.url if self._target else ""

    def set(self, params: dict[str, Any]) -> bool:
        """setWebhook; an empty address deletes.

        Raises:
            RefusedError: as Telegram words it.
        """
        url = str(params.get("url", ""))
        if not url:
            return self.delete(params)
        now = time.monotonic()
        if now < self._set_again_at:
            raise RefusedError(429, "Too Many Requests: retry after 1", {"retry_after": 1})
        self._set_again_at = now + SET_EVERY_S
        target = _Target(url, _secret(params), _connections(params))
        self._check(url)
        self._updates.allow(params.get("allowed_updates"))
        if params.get("drop_pending_updates") is True:
            self._updates.drop_all()
        old = self._target
        if old is None or _key(old) != _key(target):
            self._replace(target)
        return True

    def delete(self, params: dict[str, Any]) -> bool:
        if params.get("drop_pending_updates") is True:
            self._updates.drop_all()
        if self._target is not None:
            self._replace(None)
        return True

    def info(self) -> dict[str, Any]:
        """getWebhookInfo."""
        found: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
        }
        if self._target is None:
            return found
        found["max_connections"] = self._target.connections
        if self._updates.allowed:
            found["allowed_updates"] = sorted(self._updates.allowed)
        if self._target.last_error:
            found["last_error_date"], found["last_error_message"] = self._target.last_error
        return found

    def _check(self, url: str) -> None:
        parts = _split(url)
        if self.local_mode:
            return
        if parts.scheme != "https":
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if (parts.port or 443) not in PORTS:
            raise bad_request(
                "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
            )
        _check_host(parts.hostname or "")

    def _replace(self, target: _Target | None) -> None:
        if self._target is not None:
            _close(self._target)
        self._target = target
        self._updates.set_webhook(target is not None)
        if target is not None and self._thread is None:
            self._thread = threading.Thread(target=self._run, name="webhook", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        with self._updates.arrived:
            while not self._updates.closed:
                self._updates.arrived.wait(self._send_due())
            if self._target is not None:
                _close(self._target)

    def _send_due(self) -> float | None:
        """Begin what may be delivered now; returns the seconds until there may be more."""
        target = self._target
        if target is None:
            return None
        now, wake = time.monotonic(), None
        seen: set[object] = set()
        for queued in self._updates.first(2 * target.connections):
            attempts = self._attempts(target, queued, now)
            if attempts.lane in seen:
                continue  # what came before it is not delivered yet
            seen.add(attempts.lane)
            if attempts.lane in target.busy:
                continue
            if attempts.due > now:
                wake = min(wake or attempts.due, attempts.due)
            elif len(target.busy) < target.connections:
                self._begin(target, queued, attempts)
        return None if wake is None else max(0.0, wake - now)

    def _attempts(self, target: _Target, queued: Queued, now: float) -> _Attempts:
        if queued.id not in target.attempts:
            life = LIFETIMES_S.get(_kind(queued.update), LIFETIME_S) * self.pace
            target.attempts[queued.id] = _Attempts(_lane(queued), now, queued.at + life)
        return target.attempts[queued.id]

    def _begin(self, target: _Target, queued: Queued, attempts: _Attempts) -> None:
        target.busy[attempts.lane] = queued.id
        self.most_at_once = max(self.most_at_once, len(target.busy))
        threading.Thread(target=self._deliver, args=(target, queued, attempts), daemon=True).start()

    def _deliver(self, target: _Target, queued: Queued, attempts: _Attempts) -> None:
        began = time.monotonic()
        status, retry_after = self._post(target, queued)
        with self._updates.arrived:
            now = time.monotonic()
            self.deliveries.append(Delivery(queued.id, status, began, now))
            target.busy.pop(attempts.lane, None)
            if target is not self._target:
                pass  # whatever was answered, nobody listens any more
            elif 200 <= status <= 299:
                target.first_gone = None
                target.attempts.pop(queued.id, None)
                self._updates.forget(queued.id)
            else:
                self._put_off(target, queued, attempts, now, retry_after)
                self._note_error(target, status, now)
            self._updates.arrived.notify_all()
            self._touch()

    def _put_off(
        self, target: _Target, queued: Queued, attempts: _Attempts, now: float, retry_after: int
    ) -> None:
        pause = float(min(retry_after, RETRY_AFTER_MOST_S))
        if not retry_after and attempts.fails:
            most = random.uniform(RESEND_MOST_S, 2 * RESEND_MOST_S)
            pause = attempts.delay = min(most, attempts.delay * 2)
        attempts.fails += 1
        attempts.due = now + pause * self.pace
        if attempts.due > attempts.expires:
            del target.attempts[queued.id]
            self._updates.forget(queued.id)

    def _note_error(self, target: _Target, status: int, now: float) -> None:
        phrase = http.client.responses.get(status, "")
        words = f"Wrong response from the webhook: {status} {phrase}" if status else "Read timeout"
        target.last_error = (int(time.time()), words)
        if status != 410:
            target.first_gone = None
        elif target.first_gone is None:
            target.first_gone = now
        elif now > target.first_gone + GONE_S * self.pace:
            self._replace(None)

    def _post(self, target: _Target, queued: Queued) -> tuple[int, int]:
        """The status and the Retry-After of the bot's answer; 0 when there is none."""
        parts = _split(target.url)
        if parts.scheme != "http" or parts.hostname != "127.0.0.1":
            return 0, 0  # nothing leaves this machine: whoever is elsewhere is down
        try:
            connection = target.kept.pop()
        except IndexError:
            connection = http.client.HTTPConnection(
                parts.hostname, parts.port, timeout=self.timeout_s
            )
        headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip, deflate"}
        if target.secret:
            headers[SECRET_HEADER] = target.secret
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", path, queued.json.encode(), headers)
            with closing(connection.getresponse()) as response:
                response.read()
                retry_after = response.getheader("Retry-After", "0")
                kept = not response.will_close
        except (OSError, http.client.HTTPException):
            connection.close()
            return 0, 0
        with self._updates.arrived:
            kept = kept and target is self._target and not self._updates.closed
            if kept:  # whoever closes the target will close it
                target.kept.append(connection)
        if not kept:
            connection.close()
        return response.status, int(retry_after) if retry_after.isdecimal() else 0


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        is_whole = bool(parts.hostname) and parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise bad_request("invalid webhook URL specified")
    return parts


def _check_host(host: str) -> None:
    """Names are not looked up: every one is somebody's, but for those that never can be."""
    if host.endswith(".invalid"):
        raise bad_request("bad webhook: Failed to resolve host: Name or service not known")
    if host == "localhost":
        host = "127.0.0.1"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return
    if address.version == 6:
        raise bad_request("bad webhook: IPv6-only addresses are not allowed")
    if not address.is_global:
        raise bad_request(f"bad webhook: IP address {host} is reserved")


def _secret(params: dict[str, Any]) -> str:
    secret = str(params.get("secret_token", ""))
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    return secret


def _connections(params: dict[str, Any]) -> int:
    """Out of range is brought into it, as the server does."""
    wanted = params.get("max_connections")
    if not isinstance(wanted, int):
        wanted = USUAL_CONNECTIONS
    return min(max(wanted, 1), MOST_CONNECTIONS)


def _key(target: _Target) -> tuple[str, str, int]:
    return target.url, target.secret, target.connections


def _kind(update: Any) -> str:
    kinds = update.keys() - {"update_id"} if isinstance(update, dict) else set()
    return str(min(kinds, default=""))


def _lane(queued: Queued) -> object:
    """What is delivered in order: a chat's messages, or a person's presses; else it is alone."""
    content = queued.update.get(_kind(queued.update)) if isinstance(queued.update, dict) else None
    if isinstance(content, dict):
        if isinstance(content.get("chat"), dict):
            return "chat", content["chat"].get("id")
        if isinstance(content.get("from"), dict):
            return "person", content["from"].get("id")
    return "alone", queued.id


def _close(target: _Target) -> None:
    while target.kept:
        target.kept.pop().close()


METHODS: dict[str, Callable[[Any, Any], Any]] = {
    "setWebhook": lambda world, call: world.webhook.set(call.params),
    "deleteWebhook": lambda world, call: world.webhook.delete(call.params),
    "getWebhookInfo": lambda world, call: world.webhook.info(),
}
