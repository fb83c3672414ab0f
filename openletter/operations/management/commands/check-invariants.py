"""./run manage check-invariants: what must hold whenever the site is quiet, and every night."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openletter.lib.db import clock
from openletter.operations import invariants


class Command(BaseCommand):
    help = "Check what must hold of signatures, mails and numbers. Repairs nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--accepted", type=Path, help="a file with the addresses that were told yes, one a line"
        )
        parser.add_argument(
            "--logs", type=Path, help="a folder whose *.log files may hold no names"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        accepted = options["accepted"].read_text().split() if options["accepted"] else []
        logs = sorted(options["logs"].glob("*.log")) if options["logs"] else []
        findings = invariants.check(now=clock.now(), accepted=accepted, logs=logs)
        for finding in findings:
            verdict = "holds" if finding.holds else f"BROKEN by {', '.join(finding.broken_by)}"
            self.stdout.write(f"{finding.number:4}{finding.sentence}: {verdict}")
        broken = sum(not finding.holds for finding in findings)
        if broken:
            raise CommandError(f"{broken} invariant(s) do not hold.")
