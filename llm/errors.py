"""What other libraries raise and servers send, as a `ProviderError`."""

from collections.abc import Sequence

import requests
import urllib3

import proxies
from llm.characters import sound
from llm.http import Call, End, Ended, TooBig
from llm.provider import ErrorKind, Provider, ProviderError

ENDS = {
    End.CANCELLED: ErrorKind.CANCELLED,
    End.STALLED: ErrorKind.STALLED,
    End.LATE: ErrorKind.TIMEOUT,
}

# What is raised below this room, and what it is called above: the first row that fits.
FOREIGN: Sequence[tuple[type[Exception], ErrorKind]] = (
    (requests.exceptions.SSLError, ErrorKind.TLS),
    (requests.exceptions.ReadTimeout, ErrorKind.TIMEOUT),
    (requests.exceptions.RequestException, ErrorKind.NETWORK),
    (urllib3.exceptions.ReadTimeoutError, ErrorKind.TIMEOUT),
    (urllib3.exceptions.DecodeError, ErrorKind.BAD_BODY),
    (urllib3.exceptions.HTTPError, ErrorKind.CUT),
    (OSError, ErrorKind.TLS),  # requests did not find the CA bundle
    (TooBig, ErrorKind.BAD_BODY),
    (ValueError, ErrorKind.BAD_BODY),  # not JSON, not UTF-8
    (RecursionError, ErrorKind.BAD_BODY),  # JSON of a thousand brackets
)
FOREIGN_TYPES: tuple[type[Exception], ...] = (Ended, *(foreign for foreign, _ in FOREIGN))


def translated(exc: Exception, provider: Provider, call: Call, status: int) -> ProviderError:
    """One of `FOREIGN_TYPES`, in the provider's words; `status` is 0 before there was any."""
    if call.reason is not None:
        kind = ENDS[call.reason]
    elif status == proxies.REFUSES or proxies.is_at_fault(exc):
        kind = ErrorKind.PROXY
    else:
        kind = next(kind for foreign, kind in FOREIGN if isinstance(exc, foreign))
    return provider.failure(kind, status, detail=sound(repr(exc)))


def error_of(provider: Provider, response: requests.Response, body: object) -> ProviderError:
    """The error that a response means, without the key it was signed with."""
    error = provider.error(response.status_code, body, response.headers)
    secret = str(response.request.headers.get("Authorization", "")).rpartition(" ")[2]
    if secret:  # some servers quote the key back
        error.detail = error.detail.replace(secret, "***")
    error.detail = sound(error.detail)
    return error
