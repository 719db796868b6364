"""The table of checks: all run at once, each in bounded time, and are told in their order."""

import logging
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import config
import logs
import providers
from doctor import machine, network
from doctor.findings import Case, Finding, Findings, wrong
from texts import doctor as texts

LIMIT_S = 10.0
ASKING_LIMIT_S = LIMIT_S + network.ASK_S

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Check:
    """`name` is a key of `texts.doctor.TITLES`.

    It is left out when one of the settings it `needs` is wrong: that is told already.
    """

    name: str
    find: Callable[[Case], Findings]
    needs: tuple[str, ...] = ()


CHECKS: tuple[Check, ...] = (
    Check("settings", machine.settings),
    Check("telegram", network.telegram, ("TOKEN", "TELEGRAM_API_URL")),
    Check("database", machine.database, ("DB_PATH",)),
    Check("disk", machine.disk, ("DB_PATH",)),
    Check("files", machine.files, ("DB_PATH",)),
    Check("time", machine.time_zone, ("TIMEZONE",)),
)


def check(environ: Mapping[str, str], env_file: Path = config.ENV_FILE, *, asks: bool) -> int:
    """Print what is right and what is wrong; returns the exit status, 1 if something is wrong."""
    settings, mistakes = config.examine(environ, env_file, token_needed=True)
    # What goes wrong is a finding, and not a line of the log.
    logs.set_up("DEBUG" if settings.log_level == "DEBUG" else "ERROR", settings.secrets)
    case = Case(settings, tuple(mistakes), env_file, asks)
    found = [finding for findings in _findings(case) for finding in findings]
    for finding in found:
        print(logs.redacted(f"{finding.mark} {finding.text}"))
    amount = sum(finding.mark == texts.WRONG for finding in found)
    print(texts.summary(amount))
    return int(amount > 0)


def _findings(case: Case) -> list[list[Finding]]:
    spoilt = {mistake.setting for mistake in case.mistakes}
    checks = [row for row in (*CHECKS, *_of_providers(case)) if not spoilt & set(row.needs)]
    limit_s = ASKING_LIMIT_S if case.asks else LIMIT_S
    deadline = time.monotonic() + limit_s
    pool = ThreadPoolExecutor(len(checks))
    futures = [pool.submit(_of, row, case) for row in checks]
    found = [
        _awaited(row, future, deadline, limit_s)
        for row, future in zip(checks, futures, strict=True)
    ]
    pool.shutdown(wait=False)  # whoever is late is not waited for
    return found


def _of_providers(case: Case) -> list[Check]:
    """A check of each provider that is set up."""
    clients = providers.clients(case.settings)
    if not case.settings.openrouter_api_key:
        clients.pop("openrouter", None)  # it is there to say how to get a key
    if not clients and not case.mistakes:
        return [Check("providers", network.no_provider)]
    return [Check(name, partial(network.provider, client)) for name, client in clients.items()]


def _of(row: Check, case: Case) -> list[Finding]:
    try:
        return list(row.find(case))
    except Exception as error:
        log.exception(texts.BROKEN, row.name)
        kind = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else ""
        return [wrong(texts.failed(texts.TITLES[row.name], kind or type(error).__name__))]


def _awaited(
    row: Check, future: "Future[list[Finding]]", deadline: float, limit_s: float
) -> list[Finding]:
    try:
        return future.result(max(0.0, deadline - time.monotonic()))
    except FutureTimeoutError:
        return [wrong(texts.late(texts.TITLES[row.name], limit_s))]
