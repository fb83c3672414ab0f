"""`./run manage erase-again web.log …`: after a backup was restored, erase again what had gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from openletter.lib.db import clock
from openletter.privacy import erasure_log, flows


class Command(BaseCommand):
    help = "Erase what these logs say was erased since the backup (docs/privacy.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("logs", nargs="+", type=Path, help="logs of web and workers")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = erasure_log.read(_lines(options["logs"]))
        number = flows.erase_again(found.counts, now=clock.now())
        self.stdout.write(f"{number} signatures had come back and are erased again.")
        if found.unsealed:
            self.stdout.write(
                f"{found.unsealed} lines carry no seal of this site and were left out. Anybody can"
                " have such a line written. If they are yours, from before lines were sealed or"
                " before LOOKUP_KEY was set, erase these people at /admin/privacy/."
            )


def _lines(logs: list[Path]) -> Iterator[str]:
    for path in logs:
        try:
            with path.open(errors="replace") as log:
                yield from log
        except OSError as problem:
            raise CommandError(f"{path} cannot be read: {problem.strerror}.") from problem
