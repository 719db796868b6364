"""One question: what the model is sent and what becomes of its answer. Knows no Telegram."""

from collections.abc import Mapping
from typing import Protocol

import texts
from clock import Clock
from llm.client import ErrorKind, ProviderError
from storage.models import Models, NoModelsError


class Client(Protocol):
    """What a provider's client offers."""

    def chat_once(
        self, messages: list[dict[str, str]], *, model: str, max_tokens: int
    ) -> tuple[str, int]: ...


class Dialogue:
    """Asks the model of whoever asks; `clients` are keyed by provider."""

    def __init__(
        self, models: Models, clients: Mapping[str, Client], max_tokens: int, clock: Clock
    ) -> None:
        self._models = models
        self._clients = clients
        self._max_tokens = max_tokens
        self._clock = clock

    def ask(self, user_id: int, question: str, quoted: str) -> str:
        """The answer with its footer, or a sentence that says why there is none."""
        try:
            model = self._models.model_for(user_id)
        except NoModelsError:
            return texts.MODELS_NONE
        client = self._clients.get(model.provider)
        if client is None:
            return texts.provider_off(model.label, model.provider)
        content = f"{texts.quoted(quoted)}\n\n{question}" if quoted else question
        try:
            text, latency_ms = client.chat_once(
                [{"role": "user", "content": content}],
                model=model.key,
                max_tokens=self._max_tokens,
            )
        except ProviderError as error:
            return self._explained(error)
        return f"{text}\n\n{texts.answer_footer(latency_ms, model.key)}"

    def _explained(self, error: ProviderError) -> str:
        if error.kind is not ErrorKind.RATE_DAY:
            return error.msg
        moment = int(error.reset_at or self._clock.next_utc_midnight())
        return f"{error.msg} {texts.daily_reset(self._clock.local(moment), self._clock.today())}"
