"""Which failures of a model are worth another try, and when."""

import contextlib
import logging
import random
import time

from llm.http import Call, Ended
from llm.provider import ErrorKind, Provider, ProviderError
from texts import log as texts

RETRIES = 2
BACKOFF_S, MAX_BACKOFF_S = 0.5, 8.0
MAX_DETAIL = 300  # characters of the other side's own words that the log gets
RETRIED = {
    ErrorKind.RATE_MINUTE,
    ErrorKind.RATE_PROVIDER,
    ErrorKind.OVERLOADED,
    ErrorKind.SERVER,
    ErrorKind.TIMEOUT,
    ErrorKind.CUT,
    ErrorKind.NETWORK,
    ErrorKind.PROXY,
}

log = logging.getLogger(__name__)


class Retries:
    """After each failure: is there another try, and when."""

    def __init__(self, provider: Provider, backoff_s: float, call: Call, model: str) -> None:
        """`backoff_s` is the pause before the first retry; it doubles, up to 8 s.

        `model` is for the log, "" when something else is asked for.
        """
        self._provider = provider
        self._backoff_s = backoff_s
        self._call = call
        self._model = model
        self._done = 0
        self._renewed = False

    def wait_or_raise(self, error: ProviderError, *, text_shown: bool = False) -> None:
        """Wait for the next try, or raise `error`: always so when its text was shown."""
        if error.kind is ErrorKind.CANCELLED:
            raise error
        pause = None if text_shown else self._pause(error)
        log.log(
            logging.INFO
            if pause is not None or error.kind is ErrorKind.NO_KEY
            else logging.WARNING,
            texts.no_answer(self._provider.name, self._model, error.kind, error.status, pause),
        )
        # The other side's own words may quote the question.
        log.debug("%s: %s", self._provider.name, error.detail[:MAX_DETAIL])
        if pause is None:
            raise error
        with contextlib.suppress(Ended):  # the next try finds out why
            self._call.sleep(pause)

    def _pause(self, error: ProviderError) -> float | None:
        if error.kind is ErrorKind.AUTH and not self._renewed:
            self._renewed = True
            return 0.0 if self._provider.refresh_auth() else None
        if error.kind not in RETRIED or self._done == RETRIES:
            return None
        backoff = min(self._backoff_s * 2**self._done, MAX_BACKOFF_S)
        self._done += 1
        pause = backoff * random.uniform(0.5, 1.0)
        if error.retry_after is not None:
            pause = max(pause, error.retry_after)
        elif error.reset_at is not None and error.reset_at - time.time() > MAX_BACKOFF_S:
            return None  # too long to keep somebody waiting without a word
        return pause if pause < self._call.remaining() else None
