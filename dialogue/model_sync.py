"""Keeps the model registry true to the providers' catalogues. Knows no Telegram."""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llm.client import ChatClient, ErrorKind, ProviderError
from llm.model_list import CatalogueEntry
from storage.models import Changes, Models
from texts import errors as texts_errors
from texts import log as texts

EVERY_S = 24 * 3600.0
AGAIN_S = 3600.0  # after a failure

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What came of one provider's catalogue: changes, or why there are none, if that is known."""

    provider: str
    changes: Changes | None
    error: ProviderError | None = None


class Catalogue:
    """The catalogues of all providers that are set up; `clients` are keyed by provider."""

    def __init__(self, models: Models, clients: Mapping[str, ChatClient]) -> None:
        self._models = models
        self._clients = clients
        self._alone = threading.Lock()

    def introduce(self) -> None:
        """Add what is known of the providers without asking them."""
        for provider, client in self._clients.items():
            self._models.introduce(provider, client.known)

    def run(self, stopping: threading.Event) -> None:
        """Refresh now and once a day until told to stop; sooner when a provider did not answer."""
        pause = 0.0
        while not stopping.wait(pause):
            try:
                whole = all(outcome.changes for outcome in self.refresh())
            except Exception:
                whole = False
                if not stopping.is_set():  # else the database has been closed meanwhile
                    log.exception(texts.CATALOGUE_FAILED)
            pause = EVERY_S if whole else AGAIN_S

    def refresh(self) -> list[Outcome]:
        """Read every catalogue and bring the registry up to it; one that fails changes nothing."""
        with self._alone:
            return [self._refresh(provider) for provider in self._clients]

    def _refresh(self, provider: str) -> Outcome:
        try:
            entries = self._clients[provider].fetch_models()
        except ProviderError as error:
            if error.kind is not ErrorKind.NO_KEY:  # not a failure: it is not in use
                log.warning(texts.CATALOGUE_UNREAD, provider, texts_errors.explain(error))
            return Outcome(provider, None, error)
        listed, paid = _sorted_out(entries)
        if not listed:
            # Whatever that is, it is no reason to take all models away.
            log.warning(texts.CATALOGUE_EMPTY, provider)
            return Outcome(provider, None)
        changes = self._models.merge(provider, listed, paid)
        log.info(
            texts.CATALOGUE_READ,
            provider,
            changes.offered,
            len(changes.new),
            len(changes.back),
            len(changes.gone),
        )
        return Outcome(provider, changes)


def _sorted_out(
    entries: Sequence[CatalogueEntry],
) -> tuple[list[CatalogueEntry], list[CatalogueEntry]]:
    """The text models to list, and those that cost money and are added by their key."""
    text = [entry for entry in entries if entry.text_output]
    return [e for e in text if e.free is not False], [e for e in text if e.free is False]
