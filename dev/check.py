"""`./run check`: everything that can be said about the code without running the tests."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runner.locations import PYTHON, ROOT
from runner.terminal import say
from runner.trouble import leave

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

    def passes(self) -> bool:
        environment = {**os.environ, **self.extra}
        return subprocess.run(self.command, cwd=ROOT, env=environment, check=False).returncode == 0


def _module(name: str, *arguments: str) -> list[str]:
    return [PYTHON, "-m", name, *arguments]


def _manage(*arguments: str) -> list[str]:
    # Django warns that it cannot compare with a database. There is none, on purpose.
    quiet = "ignore:Got an error checking a consistent migration history:RuntimeWarning"
    return [PYTHON, "-W", quiet, "manage.py", *arguments]


# Ruff leaves out what git ignores, but only where there is a git.
NOT_OURS = ("--extend-exclude", "var", "--extend-exclude", ".venv")
STEPS = [
    Step("format", _module("ruff", "format", "--check", *NOT_OURS, ".")),
    Step("lint", _module("ruff", "check", *NOT_OURS, ".")),
    Step("types", _module("mypy", "openletter", "runner", "dev", "tests"), PRODUCTION_LIKE),
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
    for step in STEPS:
        say(f"\n== {step.title}")
        began = time.monotonic()
        passed = step.passes()
        if not passed:
            failed.append(step.title)
        say(f"-- {step.title}: {'ok' if passed else 'FAILED'}, {time.monotonic() - began:.1f} s")
    if failed:
        say(f"\n{len(failed)} of {len(STEPS)} checks failed: {', '.join(failed)}.")
        return 1
    say(f"\nAll {len(STEPS)} checks passed.")
    return 0


if __name__ == "__main__":
    leave(main)
