"""A real TLS server shaped as GigaChat: gives tokens out, answers whoever shows a good one."""

import ssl
import threading
import time
import uuid
from typing import Any

from .model_server import Behaviour, ModelServer, Recorded, error, json_body
from .tool_shapes import functions_fault

OAUTH = "/api/v2/oauth"
# A few of the kinds of rows that the real list has.
MODELS = {
    "object": "list",
    "data": [
        {"id": name, "object": "model", "owned_by": "salutedevices", "type": kind}
        for name, kind in (
            ("GigaChat-2", "chat"),
            ("GigaChat-2-Max", "chat"),
            ("GigaChat-3-Ultra", "chat"),
            ("GigaFilter", "filter"),
            ("EmbeddingsGigaR", "embedder"),
        )
    ],
}

EXPIRED = error(401, {"status": 401, "message": "Token has expired"})


class GigaChatServer(ModelServer):
    """The server, as a context manager; tokens live `life_s` seconds.

    `scripted_tokens` are answers to the next requests for a token, in place of a token; none is
    answered while `gate` is not set.
    """

    def __init__(self, ssl_context: ssl.SSLContext, *, key: str, life_s: float = 1800.0) -> None:
        super().__init__(prefix="/v1", ssl_context=ssl_context)
        self.pages["/models"] = MODELS
        self.auth_url = self.url.removesuffix(self.prefix) + OAUTH
        self.key = key
        self.scope = "GIGACHAT_API_PERS"
        self.life_s = life_s
        self.scripted_tokens: list[Behaviour] = []
        self.gate = threading.Event()
        self.gate.set()
        self.files: dict[str, dict[str, Any]] = {}  # those that are there, by id
        self.uploaded: list[dict[str, Any]] = []  # all that ever were
        self.uploads: list[Behaviour] = []  # answers to the next uploads, in place of files
        self._tokens: dict[str, float] = {}  # when each ends

    @property
    def token_requests(self) -> list[Recorded]:
        """Requests for a token, as they came."""
        return [visit for visit in self.visits if visit.path == OAUTH]

    def revoke(self) -> None:
        """From now on no token that was given out is good."""
        self._tokens.clear()

    def answer(self, request: Recorded) -> Behaviour:
        """What to answer to a question: nothing good without a good token."""
        if not self._is_let_in(request):
            return EXPIRED
        messages = request.json["messages"]
        named = [message.get("attachments", []) for message in messages]
        if any(len(ids) > 1 for ids in named) or sum(map(len, named)) > 10:
            return error(400, {"status": 400, "message": "too many images"})
        if any(file_id not in self.files for ids in named for file_id in ids):
            return error(404, {"status": 404, "message": "No such file"})
        if not all(isinstance(message["content"], str) for message in messages):
            return error(422, {"status": 422, "message": "content must be a string"})
        return super().answer(request)

    def tools_fault(self, request: dict[str, Any]) -> str | None:
        """What is wrong with the functions in a question."""
        return functions_fault(request)

    def page(self, request: Recorded, path: str) -> Behaviour:
        """A token, the list of models, and so on."""
        if path == OAUTH:
            self.gate.wait(60)
            return self.scripted_tokens.pop(0) if self.scripted_tokens else self._token(request)
        if not self._is_let_in(request):
            return EXPIRED
        if path == "/files" and request.method == "GET" and path not in self.pages:
            return json_body(200, {"data": list(self.files.values())}, {})
        if path == "/files" and request.method == "POST":
            return self._upload(request)
        if path.startswith("/files/") and path.endswith("/delete"):
            return self._delete(path.split("/")[2])
        return super().page(request, path)

    def keep(self, name: str, *, age_s: float = 0.0) -> str:
        """A file as if it had been uploaded that long ago."""
        file_id = str(uuid.uuid4())
        self.files[file_id] = {
            "id": file_id,
            "object": "file",
            "created_at": int(time.time() - age_s),
            "filename": name,
            "purpose": "general",
        }
        return file_id

    def _upload(self, request: Recorded) -> Behaviour:
        if self.uploads:
            return self.uploads.pop(0)
        file = request.json.get("file")
        if request.json.get("purpose") != "general" or not isinstance(file, dict):
            return error(400, {"status": 400, "message": "file and purpose are needed"})
        self.uploaded.append(file)
        return json_body(200, self.files[self.keep(file["filename"])], {})

    def _delete(self, file_id: str) -> Behaviour:
        if self.files.pop(file_id, None) is None:
            return error(404, {"status": 404, "message": "No such file"})
        return json_body(200, {"id": file_id, "deleted": True}, {})

    def _is_let_in(self, request: Recorded) -> bool:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return self._tokens.get(token, 0) > time.time()

    def _token(self, request: Recorded) -> Behaviour:
        if request.headers.get("Authorization") != f"Basic {self.key}":
            return error(401, {"code": 6, "message": "credentials doesn't match db data"})
        if uuid.UUID(request.headers["RqUID"]).version != 4:
            return error(400, {"code": 3, "message": "RqUID is not uuid4"})
        if request.json.get("scope") != self.scope:
            said = {"code": 7, "message": "scope from db not fully includes consumed scope"}
            return error(400, said)
        token = f"token-{uuid.uuid4()}"
        self._tokens[token] = time.time() + self.life_s
        answer: dict[str, Any] = {
            "access_token": token,
            "expires_at": int(self._tokens[token] * 1000),
        }
        return json_body(200, answer, {})
