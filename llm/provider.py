"""A provider as data: where it lives, how it signs, what its errors mean.

Sends nothing.
"""

import email.utils
import enum
import json
import math
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

JSON = dict[str, Any]

LONGER_THAN_MINUTE_S = 120.0
YEAR_2100 = 4_102_444_800.0


class ErrorKind(enum.StrEnum):
    """What went wrong, told apart as far as the user has something else to do about it."""

    BAD_REQUEST = enum.auto()
    CONTEXT_LENGTH = enum.auto()
    NO_KEY = enum.auto()
    AUTH = enum.auto()
    CREDITS = enum.auto()
    KEY_LIMIT = enum.auto()
    MODERATION = enum.auto()
    REGION = enum.auto()
    GONE = enum.auto()
    TOO_LARGE = enum.auto()
    UNPROCESSABLE = enum.auto()
    NO_IMAGES = enum.auto()
    TOOLS_REFUSED = enum.auto()
    RATE_MINUTE = enum.auto()
    RATE_DAY = enum.auto()
    RATE_PROVIDER = enum.auto()
    OVERLOADED = enum.auto()
    SERVER = enum.auto()
    TIMEOUT = enum.auto()
    STALLED = enum.auto()
    CUT = enum.auto()
    NETWORK = enum.auto()
    PROXY = enum.auto()
    TLS = enum.auto()
    BAD_BODY = enum.auto()
    EMPTY = enum.auto()
    REASONING_ONLY = enum.auto()
    CANCELLED = enum.auto()


# What another model may do better: this one is gone, has no room, or its provider refuses more.
# Limits of our own key are not here: they hold for the other model too.
FALLBACK_KINDS = frozenset(
    {ErrorKind.GONE, ErrorKind.OVERLOADED, ErrorKind.RATE_PROVIDER, ErrorKind.SERVER}
)

# What servers say of all makes to a picture that their model cannot see.
NO_IMAGES = re.compile(
    r"(support|accept|allow|handle|process|read|decode|enabled?\b)[^.]{0,40}(image|vision|multimodal)"
    r"|(image|vision|multimodal)[^.]{0,40}(support|accept|allow|enabled|invalid|unavailable)"
    r"|(missing|no) (vision|mmproj|multimodal)|mmproj|(invalid|bad|corrupt)[^.]{0,20}image",
    re.IGNORECASE,
)
# And to tools, also to a search of the web, which is one.
_TOOLS = r"\b(tools?|functions?|tool_choice|function_call|(tool|function)[ -](us|call)\w*)\b"
_REFUSED = (
    r"(support|accept|allow|permit|enable|unrecognized\b|(unknown|extra) (parameter|argument"
    r"|field|input|name))"
)
TOOLS_REFUSED = re.compile(
    rf"{_REFUSED}[^.]{{0,60}}{_TOOLS}|{_TOOLS}[^.]{{0,60}}{_REFUSED}"
    r"|--enable-auto-tool-choice|tools param requires",
    re.IGNORECASE,
)
REFUSALS: Sequence[tuple[re.Pattern[str], ErrorKind]] = (
    (NO_IMAGES, ErrorKind.NO_IMAGES),
    (TOOLS_REFUSED, ErrorKind.TOOLS_REFUSED),
)
REFUSAL_STATUSES = (400, 404, 415, 422, 500, 501)

KIND_BY_STATUS: Mapping[int, ErrorKind] = {
    0: ErrorKind.NETWORK,
    200: ErrorKind.SERVER,  # an error inside a good answer, without a code of its own
    400: ErrorKind.BAD_REQUEST,
    401: ErrorKind.AUTH,
    402: ErrorKind.CREDITS,
    403: ErrorKind.KEY_LIMIT,
    404: ErrorKind.GONE,
    407: ErrorKind.PROXY,
    408: ErrorKind.TIMEOUT,
    413: ErrorKind.TOO_LARGE,
    422: ErrorKind.UNPROCESSABLE,
    429: ErrorKind.RATE_MINUTE,
    500: ErrorKind.SERVER,
    502: ErrorKind.SERVER,
    503: ErrorKind.OVERLOADED,
    504: ErrorKind.TIMEOUT,
    524: ErrorKind.TIMEOUT,
    529: ErrorKind.OVERLOADED,
}


