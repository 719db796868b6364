"""Checks of what is reached over the network: Telegram and the providers of models."""

import time
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from doctor.findings import Case, Finding, Findings, doubt, right, wrong
from llm.client import ChatClient, ErrorKind, ProviderError
from openrouter_client import OpenRouter
from sole_user import is_in_use
from telegram.api import RefusedError, Telegram, TelegramError, UnauthorizedError
from texts import doctor as texts
from texts import errors as texts_errors

ANSWER_S = 9.0  # for all that a provider says of itself
ASK_S = 15.0  # for its answer to a question
CLOCK_S = 60.0  # tokens and certificates stand a clock that is this wrong
# With room for one token many models get no further than this.
ANSWERED_KINDS = {ErrorKind.EMPTY, ErrorKind.REASONING_ONLY}
NO_LIST_KINDS = {ErrorKind.GONE, ErrorKind.BAD_BODY}
QUESTION = ({"role": "user", "content": "1"},)


def telegram(case: Case) -> Findings:
    """The token, the way there, how updates come, and the clock."""
    address, proxy = _host(case.settings.telegram_api_url), case.settings.telegram_proxy
    way = texts.by_proxy(address, _host(proxy)) if proxy else address
    bot = Telegram(case.settings.token, case.settings.telegram_api_url, proxy=proxy)
    try:
        me = bot.get_me()
        yield right(texts.bot_known(me.username, way))
        yield right(texts.inline(me.username, is_on=bool(me.supports_inline_queries)))
        yield from _updates(case, bot)
    except UnauthorizedError:
        yield wrong(texts.TOKEN_REFUSED)
    except RefusedError as error:
        yield wrong(texts.telegram_refused(error.description))
    except TelegramError as error:
        yield wrong(texts.telegram_silent(way, str(error)))
    yield _clock(bot.date())


def provider(client: ChatClient, case: Case) -> Findings:
    """The key, the list of models and, if it is wished, an answer."""
    name, deadline = client.provider.name, time.monotonic() + ANSWER_S
    try:
        if isinstance(client, OpenRouter):  # its list is there for everybody
            client.fetch_key(timeout_s=ANSWER_S)
        entries = client.fetch_models(timeout_s=max(1.0, deadline - time.monotonic()))
    except ProviderError as error:
        is_list = error.kind in NO_LIST_KINDS and error.provider != "gigachat_token"
        yield wrong(
            texts.no_list(name)
            if is_list
            else texts.provider_wrong(name, texts_errors.explain(error))
        )
        return
    models = [entry.key for entry in entries if entry.text_output]
    if not models:
        yield wrong(texts.provider_empty(name))
        return
    yield right(texts.provider_right(name, len(models)))
    if case.asks:
        fallback = case.settings.fallback_model
        yield _asked(client, fallback if fallback in models else models[0])


def no_provider(case: Case) -> Findings:
    """Nobody can be asked."""
    yield doubt(texts.NO_PROVIDER)


def _updates(case: Case, bot: Telegram) -> Iterator[Finding]:
    info, ours = bot.webhook_info(), case.settings.webhook_url
    if info.url and not ours:
        is_taken = is_in_use(case.settings.db_path)  # our bot has seen to it that there is none
        yield (wrong if is_taken else doubt)(texts.webhook_foreign(_host(info.url)))
    elif not ours:
        yield right(texts.polled(info.pending_update_count))
    elif info.url != ours:
        yield doubt(texts.webhook_missing(_host(ours)))
    else:
        yield right(texts.webhook_here(_host(ours), info.pending_update_count))
    if info.url and info.last_error_message:
        at = datetime.fromtimestamp(info.last_error_date, case.settings.timezone)
        yield doubt(texts.webhook_failing(info.last_error_message, at))


def _clock(date: datetime | None) -> Finding:
    if date is None:
        return doubt(texts.CLOCK_UNCHECKED)
    ahead_s = time.time() - date.timestamp()
    return wrong(texts.clock_wrong(ahead_s)) if abs(ahead_s) > CLOCK_S else right(texts.CLOCK_RIGHT)


def _asked(client: ChatClient, model: str) -> Finding:
    name, began = client.provider.name, time.monotonic()
    try:
        client.complete(QUESTION, model=model, max_tokens=1, timeout_s=ASK_S)
    except ProviderError as error:
        if error.kind not in ANSWERED_KINDS:
            return wrong(texts.not_answered(name, model, texts_errors.explain(error)))
    return right(texts.answered(name, model, int((time.monotonic() - began) * 1000)))


def _host(address: str) -> str:
    """What an address may be known by: paths and passwords can be secrets."""
    return urlsplit(address).hostname or ""
