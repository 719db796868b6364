"""One question: what the model is sent and what becomes of its answer. Knows no Telegram."""

from typing import Protocol

import texts
from llm.client import ProviderError
from storage.models import Models, NoModelsError


class Client(Protocol):
    """What a provider's client offers."""

    def chat_once(
        self, messages: list[dict[str, str]], *, model: str, max_tokens: int
    ) -> tuple[str, int]: ...


class Dialogue:
    """Asks the active model."""

    def __init__(self, models: Models, client: Client, max_tokens: int) -> None:
        self._models = models
        self._client = client
        self._max_tokens = max_tokens

    def ask(self, question: str, quoted: str) -> str:
        """The answer with its footer, or a sentence that says why there is none."""
        try:
            model = self._models.get_active_model()
        except NoModelsError:
            return texts.MODELS_NONE
        content = f"{texts.quoted(quoted)}\n\n{question}" if quoted else question
        try:
            text, latency_ms = self._client.chat_once(
                [{"role": "user", "content": content}],
                model=model.key,
                max_tokens=self._max_tokens,
            )
        except ProviderError as error:
            return str(error.msg)
        return f"{text}\n\n{texts.answer_footer(latency_ms, model.key)}"
