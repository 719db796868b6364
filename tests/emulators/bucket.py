"""A bucket: moto's S3 over HTTP, whose writes are one at a time, with trouble on demand."""

import itertools
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from cloud.bucket import Address

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

KEY_ID, SECRET, REGION = "test-key-id", "test-secret-key", "ru-central1"
STATUSES = {403: "403 Forbidden", 500: "500 Internal Server Error", 503: "503 Slow Down"}
CODES = {403: "AccessDenied", 500: "InternalError", 503: "SlowDown"}
_numbers = itertools.count(1)  # moto keeps all buckets of a process together


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: the requests are in `BucketServer.requests`."""


class BucketServer:
    """A context manager that listens from enter to exit.

    `trouble` is asked about each request (method, name of the object) for a status to answer with
    instead; with `after_effect` the request has done its work by then.
    """

    def __init__(self) -> None:
        self.name = f"notes-{next(_numbers)}"
        self.requests: list[tuple[str, str]] = []
        self.trouble: Callable[[str, str], int | None] = lambda method, name: None
        self.after_effect = False
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._writing = threading.Lock()  # moto compares and writes in two steps
        self._server = make_server(
            "127.0.0.1", 0, self._answer, threaded=True, request_handler=_Quiet
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        place = {"LocationConstraint": REGION}
        self.s3.create_bucket(Bucket=self.name, CreateBucketConfiguration=place)
        self.requests.clear()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> Address:
        return Address(self.name, self.url, REGION, KEY_ID, SECRET)

    @property
    def settings(self) -> dict[str, str]:
        """The function's settings for this bucket."""
        return {
            "BUCKET": self.name,
            "BUCKET_ENDPOINT": self.url,
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }

    @property
    def s3(self) -> Any:
        """A client that looks in."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=KEY_ID,
            aws_secret_access_key=SECRET,
        )

    def names(self) -> list[str]:
        found = self.s3.list_objects_v2(Bucket=self.name)
        return [row["Key"] for row in found.get("Contents", ())]

    def read(self, name: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=self.name, Key=name)["Body"].read()
        return body

    def write(self, name: str, body: bytes) -> None:
        self.s3.put_object(Bucket=self.name, Key=name, Body=body)

    def _answer(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        name = unquote(environ["PATH_INFO"]).removeprefix(f"/{self.name}").lstrip("/")
        self.requests.append((method, name))
        status = self.trouble(method, name)
        if status is None:
            return self._done(environ, start_response)
        if self.after_effect:
            list(self._done(environ, lambda status, headers, exc_info=None: lambda body: None))
        else:
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        body = f"<Error><Code>{CODES[status]}</Code><Message>no</Message></Error>".encode()
        start_response(STATUSES[status], [("Content-Length", str(len(body)))])
        return [body]

    def _done(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "PUT":
            answer: Iterable[bytes] = self._moto(environ, start_response)
            return answer
        with self._writing:
            return list(self._moto(environ, start_response))