def kind_of(status: int) -> ErrorKind:
    """What an HTTP status means when nothing better is known."""
    by_hundred = {4: ErrorKind.BAD_REQUEST, 5: ErrorKind.SERVER}
    return KIND_BY_STATUS.get(status) or by_hundred.get(status // 100, ErrorKind.BAD_BODY)


# What only whoever set the bot up can mend: a key, the money on it, the connection.
OWNER_KINDS = frozenset(
    {
        ErrorKind.NO_KEY,
        ErrorKind.AUTH,
        ErrorKind.CREDITS,
        ErrorKind.KEY_LIMIT,
        ErrorKind.TLS,
        ErrorKind.NETWORK,
        ErrorKind.PROXY,
    }
)


class ProviderError(Exception):
    """A question was not answered: what happened, as facts; `texts.errors` has the sentences.

    `status` is HTTP's, 0 when there was no answer. `name` is what people call the provider.
    `reset_at` (epoch seconds) is when a spent limit is full again, `retry_after` (seconds) what
    the server asked to wait; None: not said. `detail` is what the other side said: for the log,
    shortened, never for the user.
    """

    provider = ""  # the key of its own sentences in `texts.errors`
    owner_kinds = OWNER_KINDS

    def __init__(
        self,
        status: int,
        msg: str = "",
        *,
        kind: ErrorKind | None = None,
        name: str = "",
        reset_at: float | None = None,
        retry_after: float | None = None,
        detail: str = "",
    ) -> None:
        self.status = status
        self.kind = kind or kind_of(status)
        self.name = name or self.provider
        self.msg = msg or f"{self.name or 'model'}: {self.kind}"
        self.reset_at = reset_at
        self.retry_after = retry_after
        self.detail = detail
        super().__init__(status, self.msg)

    def __str__(self) -> str:
        return f"[{self.status}] {self.msg}"

    @property
    def is_for_owner(self) -> bool:
        """Whether only whoever set the bot up can do something about it."""
        return self.kind in self.owner_kinds


@dataclass(frozen=True, kw_only=True)
class Provider:
    """An OpenAI-shaped server as data: where it lives, how it signs, what its errors mean.

    `base_url` has no slash at its end. `auth` is an AuthBase because an Authorization header
    would be overwritten from `.netrc`. `patterns` are rows of (statuses, pattern, kind): the first
    whose pattern is found in the error object, as JSON, wins; then `types`, which are looked up
    by the error's `metadata.error_type`, `code` and `type`; then the status.
    """

    name: str
    base_url: str
    auth: AuthBase
    patterns: Sequence[tuple[tuple[int, ...], str, ErrorKind]] = ()
    types: Mapping[str, ErrorKind] = field(default_factory=dict)
    error_class: type[ProviderError] = ProviderError
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    stream_body: Mapping[str, Any] = field(
        default_factory=lambda: {"stream_options": {"include_usage": True}}
    )
    verify: bool | str = True  # or the path of a CA bundle
    proxy: str = field(default="", repr=False)  # "": as the environment has it

    def refresh_auth(self) -> bool:
        """After a 401: get a new token, if there is such a thing here; True to try once more."""
        return False

    def error(self, status: int, body: object, headers: Mapping[str, str]) -> ProviderError:
        """The error that an answer means; `body` is its JSON, or its text when it is not JSON."""
        said = _error_part(body)
        code = str(said.get("code") or said.get("status") or "")
        if status == 200 and re.fullmatch("[45][0-9][0-9]", code):
            status = int(code)
        metadata = as_dict(said.get("metadata"))
        hints = CaseInsensitiveDict(as_dict(metadata.get("headers")) | dict(headers))
        reset_at = _epoch(hints.get("X-RateLimit-Reset"))
        kind = self._kind(status, said, (metadata.get("error_type"), code, said.get("type")))
        if kind is ErrorKind.RATE_MINUTE and (reset_at or 0) - time.time() > LONGER_THAN_MINUTE_S:
            kind = ErrorKind.RATE_DAY
        return self.failure(
            kind,
            status,
            reset_at=reset_at,
            retry_after=_seconds(hints.get("Retry-After")),
            detail=f"{said.get('message', '')} {metadata.get('raw', '')}".strip(),
        )

    def failure(self, kind: ErrorKind, status: int = 0, **more: Any) -> ProviderError:
        """An error of a known kind; `more` goes to `ProviderError`."""
        return self.error_class(status, kind=kind, name=self.name, **more)

    def _kind(self, status: int, said: JSON, names: Iterable[object]) -> ErrorKind:
        text = json.dumps(said, ensure_ascii=False)
        if status in REFUSAL_STATUSES:
            for refusal, kind in REFUSALS:
                if refusal.search(text):
                    return kind
        for statuses, pattern, kind in self.patterns:
            if status in statuses and re.search(pattern, text, re.IGNORECASE):
                return kind
        named = (self.types[name] for name in names if isinstance(name, str) and name in self.types)
        return next(named, kind_of(status))


def base_address(url: str) -> str:
    """The address of an API, however it was copied: with a slash or `/chat/completions` or not."""
    return url.strip().rstrip("/").removesuffix("/chat/completions").rstrip("/")


def as_dict(value: object) -> JSON:
    """The value if it is a JSON object, else an empty one: servers send all sorts of things."""
    return value if isinstance(value, dict) else {}


def first_choice(document: JSON) -> JSON:
    """`choices[0]` of an answer or of a chunk; empty when there is none."""
    choices = document.get("choices")
    return as_dict(choices[0]) if isinstance(choices, list) and choices else {}


def _error_part(body: object) -> JSON:
    document = as_dict(body) or {"message": str(body)}
    said = document.get("error") or first_choice(document).get("error") or document
    return as_dict(said) or {"message": str(said)}


def _number(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _epoch(value: object) -> float | None:
    """A moment in seconds or, as OpenRouter has it, milliseconds since 1970."""
    moment = _number(value)
    if moment is not None and moment > 1e11:
        moment /= 1000
    return moment if moment is not None and moment < YEAR_2100 else None  # no date can hold more


def _seconds(value: object) -> float | None:
    """Retry-After is a number of seconds or an HTTP date (RFC 9110, 10.2.3)."""
    seconds = _number(value)
    if seconds is None and value is not None:
        try:
            moment = email.utils.parsedate_to_datetime(str(value)).timestamp()
        except (ValueError, OverflowError):
            return None
        seconds = max(0.0, moment - time.time())
    return seconds
