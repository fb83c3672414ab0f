"""`./run check`: everything that can be said about the code without running the tests.

Two steps at a time, as mypy keeps one core busy for as long as all others the other one.
"""

from __future__ import annotations

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runner.errors import leave
from runner.locations import PYTHON, ROOT
from runner.terminal import say

if TYPE_CHECKING:
    from collections.abc import Mapping

# What an operator would set; nothing here is connected to.
PRODUCTION_LIKE = {
    "DEBUG": "0",
    "SECRET_KEY": "n0t-A_secret.but-long-ENOUGH,4-django_toBe.content-with;it-0987654321",
    "ALLOWED_HOSTS": "letters.example.org",
    "SITE_URL": "https://letters.example.org",
    "DATABASE_URL": "postgresql:///openletter?host=/nonexistent&user=nobody",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "TRUSTED_PROXIES": "1",
    "OPENLETTER_PROCESS": "manage",
}


@dataclass(frozen=True)
class Step:
    """One tool and what it is asked."""

    title: str
    command: list[str]
    extra: Mapping[str, str] = field(default_factory=dict)

    def run(self) -> Outcome:
        began = time.monotonic()
        done = subprocess.run(
            self.command,
            cwd=ROOT,
            env={**os.environ, **self.extra},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Outcome(self.title, done.returncode == 0, done.stdout, time.monotonic() - began)


@dataclass(frozen=True)
class Outcome:
    """How a step went, and what its tool wrote."""

    title: str
    passed: bool
    said: str
    took: float

    def tell(self) -> None:
        result = "ok" if self.passed else "FAILED"
        say(
            f"\n== {self.title}\n{self.said.rstrip()}\n-- {self.title}: {result}, {self.took:.1f} s"
        )


def _module(name: str, *arguments: str) -> list[str]:
    return [PYTHON, "-m", name, *arguments]


def _manage(*arguments: str) -> list[str]:
    # Django warns that it cannot compare with a database. There is none, on purpose.
    quiet = "ignore:Got an error checking a consistent migration history:RuntimeWarning"
    return [PYTHON, "-W", quiet, "manage.py", *arguments]


# Ruff leaves out what git ignores, but only where there is a git.
NOT_OURS = ("--extend-exclude", "var", "--extend-exclude", ".venv")
AT_A_TIME = 2
STEPS = [
    Step("types", _module("mypy", "openletter", "runner", "dev", "tests"), PRODUCTION_LIKE),
    Step("format", _module("ruff", "format", "--check", *NOT_OURS, ".")),
    Step("lint", _module("ruff", "check", *NOT_OURS, ".")),
    Step("style sheets", _module("dev.css")),
    Step(
        "import layers",
        [PYTHON, "-c", "from importlinter.cli import lint_imports_command as m; m()"],
        PRODUCTION_LIKE,
    ),
    Step("migrations", _manage("makemigrations", "--check", "--dry-run"), PRODUCTION_LIKE),
    Step("deployment", _manage("check", "--deploy", "--fail-level", "WARNING"), PRODUCTION_LIKE),
]


def main() -> int:
    failed = []
    # What takes longest begins first.
    with ThreadPoolExecutor(AT_A_TIME) as side_by_side:
        running = [side_by_side.submit(step.run) for step in STEPS]
        for done in as_completed(running):
            outcome = done.result()
            outcome.tell()
            if not outcome.passed:
                failed.append(outcome.title)
    if failed:
        say(f"\n{len(failed)} of {len(STEPS)} checks failed: {', '.join(failed)}.")
        return 1
    say(f"\nAll {len(STEPS)} checks passed.")
    return 0


if __name__ == "__main__":
    leave(main)
