"""The entry of a cloud function: `function.handler`. Reads events; `cloud.session` does the rest.

It takes the HTTP events of a gateway, which must bring the webhook's secret, the bare Update of a
trigger of type Telegram, and a timer, which brings nothing and has what is due done.
"""

import base64
import hmac
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import config
import logs
from cloud.bucket import Address, Bucket, BucketError
from cloud.session import Session
from db import Database, DatabaseUnusableError
from scratch import Scratch
from telegram.api import RefusedError, Telegram, TelegramError, UnauthorizedError
from telegram.intake import MAX_BODY, MOST_ID
from texts import hosting as texts
from texts import settings as texts_settings
from texts import startup as texts_startup
from wiring import wire
from worker.service import Service

JSON = dict[str, Any]

RESERVE_S = 10.0  # of an invocation's time: to stop what runs, and to save
USUAL_S = 60.0  # where the context does not say how long an invocation may take
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105
NESTED_MOST = 6

log = logging.getLogger("function")


class UnavailableError(Exception):
    """What came could not be stored or done; whoever called is to come again."""


def handler(event: Any, context: Any) -> JSON:
    """Take an event in and do what is due; the answer is that of HTTP.

    Raises:
        UnavailableError: a trigger is to come again; it reads no status.
    """
    is_request = isinstance(event, dict) and "httpMethod" in event
    try:
        status = _served(event, context) if is_request else _triggered(event, context)
    except Exception as error:
        _explain(error)
        if not is_request:
            raise UnavailableError from error
        status = 503
    return {"statusCode": status, "headers": {"Content-Type": "text/plain"}, "body": ""}


def _served(event: JSON, context: Any) -> int:
    """The status of the answer to a request."""
    if event["httpMethod"] != "POST":
        return 405
    secret = _settings().webhook_secret
    headers = {str(name).lower(): str(value) for name, value in _object(event, "headers").items()}
    given = headers.get(SECRET_HEADER, "")
    if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
        log.warning(texts.WEBHOOK_NO_SECRET if secret else texts.FUNCTION_NO_SECRET)
        return 403
    update = _update_of(event)
    if update is None:
        return 400
    _work([update], context)
    return 200


def _triggered(event: Any, context: Any) -> int:
    """A trigger's call: with updates, or with none from the timer."""
    _work(list(_updates_in(event)), context)
    return 200


def _work(updates: list[JSON], context: Any) -> None:
    time_left = _time_left(context)
    session = _session()
    session.take(updates)
    if time_left() <= 0:
        log.error(texts.FUNCTION_TIME_SHORT, RESERVE_S)
    session.work(time_left, is_timer=not updates)


def _explain(error: Exception) -> None:
    """Say in the log what is wrong, in one sentence where that is known."""
    match error:
        case config.ConfigError(mistakes=mistakes):
            words = [texts_settings.WRONG_HEAD, *texts_settings.mistakes(mistakes)]
            log.error("%s", "\n".join(words))
        case BucketError(kind=kind):
            at = _settings()
            log.error("%s", texts.bucket(kind, at.bucket, at.bucket_endpoint, error))
        case DatabaseUnusableError(kind=kind, facts=facts):
            log.error("%s", texts.object_unusable(kind, _settings().bucket_key, facts))
        case RefusedError() | UnauthorizedError():
            log.error("%s", texts_startup.TOKEN_REFUSED)
        case TelegramError():
            log.error(texts.FUNCTION_NO_TELEGRAM, error)
        case _:
            log.error(texts.FUNCTION_FAILED, exc_info=error)


def _update_of(event: JSON) -> JSON | None:
    """The update in a request's body, None when there is none."""
    body = str(event.get("body") or "")
    try:
        raw = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body
        update: JSON | None = json.loads(raw) if len(raw) <= MAX_BODY else None
    except (ValueError, TypeError, RecursionError):
        update = None
    if _is_update(update):
        return update
    log.warning(texts.WEBHOOK_NO_UPDATE, len(body))
    return None


def _updates_in(event: Any, depth: int = 0) -> Iterator[JSON]:
    """The updates that a trigger brings: bare, or wrapped as triggers wrap their messages."""
    if _is_update(event):
        yield event
    elif isinstance(event, str) and depth <= NESTED_MOST:
        try:
            yield from _updates_in(json.loads(event), depth + 1)
        except (ValueError, RecursionError):
            return
    elif isinstance(event, dict | list) and depth <= NESTED_MOST:
        for part in event.values() if isinstance(event, dict) else event:
            if isinstance(part, dict | list | str):
                yield from _updates_in(part, depth + 1)


def _object(event: JSON, name: str) -> JSON:
    found = event.get(name)
    return found if isinstance(found, dict) else {}


def _is_update(value: Any) -> bool:
    number = value.get("update_id") if isinstance(value, dict) else None
    return type(number) is int and 0 <= number <= MOST_ID


def _time_left(context: Any) -> Callable[[], float]:
    """Seconds that may be worked."""
    ask = getattr(context, "get_remaining_time_in_millis", None)
    if ask is not None:
        return lambda: float(ask()) / 1000 - RESERVE_S
    deadline = time.monotonic() + USUAL_S - RESERVE_S
    return lambda: deadline - time.monotonic()


@cache
def _settings() -> config.Settings:
    settings = config.load(os.environ, token_needed=True, bucket_needed=True)
    logs.set_up(settings.log_level, settings.secrets)
    return settings


@cache
def _session() -> Session:
    """What lasts as long as the instance does."""
    settings = _settings()
    bucket = Bucket(
        Address(
            settings.bucket,
            settings.bucket_endpoint,
            settings.bucket_region,
            settings.aws_access_key_id,
            settings.aws_secret_access_key,
        )
    )
    folder = Path(tempfile.mkdtemp(prefix="notes-"))
    return Session(bucket, settings.bucket_key, folder, _start)


def _start(db: Database, save: Callable[[], None]) -> Service:
    telegram = _telegram()
    scratch = Scratch(Path(tempfile.gettempdir()) / "notes-scratch")
    app = wire(_settings(), db, telegram, scratch)
    return Service(replace(app, pictures=False), db, telegram, _me(), save)


@cache
def _me() -> Any:
    """The bot's own account: it stays what it was while the instance lives."""
    return _telegram().get_me()


def _telegram() -> Telegram:
    settings = _settings()
    return Telegram(settings.token, settings.telegram_api_url, proxy=settings.telegram_proxy)
