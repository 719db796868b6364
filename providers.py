"""Which providers there are: a row each, from the settings to a client."""

from collections.abc import Callable, Mapping

from config import Settings
from gigachat_client import GigaChat
from llm.client import ChatClient
from openai_client import openai_compatible
from openrouter_client import OpenRouter

Clients = dict[str, ChatClient]  # by the name of their provider


def _openrouter(settings: Settings) -> ChatClient:
    # Without a key it only says how to get one: that is for a bot with no other provider.
    return OpenRouter(
        settings.openrouter_api_key, settings.openrouter_base_url, proxy=settings.models_proxy
    )


def _gigachat(settings: Settings) -> ChatClient | None:
    if not settings.gigachat_key:
        return None
    return GigaChat(
        settings.gigachat_key,
        scope=settings.gigachat_scope,
        auth_url=settings.gigachat_auth_url,
        base_url=settings.gigachat_base_url,
        ca_bundle=settings.gigachat_ca_bundle or None,
        profanity_check=settings.gigachat_profanity_check,
        proxy=settings.models_proxy,
    )


def _openai(settings: Settings) -> ChatClient | None:
    if not settings.openai_base_url:
        return None
    return openai_compatible(
        settings.openai_base_url, settings.openai_api_key, proxy=settings.models_proxy
    )


# The name is the one in the registry of models and the beginning of the settings' names.
PROVIDERS: Mapping[str, Callable[[Settings], ChatClient | None]] = {
    "openrouter": _openrouter,
    "gigachat": _gigachat,
    "openai": _openai,
}


def clients(settings: Settings) -> Clients:
    """The clients of all providers that are set up, and set up right, by the provider's name."""
    made = {
        name: make(settings)
        for name, make in PROVIDERS.items()
        if name not in settings.providers_wrong
    }
    found = {name: client for name, client in made.items() if client is not None}
    if len(found) > 1 and not settings.openrouter_api_key:
        found.pop("openrouter", None)
    return found
