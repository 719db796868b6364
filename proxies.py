"""Proxies: how requests is told of one, and whether a failure was its own."""

from collections.abc import Iterator

import requests
import socks
import urllib3

REFUSES = 407  # Proxy Authentication Required


def for_requests(proxy: str) -> dict[str, str] | None:
    """All addresses through this proxy; without one, what the environment says is left to say."""
    return {"http": proxy, "https": proxy} if proxy else None


def is_at_fault(error: BaseException) -> bool:
    """Whether a proxy was not reached, let nobody in, or broke off, and not what is behind it."""
    return any(
        isinstance(link, requests.exceptions.ProxyError | urllib3.exceptions.ProxyError)
        or (isinstance(link, socks.ProxyError) and not isinstance(link, socks.SOCKS5Error))
        or (isinstance(link, requests.HTTPError) and link.response.status_code == REFUSES)
        for link in _chain(error, set())
    )


def _chain(error: object, seen: set[int]) -> Iterator[BaseException]:
    """An error and all that it was raised from; urllib3 keeps some of it in attributes."""
    if not isinstance(error, BaseException) or id(error) in seen:
        return
    seen.add(id(error))
    yield error
    for link in (error.__cause__, error.__context__, getattr(error, "reason", None), *error.args):
        yield from _chain(link, seen)
