"""Fails when a pinned dependency has a known vulnerability; says so when nobody could be asked."""

import json
import subprocess
import sys
from typing import Any

TIMEOUT_S = 120
OPTIONS = ["--no-deps", "--disable-pip", "--progress-spinner=off", "--timeout=10", "--format=json"]


def main(pip_audit: str) -> str:
    """What was found out; raises SystemExit with the vulnerabilities."""
    command = [pip_audit, "--requirement=requirements.txt", *OPTIONS]
    try:
        done = subprocess.run(  # noqa: S603  # what .ci/run has installed
            command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return f"pip-audit: skipped, no answer in {TIMEOUT_S} s"
    except (ValueError, KeyError):
        return f"pip-audit: skipped, {(done.stderr.strip() or 'no answer').splitlines()[-1]}"
    if vulnerable := [row for row in found if row.get("vulns")]:
        raise SystemExit(json.dumps(vulnerable, indent=1, ensure_ascii=False))
    unknown = [row for row in found if "skip_reason" in row]
    if unknown:
        reason = unknown[0]["skip_reason"]
        return f"pip-audit: skipped for {len(unknown)} of {len(found)}, {reason}"
    return f"pip-audit: {len(found)} dependencies, no known vulnerability"


if __name__ == "__main__":
    print(main(sys.argv[1]))
