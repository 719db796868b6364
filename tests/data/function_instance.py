"""An instance of the cloud function: events come in as lines of JSON, answers go out so.

The platform calls `handler(event, context)` in a process that lives on between calls.
"""

import contextlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import cloud.lease
import function

# The tests are in a hurry: where instances are killed, others wait less for their leases.
cloud.lease.LEASE_S = float(os.environ.get("TEST_LEASE_S", cloud.lease.LEASE_S))
cloud.lease.RENEW_S = cloud.lease.LEASE_S / 3


class Context:
    """As the platform's: it knows how much of the time limit is left."""

    def __init__(self, limit_s: float) -> None:
        self._deadline = time.monotonic() + limit_s

    def get_remaining_time_in_millis(self) -> int:
        return int(1000 * (self._deadline - time.monotonic()))


answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
for line in sys.stdin:
    call = json.loads(line)
    answer: dict[str, Any] | None = None  # for a trigger the platform makes a 502 of it
    with contextlib.suppress(function.UnavailableError):
        answer = function.handler(call["event"], Context(call["limit_s"]))
    print(json.dumps(answer), file=answers, flush=True)
