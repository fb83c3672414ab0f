"""Asks the site whether everything works together."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runner.environment import Environment


def missing_parts(environment: Environment) -> list[str]:
    """Return what /readyz misses; nothing when all parts work.

    It answers 200 as soon as people can read and sign, so its status is not enough here.
    """
    host = environment.values["ALLOWED_HOSTS"].split(",")[0].strip().lstrip("*.") or "localhost"
    connection = http.client.HTTPConnection(environment.reached_at, environment.port, timeout=10)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        report = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException):
        return ["web"]
    except ValueError:
        return ["a readable answer from /readyz"]
    finally:
        connection.close()
    return _missing(report)


def _missing(report: dict[str, Any]) -> list[str]:
    names = [name for name in ("database", "cache") if not report.get(name)]
    workers = report.get("workers") or {}
    return names + [f"worker {name}" for name, works in workers.items() if not works]
