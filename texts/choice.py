"""How the sentence about a failed question is chosen, whatever the language."""

from collections.abc import Mapping
from typing import Protocol

# By kind or, where a status says more than its kind, by both.
Sentences = Mapping[str | tuple[str, int], str]


class Failure(Protocol):
    """What the sentences are chosen by: `llm.provider.ProviderError` has it all."""

    @property
    def provider(self) -> str: ...  # whose own sentences come first
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def is_for_owner(self) -> bool: ...


def chosen(failure: Failure, own: Sentences, shared: Sentences) -> str:
    """The sentence of `own`, else that of `shared`, with the provider's name in it."""
    sentence = own.get(failure.kind) or shared.get((failure.kind, failure.status))
    return (sentence or shared[failure.kind]).format(name=failure.name)
