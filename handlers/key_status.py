"""/limits: what the key of OpenRouter has spent and has left."""

from handlers.context import App
from handlers.types import Reply, Request, Task
from llm.client import ProviderError
from texts import errors as texts_errors
from texts import limits as texts


def limits(app: App, request: Request) -> Reply:
    """/limits: OpenRouter is asked outside the transaction, by `fetch`."""
    return Reply(tasks=(Task("limits"),))


def fetch(app: App, request: Request, args: dict[str, str]) -> Reply:
    """Ask OpenRouter for the state of the key."""
    if app.fetch_key is None:
        return Reply(texts.LIMITS_OFF)
    try:
        key = app.fetch_key()
    except ProviderError as error:
        return Reply(texts_errors.explain(error))
    clock = app.clock_of(request.user_id)
    lines = [
        texts.LIMITS_HEAD,
        texts.limits_spent(key.usage_daily, key.usage),
        texts.limits_left(key.limit, key.limit_remaining, key.limit_reset),
        texts.LIMITS_FREE_TIER if key.is_free_tier else texts.LIMITS_PAID_TIER,
        texts.daily_reset(clock.local(clock.next_utc_midnight()), clock.today()),
    ]
    return Reply("\n".join(lines))
