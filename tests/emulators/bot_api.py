"""An emulator of the Telegram Bot API: a real HTTP server for a bot that runs as a process.

The test acts as people do (`text`, `press`, …), sees what the bot did (`calls`, `messages`,
`wait_…`), and makes trouble (`fail`, `outage`, `limit`, …).
"""

import json
import threading
import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from . import bot_api_inline, bot_api_messages, bot_api_methods, bot_api_webhook
from .bot_api_errors import RefusedError
from .bot_api_http import Call, Incoming, Reply, Server, bound_socket, read_params
from .bot_api_people import People, Sent
from .bot_api_trouble import Fault, FloodViolation, Trouble
from .bot_api_world import Json, Stored
from .spec import Spec, load_spec
from .waiting import WAIT_S

__all__ = ["BotApi", "Call", "Fault", "FloodViolation", "Sent"]

T = TypeVar("T")

METHODS = (
    bot_api_methods.METHODS
    | bot_api_messages.METHODS
    | bot_api_webhook.METHODS
    | bot_api_inline.METHODS
)
NAMES = {name.lower(): name for name in (*METHODS, "getUpdates")}  # the server ignores case
SLOW_S = 0.001
TICK_S = 0.25  # how often a wait looks again although the bot called nothing

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class BotApi(People):
    """The emulator; a context manager that listens from enter to exit.

    With strict=False texts, markups and parameters pass unchecked. Exit raises AssertionError
    when the emulator itself failed.
    """

    def __init__(
        self,
        token: str = "123456:TEST-token",
        username: str = "notes_test_bot",
        strict: bool = True,
    ) -> None:
        super().__init__(token, username, strict)
        self.strict = strict
        self.calls: list[Call] = []  # in the order in which they were answered
        self.arrived: list[Call] = []  # in the order in which they came, the pending ones too
        self.spec_violations: list[str] = []
        self.internal_errors: list[str] = []
        self.ahead_s = 0.0  # of the server's clock
        self._trouble = Trouble()
        self._spec: Spec | None = load_spec() if strict else None
        self._stopped = threading.Event()
        self._listener = bound_socket()
        self._port: int = self._listener.getsockname()[1]
        self._server: Server | None = None
        self.url = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self.restore()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._stopped.set()
        with self._lock:
            self._updates.close()
        self.outage()
        self._listener.close()
        if exc is None and self.internal_errors:
            raise AssertionError("the emulator failed:\n" + "\n".join(self.internal_errors))

    # --- seeing what the bot did

    def messages(self, chat_id: int) -> list[Json]:
        """The chat as a person sees it now, in order.

        Each message is as in the Bot API, with `_by_bot`, `_at` (monotonic time), `_history` (its
        versions, the first one included, each with `at`) and, for a file, `_bytes`.
        """
        with self._lock:
            chat = self._world.chats.get(chat_id)
            return [_shown(stored) for stored in chat.messages.values()] if chat else []

    def sent(self, chat_id: int) -> list[Json]:
        """Those of `messages` that are from the bot."""
        with self._lock:
            chat = self._world.chats.get(chat_id)
            stored = chat.messages.values() if chat else ()
            return [_shown(item) for item in stored if item.by_bot]

    def actions(self, chat_id: int) -> list[tuple[float, str]]:
        """The chat actions, each with the monotonic time at which it came."""
        with self._lock:
            chat = self._world.chats.get(chat_id)
            return list(chat.actions) if chat else []

    def calls_to(self, method: str, chat_id: int | None = None) -> list[Call]:
        with self._lock:
            return [
                call
                for call in self.calls
                if call.method == method and (chat_id is None or call.chat_id == chat_id)
            ]

    @property
    def flood_violations(self) -> list[FloodViolation]:
        """Messages over the limits, and those sent while a retry_after was still running."""
        return self._trouble.violations

    @property
    def too_many_requests(self) -> int:
        """How many calls were answered 429."""
        return self._trouble.too_many_requests

    @property
    def entity_notes(self) -> list[str]:
        """Formatting that Telegram would have dropped without a word, one line each."""
        return self._world.entity_notes

    @property
    def conflicts(self) -> int:
        """How many getUpdates of a bot that still ran were ended by another one."""
        return self._updates.conflicts

    def wait(self, predicate: Callable[["BotApi"], T], timeout: float = WAIT_S) -> T:
        """The first true value of `predicate`, which is asked again after every call of the bot.

        Raises:
            AssertionError: there was none in `timeout` seconds; it shows the last calls.
        """
        deadline = time.monotonic() + timeout
        while True:
            with self._lock:
                seen = self._version
            began = time.monotonic()
            if value := predicate(self):
                return value
            now = time.monotonic()
            if now >= deadline:
                recent = "\n".join(f"  {call}" for call in self.calls[-10:])
                raise AssertionError(f"not seen in {timeout} s; the last calls:\n{recent}")
            # A slow predicate must not take the processor from the bot it waits for.
            if now - began > SLOW_S:
                self._stopped.wait(min(3 * (now - began), 0.05))
            with self._changed:
                if self._version == seen:
                    self._changed.wait(min(TICK_S, max(deadline - time.monotonic(), 0.001)))

    def wait_sent(self, chat_id: int, n: int = 1, timeout: float = WAIT_S) -> list[Json]:
        """The bot's messages in a chat, when there are at least `n`."""
        return (
            self.wait(lambda api: found if len(found := api.sent(chat_id)) >= n else None, timeout)
            or []
        )

    def wait_answer(
        self, chat_id: int, contains: str | None = None, after: int = 0, timeout: float = WAIT_S
    ) -> Json:
        """A message of the bot, number `after` or later, whose text or caption contains that."""

        def found(api: "BotApi") -> Json | None:
            for message in api.sent(chat_id)[after:]:
                text = message.get("text") or message.get("caption") or ""
                if contains is None or contains in text:
                    return message
            return None

        return self.wait(found, timeout) or {}

    def wait_callback_answer(self, callback_query_id: str, timeout: float = WAIT_S) -> Json:
        """The parameters of the answerCallbackQuery for that query."""
        answers = self._world.callback_answers
        return self.wait(lambda _: answers.get(callback_query_id), timeout) or {}

    def wait_inline_answer(self, inline_query_id: str, timeout: float = WAIT_S) -> Json:
        """The parameters of the answerInlineQuery for that query."""
        answers = self._world.inline_answers
        return self.wait(lambda _: answers.get(inline_query_id), timeout) or {}

    def wait_confirmed(self, update_id: int, timeout: float = WAIT_S) -> None:
        """Until the bot has this update, or if the bot never wanted its kind."""
        self.wait(lambda _: self._updates.is_confirmed(update_id), timeout)

    # --- trouble on demand

    def fail(
        self,
        method: str = "*",
        *,
        status: int = 500,
        body: bytes | Json | None = None,
        description: str | None = None,
        retry_after: int | None = None,
        times: int | None = 1,
        chat_id: int | None = None,
        drop: bool = False,
        after_effect: bool = False,
        delay: float = 0.0,
    ) -> Fault:
        """Make the next `times` matching calls fail (None: all until `heal`).

        `method` is a pattern such as "send*"; "*" means getUpdates too. `retry_after` makes it a
        429. bytes in `body` go out as text/html, a dict as the JSON answer. `drop` resets the
        connection instead of answering. `after_effect` lets the call do its work first. `delay`
        is waited before the answer; with status=200 the call is answered as usual, only late.
        """
        fault = Fault(
            method=method,
            chat_id=chat_id,
            status=status,
            body=body,
            description=description,
            retry_after=retry_after,
            times=times,
            drop=drop,
            after_effect=after_effect,
            delay=delay,
        )
        with self._lock:
            self._trouble.faults.append(fault)
        return fault

    def heal(self) -> None:
        """Take back every `fail`."""
        with self._lock:
            self._trouble.faults.clear()

    def limit(
        self,
        *,
        per_chat_per_second: float | None = None,
        per_group_per_minute: float | None = None,
        overall_per_second: float | None = None,
        burst: int = 1,
        retry_after: int = 0,
    ) -> None:
        """Answer 429 when a chat, or all of them, get messages and edits faster than that.

        A chat may get `burst` messages at once. `retry_after` 0 means as long as is needed.
        """
        with self._lock:
            self._trouble.limit(
                per_chat_per_second, per_group_per_minute, overall_per_second, burst, retry_after
            )

    def outage(self) -> None:
        """Refuse connections and break those that are open; the port stays ours."""
        if self._server is not None:
            self._server.stop()
            self._server = None
            self._listener = bound_socket(self._port)

    def restore(self) -> None:
        """Listen again, on the same port."""
        if self._server is None:
            self._server = Server(self._answer, self._listener)

    # --- answering

    def _answer(self, incoming: Incoming) -> Reply | None:
        prefix = f"/bot{self.token}/"
        if incoming.target.startswith(prefix):
            return self._answer_call(incoming, incoming.target.removeprefix(prefix))
        if incoming.target.startswith(f"/file{prefix}"):
            return self._answer_file(incoming.target.removeprefix(f"/file{prefix}"))
        refused = incoming.target.startswith(("/bot", "/file/bot"))
        error = RefusedError(401, "Unauthorized") if refused else RefusedError(404, "Not Found")
        return _refusal(error)

    def _answer_file(self, path: str) -> Reply:
        with self._lock:
            for file in self._world.files.values():
                if file.path == path:
                    return Reply(200, file.content, "application/octet-stream")
        return _refusal(RefusedError(404, "Not Found"))

    def _answer_call(self, incoming: Incoming, method: str) -> Reply | None:
        params, files = read_params(incoming)
        query = incoming.query.decode("latin-1")
        name = NAMES.get(method.lower(), method)
        call = Call(name, params, files, incoming.at, query, incoming.connection)
        with self._lock:
            self.arrived.append(call)
            fault = self._trouble.take_fault(call)
            self._touch()
        if fault is None:
            reply = self._perform(call, incoming.alive)
        else:
            reply = self._fail(call, fault, incoming.alive)
        if reply is not None:
            call.status = reply.status
            reply.date += self.ahead_s
        with self._lock:
            self.calls.append(call)
            self._touch()
        return reply

    def _fail(self, call: Call, fault: Fault, alive: Callable[[], bool]) -> Reply | None:
        if fault.after_effect:
            done = self._perform(call, alive)
        self._stopped.wait(fault.delay)
        if fault.drop:
            return None
        if fault.status == 200 and fault.body is None:
            return done if fault.after_effect else self._perform(call, alive)
        call.description = fault.words()
        if isinstance(fault.body, bytes):
            return Reply(fault.status, fault.body, "text/html")
        if fault.status == 429:
            with self._lock:
                self._trouble.answered_429(call, fault.retry_after or 1, time.monotonic())
        parameters = {} if fault.retry_after is None else {"retry_after": fault.retry_after}
        if fault.body is not None:
            return Reply(fault.status, _encode(fault.body).encode())
        return _refusal(RefusedError(fault.status, call.description, parameters))

    def _perform(self, call: Call, alive: Callable[[], bool]) -> Reply | None:
        try:
            self._check(call)
            if call.method == "getUpdates":
                return self._poll(call, alive)
            with self._lock:
                call.result = METHODS[call.method](self._world, call)
            return Reply(200, b'{"ok":true,"result":%b}' % _encode(call.result).encode())
        except RefusedError as refused:
            call.description = refused.description
            return _refusal(refused)
        except Exception:
            self.internal_errors.append(traceback.format_exc())
            call.description = "Internal Server Error: the emulator failed"
            return _refusal(RefusedError(500, call.description))

    def _check(self, call: Call) -> None:
        found: list[str] = []
        if self._spec is not None:
            found = self._spec.violations(call.method, call.params, call.files)
            self.spec_violations += found
            if found and call.method in NAMES.values():
                raise RefusedError(400, f"Bad Request: {found[0]}")
        if call.method not in NAMES.values():
            if self._spec is not None and not found:
                self.internal_errors.append(f"{call.method} is not emulated")
            raise RefusedError(404, "Not Found")
        with self._lock:
            retry_after = self._trouble.flooded(call)
            if retry_after is not None:
                self._trouble.answered_429(call, retry_after, time.monotonic())
                words = f"Too Many Requests: retry after {retry_after}"
                raise RefusedError(429, words, {"retry_after": retry_after})

    def _poll(self, call: Call, alive: Callable[[], bool]) -> Reply | None:
        queued = self._updates.poll(call.params, alive)
        if queued is None:
            return None
        call.result = [item.update for item in queued]
        return Reply(200, f'{{"ok":true,"result":[{",".join(i.json for i in queued)}]}}'.encode())


def _shown(stored: Stored) -> Json:
    shown = {
        **stored.wire,
        "_by_bot": stored.by_bot,
        "_at": stored.at,
        "_history": list(stored.history),
    }
    if stored.file is not None:
        shown["_bytes"] = stored.file.content
    return shown


def _refusal(refused: RefusedError) -> Reply:
    answer = {"ok": False, "error_code": refused.status, "description": refused.description}
    if refused.parameters:
        answer["parameters"] = refused.parameters
    return Reply(refused.status, _encode(answer).encode())
