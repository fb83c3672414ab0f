"""Calls manage.py beside a site that is starting or running."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.errors import CommandError
from runner.locations import PYTHON, ROOT
from runner.process import Process
from runner.servers.embedded_server import log_for_appending
from runner.terminal import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from runner.environment import Environment

# Django errors that are written for people: the last line says everything.
SENTENCES = ("django.core.exceptions.ImproperlyConfigured: ", "CommandError: ")


@dataclass(frozen=True)
class Prepared:
    """What `manage.py prepare` reports in development."""

    admin: tuple[str, str] | None = None  # e-mail and password
    letter: str | None = None  # slug


def prepare(environment: Environment, values: Mapping[str, str], *, development: bool) -> Prepared:
    """Bring the database up to date; in development also make something to look at."""
    arguments = ["prepare", "--development"] if development else ["prepare"]
    lines = manage(environment, values, *arguments).splitlines()
    if environment.production:
        for line in lines:
            say(f"prepare | {line}")
    admin, letter = None, None
    for words in (line.split() for line in lines):
        match words:
            case ["ADMIN", email, password]:
                admin = (email, password)
            case ["LETTER", slug]:
                letter = slug
    return Prepared(admin, letter)


def manage(environment: Environment, values: Mapping[str, str], *arguments: str) -> str:
    """Run manage.py to its end and return what it wrote; CommandError if it fails."""
    log = environment.var / "log" / f"{arguments[0]}.log"
    with log_for_appending(log) as errors:
        before = errors.tell()
        process = Process(
            [PYTHON, ROOT / "manage.py", *arguments],
            environment={**values, "OPENLETTER_PROCESS": "manage"},
            output=subprocess.PIPE,
            errors=errors,
        )
    with process.stdout as output:
        written = output.read().decode(errors="replace")
    while not process.wait(1):
        pass  # it has closed its output and is about to end
    if process.exit_code() != 0:
        raise CommandError(_what_went_wrong(log, before, arguments[0]))
    return written


def _what_went_wrong(log: Path, since: int, command: str) -> str:
    with log.open("rb") as file:
        file.seek(since)
        lines = file.read().decode(errors="replace").strip().splitlines()
    last = lines[-1] if lines else ""
    for sentence in SENTENCES:
        if last.startswith(sentence):
            return last.removeprefix(sentence)
    if len(lines) == 1:
        return last  # a sentence for people, not a traceback
    return "\n".join([*lines[-40:], f"manage.py {command} failed; all of it is in {log}."])
