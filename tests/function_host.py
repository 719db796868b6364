"""The platform that runs the cloud function: instances are processes, as many as calls at once."""

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from tests.emulators.bot_api import BotApi
from tests.emulators.bucket import BucketServer
from tests.emulators.model_server import ModelServer
from tests.process import own_settings

INSTANCE = Path(__file__).parent / "data" / "function_instance.py"
SECRET = "a-secret_of-ours"
LIMIT_S = 60.0
TIMER = {
    "messages": [
        {
            "event_metadata": {
                "event_type": "yandex.cloud.events.serverless.triggers.TimerMessage",
                "created_at": "2026-11-24T09:00:00Z",
            },
            "details": {"trigger_id": "a1s0000000000000000"},
        }
    ]
}
JSON = dict[str, Any]


class KilledError(Exception):
    """The instance ended during the call."""


class Instance:
    """A process that is given one event after another."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, str(INSTANCE)],
                env=environment,
                cwd=log.parent,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
            )

    def call(self, event: Any, limit_s: float) -> JSON | None:
        """The answer to an event, None when the function raised."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"event": event, "limit_s": limit_s}).encode())
            self._process.stdin.write(b"\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError as error:
            raise KilledError from error
        if not line.endswith(b"\n"):
            raise KilledError
        answer: JSON | None = json.loads(line)
        return answer

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was still to be written
                    pipe.close()


class FunctionHost:
    """A context manager; `url` is the gateway's, which makes events of Telegram's requests."""

    def __init__(
        self, folder: Path, api: BotApi, model: ModelServer, bucket: BucketServer, **settings: str
    ) -> None:
        self._api = api
        self._log = folder / "function.log"
        inherited = {k: v for k, v in os.environ.items() if k not in own_settings()}
        self._environment = {
            **inherited,
            "TMPDIR": str(folder),
            "TOKEN": api.token,
            "TELEGRAM_API_URL": api.url,
            "TIMEZONE": "Europe/Moscow",
            "OPENROUTER_API_KEY": "sk-or-test-key",
            "OPENROUTER_BASE_URL": model.url,
            "ALLOWED_USERS": "*",
            "WEBHOOK_SECRET": SECRET,
            **bucket.settings,
            **settings,
        }
        self.limit_s = LIMIT_S
        self._lock = threading.Lock()
        self._is_over = False
        self._idle: list[Instance] = []
        self._busy: list[Instance] = []
        self._gateway = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._gateway.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._gateway.server_port}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._gateway.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._gateway.shutdown()
        self._gateway.server_close()
        with self._lock:
            self._is_over = True
        self.end_instances()

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8") if self._log.exists() else ""

    def deliver(self) -> None:
        """Have the emulated Telegram deliver to the gateway."""
        self._api.webhook.local_mode = True
        asked = {"url": self.url, "secret_token": SECRET, "max_connections": 40}
        response = requests.post(f"{self._api.url}/bot{self._api.token}/setWebhook", json=asked)
        assert response.json() == {"ok": True, "result": True}

    def invoke(self, event: Any, limit_s: float | None = None) -> JSON | None:
        """Call the function as the platform does: in an instance that is idle, or in a new one.

        Raises:
            KilledError: the instance was killed meanwhile.
        """
        with self._lock:
            if self._is_over:
                raise KilledError
            instance = self._idle.pop() if self._idle else Instance(self._environment, self._log)
            self._busy.append(instance)
        try:
            answer = instance.call(event, limit_s or self.limit_s)
        except KilledError:
            with self._lock:
                self._busy.remove(instance)
            instance.close()
            raise
        with self._lock:
            self._busy.remove(instance)
            if not self._is_over:
                self._idle.append(instance)
        return answer

    def timer(self, limit_s: float | None = None) -> JSON | None:
        return self.invoke(TIMER, limit_s)

    def post(self, update: Any, **changes: Any) -> int:
        """The status of the answer to an update that the gateway brings."""
        answer = self.invoke(request(json.dumps(update)) | changes)
        assert answer is not None
        status: int = answer["statusCode"]
        return status

    def kill(self, rng: random.Random) -> bool:
        """End one of the instances that are at work; False when none is."""
        with self._lock:
            if not self._busy:
                return False
            rng.choice(self._busy).kill()
            return True

    def pids(self) -> list[int]:
        """The processes of the instances that live."""
        with self._lock:
            return [instance.pid for instance in self._idle + self._busy]

    def end_instances(self) -> None:
        """As when nobody has called for a while: the next call is a cold one."""
        with self._lock:
            instances = self._idle + self._busy
            self._idle = []
        for instance in instances:
            instance.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        host = self

        class Gateway(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                try:
                    answer = host.invoke(request(body, headers=dict(self.headers)))
                except KilledError:
                    answer = None
                self.send_response(answer["statusCode"] if answer else 502)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        return Gateway


def request(body: str, **changes: Any) -> JSON:
    """A gateway's event."""
    return {
        "httpMethod": "POST",
        "headers": {"X-Telegram-Bot-Api-Secret-Token": SECRET},
        "body": body,
        "isBase64Encoded": False,
        **changes,
    }
