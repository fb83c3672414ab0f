"""The application's processes and how each is called: the same in development and production."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.child import Child
from runner.locations import PYTHON

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from runner.environment import Environment
    from runner.process import Fork

# In the order in which they are named to people; `confirm` is the mail lane.
PARTS = ("web", "confirm", "default", "beat")


def child(
    part: str,
    environment: Environment,
    values: Mapping[str, str],
    *,
    calm: bool,
    tell: Callable[[str], None],
    fork: Fork | None = None,
) -> Child:
    """Return one part, not yet started. `values` is the whole environment, addresses included."""
    return Child(
        part,
        command(part, environment),
        environment={**values, "OPENLETTER_PROCESS": runs_as(part)},
        log=environment.var / "log" / f"{part}.log",
        calm=calm,
        tell=tell,
        fork=fork,
    )


def runs_as(part: str) -> str:
    """Return which of the site's processes a part is, for OPENLETTER_PROCESS."""
    return part if part in {"web", "beat"} else "worker"


def command(part: str, environment: Environment) -> list[str | Path]:
    """Return how a part is called; makes the folder that it needs."""
    if part == "web":
        return _web(environment)
    if part == "beat":
        return _beat(environment)
    queues = {"confirm": "confirm", "default": "bulk,default"}[part]
    processes = environment.processes("WORKER")
    return [
        *(PYTHON, "-m", "celery", "-A", "openletter", "-q", "worker", "-n", f"{part}@%h"),
        *("-Q", queues, "-c", str(processes), "-l", "INFO", "--without-gossip", "--without-mingle"),
    ]


def _web(environment: Environment) -> list[str | Path]:
    return [
        *(PYTHON, "-m", "openletter.server", "openletter.wsgi:application"),
        *("--host", environment.host, "--port", str(environment.port)),
        *("--workers", str(environment.processes("WEB")), "--threads", str(environment.threads())),
    ]


def _beat(environment: Environment) -> list[str | Path]:
    folder = environment.var / "beat"
    folder.mkdir(parents=True, exist_ok=True)
    return [
        *(PYTHON, "-m", "celery", "-A", "openletter", "beat", "-l", "INFO"),
        # No pid file: one that outlived a kill -9 would refuse the next start.
        *("-s", folder / "schedule", "--pidfile="),
    ]
