"""`./run manage expire [--dry-run]`: delete what is kept no longer, as beat does every hour."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from openletter.lib.db import clock
from openletter.privacy import flows


class Command(BaseCommand):
    help = "Delete personal data that is kept no longer (docs/privacy.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count what would go")
        parser.add_argument(
            "--seconds", type=float, default=600.0, help="stop after so long; the next run goes on"
        )
        parser.add_argument("--batch", type=int, default=flows.BATCH, help="rows in a transaction")

    def handle(self, *_args: Any, **options: Any) -> None:
        dry_run = bool(options["dry_run"])
        found = flows.expire(
            now=clock.now(),
            dry_run=dry_run,
            seconds=options["seconds"],
            batch=options["batch"] if not dry_run else 1_000_000_000,
        )
        for one in found:
            verb = "would go" if dry_run else "deleted"
            self.stdout.write(f"{one.number:>9,} {one.what}: {verb}")
