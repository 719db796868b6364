"""A real TLS server shaped as GigaChat: gives tokens out, answers whoever shows a good one."""

import ssl
import threading
import time
import uuid
from typing import Any

from .model_server import Behaviour, ModelServer, Recorded, error, json_body

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
        return super().answer(request) if self._is_let_in(request) else EXPIRED

    def page(self, request: Recorded, path: str) -> Behaviour:
        """A token, the list of models, and so on."""
        if path == OAUTH:
            self.gate.wait(60)
            return self.scripted_tokens.pop(0) if self.scripted_tokens else self._token(request)
        return super().page(request, path) if self._is_let_in(request) else EXPIRED

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
